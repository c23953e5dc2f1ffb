"""The same questions, asked of plain sets of identity numbers and dates. No bitmap, no token, no numpy.

Written from the meaning of the measures alone, person by person and period by period, and so slow that nobody
could count a city with it. It shares no code with what it judges but the values that a measure and an
agreement are made of. Rows are those of release.json under the method "exact".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Share,
)
from tests import oracle_sets, oracle_time
from tests.oracle_answers import Answer, Drawn, Row, less, plain, tenth, whole
from tests.oracle_world import Labels, Payment, Registers, Spell, Time, World

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement

__all__ = ["Payment", "Registers", "Row", "Spell", "rows"]

Found: TypeAlias = tuple[Labels, Row, dict[str, Answer]]
"""The labels of the measure's dimensions, the kind's own keys, and the numbers of one row."""


def rows(
    measure: Measure, registers: Registers, agreement: Agreement, weights: Mapping[str, int] | None = None
) -> list[Row]:
    """The rows of release.json for one measure, in its order: time, sex, age, then the kind's own keys.

    weights: what a person counts for where it is not one; of no use for means.
    """
    found = [*numbers(measure, World(registers, agreement, weights))]
    return [_row(measure, found, *one) for one in found]


def numbers(measure: Measure, world: World) -> Iterator[Found]:
    """The same rows of a world, their numbers not yet rounded, and nothing compared."""
    for labels, time, people in world.places(measure):
        for own, answers in _KINDS[type(measure)](world, measure, time, people):
            yield labels, own, answers


_KINDS: dict[type[Measure], Callable[[World, Any, Time, set[str]], Iterator[Drawn]]] = {
    Count: oracle_sets.count,
    Overlap: oracle_sets.overlap,
    HowMany: oracle_sets.howmany,
    Share: oracle_sets.share,
    Flow: oracle_time.flow,
    Outcome: oracle_time.outcome,
    Duration: oracle_time.duration,
    Change: oracle_time.change,
}


# -- rows -------------------------------------------------------------------------------------------------


def _row(
    measure: Measure, found: Sequence[Found], labels: Labels, own: Row, answers: Mapping[str, Answer]
) -> Row:
    """One row, its numbers rounded last."""
    answers = dict(answers)
    if measure.against is not None:
        answers |= _against(measure, found, labels, own, answers)
    row = labels | own
    for key, answer in answers.items():
        row[key] = _rounding(measure, row, key)(answer.value)
    if answers["value"].note:
        row["note"] = answers["value"].note
    return row


def _rounding(measure: Measure, row: Row, key: str) -> Callable[[Fraction | None], int | float | None]:
    """How a number of the row is written: people and kronor whole, means and per cents with a tenth."""
    if isinstance(measure, Change):
        return whole
    tenths = {"percent", "difference"} | ({"against", "change"} if _in_percent(measure) else set())
    if key in tenths or row.get("length") in ("mean", "median"):
        return tenth
    if row.get("period") == "mean" and key != "target":
        return tenth
    return plain


def _in_percent(measure: Measure) -> bool:
    return isinstance(measure, Share | Outcome)


def _against(
    measure: Measure, found: Sequence[Found], labels: Labels, own: Row, answers: Mapping[str, Answer]
) -> dict[str, Answer]:
    """The value (or its per cent) of the same row in the span to compare with, and the change."""
    key = "percent" if _in_percent(measure) else "value"
    base = next(a for there, o, a in found if (there, o) == (labels | {"span": measure.against}, own))[key]
    change = less(answers[key], base)
    if labels["span"] == measure.against or change.value is None:
        return {"against": Answer(None), "change": Answer(None)}
    return {"against": base, "change": change}
