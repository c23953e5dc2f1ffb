"""Questions and their true answers as typed values.

Expressions and measures are made by the agreement's parser; People by the match, one block at a time;
Figures by the engine when the tables of all blocks are added. Figures never leave the matcher: only
`linkage.release.control` turns them into something that may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        """count, overlap, howmany, share, flow, outcome, duration, change."""
        return type(self).__name__.lower()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression that it asks about, the first one first."""
        raise NotImplementedError


@dataclass(frozen=True)
class Count(Measure):
    """Unique people; parts: expressions to be added up beside them."""

    count: Expression
    parts: tuple[Expression, ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return (self.count, *self.parts)


@dataclass(frozen=True)
class Overlap(Measure):
    """Every combination of sets, exclusively. 2 to 8 sets."""

    sets: tuple[Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return self.sets


@dataclass(frozen=True)
class HowMany(Measure):
    """People in exactly one, two, three … of the lists."""

    lists: tuple[Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return self.lists


@dataclass(frozen=True)
class Places:
    """How many can take part at once: the places of the series that a share joins, all together."""

    number: int


@dataclass(frozen=True)
class Share(Measure):
    """value of `of`, which may be a mean from elsewhere (source: whose), or places. target: per cent."""

    share: Expression
    of: Expression | int | Places
    source: str | None = None
    target: Fraction | None = None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return (self.share, self.of) if isinstance(self.of, Expression) else (self.share,)


@dataclass(frozen=True)
class Flow(Measure):
    """Moves between states from a period to the one `every` periods later.

    A person's state is the first of the expressions whose bit is set, else "elsewhere". At least one.
    """

    flow: tuple[Expression, ...]
    every: int = 1

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return self.flow


class Follow(Enum):
    """How long after an event people are looked for."""

    AT = "at"
    WITHIN = "within"
    FOR = "for"


@dataclass(frozen=True)
class Outcome(Measure):
    """Of those who left `leaving` in period p, how many are in `to`: in p + k, or in one of p … p + k.

    With FOR, in all of p + 1 … p + k. target: per cent.
    """

    leaving: Expression
    to: Expression
    follow: Follow
    k: int
    target: Fraction | None = None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return (self.leaving, self.to)


@dataclass(frozen=True)
class Duration(Measure):
    """Length of each person's first stay that starts and ends inside the window."""

    duration: Expression

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return (self.duration,)


@dataclass(frozen=True)
class Change(Measure):
    """Mean amount per person around each person's first event of `around`.

    change: key of the series that holds the amounts, in `unit`. before, after: periods, at least 1.
    """

    change: str
    unit: str
    around: Expression
    before: int
    after: int

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """See Measure."""
        return (self.around,)


# -- people and figures -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class People:
    """All people of one block, all parties side by side; n people.

    presence: series key → Bits, shape (n,); sex: codes of `dimensions.SEXES`; age: piece codes of `Ages`;
    zeros where the agreement has no such dimension. amounts: key of a series that holds amounts → uint32,
    shape (n, periods). record_keys: uint32, shape (n,), where the release's method asks for them. members:
    name of a party → whether it sent a row of the person, shape (n,), where atoms are asked for. Never
    printed, never kept beyond the block.
    """

    n: int
    presence: Mapping[str, Bits]
    sex: npt.NDArray[np.uint8]
    age: npt.NDArray[np.uint8]
    amounts: Mapping[str, npt.NDArray[np.uint32]] = field(default_factory=dict)
    record_keys: npt.NDArray[np.uint32] | None = None
    members: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<People of one block: {len(self.presence)} series>"


class Note(Enum):
    """Why a row has no value. WITHHELD: to protect people; FEW: fewer than are told, none among them."""

    KNOWN = ""
    EDGE = "edge"
    NO_DATES = "no dates"
    WITHHELD = "withheld"
    FEW = "few"


AxisValue: TypeAlias = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """One axis of a table of counts: its name and the row labels in order, totals ("all") last."""

    name: str
    values: tuple[AxisValue, ...]


@dataclass(frozen=True)
class Sums:
    """Amounts of the people of each cell, in whole units; arrays of the cells' shape.

    total: int64; largest: int64, shape (2, …): the two largest amounts of one person, the larger first.
    """

    total: npt.NDArray[np.int64]
    largest: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """The true counts of one measure: each number that is counted, totals too, nothing that is derived.

    axes, in order: the kind's own first ("part": each part as written, then "unique" · "in": tuples of the
    sets' sources · "lists": 1..n · "role": "value", "of", of an outcome too, "value" alone where `of` is a
    number or places · "from", then "to": the states as written, then "elsewhere" · "length": 1 … periods - 2
    · "offset": -before … after · none for a plain count), then those of `by`: "period" (labels, then "all")
    or "span" (names, then "all"), "sex" (woman, man, other, all), "age" (bands, other, all). A measure
    without period and span has an axis "window" with the one value "all".
    people: int64 of the axes' shape. notes: object array of Note of the same shape, KNOWN where counted.
    record_keys: the sum of the people's record keys modulo 2**32, uint32 of that shape, where they have any.
    A flow counts moves over several periods: who moves twice is there twice, and so is the record key.
    sums: the amounts of a change, else None.
    """

    axes: tuple[Axis, ...]
    people: npt.NDArray[np.int64]
    notes: npt.NDArray[np.object_]
    record_keys: npt.NDArray[np.uint32] | None = None
    sums: Sums | None = None


@dataclass(frozen=True)
class Figures:
    """True answers of a whole round, by measure name. Inside the matcher only."""

    measures: tuple[Measure, ...]
    cells: Mapping[str, Cells]

    def __repr__(self) -> str:
        return f"<Figures of {len(self.measures)} measures>"


@dataclass(frozen=True)
class Frame:
    """What all measures of an agreement share: its window and its dimensions.

    amounts: key of each series that holds amounts → the largest amount.
    """

    window: Window
    dimensions: Dimensions
    amounts: Mapping[str, int] = field(default_factory=dict)
