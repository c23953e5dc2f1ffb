"""Expressions as typed values: who is asked about. Made by the agreement's parser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Presence:
    """Presence in a series, written party.series."""

    series: str


@dataclass(frozen=True)
class OfSex:
    """All bits of the people whose sex code is `code`, none of the others'."""

    code: int


@dataclass(frozen=True)
class OfAge:
    """All bits of the people whose age piece code is among `codes`."""

    codes: tuple[int, ...]


@dataclass(frozen=True)
class Not:
    """!a."""

    a: Tree


@dataclass(frozen=True)
class And:
    """a & b."""

    a: Tree
    b: Tree


@dataclass(frozen=True)
class Or:
    """a | b."""

    a: Tree
    b: Tree


@dataclass(frozen=True)
class Minus:
    """a - b."""

    a: Tree
    b: Tree


@dataclass(frozen=True)
class Ever:
    """ever(a): all bits if any known bit of a is set."""

    a: Tree


@dataclass(frozen=True)
class AtLeast:
    """atleast(count, items…)."""

    count: int
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Started:
    """started(a): in a, not in the period before."""

    a: Tree


@dataclass(frozen=True)
class Left:
    """left(a): in a, not in the period after."""

    a: Tree


@dataclass(frozen=True)
class Was:
    """was(a, k): was in a k periods earlier."""

    a: Tree
    k: int


@dataclass(frozen=True)
class Will:
    """will(a, k): is in a k periods later."""

    a: Tree
    k: int


@dataclass(frozen=True)
class Within:
    """within(a, k): in a in this period or one of the next k."""

    a: Tree
    k: int


@dataclass(frozen=True)
class Bridge:
    """bridge(a, k): in a, or in a gap of at most k periods between two stays."""

    a: Tree
    k: int


Tree: TypeAlias = (
    Presence
    | OfSex
    | OfAge
    | Not
    | And
    | Or
    | Minus
    | Ever
    | AtLeast
    | Started
    | Left
    | Was
    | Will
    | Within
    | Bridge
)


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    source: as written; tree: groups and wildcards resolved; known: bitmap of the periods in which the answer
    is known (the edges of the window are not); dated: False where a series without dates is used, so that
    only "all" can be told; label: the title of the series or group that it is, else the source.
    """

    source: str
    tree: Tree
    known: int
    dated: bool
    label: str
