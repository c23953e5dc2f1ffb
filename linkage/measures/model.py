"""Measures as typed values: what an agreement asks, and the frame that its measures share.

They are made by the agreement's parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.measures.expressions import Expression

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions
    from linkage.window import Window


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


@dataclass(frozen=True)
class Frame:
    """What all measures of an agreement share: its window and its dimensions.

    amounts: key of each series that holds amounts → the largest amount.
    """

    window: Window
    dimensions: Dimensions
    amounts: Mapping[str, int] = field(default_factory=dict)
