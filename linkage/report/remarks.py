"""What a reader has to know beside the numbers of one table, in a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from linkage.report import edges
from linkage.window import Unit

if TYPE_CHECKING:
    from linkage.release.tables import Table
    from linkage.report.words import Words

_EACH: Final = {
    Unit.MONTH: "Each month is looked at {spell} ahead: a lasting step is counted up to {every} times.",
    Unit.QUARTER: "Each quarter is looked at {spell} ahead: a lasting step is counted up to {every} times.",
    Unit.TERTIAL: "Each tertial is looked at {spell} ahead: a lasting step is counted up to {every} times.",
    Unit.YEAR: "Each year is looked at {spell} ahead: a lasting step is counted up to {every} times.",
}


def remarks(table: Table, words: Words) -> list[str]:
    """The sentences that stand below a table."""
    return [remark for remark in _remarks(table, words) if remark]


def repeated(table: Table, words: Words) -> str:
    """That a flow over several periods counts one step several times; empty of others."""
    if table.kind != "flow" or (table.every or 1) == 1:
        return ""
    return words.t(_EACH[words.unit], spell=words.spell(table.every or 1), every=table.every)


def _remarks(table: Table, words: Words) -> Iterator[str]:
    yield edges.note(table, words)
    yield repeated(table, words)
    if table.places is not None and words.release.counting == "any-day":
        yield words.t(
            "Who was there on any day counts for the whole period: where people follow each other on one "
            "place within a period, more places seem to be taken than are."
        )
    if table.kind == "change":
        yield words.t(
            "An amount above {most} counts as {most}. Who has no amount counts as 0, also who never had any.",
            most=words.amount(table.most or 0, str(table.unit)),
        )
