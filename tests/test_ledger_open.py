"""Opening a ledger: a new one, an old one, and everything that is not one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import tempfile
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from linkage.errors import LedgerError
from linkage.ledger import Ledger, database, schema
from linkage.ledger.database import Database
from linkage.ledger.errors import (
    AddressError,
    BusyError,
    DamagedError,
    DriverError,
    ForeignError,
    FullError,
    NewerError,
    NoLedgerError,
    PasswordError,
    ReadOnlyError,
    UnreachableError,
)
from linkage.ledger.schema import VERSION_TABLE
from linkage.ledger.tables import Base
from tests.ledgers import KINDS, NOW, ROUND, SCOPE, TERMS, address, arrival

MALMO = arrival("malmo", 1)
SECRET = "hemligt-losenord"  # noqa: S105 - it must be found nowhere


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with address(request.param, tmp_path) as where:
        yield where


def test_a_new_ledger_is_empty_and_can_be_opened_again(url: str) -> None:
    first = Ledger.open(url)
    assert first.rounds() == ()
    assert first.releases() == ()
    first.note_round_key(ROUND, "SHA256:a", NOW)
    assert Ledger.open(url, create=False).round_keys(ROUND) == first.round_keys(ROUND) != ()


def test_the_migrations_make_exactly_the_tables_that_are_mapped(url: str) -> None:
    Ledger.open(url)
    with Database(url, create=False).connection(writes=False) as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_a_ledger_of_the_first_version_is_brought_up_with_all_that_it_holds(url: str) -> None:
    with Database(url, create=True).connection(writes=True) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO rounds (name, number, digest, round_key, retention_days, state, opened)"
                " VALUES ('malmo-sok', 1, :digest, :round_key, 30, 'open', '2026-11-21 20:00:00')"
            ),
            {"digest": TERMS.digest, "round_key": TERMS.round_key},
        )
        connection.execute(
            text(
                "INSERT INTO packages (round_id, party, package_id, sequence, sha512, secret_check,"
                " file, received) SELECT id, 'malmo', :id, 1, :sha512, :check, :file,"
                " '2026-11-21 20:00:00' FROM rounds"
            ),
            {"id": MALMO.id, "sha512": MALMO.sha512, "check": MALMO.check, "file": MALMO.file},
        )
    ledger = Ledger.open(url)
    (package,) = ledger.packages(ROUND)
    assert (package.party, package.id, package.sha512) == ("malmo", MALMO.id, MALMO.sha512)
    ledger.receive(TERMS, [replace(arrival("af", 1), id=MALMO.id)], NOW)
    assert len(ledger.packages(ROUND)) == 2
    (found,) = ledger.rounds()
    assert (found.key_destroyed, found.packages_destroyed) == (None, None)


def test_a_ledger_of_the_second_version_gets_its_families(url: str) -> None:
    with Database(url, create=True).connection(writes=True) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text(
                "INSERT INTO round_keys (name, number, fingerprint, created)"
                " VALUES ('malmo-sok', 1, 'SHA256:a', '2026-11-21 20:00:00')"
            )
        )
    ledger = Ledger.open(url)
    assert ledger.family("malmo-sok") is None
    made = ledger.note_family("malmo-sok", "0011223344556677", NOW)
    assert Ledger.open(url, create=False).family("malmo-sok") == made
    assert (made.check, made.created, made.destroyed) == ("0011223344556677", NOW, None)
    assert [key.fingerprint for key in ledger.round_keys(ROUND)] == ["SHA256:a"]


def test_a_ledger_is_not_made_where_one_should_be(url: str, tmp_path: Path) -> None:
    with pytest.raises(NoLedgerError):
        Ledger.open(url, create=False)
    assert not (tmp_path / "ledger.db").exists()


def test_a_newer_ledger_is_refused_by_its_version(url: str) -> None:
    Ledger.open(url)
    with Database(url, create=False).connection(writes=True) as connection:
        connection.execute(text("UPDATE linkage_version SET version_num = '0999'"))
    with pytest.raises(NewerError, match=f"0999, this program knows .* {schema.newest_version()}"):
        Ledger.open(url)


def test_a_database_of_another_program_is_left_alone(url: str) -> None:
    with Database(url, create=True).connection(writes=True) as connection:
        connection.execute(text("CREATE TABLE rounds (golf INTEGER)"))
    with pytest.raises(ForeignError):
        Ledger.open(url)
    with Database(url, create=False).connection(writes=False) as connection:
        assert connection.execute(text("SELECT count(*) FROM rounds")).scalar_one() == 0


def test_programs_that_find_no_ledger_at_once_make_one(url: str) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def open_it() -> None:
        barrier.wait()
        try:
            Ledger.open(url)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Ledger.open(url).rounds() == ()


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing on Windows")
def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "ledger.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("", AddressError),
        ("ledger.db", AddressError),
        ("sqlite://", AddressError),
        ("sqlite:///:memory:", AddressError),
        ("sqlite:///file:ledger.db?uri=true", AddressError),
        ("sqlite:///ledger.db?mode=memory", AddressError),
        ("nosuch://user@host/ledger", DriverError),
        ("postgresql+nosuch://user@host/ledger", DriverError),
        ("postgresql+psycopg://user@127.0.0.1:1/ledger", UnreachableError),
        (f"nosuch://user:{SECRET}@host/ledger", PasswordError),
        (f"postgresql+psycopg://user:{SECRET}@127.0.0.1:1/ledger", PasswordError),
        (f"postgresql+psycopg://user@127.0.0.1:1/ledger?password={SECRET}", PasswordError),
        (f"postgresql+psycopg://user@127.0.0.1:1/ledger?sslpassword={SECRET}", PasswordError),
        (f"postgresql+psycopg://user:{SECRET}@127.0.0.1:port/ledger", AddressError),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    where: str, error: type[LedgerError]
) -> None:
    with pytest.raises(error) as caught:
        Ledger.open(where)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value) + repr(caught.value)
    assert SECRET not in told
    assert str(caught.value.advice)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="no such folder"):
        Ledger.open(f"sqlite:///{tmp_path / 'nowhere' / 'ledger.db'}")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="not a file"):
        Ledger.open(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_bytes(b"Personnummer;Insats\r\n" * 500)
    with pytest.raises(DamagedError):
        Ledger.open(f"sqlite:///{file}")
    assert file.read_bytes() == b"Personnummer;Insats\r\n" * 500


@pytest.mark.parametrize("damage", ["cut", "page"])
def test_a_damaged_ledger_is_told_when_it_is_opened(tmp_path: Path, damage: str) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = Ledger.open(url)
    for number in range(60):
        ledger.note_round_key(ROUND, f"SHA256:{number}", NOW)
    data = bytearray((tmp_path / "ledger.db").read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    else:
        data[4096:] = b"\xff" * len(data[4096:])
    (tmp_path / "ledger.db").write_bytes(data)
    with pytest.raises(DamagedError):
        Ledger.open(url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_locked_ledger_says_so_and_is_whole_afterwards(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = Ledger.open(url)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert Ledger.open(url).rounds() == ()  # reading is possible
        with pytest.raises(BusyError, match="locked"):
            ledger.receive(TERMS, [arrival("malmo", 1)], NOW)
        other.execute("COMMIT")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError, match="locked"):
            Ledger.open(url)
    finally:
        other.close()
    assert ledger.rounds() == ()


@pytest.mark.usefixtures("impatient")
def test_a_locked_ledger_on_a_server_says_so(tmp_path: Path) -> None:
    with address("postgresql", tmp_path) as url:
        ledger = Ledger.open(url)
        with Database(url, create=False).connection(writes=True) as other:
            other.execute(text("SELECT * FROM chain FOR UPDATE"))
            assert ledger.rounds() == ()
            with pytest.raises(BusyError, match="locked"):
                ledger.receive(TERMS, [arrival("malmo", 1)], NOW)
        assert ledger.rounds() == ()


def test_a_read_only_ledger_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    Ledger.open(url).note_round_key(ROUND, "SHA256:a", NOW)
    set_up(monkeypatch, "PRAGMA query_only = ON")  # SQLITE_READONLY, for root too
    ledger = Ledger.open(url)
    assert len(ledger.round_keys(ROUND)) == 1
    with pytest.raises(ReadOnlyError, match="read-only"):
        ledger.receive(TERMS, [arrival("malmo", 1)], NOW)
    assert ledger.rounds() == ()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may use; pytest's own are for their owner alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """As a user whom file modes bind; root is not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing on Windows")
def test_modes_are_told_in_words(open_folder: Path, tmp_path: Path) -> None:
    Ledger.open(f"sqlite:///{tmp_path / 'warm.db'}").receive(TERMS, [arrival("af", 1)], NOW)  # loads all code
    file = open_folder / "ledger.db"
    url = f"sqlite:///{file}"
    with nobody():
        ledger = Ledger.open(url)
        file.chmod(0o400)
        assert Ledger.open(url).rounds() == ()
        with pytest.raises(ReadOnlyError, match="read-only"):
            ledger.receive(TERMS, [arrival("malmo", 1)], NOW)
        file.chmod(0)
        with pytest.raises(UnreachableError, match="cannot be opened") as caught:
            Ledger.open(url)
        assert "read and write the file" in str(caught.value.advice)
        file.chmod(0o600)
    open_folder.chmod(0o555)
    with nobody():
        with pytest.raises(ReadOnlyError):
            ledger.receive(TERMS, [arrival("malmo", 1)], NOW)
        with pytest.raises(ReadOnlyError, match="not allowed"):
            Ledger.open(f"sqlite:///{open_folder / 'new.db'}")
    open_folder.chmod(0o700)


def test_a_server_that_lets_us_only_read_says_so(tmp_path: Path) -> None:
    with address("postgresql", tmp_path) as url:
        Ledger.open(url)
        ledger = Ledger.open(f"{url}%20-cdefault_transaction_read_only%3Don")
        assert ledger.rounds() == ()
        with pytest.raises(ReadOnlyError):
            ledger.note_round_key(ROUND, "SHA256:a", NOW)


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    Ledger.open(url).receive(TERMS, [arrival("malmo", 1)], NOW)
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        pages = other.execute("PRAGMA page_count").fetchone()[0]
    set_up(monkeypatch, f"PRAGMA max_page_count = {pages}")
    ledger = Ledger.open(url)
    ledger.freeze(ROUND, [arrival("malmo", 1).sha512], NOW, SCOPE)
    with pytest.raises(FullError, match="no room"):
        ledger.release(ROUND, b"x" * 100_000, b"s" * 64, NOW, audited=0)
    monkeypatch.undo()
    after = Ledger.open(url)
    assert after.releases() == ()
    assert after.release(ROUND, b"x" * 100_000, b"s" * 64, NOW, audited=0).number == 1


def set_up(monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    """Every connection from here on begins with this pragma."""
    careful = database._careful

    def and_more(connection: sqlite3.Connection, record: object) -> None:
        careful(connection, record)
        connection.execute(pragma)

    monkeypatch.setattr(database, "_careful", and_more)


def test_a_schema_of_its_own_beside_other_programs(tmp_path: Path) -> None:
    with address("postgresql", tmp_path) as theirs, address("postgresql", tmp_path) as ours:
        with Database(theirs, create=False).connection(writes=True) as connection:
            connection.execute(text("CREATE TABLE rounds (golf INTEGER)"))
        ledger = Ledger.open(ours)
        ledger.receive(TERMS, [arrival("malmo", 1)], NOW)
        assert [r.id for r in ledger.rounds()] == [ROUND]
