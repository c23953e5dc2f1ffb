"""In which periods an answer is known: against sets of period numbers, as 4-measures says it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.measures import language
from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Left,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Tree,
    Was,
    Will,
    Within,
)
from linkage.measures.language import Vocabulary
from linkage.measures.trees import known
from tests.test_language_parse import TREES


def plainly(tree: Tree, periods: int) -> set[int]:
    """The known periods, as a set of numbers from 0."""
    window = set(range(periods))
    match tree:
        case Presence() | OfSex() | OfAge():
            return window
        case Not(a):
            return plainly(a, periods)
        case And(a, b) | Or(a, b) | Minus(a, b):
            return plainly(a, periods) & plainly(b, periods)
        case AtLeast(_, items):
            return window.intersection(*(plainly(item, periods) for item in items))
        case Ever(a):
            return window if plainly(a, periods) else set()
        case _:
            inner = plainly(tree.a, periods)
            return {p for p in window if all(q in inner for q in looked_at(tree, p))}


def looked_at(tree: Started | Left | Was | Will | Within | Bridge, p: int) -> list[int]:
    """The periods that must be known of what is inside, for period p to be known."""
    match tree:
        case Started():
            return [p - 1, p]
        case Left():
            return [p, p + 1]
        case Was(_, k):
            return [p - k]
        case Will(_, k):
            return [p + k]
        case Within(_, k):
            return list(range(p, p + k + 1))
        case Bridge(_, k):
            return list(range(p - k, p + k + 1))


@settings(deadline=None)
@given(TREES, st.integers(1, 60))
def test_known_periods_are_those_of_the_plain_rule(tree: Tree, periods: int) -> None:
    bits = known(tree, periods)
    assert {p for p in range(periods) if bits >> p & 1} == plainly(tree, periods)
    assert bits < 1 << periods


EXAMPLES = {
    "m.a": "1111",
    "!m.a": "1111",
    "started(m.a)": "0111",
    "left(m.a)": "1110",
    "was(m.a, 1)": "0111",
    "was(m.a, 3)": "0001",
    "will(m.a, 2)": "1100",
    "within(m.a, 1)": "1110",
    "bridge(m.a, 1)": "0110",
    "bridge(m.a, 2)": "0000",
    "started(m.a) | left(m.a)": "0110",
    "left(started(m.a))": "0110",
    "ever(left(m.a))": "1111",
    "ever(bridge(m.a, 2))": "0000",
    "atleast(1, m.a, started(m.a))": "0111",
    "m.a - was(m.a, 2)": "0011",
}


@pytest.mark.parametrize("source", EXAMPLES)
def test_examples_first_period_to_the_left(source: str) -> None:
    words = Vocabulary({"m.a": ("A", True)}, {}, sex=False, ages=None, periods=4)
    bits = language.parse(source, words).known
    assert "".join(str(bits >> p & 1) for p in range(4)) == EXAMPLES[source]


def test_dates_are_missing_wherever_a_series_without_them_is_used() -> None:
    words = Vocabulary({"m.a": ("A", True), "m.w": ("W", False)}, {}, sex=True, ages=None, periods=4)
    assert language.parse("m.a & sex.woman", words).dated
    for source in ("m.w", "ever(m.w)", "m.a | m.w", "m.a & !ever(m.w)", "atleast(1, m.a, m.w)", "m.*"):
        read = language.parse(source, words)
        assert not read.dated, source
        assert read.known == 0b1111
