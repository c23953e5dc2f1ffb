"""Pairs of tokens: a person's newest number, and one that others may still know (docs/package.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt

from linkage.package.errors import PairError, PartError
from linkage.package.layout import COUNT, TOKEN
from linkage.tokens import words

if TYPE_CHECKING:
    from linkage.tokens import TokenArray

PAIR: Final = 2 * TOKEN  # bytes


@dataclass(frozen=True, eq=False)
class Pairs:
    """n pairs, ascending by the newest token and then by the previous one, none twice.

    newest, previous: (n, 16) uint8. Made by `of`, which sorts, or by `decode`.
    """

    newest: TokenArray
    previous: TokenArray

    def __len__(self) -> int:
        return len(self.newest)

    def __repr__(self) -> str:
        return "<Pairs of tokens>"

    @classmethod
    def none(cls) -> Self:
        """No pair."""
        return cls(np.empty((0, TOKEN), np.uint8), np.empty((0, TOKEN), np.uint8))

    @classmethod
    def of(cls, newest: TokenArray, previous: TokenArray) -> Self:
        """The pairs in order, each once; in any order here. Raises ValueError where a token is its own."""
        if (newest == previous).all(axis=1).any():
            raise ValueError("a token that replaces itself")
        order = np.lexsort((*reversed(words(previous)), *reversed(words(newest))))
        found = cls(newest[order], previous[order])
        return found.slice_of(found._rises())

    @classmethod
    def joined(cls, several: list[Self]) -> Self:
        """Pairs that follow each other."""
        if not several:
            return cls.none()
        return cls(np.concatenate([p.newest for p in several]), np.concatenate([p.previous for p in several]))

    def slice_of(self, index: slice | npt.NDArray[np.bool_]) -> Self:
        """The pairs at these places."""
        return type(self)(self.newest[index], self.previous[index])

    def _rises(self) -> npt.NDArray[np.bool_]:
        """Whether each pair is larger than the one before it; the first is."""
        columns = [*words(self.newest), *words(self.previous)]
        larger: npt.NDArray[np.bool_] = np.zeros(max(len(self) - 1, 0), np.bool_)
        for column in reversed(columns):
            larger = (column[1:] > column[:-1]) | ((column[1:] == column[:-1]) & larger)
        return np.concatenate((np.ones(min(len(self), 1), np.bool_), larger))

    def check(self) -> None:
        """Raises PairError unless the pairs are as a package has them."""
        # (17) pairs ascend strictly through all their parts, and no token replaces itself
        if not self._rises().all():
            raise PairError("pairs of changed numbers do not ascend")
        if (self.newest == self.previous).all(axis=1).any():
            raise PairError("a changed number is its own newest")

    def encode(self, size: int) -> bytes:
        """The bytes of a part: u32le count, all newest tokens, all previous ones, zeros up to `size`.

        Raises ValueError where they do not fit.
        """
        if COUNT + len(self) * PAIR > size:
            raise ValueError("too many pairs for a part")
        columns = self.newest.tobytes() + self.previous.tobytes()
        return (len(self).to_bytes(COUNT, "little") + columns).ljust(size, b"\0")

    @classmethod
    def decode(cls, part: bytes) -> Self:
        """The pairs of a part. Raises PartError where its count or its padding is wrong."""
        # (12) the count fits the length, and nothing hides in the padding
        count = int.from_bytes(part[:COUNT], "little")
        used = COUNT + count * PAIR
        if len(part) < COUNT or used > len(part):
            raise PartError("a part claims more pairs than it can hold")
        if np.frombuffer(part, np.uint8, offset=used).any():
            raise PartError("a part's padding is not all zeros")
        both = np.frombuffer(part, np.uint8, 2 * count * TOKEN, COUNT).reshape(2, count, TOKEN)
        return cls(both[0], both[1])


def fitting(size: int) -> int:
    """The most pairs that a part of so many bytes holds."""
    return (size - COUNT) // PAIR
