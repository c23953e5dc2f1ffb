"""Tokens of many people, made by processes: the same bytes, and nothing of them where others could see it."""

from __future__ import annotations

import datetime as dt
import hmac
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from linkage import token_workers, tokens
from linkage.identifiers import Identifiers, scheme
from linkage.synthetic.numbers import TEST_SERIALS, personnummer
from tests.test_tokens import DIGEST, SECRET

KEY = SECRET.token_key(DIGEST)


def people(count: int) -> Identifiers:
    first = dt.date(1950, 1, 1)
    values = [personnummer(first + dt.timedelta(n // 4), TEST_SERIALS[n % 4]) for n in range(count)]
    se = scheme("se")
    return Identifiers(se, np.unique(se.read(pa.array(values), dt.date(2030, 1, 1)).key))


def plain(identifiers: Identifiers, key: bytes = KEY.hmac_key) -> bytes:
    prefix = f"{identifiers.scheme}:".encode()
    return b"".join(hmac.digest(key, prefix + v, "sha256")[:16] for v in identifiers.values.tolist())


def test_workers_make_the_same_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    made = people(1000)
    monkeypatch.setattr(token_workers, "_AT_ONCE", 70)
    monkeypatch.setattr(tokens, "MANY", 1000)
    monkeypatch.setattr(tokens, "cores", lambda: 2)
    assert tokens.tokens(KEY, made).tobytes() == plain(made)
    assert not multiprocessing.active_children()
    record = SECRET.seed_key()
    assert tokens.seeds(record, made).tobytes() == plain(made, record.hmac_key)


def test_text_of_several_widths(monkeypatch: pytest.MonkeyPatch) -> None:
    text = scheme("text", "[A-Z]{1,9}")
    key = np.unique(text.read(pa.array(["A", "BBB", "CCCCCCCCC", "DD"]), dt.date(2030, 1, 1)).key)
    made = Identifiers(text, key)
    monkeypatch.setattr(token_workers, "_AT_ONCE", 2)
    assert token_workers.column(KEY.hmac_key, b"text:", made, 16, 2) == plain(made)


def test_a_worker_that_dies_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = people(300)
    monkeypatch.setattr(token_workers, "_AT_ONCE", 50)
    monkeypatch.setattr(token_workers, "_work", _dies)
    assert token_workers.column(KEY.hmac_key, b"se:", made, 16, 2) == plain(made)
    assert not multiprocessing.active_children()


def test_workers_that_cannot_be_started_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(multiprocessing.context.SpawnProcess, "start", refused)
    made = people(300)
    assert token_workers.column(KEY.hmac_key, b"se:", made, 16, 2) == plain(made)


def test_few_are_made_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_context", None)  # calling it would fail
    made = people(300)
    assert tokens.tokens(KEY, made).tobytes() == plain(made)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="/proc shows arguments on Linux alone")
def test_neither_key_nor_people_are_in_arguments_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    made = people(300)
    monkeypatch.setattr(token_workers, "_AT_ONCE", 100)
    seen: list[bytes] = []
    take = token_workers._Workers.take

    def looked(team: token_workers._Workers, todo: list[tuple[int, int]]) -> object:
        for child in multiprocessing.active_children():
            folder = Path(f"/proc/{child.pid}")
            seen.extend((folder / name).read_bytes() for name in ("cmdline", "environ"))
        return take(team, todo)

    monkeypatch.setattr(token_workers._Workers, "take", looked)
    token_workers.column(KEY.hmac_key, b"se:", made, 16, 1)
    shown = b"".join(seen)
    assert shown
    assert KEY.hmac_key not in shown
    assert not any(value in shown for value in made.values.tolist())


def _dies(pipe: Connection) -> None:
    """A worker that takes its first piece, and is gone."""
    pipe.recv()
    pipe.recv()
