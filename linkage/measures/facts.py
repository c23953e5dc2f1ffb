"""What can be true of a person in a stretch of time, so far as some number of a release tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from linkage.measures.figures import Bits

Values: TypeAlias = npt.NDArray[np.unsignedinteger[Any]] | npt.NDArray[np.bool_]


class Time(NamedTuple):
    """The periods of a row of time, as a bitmap. whole: whether it is the row of the whole window."""

    mask: int
    whole: bool

    def tells(self, known: Sequence[int], *, dated: bool) -> bool:
        """Whether the row has a value where all of `known` must have one of its periods."""
        return (self.whole or dated) and all(bits & self.mask for bits in known)


class Fact(Protocol):
    """One question to each person. Two that are equal are the same question, so facts are frozen."""

    @property
    def size(self) -> int:
        """Its values are 0 … size - 1."""
        ...

    @property
    def looks_at(self) -> tuple[tuple[int, int], ...]:
        """The steps of the program that it looks at, and in which periods."""
        ...

    @property
    def ordered(self) -> bool:
        """Whether it matters in which of these periods a step has a bit, and not only whether in any."""
        ...

    def values(self, bits: Callable[[int], Bits]) -> Values:
        """The value of each person, shape (n,). bits: step → its answers."""
        ...


Where: TypeAlias = tuple[tuple[Fact, int], ...]
"""Facts with a value each: the people of whom all are true."""


@dataclass(frozen=True)
class Touches:
    """1 for whoever has a bit of the step among those of the mask."""

    step: int
    mask: int

    @property
    def size(self) -> int:
        """See Fact."""
        return 2

    @property
    def looks_at(self) -> tuple[tuple[int, int], ...]:
        """See Fact."""
        return ((self.step, self.mask),)

    ordered = False

    def values(self, bits: Callable[[int], Bits]) -> Values:
        """See Fact."""
        found = bits(self.step)
        there: Values = (found & found.dtype.type(self.mask)) != 0
        return there


@dataclass(frozen=True)
class Number:
    """Of how many of the steps a person has a bit among those of the mask. sets: (step, mask) of each."""

    sets: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """See Fact."""
        return len(self.sets) + 1

    @property
    def looks_at(self) -> tuple[tuple[int, int], ...]:
        """See Fact."""
        return self.sets

    ordered = False

    def values(self, bits: Callable[[int], Bits]) -> Values:
        """See Fact."""
        first, *rest = (Touches(step, mask).values(bits) for step, mask in self.sets)
        found = first.astype(np.min_scalar_type(len(self.sets)))
        for there in rest:
            found += there
        return found
