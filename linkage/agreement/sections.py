"""The parts of an agreement that stand once: period, dimensions, retention."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.model import Retention
from linkage.agreement.names import listed, near
from linkage.dimensions import Ages, Band, Dimensions
from linkage.window import MAX_PERIODS, Unit, Window, ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkage.agreement.tables import Table

COUNTING = ("any-day", "last-day")
_NO_SPAN = ("all", "mean")
_OLDEST = 150
_LONGEST_DAYS = 3650
_UNITS = {
    Unit.MONTH: Text("month"),
    Unit.QUARTER: Text("quarter"),
    Unit.TERTIAL: Text("tertial"),
    Unit.YEAR: Text("year"),
}
_BAND = re.compile(r"(0|[1-9][0-9]{0,2})-(0|[1-9][0-9]{0,2})")


def period(table: Table) -> tuple[Window | None, str]:
    """The [period] of the agreement, and when a stay counts in one; None where it has problems."""
    counting = table.choice("counting", COUNTING)
    return _window(table), counting


def _window(table: Table) -> Window | None:
    unit_name = table.choice("unit", [unit.value for unit in Unit])
    unit = Unit(unit_name) if unit_name else None
    first, last = (_period(table, key, unit) for key in ("first", "last"))
    spans = _spans(table, unit, first, last)
    table.finish()
    if unit is None or first is None or last is None:
        return None
    if last < first:
        table.problem("last", Text("lies before the first period"))
        return None
    if (periods := last - first + 1) > MAX_PERIODS:
        what = Text(
            "{periods} periods, at most {limit} are allowed", {"periods": periods, "limit": MAX_PERIODS}
        )
        table.problem("last", what)
        return None
    return Window(unit, table.data["first"], table.data["last"], spans)


def _period(table: Table, key: str, unit: Unit | None) -> int | None:
    """The ordinal of a period that a key names; None where it names none."""
    if isinstance(year := table.data.get(key), int) and unit is Unit.YEAR:
        table.has(key)
        table.problem(key, Text('write the year in quotes: "{year}"', {"year": year}))
        return None
    name = table.text(key)
    return _ordinal(table, (key,), name, unit) if name and unit else None


def _ordinal(table: Table, keys: tuple[str | int, ...], name: str, unit: Unit) -> int | None:
    try:
        return ordinal(unit, name)
    except ValueError:
        what = Text(
            "{name!r} is no {unit}, write it as {example}",
            {"name": name, "unit": _UNITS[unit], "example": unit.example},
        )
        table.problems.add((*table.path, *keys), what)
        return None


def _spans(
    table: Table, unit: Unit | None, first: int | None, last: int | None
) -> dict[str, tuple[int, int]]:
    """Named stretches: name → indexes of first and last period; names with problems are there too."""
    found: dict[str, tuple[int, int]] = {}
    if not table.has("spans"):
        return found
    spans = table.table("spans")
    for name in spans.data:
        found[name] = (0, 0)
        _span_name(spans, name)
        ends = spans.texts(name)
        if len(ends) != 2:
            spans.problem(name, Text('expected the first and the last period, as ["2020-01", "2020-06"]'))
            continue
        if unit is None or first is None or last is None:
            continue
        low, high = (_ordinal(spans, (name, i), end, unit) for i, end in enumerate(ends))
        if low is None or high is None:
            continue
        if not first <= low <= high <= last:
            spans.problem(name, Text("must lie inside the window, its first period not after its last"))
            continue
        found[name] = (low - first, high - first)
    return found


def span_names(top: Table) -> tuple[str, ...]:
    """The names of all spans, also of those that have problems."""
    period = top.data.get("period")
    spans = period.get("spans") if isinstance(period, dict) else None
    return tuple(spans) if isinstance(spans, dict) else ()


def _span_name(spans: Table, name: str) -> None:
    """A span's name is free text, but rows of a release call two things by words of their own."""
    spans.checked((*spans.path, name), name)
    if name in _NO_SPAN or name != name.strip():
        spans.problem(name, Text("no span may be called {name!r}: choose another", {"name": name}))


def words(
    table: Table, key: str, allowed: Iterable[str], offered: Iterable[str] | None = None
) -> tuple[str, ...]:
    """A list of words that are allowed, each once. offered: those that are told of; left out, all."""
    allowed = tuple(allowed)
    offered = allowed if offered is None else tuple(offered)
    found: list[str] = []
    for index, word in enumerate(table.texts(key)):
        path = (*table.path, key, index)
        if word in found:
            table.problems.add(path, Text("{word!r} stands twice", {"word": word}))
        elif word not in allowed:
            table.problems.add(
                path,
                Text(
                    "unknown {word!r}{near}, allowed are {allowed}",
                    {"word": word, "near": near(word, offered), "allowed": listed(offered) or "–"},
                ),
            )
        else:
            found.append(word)
    return tuple(found)


def dimensions(top: Table) -> Dimensions:
    """The [dimensions], which may be left out, as may each of them."""
    if not top.has("dimensions"):
        return Dimensions()
    table = top.table("dimensions")
    sex = table.flag("sex")
    age = _ages(table.table("age")) if table.has("age") else None
    table.finish()
    return Dimensions(sex, age)


def _ages(table: Table) -> Ages:
    """The age bands; those of `bands` do not overlap."""
    on = _day(table, "on")
    bands = _bands(table, "bands")
    also = _bands(table, "also") if table.has("also") else ()
    if not bands and table.data.get("bands") == []:
        table.problem("bands", Text('empty, expected age bands as "16-29"'))
    for one, other in combinations(bands, 2):
        if one.low <= other.high and other.low <= one.high:
            table.problem("bands", Text("{one} and {other} overlap", {"one": one.name, "other": other.name}))
    for band in also:
        if band in bands:
            table.problem("also", Text("{band!r} stands in bands too", {"band": band.name}))
    table.finish()
    return Ages(on, bands, also)


def _day(table: Table, key: str) -> dt.date:
    """A day, written 2020-12-31 in quotes."""
    written = table.text(key)
    try:
        day = dt.date.fromisoformat(written) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written) else None
    except ValueError:
        day = None
    if written and (day is None or not 1800 <= day.year <= 2199):
        table.problem(key, Text("{day!r} is no day, write it as 2020-12-31", {"day": written}))
    return day or dt.date(2000, 1, 1)


def _bands(table: Table, key: str) -> tuple[Band, ...]:
    """Age bands, each named by its ends: "16-29"."""
    found: list[Band] = []
    for index, name in enumerate(table.texts(key)):
        path = (*table.path, key, index)
        match = _BAND.fullmatch(name)
        if match is None or not int(match[1]) <= int(match[2]) <= _OLDEST:
            table.problems.add(
                path,
                Text(
                    '{name!r} is no age band: two ages from 0 to {oldest} as "16-29", the lower first',
                    {"name": name, "oldest": _OLDEST},
                ),
            )
        elif (band := Band(name, int(match[1]), int(match[2]))) in found:
            table.problems.add(path, Text("{word!r} stands twice", {"word": name}))
        else:
            found.append(band)
    return tuple(found)


def retention(table: Table) -> Retention:
    """The [retention]: days until destruction, and the decision that allows it."""
    found = Retention(table.number("days", 0, _LONGEST_DAYS), table.text("basis"))
    table.finish()
    return found
