"""The chain of releases: known answers, and every way to break it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from linkage.ledger import Ledger, RoundId, chain
from linkage.ledger.errors import ChainError
from tests.ledgers import NOW, SCOPE, TERMS, arrival


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with three releases."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    for number in (1, 2, 3):
        round_id = RoundId("malmo-sok", number)
        ledger.receive(replace(TERMS, id=round_id), [arrival("malmo", 1)], NOW)
        ledger.freeze(round_id, [arrival("malmo", 1).sha512], NOW, SCOPE)
        ledger.release(round_id, f"release {number}".encode(), bytes([number]) * 64, NOW, audited=0)
    return tmp_path / "ledger.db"


def test_each_hash_is_over_all_before_it(file: Path) -> None:
    before = bytes(32)
    for release in Ledger.open(f"sqlite:///{file}").releases():
        plain = b"linkage-ledger/1\n" + before + release.number.to_bytes(8, "big")
        for part in (release.release, release.signature):
            plain += hashlib.sha512(part).digest()
        before = hashlib.sha256(plain).digest()
        assert release.chain == before.hex()


def test_a_known_answer() -> None:
    """Made once with sha256sum and sha512sum; a chain that exists must stay readable."""
    assert chain.link(bytes(32), 1, b"release", b"signature").hex() == KNOWN


KNOWN = "0e21b0e3513e14e9d3ec06518400558a23b2fbf73642f2e94de8a8462ac637cd"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE releases SET release = x'00' WHERE number = 2",
        "UPDATE releases SET signature = x'00' WHERE number = 1",
        "UPDATE releases SET chain = (SELECT chain FROM releases WHERE number = 1) WHERE number = 2",
        "UPDATE releases SET number = 4 WHERE number = 3",
        "DELETE FROM releases WHERE number = 1",
        "DELETE FROM releases WHERE number = 2",
        "DELETE FROM releases WHERE number = 3",
        "DELETE FROM releases",
        "UPDATE chain SET number = 2",
        "UPDATE chain SET hash = (SELECT chain FROM releases WHERE number = 2)",
    ],
)
def test_a_row_that_was_changed_or_removed_is_noticed(file: Path, harm: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(harm)
    ledger = Ledger.open(f"sqlite:///{file}")
    with pytest.raises(ChainError):
        ledger.releases()
    with pytest.raises(ChainError):
        ledger.released(RoundId("malmo-sok", 1))
    fourth = RoundId("malmo-sok", 4)
    ledger.receive(replace(TERMS, id=fourth), [arrival("malmo", 1)], NOW)
    ledger.freeze(fourth, [arrival("malmo", 1).sha512], NOW, SCOPE)
    with pytest.raises(ChainError):
        ledger.release(fourth, b"release 4", bytes(64), NOW, audited=0)
