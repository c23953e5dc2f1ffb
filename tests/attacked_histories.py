"""Everybody there could be, by the whole of their history; and whom each number of a release counts.

A history says for every series and every period whether somebody was there. With sex and age it is all that a
release can ask about. What is counted is the oracle's to say: no bitmap, no atom, no matrix of the program.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.agreement.model import Agreement
from linkage.measures.expressions import Expression, OfSex, Presence, Tree
from linkage.measures.model import Count, Measure, Outcome, Share
from linkage.measures.trees import leaves
from tests import oracle
from tests.oracle_world import NOBODY, World

Whole: TypeAlias = npt.NDArray[np.int64]
Labels: TypeAlias = frozenset[tuple[str, Any]]
"""What a row says of itself: its dimensions and its kind's own keys."""


class Person(NamedTuple):
    """Where somebody was (series → numbers of periods), and the rows by sex and age."""

    there: Mapping[str, frozenset[int]]
    sex: str
    age: str


class Question(NamedTuple):
    """A number that is counted: of how many people, by columns. parties: whose series it asks about."""

    measure: str
    role: str
    labels: Labels
    counted: Whole
    parties: frozenset[str]


def possible(agreement: Agreement, *, every_sex: bool = True) -> list[Person]:
    """Each history but that of nobody, for each sex and age. every_sex: also where sex is not known."""
    periods = range(len(agreement.window))
    stays = [frozenset(some) for n in range(len(periods) + 1) for some in itertools.combinations(periods, n)]
    ends = [frozenset[int](), frozenset(periods)]
    undated = World({}, agreement).undated
    keys = [series.key for series in agreement.series]
    sexes = ["woman", "man", *(["other"] * every_sex)] if agreement.dimensions.sex else ["other"]
    ages = [band.name for band in agreement.dimensions.age.bands] if agreement.dimensions.age else []
    return [
        Person(dict(zip(keys, history, strict=True)), sex, age)
        for history in itertools.product(*(ends if key in undated else stays for key in keys))
        if any(history)
        for sex in sexes
        for age in (*ages, "other")
    ]


class _Columns(World):
    """A world with one of each who could be. How many they are is a number with a byte for each of them."""

    def __init__(self, agreement: Agreement, columns: Collection[Person]) -> None:
        super().__init__({}, agreement)
        self._columns = {str(i): person for i, person in enumerate(columns)}
        self.there = {
            series.key: [
                {name for name, person in self._columns.items() if p in person.there[series.key]}
                for p in range(len(agreement.window))
            ]
            for series in agreement.series
        }

    def size(self, people: Iterable[str]) -> int:
        found = bytearray(len(self._columns))
        for name in people:
            found[int(name)] = 1
        return int.from_bytes(found, "little")

    def sex(self, person: str) -> str:
        return self._columns[person].sex

    def age(self, person: str) -> str:
        return self._columns[person].age

    def _holds(self, tree: Tree, person: str, p: int) -> bool | None:
        if isinstance(tree, OfSex):
            return person != NOBODY and self.sex(person) == {1: "woman", 2: "man"}[tree.code]
        return super()._holds(tree, person, p)

    def _aged(self, person: str, codes: Collection[int]) -> bool:
        ages = self.agreement.dimensions.age
        assert ages is not None
        return person != NOBODY and self.age(person) in [ages.row(code) for code in codes]


def questions(agreement: Agreement, columns: Collection[Person]) -> Iterator[Question]:
    """Every number that is counted and not made of others: no mean, no sum of parts, no per cent."""
    world = _Columns(agreement, columns)
    for measure in agreement.measures:
        for labels, own, answers in oracle.numbers(_by_time(measure), world):
            if _made_of_others(labels, own):
                continue
            for role in [key for key in ("value", "of") if key in answers]:
                value = answers[role].value
                if value is None:
                    continue
                counted = np.frombuffer(int(value).to_bytes(len(columns), "little"), np.uint8).astype(
                    np.int64
                )
                told = {key: tuple(x) if isinstance(x, list) else x for key, x in {**labels, **own}.items()}
                of = _parties(measure, role, str(own.get("part", "")))
                for group, inside in _classes(measure, columns):
                    together = frozenset({**told, **group}.items())
                    yield Question(measure.name, role, together, counted * inside, of)


def _by_time(measure: Measure) -> Measure:
    """The same question without sex and age: whom it counts of these is a matter of who they are."""
    return replace(measure, by=tuple(each for each in measure.by if each in ("period", "span")), against=None)


def _made_of_others(labels: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    parts = own.get("part") in ("sum", "surplus")
    return labels.get("period") == "mean" or parts or own.get("length") in ("mean", "median")


def _classes(measure: Measure, columns: Collection[Person]) -> Iterator[tuple[dict[str, str], Whole]]:
    """The rows by sex and age, and who stands there."""
    sexes = ["woman", "man", "other", "all"] if "sex" in measure.by else [None]
    ages = [*sorted({person.age for person in columns}), "all"] if "age" in measure.by else [None]
    for sex, age in itertools.product(sexes, ages):
        inside = [sex in (None, "all", person.sex) and age in (None, "all", person.age) for person in columns]
        group = {key: x for key, x in (("sex", sex), ("age", age)) if x is not None}
        yield group, np.array(inside, np.int64)


def _parties(measure: Measure, role: str, part: str) -> frozenset[str]:
    """The parties whose series one number asks about."""
    several: tuple[Expression, ...]
    match measure:
        case Count(count=count, parts=parts):
            several = tuple(each for each in parts if each.source == part) or (count,)
        case Share(share=share, of=Expression() as of):
            several = (of,) if role == "of" else (share,)
        case Outcome(leaving=leaving) if role == "of":
            several = (leaving,)
        case _:
            several = measure.expressions
    series = [leaf.series for each in several for leaf in leaves(each.tree) if isinstance(leaf, Presence)]
    return frozenset(key.partition(".")[0] for key in series)
