"""A query in a database, through SQLAlchemy: rows come as they are asked for, and nothing is written.

What a database says when it refuses may hold cells: it is replaced, by its SQLSTATE at most. The password is
never in the address: it is in a file, or asked for where the database wants one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import exc

from linkage.register.cells import plain
from linkage.register.errors import DatabaseError, EmptyError, NoRegisterError
from linkage.register.sources.address import address, password_in
from linkage.register.sources.batch import Batch, Columns, Head, Origin, Seen
from linkage.register.sources.header import check_names
from linkage.register.sources.table import batch, refuse_type, without_headers
from linkage.register.sources.values import Cells, NoTextError

if TYPE_CHECKING:
    from linkage.register.sources.batch import Ask

_ROWS = 1 << 13
_OPTIONS: dict[str, Any] = {"stream_results": True, "max_row_buffer": _ROWS, "no_parameters": True}


class SqlReader:
    """A query that was asked; its rows wait in the database."""

    size = 0

    def __init__(self, asked: _Asked, file: str, head: Head) -> None:
        self.head = head
        self._asked = asked
        self._file = file

    def batches(self, columns: Columns, seen: Seen) -> Iterator[Batch]:
        """As Reader.batches. Raises DatabaseError, EmptyError, HeaderError, ColumnTypeError."""
        places = [(name, self.head.index(name), Cells()) for name in columns.all]
        rows, failed = 0, None
        try:
            with self._asked as result:
                for found in result.partitions(_ROWS):
                    made = self._batch(rows + 2, found, places, columns)
                    rows += len(made)
                    seen(len(made))
                    yield from without_headers((made,), columns, self._file)
        except exc.SQLAlchemyError as error:
            failed = _state(error)
        if failed is not None:
            raise _refusal(failed, self._file, rows + 1)
        if not rows:
            raise EmptyError("the query gives no rows: {file}", file=self._file)

    def _batch(
        self, first: int, rows: Sequence[Any], places: list[tuple[str, int, Cells]], columns: Columns
    ) -> Batch:
        across = list(zip(*rows, strict=True))
        texts, numeric = {}, []
        for name, place, cells in places:
            wrong = None
            try:
                found, numbers = cells.texts(across[place])
            except NoTextError as error:
                wrong = error
            if wrong is not None:
                refuse_type(wrong, name, self._file)
            texts[name] = pa.array(found, pa.string())
            numeric += [name] * numbers
        return batch(first, len(rows), texts, columns, numeric)


def open_sql(file: str, folder: Path, origin: Origin, needed: tuple[str, ...], ask: Ask | None) -> SqlReader:
    """A query with all columns that are needed.

    Raises DatabaseError, NoRegisterError, PasswordFileError, HeaderError, ColumnError.
    """
    url = address(origin.url or "", folder)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NoRegisterError("no such register: {file}", file=file)
    if origin.password_file is not None:
        url = url.set(password=password_in(folder / origin.password_file))
    query = origin.query or ""
    asked = _ask(url, query, file)
    if asked is None and ask is not None and origin.password_file is None:
        asked = _ask(url.set(password=ask(file)), query, file)
    if asked is None:
        raise DatabaseError(
            "the database refuses the user or the password: {file}",
            file=file,
            hint="put the password into a file of its own and name it in the map: password_file = …",
        )
    try:
        names = tuple(plain(name) for name in asked.result.keys())  # noqa: SIM118 - no mapping
        check_names(names, needed, file)
    except BaseException:
        asked.close()
        raise
    return SqlReader(asked, file, Head(names, "sql"))


def _ask(url: sa.URL, query: str, file: str) -> _Asked | None:
    """The result; None where another password is wanted, or one at all. Raises DatabaseError."""
    try:
        return _Asked(url, query)
    except (ModuleNotFoundError, exc.NoSuchModuleError):
        failed = "driver"
    except exc.SQLAlchemyError as error:
        failed = "password" if _wants_password(error) else _state(error)
    if failed == "password":
        return None
    if failed == "driver":
        raise DatabaseError(
            "no driver for {driver} is installed: {file}",
            driver=url.drivername,
            file=file,
            hint="for PostgreSQL: pip install linkage-service[postgres]",
        )
    raise _refusal(failed, file, 1)


class _Asked:
    """The result of a query, in a transaction that only reads. Used as a context, it is closed in the end."""

    def __init__(self, url: sa.URL, query: str) -> None:
        """Raises SQLAlchemyError, ModuleNotFoundError."""
        self._engine = sa.create_engine(url, hide_parameters=True, poolclass=sa.NullPool)
        self._connection: sa.Connection | None = None
        self._cursor: Any = None
        try:
            dialect = self._engine.dialect.name
            self._connection = self._engine.connect().execution_options(
                **_OPTIONS | _READ_ONLY.get(dialect, {})
            )
            if dialect == "sqlite":
                self._connection.exec_driver_sql("PRAGMA query_only = ON")
            self.result = self._connection.exec_driver_sql(query)
            self._cursor = self.result.cursor
            self.result.keys()  # fails where the query gives no rows: it is none that reads
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> sa.CursorResult[Any]:
        return self.result

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, alive or not."""
        with contextlib.suppress(Exception):  # SQLAlchemy leaves the cursor of a dead connection open
            self._cursor.close()
        if self._connection is not None:
            with contextlib.suppress(exc.SQLAlchemyError):
                self._connection.close()
        self._engine.dispose()


_READ_ONLY: dict[str, dict[str, Any]] = {"postgresql": {"postgresql_readonly": True}}


def _wants_password(error: exc.SQLAlchemyError) -> bool:
    said = str(getattr(error, "orig", "")).lower()
    return isinstance(error, exc.OperationalError) and ("password" in said or "lösenord" in said)


def _state(error: exc.SQLAlchemyError) -> str:
    """Why it failed: a SQLSTATE, or "" for a database that does not answer, or "?"."""
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return ""
    if isinstance(state, str) and state[:2] in ("08", "57"):
        return ""
    if isinstance(state, str):
        return state[:5]
    is_local = "sqlite" in type(original).__module__
    return "" if isinstance(error, exc.OperationalError) and not is_local else "?"


def _refusal(state: str, file: str, record: int) -> DatabaseError:
    if not state and record > 1:
        return DatabaseError(
            "the database went away: {file}, after record {record}", file=file, record=record
        )
    if not state:
        return DatabaseError("the database does not answer: {file}", file=file)
    if state == "42P01":
        return DatabaseError("the query names a table that is not there: {file}", file=file)
    if state == "42703":
        return DatabaseError("the query names a column that is not there: {file}", file=file)
    if state == "42501":
        return DatabaseError("the user may not read what the query names: {file}", file=file)
    return DatabaseError("the database refuses the query ({state}): {file}", state=state, file=file)
