"""Digits of people side by side in words of 64 bits: who has the same digits has the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linkage.measures.facts import Values

Words: TypeAlias = npt.NDArray[np.uint64]
"""Shape (n, words)."""

_WORD: Final = 64
_WAITING: Final = 1 << 13
"""Combinations that may wait until they are put together with those found before."""
_MIXING: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and its bits look like chance (Knuth, The Art of Computer Programming 3, 6.4)."""


class Places:
    """Where digits of these sizes stand: each in as many bits as it takes, never across two words."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._at: list[tuple[int, np.uint64, np.uint64]] = []  # word, first bit, mask
        word, begin = 0, 0
        for size in sizes:
            bits = (size - 1).bit_length()
            if begin + bits > _WORD:
                word, begin = word + 1, 0
            self._at.append((word, np.uint64(begin), np.uint64((1 << bits) - 1)))
            begin += bits
        self.words = word + 1

    def pack(self, columns: Iterable[Values], n: int) -> Words:
        """The digits of n people, each of them below its size."""
        words = np.zeros((self.words, n), np.uint64)
        for (word, begin, mask), column in zip(self._at, columns, strict=True):
            if mask:  # a digit that is always 0 takes no bit, not even one behind the last
                words[word] |= column.astype(np.uint64) << begin
        return words.T

    def unpack(self, words: Words) -> npt.NDArray[np.uint64]:
        """The digits, one column each. Shape (n, digits)."""
        found = np.zeros((len(words), len(self._at)), np.uint64)
        for digit, (word, begin, mask) in enumerate(self._at):
            if mask:
                found[:, digit] = words[:, word] >> begin & mask
        return found


class Group(NamedTuple):
    """Words, and how many people have each of them. Shapes (k, words) and (k,)."""

    words: Words
    people: npt.NDArray[np.int64]

    def __repr__(self) -> str:
        """Without what a NamedTuple would show."""
        return f"<Group of {self.words.shape[1]} words>"


def nearly_grouped(words: Words) -> Group:
    """One person each, put together fast: equal ones may stay apart, different ones never come together."""
    if words.shape[1] == 1:
        return _runs(np.sort(words[:, 0])[:, None], np.ones(len(words), np.int64))
    mixed = words[:, 0].copy()
    for word in words.T[1:]:
        mixed *= _MIXING
        mixed ^= mixed >> np.uint64(32)
        mixed += word
    return _runs(words[np.argsort(mixed)], np.ones(len(words), np.int64))


def _grouped(words: Words, people: npt.NDArray[np.int64]) -> Group:
    """Each words once, ascending."""
    order = np.lexsort(words.T[::-1])
    return _runs(words[order], people[order])


def _runs(words: Words, people: npt.NDArray[np.int64]) -> Group:
    """Those that are equal and stand together as one."""
    new = np.ones(len(words), np.bool_)
    new[1:] = (words[1:] != words[:-1]).any(axis=1)
    first = np.flatnonzero(new)
    return Group(words[first], np.add.reduceat(people, first) if len(first) else people[:0])


class TooManyError(ReleaseError):
    """More different people than can be held apart."""

    hint = "ask for fewer periods, spans or questions in a new round, or agree on cellkey"


class Found:
    """The combinations of one ground that some people have. Memory grows with them, not with the people.

    most: how many people may have; None for any number. Raises TooManyError where there are more.
    """

    def __init__(self, words: int, most: int | None = None) -> None:
        self._most = most
        self._groups = [Group(np.empty((0, words), np.uint64), np.empty(0, np.int64))]
        self._waiting = 0

    def add(self, group: Group) -> None:
        """Add other people."""
        self._groups.append(group)
        self._waiting += len(group.people)
        if self._waiting > max(_WAITING, len(self._groups[0].people)):
            self._groups, self._waiting = [self.all()], 0

    def all(self) -> Group:
        """Each combination once, ascending: the same however people were cut into blocks."""
        words, people = zip(*self._groups, strict=True)
        found = _grouped(np.concatenate(words), np.concatenate(people))
        if self._most is not None and np.count_nonzero(found.people) > self._most:
            raise TooManyError(
                "the people of this round have more than {most} different histories: too many to withhold "
                "numbers safely",
                most=self._most,
            )
        return found
