"""What a map says of identity numbers: one column or several, numbers of before, zeros that were lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register.cells import plain

if TYPE_CHECKING:
    from linkage.agreement.tables import Table

_REPAIRS = ("leading-zeros",)
_OF_SERIES = ("start", "end", "date", "period", "amount")


@dataclass(frozen=True)
class Numbers:
    """Columns of a source, as `linkage.register.model.Source` has them."""

    ids: tuple[str, ...]
    several: bool
    previous: str
    repair: bool


def numbers(table: Table) -> Numbers:
    """The keys id, ids, previous and repair; problems are noted."""
    several = table.has("ids")
    ids = _columns(table) if several else (plain(table.text("id")),)
    previous = plain(table.text("previous")) if table.has("previous") else ""
    if previous and several:
        table.problem(
            "previous", Text("goes with id, one person a row: with ids nobody knows whose number it was")
        )
    if previous and previous in ids:
        table.problem("previous", Text("the same column as id"))
    repair = table.has("repair") and bool(table.choice("repair", _REPAIRS))
    return Numbers(ids, several, previous, repair)


def _columns(table: Table) -> tuple[str, ...]:
    if table.has("id"):
        table.problem("ids", Text("either id or ids"))
    ids = tuple(plain(column) for column in table.texts("ids"))
    if table.data["ids"] == []:
        table.problem("ids", Text("an empty list: name the columns with identity numbers"))
    if len(set(ids)) < len(ids):
        table.problem("ids", Text("the same column twice"))
    return ids or ("",)


def only_previous(table: Table) -> bool:
    """Whether the source is a table of previous numbers, and its rows are in no series."""
    return "previous" in table.data and not table.has("series") and not table.has(*_OF_SERIES)
