"""What the program says beside the data: that a round is matched once holds within one ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linkage.ledger import Ledger
from tests.matchers import NOW, ROUND, Table, keys
from tests.rounds import Done, link

WORDS = "ledger.db has not seen the round key of malmo-sok-1 being made: is it the right one?"


def run(table: Table, command: str, *words: str | Path) -> Done:
    given = ("--agreement", table.agreement, "--ledger", table.ledger_url, "--store", table.store, "--json")
    done = link(command, *given, *words, cwd=table.home)
    assert done.code == 0, done.err
    return done


def played(table: Table) -> list[Done]:
    """Receive, then match."""
    own = ("--identity", table.identity, "--round-key", table.round_key, "--reports", "none")
    return [run(table, "receive", *table.both()), run(table, "match", *own)]


def test_a_ledger_that_has_not_seen_the_key_is_told_beside_the_data(tmp_path: Path) -> None:
    for done in played(Table(tmp_path)):
        assert done.err.startswith("warning: the ledger ")
        assert WORDS in done.err
        assert "docs/ledger.md" in done.err
        assert json.loads(done.out)["round"] == str(ROUND)


def test_the_right_ledger_is_silent(tmp_path: Path) -> None:
    table = Table(tmp_path)
    Ledger.open(table.ledger_url).note_round_key(ROUND, keys()[2].public.fingerprint, NOW)
    for done in played(table):
        assert done.err == ""


@pytest.mark.parametrize("command", ["receive", "match"])
def test_a_password_in_the_address_is_refused_and_not_repeated(tmp_path: Path, command: str) -> None:
    table = Table(tmp_path)
    address = "postgresql+psycopg://matcher:hemligt-losenord@127.0.0.1:1/ledger"
    words: tuple[str | Path, ...] = (*table.both(), "--agreement", table.agreement, "--ledger", address)
    done = link(command, *words, cwd=table.home)
    assert (done.code, "holds a password" in done.err, ".pgpass" in done.err) == (14, True, True)
    assert "hemligt" not in done.out + done.err
