"""What the keys of a [[source]] mean: when, which series, which rows, how days and amounts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register import days
from linkage.register.cells import plain
from linkage.register.model import Amount, ByColumn, Events, PeriodList, Spells, Undated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.agreement.tables import Table
    from linkage.register.model import When


def when(table: Table) -> When:
    """When a row was: one of start and end, date, period, or none of them."""
    given = [key for key in ("start", "date", "period") if table.has(key) and key in table.data]
    if len(given) > 1:
        table.problem(
            given[1],
            Text("either start and end, or date, or period: not {keys}", {"keys": " + ".join(given)}),
        )
    if table.has("end") and "end" in table.data and "start" not in given:
        table.problem("end", Text("an end needs a start: start = {example}", {"example": '"Startdatum"'}))
    if "start" in given:
        end = table.text("end") if "end" in table.data else ""
        if "end" not in table.data:
            table.problem(
                "start",
                Text(
                    "without an end everybody would still be there: name its column, or use date for an event"
                ),
            )
        return Spells(plain(table.text("start")), plain(end))
    if "date" in given:
        return Events(plain(table.text("date")))
    if "period" in given:
        return PeriodList(plain(table.text("period")))
    return Undated()


def series(table: Table) -> str | ByColumn:
    """Which series a row belongs to: always the same, or as a column tells."""
    if isinstance(table.data.get("series"), dict):
        return _by_column(table.table("series"))
    return table.text("series")


def _by_column(table: Table) -> ByColumn:
    """A column that tells the series, with cells compared as `plain` makes them."""
    column = plain(table.text("column"))
    values = table.table("values")
    series = {plain(cell): values.text(cell) for cell in values.data}
    if not values.data and "values" in table.data:
        table.problem("values", Text("names no value"))
    if len(series) < len(values.data):
        table.problem("values", Text("the same value twice, but for spaces or the way letters are stored"))
    named = table.texts("ignore", empty=True) if table.has("ignore") else []
    ignore = frozenset(plain(cell) for cell in named)
    if both := sorted(ignore & series.keys()):
        table.problem("ignore", Text("{value!r} stands under values too", {"value": both[0]}))
    table.finish()
    return ByColumn(column, series, ignore)


def cells(table: Table, key: str) -> Mapping[str, frozenset[str]]:
    """column → cells, of where and unless; a single cell may stand without brackets."""
    if not table.has(key):
        return {}
    columns = table.table(key)
    found: dict[str, frozenset[str]] = {}
    for column in columns.data:
        found[plain(column)] = frozenset(plain(cell) for cell in _cells(columns, column))
    return found


def _cells(columns: Table, column: str) -> list[str]:
    if isinstance(columns.data[column], str):
        return [columns.text(column, empty=True)]
    cells = columns.texts(column, empty=True)
    if columns.data[column] == []:
        columns.problem(column, Text("an empty list: no row would ever be read"))
    return cells


def dates(table: Table) -> tuple[str, ...]:
    """The forms of days that are read beside 2020-01-31."""
    if not table.has("dates"):
        return ()
    forms = tuple(table.texts("dates"))
    faults = [what for form in forms if (what := days.fault(form))]
    if table.data["dates"] == []:
        faults = [Text("an empty list: leave it out, or name a form as {example}", {"example": '"%d.%m.%Y"'})]
    elif not table.data.keys() & {"start", "date", "period"}:
        faults = [Text("no column of days is named: start and end, date, or period")]
    elif not faults:
        if any(not days.Form(form).has_day for form in forms) and "period" not in table.data:
            faults = [Text("a form without the day, %d, is for periods")]
        elif two := days.unclear(forms):
            faults = [Text("{cell!r} is one day as {one}, another as {other}: which?", _both(two))]
    for what in faults:
        table.problem("dates", what)
    return () if faults else forms


def _both(two: tuple[str, str, str]) -> dict[str, object]:
    return dict(zip(("one", "other", "cell"), two, strict=True))


def amount(table: Table) -> Amount | None:
    """The column of amounts; None where rows say only who was there."""
    decimal = ""
    if table.has("decimal"):
        decimal = table.choice("decimal", [",", "."])
        if "amount" not in table.data:
            table.problem("decimal", Text("goes with amounts: name their column, amount = …"))
    if not table.has("amount"):
        return None
    if not table.data.keys() & {"date", "period"}:
        table.problem("amount", Text("amounts need the period or the day that they are for: period or date"))
    return Amount(plain(table.text("amount")), decimal)
