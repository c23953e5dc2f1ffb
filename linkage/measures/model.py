"""Questions and their true answers as typed values.

Expressions and measures are made by the agreement's parser; People by the match, one block at a time;
Figures by the engine when the tables of all blocks are added. Figures never leave the matcher: only
`linkage.release.control` turns them into something that may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions
    from linkage.window import Window

Bits: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
"""One presence bitmap per person, shape (n,), of the window's dtype."""

# -- expressions ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Presence:
    """Presence in a series, written party.series."""

    series: str


@dataclass(frozen=True)
class OfSex:
    """All bits of the people whose sex code is `code`, none of the others'."""

    code: int


@dataclass(frozen=True)
class OfAge:
    """All bits of the people whose age piece code is among `codes`."""

    codes: tuple[int, ...]


@dataclass(frozen=True)
class Not:
    """!a."""

    a: Tree


@dataclass(frozen=True)
class And:
    """a & b."""

    a: Tree
    b: Tree


@dataclass(frozen=True)
class Or:
    """a | b."""

    a: Tree
    b: Tree


@dataclass(frozen=True)
class Minus:
    """a - b."""

    a: Tree
    b: Tree


@dataclass(frozen=True)
class Ever:
    """ever(a): all bits if any known bit of a is set."""

    a: Tree


@dataclass(frozen=True)
class AtLeast:
    """atleast(count, items…)."""

    count: int
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Started:
    """started(a): in a, not in the period before."""

    a: Tree


@dataclass(frozen=True)
class Left:
    """left(a): in a, not in the period after."""

    a: Tree


@dataclass(frozen=True)
class Was:
    """was(a, k): was in a k periods earlier."""

    a: Tree
    k: int


@dataclass(frozen=True)
class Will:
    """will(a, k): is in a k periods later."""

    a: Tree
    k: int


@dataclass(frozen=True)
class Within:
    """within(a, k): in a in this period or one of the next k."""

    a: Tree
    k: int


@dataclass(frozen=True)
class Bridge:
    """bridge(a, k): in a, or in a gap of at most k periods between two stays."""

    a: Tree
    k: int


Tree: TypeAlias = (
    Presence
    | OfSex
    | OfAge
    | Not
    | And
    | Or
    | Minus
    | Ever
    | AtLeast
    | Started
    | Left
    | Was
    | Will
    | Within
    | Bridge
)


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    source: as written; tree: groups and wildcards resolved; known: bitmap of the periods in which the answer
    is known (the edges of the window are not); dated: False where a series without dates is used, so that
    only "all" can be told; label: the title of the series or group that it is, else the source.
    """

    source: str
    tree: Tree
    known: int
    dated: bool
    label: str


# -- measures ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """A question. by: among period | span, sex, age, in the agreement's order. against: a span's name."""

    name: str
    title: str
    by: tuple[str, ...]
    against: str | None

    @property
    def kind(self) -> str:
        """count, overlap, howmany, share."""
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Count(Measure):
    """Unique people; parts: expressions to be added up beside them."""

    count: Expression
    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Overlap(Measure):
    """Every combination of sets, exclusively. 2 to 8 sets."""

    sets: tuple[Expression, ...]


@dataclass(frozen=True)
class HowMany(Measure):
    """People in exactly one, two, three … of the lists."""

    lists: tuple[Expression, ...]


@dataclass(frozen=True)
class Share(Measure):
    """value of `of`; `of` may be a constant mean from elsewhere (source: whose). target: per cent."""

    share: Expression
    of: Expression | int
    source: str | None = None
    target: Fraction | None = None


# -- people and figures -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class People:
    """All people of one block, all parties side by side; n people.

    presence: series key → Bits, shape (n,); sex: codes of `dimensions.SEXES`; age: piece codes of `Ages`;
    zeros where the agreement has no such dimension. Never printed, never kept beyond the block.
    """

    n: int
    presence: Mapping[str, Bits]
    sex: npt.NDArray[np.uint8]
    age: npt.NDArray[np.uint8]

    def __repr__(self) -> str:
        return f"<People of one block: {len(self.presence)} series>"


class Note(Enum):
    """Why a row has no value."""

    KNOWN = ""
    EDGE = "edge"
    NO_DATES = "no dates"
    WITHHELD = "withheld"


AxisValue: TypeAlias = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """One axis of a table of counts: its name and the row labels in order, totals ("all") last."""

    name: str
    values: tuple[AxisValue, ...]


@dataclass(frozen=True)
class Cells:
    """The true counts of one measure: each number that is counted, totals too, nothing that is derived.

    axes, in order: the kind's own first ("part": each part as written, then "unique" · "in": tuples of the
    sets' sources · "lists": 1..n · "role": "value", "of" · none for a plain count), then those of `by`:
    "period" (labels, then "all") or "span" (names, then "all"), "sex" (woman, man, other, all), "age" (bands,
    other, all). A measure without period and span has an axis "window" with the one value "all".
    people: int64 of the axes' shape. notes: object array of Note of the same shape, KNOWN where counted.
    """

    axes: tuple[Axis, ...]
    people: npt.NDArray[np.int64]
    notes: npt.NDArray[np.object_]


@dataclass(frozen=True)
class Figures:
    """True answers of a whole round, by measure name. Inside the matcher only."""

    measures: tuple[Measure, ...]
    cells: Mapping[str, Cells]

    def __repr__(self) -> str:
        return f"<Figures of {len(self.measures)} measures>"


@dataclass(frozen=True)
class Frame:
    """What all measures of an agreement share: its window and its dimensions."""

    window: Window
    dimensions: Dimensions
