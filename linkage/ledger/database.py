"""One database: its address, its transactions, and its errors in our words.

SQLite is opened such that a committed transaction survives losing power, and such that whoever writes has
the database alone from the first statement on. On other databases the row in `chain` is locked instead.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from linkage.errors import LedgerError
from linkage.ledger.errors import (
    AddressError,
    BusyError,
    DamagedError,
    DriverError,
    FaultError,
    FullError,
    NoLedgerError,
    PasswordError,
    ReadOnlyError,
    UnreachableError,
)

PATIENCE = 2.0  # seconds that a writer waits for another one
CONNECT_SECONDS = 5
_WRITES = "linkage_writes"
_SECRETS = frozenset({"password", "passwd", "sslpassword"})  # as drivers take them after the question mark


class Database:
    """A database that holds, or will hold, a ledger."""

    def __init__(self, address: str, *, create: bool) -> None:
        """address: an SQLAlchemy URL. create: make the file where SQLite has none. Raises LedgerError."""
        url = _parse(address)
        self.place = _place(url)
        self.is_file = url.get_backend_name() == "sqlite"
        if self.is_file:
            _prepare_file(Path(url.database or ""), create)
        self._engine = _engine(url, self.place)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @contextlib.contextmanager
    def connection(self, *, writes: bool) -> Iterator[Connection]:
        """One transaction; committed at the end, undone on any exception. Raises LedgerError."""
        with self._in_our_words(), (self._writer if writes else self._engine).begin() as connection:
            yield connection

    @contextlib.contextmanager
    def session(self, *, writes: bool) -> Iterator[Session]:
        """One transaction on mapped rows; committed at the end, undone on any exception.

        Raises LedgerError.
        """
        with (
            self._in_our_words(),
            Session(self._writer if writes else self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _translate(error, self.place) from None


def _parse(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise AddressError("the ledger's address cannot be read") from None
    if url.password or _SECRETS & url.query.keys():
        raise PasswordError("the ledger's address holds a password")
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise AddressError("a ledger in memory is none: it would be forgotten")
        if url.database.startswith("file:") or url.query:
            raise AddressError("a ledger file is named by its plain path, without parameters")
    return url


def _place(url: URL) -> str:
    """Where the ledger is, to show: without user, password and parameters."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{host}{port}/{url.database or ''}"


def _prepare_file(path: Path, create: bool) -> None:
    """See that the file can be opened; make it, readable by its owner alone, where there is none."""
    try:
        if path.exists():
            if not path.is_file():
                raise UnreachableError("not a file: {place}", place=path, hint="name the ledger's file")
            return
        if not path.parent.is_dir():
            raise UnreachableError(
                "no such folder: {folder}",
                folder=path.parent,
                hint="make the folder, or name another with --ledger",
            )
        if not create:
            raise NoLedgerError("no ledger here: {place}", place=path)
        with contextlib.suppress(FileExistsError):  # another program was faster
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except PermissionError:
        raise ReadOnlyError("not allowed to use the ledger: {place}", place=path) from None
    except OSError as error:
        raise UnreachableError(
            "cannot open the ledger: {place}: {reason}",
            place=path,
            reason=error.strerror,
            hint="see that the path is right and that the disk has room",
        ) from None


def _engine(url: URL, place: str) -> Engine:
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": PATIENCE}
    elif url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        arguments = {"connect_timeout": CONNECT_SECONDS}
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
    except (NoSuchModuleError, ImportError):
        raise DriverError("no driver for {kind}: {place}", kind=url.drivername, place=place) from None
    except (ArgumentError, TypeError, ValueError):
        raise AddressError("the ledger's address cannot be used: {place}", place=place) from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _careful)
    event.listen(engine, "begin", _begin)
    return engine


def _careful(connection: Any, _record: object) -> None:
    """SQLite: we say where a transaction begins, and a commit is on the disk when it returns."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif connection.dialect.name == "postgresql":
        if not writes:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(PATIENCE * 1000)}")


_SQLITE: tuple[tuple[str, type[LedgerError]], ...] = (
    ("SQLITE_BUSY", BusyError),
    ("SQLITE_LOCKED", BusyError),
    ("SQLITE_READONLY", ReadOnlyError),
    ("SQLITE_PERM", ReadOnlyError),
    ("SQLITE_AUTH", ReadOnlyError),
    ("SQLITE_CORRUPT", DamagedError),
    ("SQLITE_NOTADB", DamagedError),
    ("SQLITE_FULL", FullError),
    ("SQLITE_CANTOPEN", UnreachableError),
)
_POSTGRES: tuple[tuple[str, type[LedgerError]], ...] = (
    ("55P03", BusyError),
    ("40", BusyError),
    ("25006", ReadOnlyError),
    ("42501", ReadOnlyError),
    ("53100", FullError),
    ("08", UnreachableError),
    ("28", UnreachableError),
    ("3D000", UnreachableError),
    ("57P", UnreachableError),
)


def _translate(error: SQLAlchemyError, place: str) -> LedgerError:
    """The library's error as one of ours; its text is dropped, for it may hold the address or a row."""
    kind = _kind(error)
    if kind is BusyError:
        return BusyError("the ledger is locked: {place}", place=place)
    if kind is ReadOnlyError:
        return ReadOnlyError("the ledger is read-only: {place}", place=place)
    if kind is DamagedError:
        return DamagedError("the ledger is damaged, or is no ledger: {place}", place=place)
    if kind is FullError:
        return FullError("no room for the ledger: {place}", place=place)
    if kind is UnreachableError and _code(error).startswith("SQLITE"):
        return UnreachableError(
            "the ledger cannot be opened: {place}",
            place=place,
            hint="see that you may read and write the file and its folder",
        )
    if kind is UnreachableError:
        return UnreachableError("the ledger does not answer: {place}", place=place)
    code = _code(error) or type(error).__name__
    return FaultError("the ledger's database reports {code}: {place}", code=code, place=place)


def _kind(error: SQLAlchemyError) -> type[LedgerError]:
    code = _code(error)
    for start, kind in _SQLITE + _POSTGRES:
        if code.startswith(start):
            return kind
    if isinstance(error, DBAPIError) and not code:
        return UnreachableError  # a driver gives no code where it found nobody to ask
    return FaultError


def _code(error: SQLAlchemyError) -> str:
    """SQLITE_BUSY and the like, or a five-character SQLSTATE; empty where the driver gives none."""
    original = getattr(error, "orig", None)
    return str(getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or "")
