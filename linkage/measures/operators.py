"""The operators of expressions on bitmaps: one bit per period, one bitmap per person (4-measures).

Every function takes the bitmaps of its parts and may leave anything in bits that are not known: whoever calls
masks them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Left,
    Minus,
    Not,
    Or,
    Started,
    Was,
    Will,
    Within,
)
from linkage.measures.figures import Bits


def ago(a: Bits, k: int) -> Bits:
    """Bit p is a's bit p - k."""
    bits: Bits = a << a.dtype.type(k)
    return bits


def ahead(a: Bits, k: int) -> Bits:
    """Bit p is a's bit p + k."""
    bits: Bits = a >> a.dtype.type(k)
    return bits


def ever(a: Bits) -> Bits:
    """All bits where any is set."""
    return np.where(a != 0, ~a.dtype.type(0), a.dtype.type(0))


def at_least(least: int, parts: Sequence[Bits]) -> Bits:
    """In at least `least` of the parts: reached[j] holds who is in more than j of those looked at so far."""
    reached = [np.zeros_like(parts[0]) for _ in range(least)]
    for part in parts:
        for j in range(least - 1, 0, -1):
            reached[j] |= reached[j - 1] & part
        reached[0] |= part
    return reached[-1]


def within(a: Bits, k: int) -> Bits:
    """In a in this period or one of the next k."""
    answer = a.copy()
    for i in range(1, k + 1):
        answer |= ahead(a, i)
    return answer


def bridge(a: Bits, k: int) -> Bits:
    """In a, or in a gap of at most k periods between two stays in a.

    A period is in such a gap where a stay is `back` periods ago and one at most k + 1 - back periods ahead.
    """
    answer = a.copy()
    soon = np.zeros_like(a)
    for back in range(k, 0, -1):
        soon |= ahead(a, k + 1 - back)
        answer |= ago(a, back) & soon
    return answer


OPERATORS: Final[Mapping[type, Callable[[Any, Sequence[Bits]], Bits]]] = {
    Not: lambda _, parts: ~parts[0],
    And: lambda _, parts: parts[0] & parts[1],
    Or: lambda _, parts: parts[0] | parts[1],
    Minus: lambda _, parts: parts[0] & ~parts[1],
    Ever: lambda _, parts: ever(parts[0]),
    AtLeast: lambda tree, parts: at_least(tree.count, parts),
    Started: lambda _, parts: parts[0] & ~ago(parts[0], 1),
    Left: lambda _, parts: parts[0] & ~ahead(parts[0], 1),
    Was: lambda tree, parts: ago(parts[0], tree.k),
    Will: lambda tree, parts: ahead(parts[0], tree.k),
    Within: lambda tree, parts: within(parts[0], tree.k),
    Bridge: lambda tree, parts: bridge(parts[0], tree.k),
}
"""Type of the expression → its bitmap, from the expression and the bitmaps of its parts."""
