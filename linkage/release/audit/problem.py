"""What a reader of a release sees, as whole numbers: sums of atoms, and what the bytes let them be.

An atom is a class of people whom no published number tells apart: how many there are of each is what a reader
would like to know. Atoms stand in parts, one for each period and stretch of time: the people of one part say
little of those of another, but for ties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Whole: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.intp]
Flags: TypeAlias = npt.NDArray[np.bool_]

FAR: Final = 1 << 40
"""Stands for no upper bound; more people than there are, and exact in the numbers of any solver."""


@dataclass(frozen=True)
class Sums:
    """m sums of atoms: sum i is over atoms[starts[i]:starts[i + 1]], each once. starts: shape (m + 1,)."""

    starts: Places
    atoms: Places

    @classmethod
    def of(cls, several: Sequence[Sequence[int] | Places]) -> Sums:
        """The sums over these atoms, one for each sequence."""
        sizes = [0, *(len(atoms) for atoms in several)]
        flat = np.concatenate([np.empty(0, np.intp), *(np.asarray(a, np.intp) for a in several)])
        return cls(np.cumsum(np.array(sizes, np.intp)), flat)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def values(self, people: Whole) -> Whole:
        """Each sum, exactly."""
        running = np.concatenate([np.zeros(1, np.int64), np.cumsum(people[self.atoms])])
        sums: Whole = running[self.starts[1:]] - running[self.starts[:-1]]
        return sums

    @property
    def rows(self) -> Places:
        """For each of `atoms`, the sum that it stands in."""
        return np.repeat(np.arange(len(self), dtype=np.intp), np.diff(self.starts))

    def one(self, number: int) -> Places:
        """The atoms of one sum."""
        return self.atoms[self.starts[number] : self.starts[number + 1]]


NO_MARK: Final = -1
NOTHING: Final = Sums(np.zeros(1, np.intp), np.empty(0, np.intp))


@dataclass(frozen=True, repr=False)
class Part:
    """The atoms of one stretch of time and what is told of them.

    people: the true number of each atom, shape (n,). told: m published sums; low, high: shape (m,), what the
    bytes allow each to be, the true one among them; sensitive: shape (m,), which must not be narrowed.
    known: by the name of a view, sums that this reader knows exactly beside them. marks: shape (m,), or None:
    two sums with different marks are of different people, as equal people have equal noise; NO_MARK for none.
    room: by the name of a view, shape (m,), how far apart this reader could think each to be before.
    """

    label: str
    people: Whole
    told: Sums
    low: Whole
    high: Whole
    sensitive: Flags
    known: Mapping[str, Sums] = field(default_factory=dict)
    marks: Whole | None = None
    room: Mapping[str, Whole] = field(default_factory=dict)

    def __post_init__(self) -> None:
        true = self.told.values(self.people)
        if (true < self.low).any() or (true > self.high).any() or (self.people < 0).any():
            raise ValueError("what is told is not true")

    def __repr__(self) -> str:
        return f"<Part of {len(self.told)} sums>"


@dataclass(frozen=True)
class Tie:
    """What holds for every population: whole is at least each of the pieces, and at most all together.

    Each is (number of a part, number of one of its told sums). complete: whole is at most their sum; least:
    it is at least each of them.
    """

    whole: tuple[int, int]
    pieces: tuple[tuple[int, int], ...]
    complete: bool = True
    least: bool = True


@dataclass(frozen=True)
class Total:
    """A number that adds up sums of several parts, or takes some off: what the bytes allow it to be.

    sensitive: it is published, and must not be narrowed.
    """

    pieces: tuple[tuple[int, int], ...]
    low: int
    high: int
    less: tuple[tuple[int, int], ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, repr=False)
class Problem:
    """A whole release. views: the names of readers, each knowing what parts say that it knows, or nothing.

    width: how far apart two worlds must be in a sensitive sum.
    """

    parts: tuple[Part, ...]
    ties: tuple[Tie, ...]
    views: tuple[str, ...]
    width: int
    totals: tuple[Total, ...] = ()

    def __repr__(self) -> str:
        return f"<Problem of {len(self.parts)} parts>"
