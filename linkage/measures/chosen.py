"""Which of the people who could be are needed, so that no number is of nobody there could be.

For `linkage.measures.joint` alone.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.measures.atoms import AGE, SEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linkage.measures.atoms import Digits

Numbers: TypeAlias = npt.NDArray[np.int64]

_MIXING: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and its bits look like chance (Knuth, The Art of Computer Programming 3, 6.4)."""
_PAIRED: Final = 200
"""Numbers of a stretch of which any two are looked at together, at most."""


class Side:
    """Combinations of one stretch as digits: which are counted where."""

    def __init__(self, digits: npt.NDArray[np.uint64], age_rows: npt.NDArray[np.uint8], parties: int) -> None:
        self.n = len(digits)
        self.members = digits[:, 2 : 2 + parties].T
        self._facts = digits[:, 2 + parties :]
        self._sex = digits[:, 0].astype(np.intp)
        self._age = age_rows[digits[:, 1].astype(np.intp)].astype(np.intp)

    def counted(self, where: Digits) -> npt.NDArray[np.intp]:
        """Those of whom all this is true."""
        return np.flatnonzero(self.is_counted(where))

    def is_counted(self, where: Digits) -> npt.NDArray[np.bool_]:
        """Of each, whether all this is true."""
        there = np.ones(self.n, np.bool_)
        for number, value in where:
            there &= self._facts[:, number] == value
        return there

    def seen(self, parties: Sequence[int], numbers: Iterable[int]) -> npt.NDArray[np.int64]:
        """The people of some parties by these digits, one number for each combination; -1 for the others'.

        Two that share a number by chance would leave somebody out who could be.
        """
        code = np.zeros(self.n, np.uint64)
        for number in numbers:
            column = {SEX: self._sex, AGE: self._age}.get(number)
            code += (self._facts[:, number] if column is None else column).astype(np.uint64)
            code = (code + np.uint64(1)) * _MIXING
            code ^= code >> np.uint64(29)
        mine = (self.members[[*parties]] > 0).any(axis=0)
        return np.where(mine, (code >> np.uint64(2)).astype(np.int64), -1)

    def classes(self, some: npt.NDArray[np.intp], by: Sequence[str]) -> npt.NDArray[np.intp]:
        """The class of each, by the dimensions of a measure."""
        sex = self._sex[some] if "sex" in by else 0
        age = self._age[some] if "age" in by else 0
        return np.broadcast_to(np.asarray(sex * 256 + age, np.intp), some.shape)


def choose(
    chosen: npt.NDArray[np.bool_],
    told: Iterable[tuple[Sequence[str], Sequence[Digits | None]]],
    there: Side,
    others: Side,
) -> None:
    """Choose of others one for each cell of a measure that nobody is counted in: neither there nor chosen.

    told: of each measure, its dimensions and the digits of each place on its own axes.
    """
    for by, several in told:
        for digits in several:
            if digits is None:
                continue
            could = others.counted(digits)
            classes, first = np.unique(others.classes(could, by), return_index=True)
            some = there.counted(digits)
            filled = {*there.classes(some, by).tolist()}
            filled |= {*others.classes(could[chosen[could]], by).tolist()}
            for of_class, place in zip(classes.tolist(), first.tolist(), strict=True):
                if of_class not in filled:
                    chosen[could[place]] = True


def choose_pairs(
    chosen: npt.NDArray[np.bool_], told: Iterable[Digits | None], there: Side, others: Side
) -> None:
    """Choose of others one for each two numbers that nobody is counted in, and each one without another."""
    several = sorted({digits for digits in told if digits is not None})
    if len(several) > _PAIRED:
        return
    real, could = (_counted_or_not(several, side) for side in (there, others))
    for without in (0, 1):
        filled = (real[0] @ real[without].T > 0) | (could[0][:, chosen] @ could[without][:, chosen].T > 0)
        possible = could[0] @ could[without].T > 0
        for one, other in np.argwhere(possible & ~filled):
            both = (could[0, one] > 0) & (could[without, other] > 0)
            if not (both & chosen).any():
                chosen[np.argmax(both)] = True


def choose_seen(
    chosen: npt.NDArray[np.bool_],
    several: Iterable[tuple[Digits, Sequence[int], Sequence[int]]],
    there: Side,
    others: Side,
) -> None:
    """Choose of others, for all that some parties know of their people, one who is counted and one not.

    several: the digits of a number, parties, and the digits that they know of those that decide.
    """
    alike: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Numbers, Numbers, int]] = {}
    for digits, of_views in groupby(several, key=itemgetter(0)):
        real, possible = (side.is_counted(digits).astype(np.int64) for side in (there, others))
        for _, parties, numbers in of_views:
            known = (tuple(parties), tuple(numbers))
            if known not in alike:
                alike[known] = _alike(there, others, *known)
            mine, theirs, groups = alike[known]
            could = theirs * 2 + possible
            filled = np.zeros(2 * groups, np.bool_)
            filled[:2] = True  # those whom these parties do not have
            filled[mine * 2 + real] = True
            filled[could[chosen]] = True
            first = np.full(2 * groups, others.n)
            first[could[::-1]] = np.arange(others.n)[::-1]
            chosen[first[~filled & (first < others.n)]] = True


def _alike(
    there: Side, others: Side, parties: Sequence[int], numbers: Sequence[int]
) -> tuple[Numbers, Numbers, int]:
    """Groups of those of whom parties know the same, there and of others, and how many groups there are.

    Group 0 is of whom they do not have.
    """
    both = np.concatenate([[-1], *(side.seen(parties, numbers) for side in (there, others))])
    codes, group = np.unique(both, return_inverse=True)
    return group[1 : 1 + there.n], group[1 + there.n :], len(codes)


def _counted_or_not(several: Sequence[Digits], side: Side) -> npt.NDArray[np.float32]:
    """Who is counted in each number, and whom each party has; then who is not. Shape (2, numbers, n)."""
    there = np.zeros((len(several) + len(side.members), side.n), np.float32)
    for number, where in enumerate(several):
        there[number, side.counted(where)] = 1
    there[len(several) :] = side.members
    return np.stack([there, 1 - there])
