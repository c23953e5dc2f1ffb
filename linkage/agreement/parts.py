"""What two expressions are to each other by the way they are written, whoever the people are."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

from linkage.measures.expressions import And, AtLeast, Left, Minus, Not, OfAge, OfSex, Or, Presence, Started
from linkage.measures.trees import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.measures.expressions import Tree

_STEPS = 20_000
"""Comparisons after which nothing more is looked at: a warning is not worth more."""


class Parts:
    """Whether one expression is a part of another, and whether anybody can be in it.

    given_up: what is answered when comparing took too long.
    """

    def __init__(self, *, given_up: bool) -> None:
        self._given_up = given_up
        self._told: dict[tuple[int, int], bool] = {}
        self._nots: dict[int, Tree] = {}

    def within(self, a: Tree, b: Tree) -> bool:
        """Whether everybody in a is in b; false where the way they are written does not say."""
        key = (id(a), id(b))
        if len(self._told) > _STEPS:
            return self._given_up
        if key not in self._told:
            self._told[key] = a == b or self._by_whole(a, b) or self._by_part(a, b)
        return self._told[key]

    def _by_whole(self, a: Tree, b: Tree) -> bool:
        match b:
            case And(x, y):
                return self.within(a, x) and self.within(a, y)
            case Minus(x, y):
                return self.within(a, x) and self.within(a, self._not(y))
            case Or(x, y):
                return self.within(a, x) or self.within(a, y)
            case _:
                return False

    def _by_part(self, a: Tree, b: Tree) -> bool:
        match a:
            case And(x, y):
                return self.within(x, b) or self.within(y, b)
            case Minus(x, y):
                return self.within(x, b) or self.within(self._not(y), b)
            case Or(x, y):
                return self.within(x, b) and self.within(y, b)
            case Started(x) | Left(x):
                return self.within(x, b)
            case _:
                return False

    def nobody(self, tree: Tree) -> bool:
        """Whether nobody can be in it; false where the way it is written does not say."""
        match tree:
            case Presence() | OfSex() | OfAge() | Not():
                return False
            case And() | Minus():
                every = list(self._terms(tree))
                pairs = islice(combinations(every, 2), _STEPS)
                return any(map(self.nobody, every)) or any(self._apart(*pair) for pair in pairs)
            case Or(a, b):
                return self.nobody(a) and self.nobody(b)
            case Started(a) | Left(a) if lasting(a):
                return True
            case AtLeast(count, items):
                return sum(not self.nobody(item) for item in items) < count
            case _:
                return self.nobody(tree.a)

    def _terms(self, tree: Tree) -> Iterator[Tree]:
        """What must hold all at once, of a & b - c …: a, b, !c."""
        match tree:
            case And(a, b):
                yield from self._terms(a)
                yield from self._terms(b)
            case Minus(a, b):
                yield from self._terms(a)
                yield self._not(b)
            case _:
                yield tree

    def _apart(self, a: Tree, b: Tree) -> bool:
        """Whether nobody is in both."""
        match a, b:
            case OfSex(one), OfSex(other):
                return one != other
            case OfAge(ones), OfAge(others):
                return not set(ones) & set(others)
            case Not(x), _ if self.within(b, x):
                return True
            case _, Not(y):
                return self.within(a, y)
            case _:
                return False

    def _not(self, tree: Tree) -> Tree:
        return self._nots.setdefault(id(tree), Not(tree))
