"""What an expression's tree tells: its parts, its size, the periods in which its answer is known."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Left,
    Minus,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Was,
    Will,
    Within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.measures.expressions import Tree


def children(tree: Tree) -> tuple[Tree, ...]:
    """The expressions that this one is made of, in the order they are written."""
    match tree:
        case Presence() | OfSex() | OfAge():
            return ()
        case And(a, b) | Or(a, b) | Minus(a, b):
            return (a, b)
        case AtLeast(_, items):
            return items
        case _:
            return (tree.a,)


def leaves(tree: Tree) -> Iterator[Presence | OfSex | OfAge]:
    """Every series, sex and age that the expression looks at, as often as it does."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Presence | OfSex | OfAge):
            yield node
        stack.extend(reversed(children(node)))


def lasting(tree: Tree) -> bool:
    """Whether people are in it in every period or in none, by the way it is written."""
    settled: dict[int, bool] = {}  # groups of groups may double at every step
    stack = [tree]
    while stack:
        node = stack[-1]
        waiting = [] if isinstance(node, Ever) else [c for c in children(node) if id(c) not in settled]
        if waiting:
            stack.extend(waiting)
            continue
        settled[id(node)] = not isinstance(node, Presence) and (
            isinstance(node, Ever) or all(settled[id(child)] for child in children(node))
        )
        stack.pop()
    return settled[id(tree)]


class Shape(NamedTuple):
    """How large a tree is, written out: nodes, and the longest way from the root to a leaf."""

    nodes: int
    depth: int


def shape(tree: Tree) -> Shape:
    """The tree's shape. Safe on any depth, and on groups of groups that double at every step."""
    known: dict[int, Shape] = {}
    stack = [tree]
    while stack:
        node = stack[-1]
        below = children(node)
        waiting = [child for child in below if id(child) not in known]
        if waiting:
            stack.extend(waiting)
            continue
        shapes = [known[id(child)] for child in below]
        known[id(node)] = Shape(
            1 + sum(s.nodes for s in shapes), 1 + max((s.depth for s in shapes), default=0)
        )
        stack.pop()
    return known[id(tree)]


def known(tree: Tree, periods: int) -> int:
    """The bitmap of the periods in which the answer is known: bit p for period p (4-measures, Edges)."""
    full = (1 << periods) - 1
    inner = reduce(and_, (known(child, periods) for child in children(tree)), full)
    match tree:
        case Ever():
            return full if inner else 0
        case Started():
            return inner & inner << 1
        case Left():
            return inner & inner >> 1
        case Was(_, k):
            return inner << k & full
        case Will(_, k):
            return inner >> k
        case Within(_, k):
            return _run(inner, 0, k)
        case Bridge(_, k):
            return _run(inner, -k, k) & full
        case _:
            return inner


def _run(bits: int, first: int, last: int) -> int:
    """Bit p where every bit from p + first to p + last is set."""
    shifted = (bits >> i if i >= 0 else bits << -i for i in range(first, last + 1))
    return reduce(and_, shifted)
