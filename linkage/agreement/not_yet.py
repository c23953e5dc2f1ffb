"""What an agreement asks that its release method does not protect yet, seen once the whole of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.measures.model import Change, Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.agreement.places import Path
    from linkage.agreement.tables import Table
    from linkage.measures.model import Measure


def not_yet(top: Table, method: str, measures: Sequence[Measure]) -> None:
    """Note every question that the method cannot be asked. measures: all of them, none left out.

    Under `suppress` people are held apart within one stretch of time and one measure alone: who stands in
    May, less who has left since, is who stands in June, and an amount in one table may be had from another.
    """
    if method != "suppress":
        return
    for index, measure in enumerate(measures):
        for key, what in _withheld(measure):
            path: Path = ("measure", index, key)
            top.problems.add(path, what)


def _withheld(measure: Measure) -> Iterator[tuple[str, Text]]:
    """The keys of a question that `suppress` does not protect."""
    if {"period", "span"} & set(measure.by):
        yield (
            "by",
            Text(
                'not yet with method = "suppress", which does not hide what follows from several periods: '
                "ask for the whole window, or use cellkey"
            ),
        )
    elif isinstance(measure, Flow):
        yield (
            "flow",
            Text(
                'not yet with method = "suppress", which does not hide what follows from several periods: '
                "leave the question out, or use cellkey"
            ),
        )
    if isinstance(measure, Change):
        yield (
            "change",
            Text(
                'not yet with method = "suppress", which does not protect amounts between questions: '
                "leave the question out, or use cellkey"
            ),
        )
