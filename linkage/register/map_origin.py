"""What a map says of where a source is and how it is written: a file, the standard input, a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register.sources import Origin
from linkage.register.sources.content import PIPE
from linkage.register.sources.encoding import named

if TYPE_CHECKING:
    from linkage.agreement.tables import Table

_OF_SQL = ("query", "password_file")
_OF_TEXT = ("encoding", "delimiter")
_WORKBOOKS = (".xlsx", ".xlsm")
_NO_TEXT = (*_WORKBOOKS, ".parquet")
_EXAMPLE = '"postgresql+psycopg://user@host/database"'
_DELIMITERS = {";": ";", ",": ",", "|": "|", "tab": "\t"}


def place(table: Table) -> tuple[str, Origin]:
    """The source's name for messages, and how it is read; problems are noted."""
    if table.has("sql") and "sql" in table.data:
        return _database(table)
    for key in _OF_SQL:
        if key in table.data and table.has(key):
            table.problem(key, Text("{key} goes with sql", {"key": key}))
    file = table.text("file")
    if "\n" in file:  # "C:\new" is a line break and "ew"
        table.problem("file", Text("a line break: a Windows path stands in single quotes, or has slashes"))
    elif "://" in file:
        table.problem("file", Text("an address of a database is written as sql = …, with a query"))
    kind = file.lower()
    for key in _OF_TEXT:
        if key in table.data and kind.endswith(_NO_TEXT):
            table.problem(key, Text("{key} is for CSV", {"key": key}))
    if "sheet" in table.data and (file == PIPE or "." in file) and not kind.endswith(_WORKBOOKS):
        table.problem("sheet", Text("a sheet is for Excel files"))
    sheet = table.text("sheet") if _given(table, "sheet") else None
    return file, Origin(_encoding(table), _delimiter(table), sheet)


def _given(table: Table, key: str) -> bool:
    return table.has(key) and key in table.data


def _database(table: Table) -> tuple[str, Origin]:
    from linkage.register.sources.address import holds_password, shown  # late: it loads SQLAlchemy

    for key in ("file", "sheet", *_OF_TEXT):
        if _given(table, key):
            table.problem(key, Text("{key} does not go with sql", {"key": key}))
    url = table.text("sql")
    name = shown(url)
    if name is None:
        table.problem("sql", Text("not an address of a database, write {example}", {"example": _EXAMPLE}))
    elif holds_password(url):
        table.problem(
            "sql", Text("a password does not stand in a map: take it out, and name a file: password_file = …")
        )
    password_file = table.text("password_file") if _given(table, "password_file") else None
    query = table.text("query")
    return name or "sql", Origin(url=url, query=query, password_file=password_file)


def _encoding(table: Table) -> str | None:
    if not _given(table, "encoding"):
        return None
    encoding = named(table.text("encoding"))
    if encoding is None:
        table.problem("encoding", Text("no encoding that registers have; usual are cp1252, cp850, utf-8"))
    return encoding


def _delimiter(table: Table) -> str | None:
    if not _given(table, "delimiter"):
        return None
    if table.data["delimiter"] == "\t":
        return "\t"
    delimiter = _DELIMITERS.get(table.text("delimiter"))
    if delimiter is None:
        table.problem("delimiter", Text('one of ";", ",", "|" and "tab"'))
    return delimiter
