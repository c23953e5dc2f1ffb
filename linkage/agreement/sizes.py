"""How many rows a measure will have: what a reader can take in, and what a machine must hold."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.names import listed
from linkage.dimensions import SEXES
from linkage.measures.model import Change, Count, Duration, Flow, HowMany, Overlap

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions
    from linkage.measures.model import Measure

MOST = 1_000_000
"""Rows of one measure that are refused."""
MANY = 10_000
"""Rows of one measure that are warned of."""


@dataclass(frozen=True)
class Size:
    """The rows of one measure as they will be released, totals included: the product of four factors."""

    own: int
    time: int
    sex: int
    age: int

    @property
    def rows(self) -> int:
        """All rows."""
        return prod((self.own, self.time, self.sex, self.age))


def size(measure: Measure, periods: int, spans: int, dimensions: Dimensions) -> Size:
    """The size of a measure. periods: of the window; spans: how many there are."""
    time = periods + 2 if "period" in measure.by else spans + 1 if "span" in measure.by else 1
    age = len(dimensions.age.bands) + 2 if dimensions.age and "age" in measure.by else 1
    return Size(_own(measure, periods), time, len(SEXES) + 1 if "sex" in measure.by else 1, age)


def _own(measure: Measure, periods: int) -> int:
    """The rows of one place: parts, combinations, lists, pairs of states, lengths, offsets."""
    match measure:
        case Count(parts=parts) if parts:
            return len(parts) + 3
        case Overlap(sets=sets):
            return int(2 ** len(sets)) - 1
        case HowMany(lists=lists):
            return len(lists)
        case Flow(flow=states):
            return (len(states) + 1) ** 2
        case Duration():
            return periods
        case Change(before=before, after=after):
            return before + after + 3
        case _:
            return 1


def too_many(measure: Measure, found: Size) -> Text | None:
    """What to say of a measure with more rows than are allowed; None where there are not so many."""
    if found.rows < MOST:
        return None
    return Text(
        "{rows} rows ({factors}); fewer than {most} are allowed: {cut}",
        {"rows": found.rows, "factors": _factors(found), "most": MOST, "cut": _cut(measure, found)},
    )


def many(measure: Measure, found: Size) -> Text | None:
    """What to know of a measure with more rows than anybody reads; None where there are not so many."""
    if found.rows < MANY:
        return None
    return Text(
        "{rows} rows ({factors}), more than anybody reads: {cut}",
        {"rows": found.rows, "factors": _factors(found), "cut": _cut(measure, found)},
    )


def _factors(found: Size) -> str:
    """The factors as they are multiplied."""
    return " × ".join(str(n) for n in (found.own, found.time, found.sex, found.age) if n > 1) or "1"


def _cut(measure: Measure, found: Size) -> Text:
    """What to do about the largest factor."""
    name = max(("own", "time", "age", "sex"), key=lambda factor: int(getattr(found, factor)))
    if name == "time":
        cut = Text("ask by fewer periods or spans, they are {count}", {"count": found.time})
    elif name == "age":
        cut = Text("agree on wider age bands, they are {count}", {"count": found.age})
    elif name == "sex":
        cut = Text("leave a dimension out of by, which takes {names}", {"names": listed(measure.by)})
    else:
        cut = {
            Flow: Text("name fewer states, they make {count} pairs", {"count": found.own}),
            Overlap: Text("name fewer sets, they make {count} combinations", {"count": found.own}),
            HowMany: Text("name fewer lists, they are {count}", {"count": found.own}),
            Count: Text("name fewer parts, they make {count} rows", {"count": found.own}),
        }.get(type(measure), Text("ask over fewer periods, they make {count} rows", {"count": found.own}))
    return cut
