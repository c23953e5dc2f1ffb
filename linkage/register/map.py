"""`register.toml` → RegisterMap, with everything that is wrong with it told at once (docs/register.md)."""

from __future__ import annotations

import datetime as dt
import re

from linkage.agreement.reading import read
from linkage.agreement.tables import Problems, Table
from linkage.errors import Text
from linkage.register import map_meaning as meaning
from linkage.register.errors import MapError
from linkage.register.map_origin import place
from linkage.register.map_people import numbers, only_previous
from linkage.register.model import RegisterMap, Source
from linkage.register.sources.content import PIPE

FORMAT = "linkage-register/1"
_LATER_KEYS = ("value",)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_NUMBERS, _LAST_CENTURY = 1947, 2099


class _MapProblems(Problems):
    """What is wrong with a map."""

    def refuse(self, source: str) -> None:
        """Raise all problems, in the order of their lines, if there are any."""
        details = self.told()
        if len(details) == 1:
            raise MapError("the register map has a problem: {source}", details=details, source=source)
        if details:
            raise MapError(
                "the register map has {count} problems: {source}",
                details=details,
                source=source,
                count=len(details),
            )


def parse_map(text: str, source: str = "register.toml") -> RegisterMap:
    """The map in a TOML text; `source` is the file's name, for messages.

    Raises MapError with every problem as a detail; TomlError (an AgreementError) where it is no TOML.
    """
    document, places = read(text, source)
    problems = _MapProblems(document, places)
    top = Table(document, (), problems)
    top.choice("format", (FORMAT,))
    extracted = day(top, "extracted") if top.has("extracted") else None
    empty = tuple(top.texts("empty")) if top.has("empty") else ()
    sources = top.tables("source")
    if not sources and not empty:
        problems.add((), Text("no [[source]]: a map names at least one file, or what is empty"))
    found = tuple(_source(table) for table in sources)
    if sum(source.file == PIPE for source in found) > 1:
        problems.add((), Text("the standard input is read once: one source may be {pipe!r}", {"pipe": PIPE}))
    top.finish()
    problems.refuse(source)
    return RegisterMap(found, extracted, empty)


def day(table: Table, key: str) -> dt.date | None:
    """A day, with or without quotes; None and a problem where it is none."""
    value = table.data[key]
    if type(value) is dt.date:
        return value
    text = table.text(key)
    try:
        return parse_day(text)
    except ValueError:
        table.problem(key, Text("not a day, write {example}", {"example": '"2021-01-15"'}))
        return None


def parse_day(text: str) -> dt.date:
    """The day that a register was taken. Raises ValueError where it is no day on which there were numbers."""
    if not _DAY.fullmatch(text):
        raise ValueError
    found = dt.date.fromisoformat(text)
    if not _FIRST_NUMBERS <= found.year <= _LAST_CENTURY:
        raise ValueError
    return found


def _source(table: Table) -> Source:
    file, origin = place(table)
    people = numbers(table)
    for key in _LATER_KEYS:
        if key in table.data and table.has(key):
            table.problem(key, Text("not yet: {key} comes in a later version", {"key": key}))
    source = Source(
        file=file,
        id=people.ids[0],
        when=meaning.when(table),
        series="" if only_previous(table) else meaning.series(table),
        where=meaning.cells(table, "where"),
        unless=meaning.cells(table, "unless"),
        dates=meaning.dates(table),
        amount=meaning.amount(table),
        origin=origin,
        others=people.ids[1:],
        several=people.several,
        previous=people.previous,
        repair=people.repair,
    )
    table.finish()
    return source
