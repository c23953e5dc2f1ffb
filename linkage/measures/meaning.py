"""What an expression means, in whatever words: so that two questions are known to be the same.

`a & b` and `b & a`, `a - b` and `a & !b`, a group and what it stands for: each is a table of truth over what
it looks at. Two expressions of the same meaning are of the same people in every population there can be. Two
of different meanings can be so too: that a woman is no man, or that who has left was there, is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from linkage.measures.expressions import (
    And,
    AtLeast,
    Ever,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
)
from linkage.measures.trees import children, lasting

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from linkage.measures.expressions import Tree

MOST: Final = 10
"""Things that an expression may look at; of one that looks at more, the tree is compared as it is."""
_BOOLEAN = (Not, And, Or, Minus, AtLeast)

Leaf: TypeAlias = tuple[object, ...]
"""Something that is true of a person or not, and is not looked into."""


@dataclass(frozen=True)
class Meaning:
    """Of whom something is true.

    leaves: what it depends on, in an order of their own; true: bit j is set where it is true of those of whom
    leaf i is true where bit i of j is set.
    """

    leaves: tuple[Leaf, ...]
    true: int

    def inside(self, other: Meaning) -> bool:
        """Whether whoever is in this is in the other, by what both look at."""
        return not both((self, other), lambda mine, theirs, _: mine & ~theirs).true


NOBODY: Final = Meaning((), 0)


def of(leaf: Leaf) -> Meaning:
    """Of whom one thing is true."""
    return Meaning((leaf,), 0b10)


def both(several: Sequence[Meaning], together: Callable[..., int]) -> Meaning:
    """What several meanings make together. together: their tables, and the full one → a table.

    Raises ValueError where they look at more than MOST things.
    """
    leaves = tuple(sorted({leaf for each in several for leaf in each.leaves}, key=repr))
    if len(leaves) > MOST:
        raise ValueError("too many things")
    full = (1 << (1 << len(leaves))) - 1
    return _without_idle(leaves, together(*(_spread(each, leaves) for each in several), full) & full)


def union(several: Sequence[Meaning]) -> Meaning:
    """Who is in one of them."""
    return both(several, lambda *tables: _any(tables[:-1]))


def exactly(inside: Sequence[Meaning], outside: Sequence[Meaning]) -> Meaning:
    """Who is in all of these and in none of those."""

    def table(*tables: int) -> int:
        found = tables[-1]
        for each in tables[: len(inside)]:
            found &= each
        return found & ~_any(tables[len(inside) : -1])

    return both((*inside, *outside), table)


def number(several: Sequence[Meaning], how_many: int) -> Meaning:
    """Who is in just so many of them."""
    return both(
        several, lambda *t: _at_least(t[:-1], how_many, t[-1]) & ~_at_least(t[:-1], how_many + 1, t[-1])
    )


def meaning(tree: Tree, window: Leaf, at: str | None = None) -> Meaning:
    """What a tree means in one period. window: of which `ever` speaks; at: the period, where it is one."""
    return _Reader(window, at).of(tree)


def over(tree: Tree, window: Leaf, periods: Sequence[str]) -> Meaning:
    """Who is in it in one of several periods, in all of which the answer is known."""
    if len(periods) == 1:
        return meaning(tree, window, periods[0])
    reader = _Reader(window, None)
    return reader.of(tree, lambda node: reader.touches(node, tuple(periods)))


class _Reader:
    """Reads trees of one window. Groups of groups may double at every step, so each node is read once."""

    def __init__(self, window: Leaf, at: str | None) -> None:
        self._window = window
        self._at = at

    def of(self, tree: Tree, cut: Callable[[Tree], Meaning | None] | None = None) -> Meaning:
        """A tree; cut: what a node means where it is not looked into."""
        try:
            return self._read(tree, {}, cut or (lambda _: None))
        except ValueError:
            return of(("as written", tree, self._window, self._at))

    def touches(self, node: Tree, periods: Leaf) -> Meaning | None:
        """Over a time `or` is what it is in a period, and so is what people are in always or never."""
        if lasting(node):
            return self.of(node)
        match node:
            case Minus(a, b):
                return self.of(And(a, Not(b)), lambda each: self.touches(each, periods))
            case And(a, b) if lasting(a) or lasting(b):
                return None
            case Or():
                return None
            case _:
                return of(("at some time", self.of(node), periods))

    def _read(self, node: Tree, known: dict[int, Meaning], cut: Callable[[Tree], Meaning | None]) -> Meaning:
        if id(node) not in known:
            found = cut(node)
            if found is None and isinstance(node, _BOOLEAN):
                found = _joined(node, [self._read(child, known, cut) for child in children(node)])
            known[id(node)] = self._leaf(node) if found is None else found
        return known[id(node)]

    def _leaf(self, node: Tree) -> Meaning:
        """What stands alone: a series, a sex, an age, or another time of something."""
        match node:
            case OfSex() | OfAge():
                return of(("is", node))
            case Ever(a):
                return of(("ever", _Reader(self._window, None).of(a), self._window))
            case Presence():
                return of(("is", node, self._at))
            case _:
                (inner,) = children(node)
                moved = (type(node).__name__, _Reader(self._window, None).of(inner), getattr(node, "k", 0))
                return of((*moved, self._at))


def _joined(node: Tree, inner: Sequence[Meaning]) -> Meaning:
    match node:
        case Not():
            return both(inner, lambda a, full: full & ~a)
        case And():
            return both(inner, lambda a, b, _: a & b)
        case Or():
            return both(inner, lambda a, b, _: a | b)
        case Minus():
            return both(inner, lambda a, b, _: a & ~b)
        case AtLeast(count, _):
            return both(inner, lambda *tables: _at_least(tables[:-1], count, tables[-1]))
    raise TypeError(f"no node that joins others: {type(node).__name__}")


def _any(tables: Sequence[int]) -> int:
    found = 0
    for each in tables:
        found |= each
    return found


def _at_least(tables: Sequence[int], count: int, full: int) -> int:
    """Where at least so many of the tables are true."""
    found = [full, *([0] * count)]
    for table in tables:
        for n in range(count, 0, -1):
            found[n] |= found[n - 1] & table
    return found[count]


def _spread(each: Meaning, leaves: Sequence[Leaf]) -> int:
    """The table of a meaning over more leaves. Both are in the same order."""
    if len(each.leaves) == len(leaves):
        return each.true
    mine = {*each.leaves}
    shape = [2 if leaf in mine else 1 for leaf in reversed(leaves)]
    return _number(np.broadcast_to(_bits(each.true, len(mine)).reshape(shape), (2,) * len(leaves)))


def _without_idle(leaves: Sequence[Leaf], true: int) -> Meaning:
    """The same without leaves that change nothing."""
    bits, kept = _bits(true, len(leaves)), [*leaves]
    for leaf in leaves:
        axis = len(kept) - 1 - kept.index(leaf)
        without, within = (np.asarray(bits.take(i, axis), np.uint8) for i in (0, 1))
        if (without == within).all():
            bits = without
            kept.remove(leaf)
    return Meaning(tuple(kept), _number(bits))


def _bits(table: int, leaves: int) -> npt.NDArray[np.uint8]:
    """A table with an axis for each leaf, the last one's first."""
    size = 1 << leaves
    data = np.frombuffer(table.to_bytes((size + 7) // 8, "little"), np.uint8)
    return np.unpackbits(data, count=size, bitorder="little").reshape((2,) * leaves)


def _number(bits: npt.NDArray[np.uint8]) -> int:
    return int.from_bytes(np.packbits(bits.reshape(-1), bitorder="little").tobytes(), "little")
