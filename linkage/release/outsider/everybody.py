"""Everybody who could be: for whoever does not know who is there.

The matcher's audit needs some people of each kind, as each world that it finds is real. Whoever looks for
tables that agree with a release from outside needs people of every kind that the questions tell apart: where
one is missing, a number can look narrower than it is, or the release as if it contradicted itself. Where the
kinds are too many to be gone through some are drawn, and it is said that these are not all.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.dimensions import SEXES
from linkage.measures.evaluate import Block, Program
from linkage.measures.expressions import And, AtLeast, Minus, Not, OfAge, OfSex, Or, Presence
from linkage.measures.figures import People
from linkage.measures.model import Count, Flow, HowMany, Overlap, Share
from linkage.measures.trees import children, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from linkage.measures.expressions import Tree
    from linkage.measures.model import Frame
    from linkage.release.outsider.asked import Asked

READER: Final = "outsider"
"""Stands for a party that has no series: whoever reads as it knows nothing but the release."""
_EVERY_LIFE: Final = 12
"""Series times periods up to which everything that can happen to somebody is gone through."""
_MOST: Final = 1 << 15
"""Lives that are gone through, at most."""
_DRAWN: Final = 4000
"""Lives that are drawn where there are more."""
_NOW: Final = (Count, Overlap, HowMany, Share, Flow)
"""Kinds that look at some periods by themselves, or at two of them."""
_AT_ONCE: Final = (Presence, OfSex, OfAge, Not, And, Or, Minus, AtLeast)
"""What looks at one period alone."""

Life = tuple[int, ...]
"""For each series, the bitmap of the periods in it."""


class Everybody(NamedTuple):
    """People of every kind, or of many. every: whether none is missing that a question tells apart."""

    people: People
    every: bool

    def __repr__(self) -> str:
        return f"<Everybody: {self.people.n} kinds>"


def everybody(asked: Asked, *, sex: bool, age: bool) -> Everybody:
    """People who could be, each once. sex, age: whether somebody asks for them."""
    trees = [e.tree for m in asked.measures for e in m.expressions]
    series = sorted({leaf.series for t in trees for leaf in leaves(t) if isinstance(leaf, Presence)})
    found = _lives(asked, trees, series)
    lives = dict.fromkeys(found[0])
    if len(series) == len(asked.series):
        lives.pop((0,) * len(series), None)  # who is in no series is in no register
    ages = asked.frame.dimensions.age
    codes = [range(len(SEXES) if sex else 1), range(len(ages.pieces) + 1 if ages and age else 1)]
    return Everybody(_people(asked.frame, series, [*lives], [*product(*codes)]), found[1])


def _lives(asked: Asked, trees: Sequence[Tree], series: Sequence[str]) -> tuple[Iterable[Life], bool]:
    """What can happen to somebody, and whether that is all that is told apart."""
    window = asked.frame.window
    if len(series) * len(window) <= _EVERY_LIFE:
        return product(range(1 << len(window)), repeat=len(series)), True
    if all(isinstance(m, _NOW) for m in asked.measures) and all(_at_once(tree) for tree in trees):
        several = _by_periods(asked, trees, series)
        if several is not None:
            return several, True
    return _drawn(asked, series), False


def _at_once(tree: Tree) -> bool:
    return isinstance(tree, _AT_ONCE) and all(_at_once(child) for child in children(tree))


# -- all of them ------------------------------------------------------------------------------------------


def _by_periods(asked: Asked, trees: Sequence[Tree], series: Sequence[str]) -> list[Life] | None:
    """Each state in each period, each two that a flow tells of, each set of answers over a stretch.

    A state is a set of series, as a bitmap. None where these are too many, or where flows of two steps tell
    of three periods at once.
    """
    window, states = asked.frame.window, range(1 << len(series))
    steps = {m.every for m in asked.measures if isinstance(m, Flow)}
    if len(steps) > 1 or len(window) * (len(states) + len(steps) * len(states) ** 2) > _MOST:
        return None
    found = [_life({p: s}, len(series)) for p in range(len(window)) for s in states]
    for every in steps:
        for p in range(len(window) - every):
            pairs = product(states, repeat=2)
            found += [_life({p: here, p + every: there}, len(series)) for here, there in pairs]
    asks_spans = any("span" in m.by for m in asked.measures)
    spans = [*window.spans.values()] if asks_spans else []
    for first, last in dict.fromkeys([(0, len(window) - 1), *spans]):
        ways = _ways(asked.frame, trees, series, last - first + 1)
        if ways is None or len(found) + len(ways) > _MOST:
            return None
        for way in ways:
            full = [*way, *(way[-1] for _ in range(last - first + 1 - len(way)))]
            found.append(_life(dict(enumerate(full, first)), len(series)))
    return found


def _life(states: dict[int, int], series: int) -> Life:
    """The life of who is in these states. states: period → bitmap of series."""
    return tuple(sum(1 << p for p, state in states.items() if state >> i & 1) for i in range(series))


def _ways(
    frame: Frame, trees: Sequence[Tree], series: Sequence[str], periods: int
) -> list[tuple[int, ...]] | None:
    """For every set of answers that somebody can have had in so many periods, states that give it.

    An answer over a stretch is whether it was so in some period, so answers of states are joined by or. None
    where these are too many.
    """
    found: dict[tuple[int, ...], None] = {}
    for answers in _answers(frame, trees, series):
        first = {answer: state for state, answer in reversed([*enumerate(answers)])}
        ways: dict[int, tuple[int, ...]] = {answer: (state,) for answer, state in first.items()}
        newest = dict(ways)
        for _ in range(periods - 1):
            longer: dict[int, tuple[int, ...]] = {}
            for answer, way in newest.items():
                for one, state in first.items():
                    if answer | one not in ways:
                        longer.setdefault(answer | one, (*way, state))
            ways |= longer
            newest = longer
            if len(ways) > _MOST:
                return None
        found |= dict.fromkeys(ways.values())
    return [*found]


def _answers(frame: Frame, trees: Sequence[Tree], series: Sequence[str]) -> Iterator[list[int]]:
    """For people of each kind that an expression asks for, the answers of each state as a bitmap."""
    several = {type(leaf) for tree in trees for leaf in leaves(tree)}
    ages = frame.dimensions.age
    codes = [
        range(len(SEXES) if OfSex in several else 1),
        range(len(ages.pieces) + 1 if ages and OfAge in several else 1),
    ]
    states = [_life({0: state}, len(series)) for state in range(1 << len(series))]
    distinct = {id(tree): tree for tree in trees}
    for of_class in product(*codes):
        people = _people(frame, series, states, [of_class])
        program, answers = Program(frame), [0] * len(states)
        steps = [program.add_tree(tree) for tree in distinct.values()]
        block = Block(program, people, keep=True)
        for number, step in enumerate(steps):
            there = (block.bits(step) & 1).tolist()
            answers = [answer | int(yes) << number for answer, yes in zip(answers, there, strict=True)]
        yield answers


# -- some of them -----------------------------------------------------------------------------------------


def _drawn(asked: Asked, series: Sequence[str]) -> Iterator[Life]:
    """Every stay in one series, and stays in several that come as they may, always the same."""
    rng, periods, n = np.random.default_rng(len(series)), len(asked.frame.window), len(series)
    for first, last in combinations(range(periods + 1), 2):
        for one in range(n):
            yield tuple((1 << last) - (1 << first) if i == one else 0 for i in range(n))
    for _ in range(_DRAWN):
        begins = rng.integers(-(periods // 2), periods, n)
        lengths = rng.integers(1, periods + 1, n) * (rng.random(n) < rng.random())
        stays = zip(begins.tolist(), lengths.tolist(), strict=True)
        yield tuple(sum(1 << p for p in range(max(0, b), min(periods, b + k))) for b, k in stays)


def _people(
    frame: Frame, series: Sequence[str], lives: Sequence[Life], codes: Sequence[tuple[int, ...]]
) -> People:
    """Each life with each sex and age."""
    life, of_class = np.divmod(np.arange(len(lives) * len(codes)), len(codes))
    bitmaps = np.array(lives, np.uint64).reshape(len(lives), len(series)).astype(frame.window.dtype)
    who = np.array(codes, np.uint8)[of_class]
    nothing = np.zeros((len(life), len(frame.window)), np.uint32)
    return People(
        len(life),
        {key: bitmaps[life, i] for i, key in enumerate(series)},
        who[:, 0],
        who[:, 1],
        dict.fromkeys(frame.amounts, nothing),
        members={READER: np.zeros(len(life), np.bool_)},
    )
