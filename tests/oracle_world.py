"""Who is in which expression in which period, told from identity numbers and dates, one person at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from linkage.agreement.model import Agreement, Known
from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Expression,
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
from linkage.measures.model import Measure
from tests.oracle_registers import Payment, Registers, Spell, age, days, paid, sex, there

__all__ = ["NOBODY", "Labels", "Payment", "Registers", "Spell", "Time", "World", "age", "days", "sex"]

Labels: TypeAlias = dict[str, Any]
NOBODY = "nobody"


class Time(NamedTuple):
    """Periods that a row looks at. how: "period", "span", "all" (the window) or "mean"."""

    how: str
    periods: Sequence[int]


class World:
    """Who was where and when. weights: what each person counts for; left out, everybody is one."""

    def __init__(
        self, registers: Registers, agreement: Agreement, weights: Mapping[str, int] | None = None
    ) -> None:
        self.agreement = agreement
        self.weights = weights
        self.periods = [days(label) for label in agreement.window.labels]
        self.undated = {s.key for s in agreement.series if s.known is Known.WINDOW}
        window = self.periods[0][0], self.periods[-1][1]
        self.there: dict[str, list[set[str]]] = {}
        self.amounts: dict[str, list[dict[str, int]]] = {}
        for s in agreement.series:
            rows = registers.get(s.key, ())
            if s.value is not None:
                self.amounts[s.key] = [paid(rows, period, s.value.max) for period in self.periods]
            elif s.key in self.undated:
                self.there[s.key] = [there(rows, window)] * len(self.periods)
            else:
                self.there[s.key] = [there(rows, period) for period in self.periods]
        self._answers: dict[tuple[int, str, int], bool | None] = {}
        self._members: dict[tuple[int, ...], frozenset[str]] = {}
        self._kept: list[Tree | Expression] = []

    @cached_property
    def people(self) -> set[str]:
        """Everybody whom some party has in some period, or paid: all that a package can hold."""
        present = set().union(*(those for periods in self.there.values() for those in periods))
        return present.union(*(those for periods in self.amounts.values() for those in periods))

    def size(self, people: Iterable[str]) -> int:
        """How many these are."""
        return sum(1 if self.weights is None else self.weights[x] for x in people)

    def amount(self, series: str, person: str, p: int) -> int:
        """Whole units in period p."""
        return self.amounts[series][p].get(person, 0)

    def sex(self, person: str) -> str:
        """The label of a person's rows by sex."""
        return sex(person)

    def age(self, person: str) -> str:
        """The label of a person's rows by age."""
        ages = self.agreement.dimensions.age
        assert ages is not None
        years = age(person, ages.on)
        return next((band.name for band in ages.bands if band.low <= years <= band.high), "other")

    # -- expressions --------------------------------------------------------------------------------------

    def holds(self, tree: Tree, person: str, p: int) -> bool | None:
        """Whether the person is in it in period p; None where that is not known."""
        if not 0 <= p < len(self.periods):
            return None
        key = (id(tree), person, p)
        if key not in self._answers:
            self._kept.append(tree)  # or another could get its id
            self._answers[key] = self._holds(tree, person, p)
        return self._answers[key]

    def _holds(self, tree: Tree, person: str, p: int) -> bool | None:  # noqa: C901  one case per operator
        def at(part: Tree, *periods: int) -> list[bool | None]:
            return [self.holds(part, person, q) for q in periods]

        match tree:
            case Presence(series):
                return person in self.there[series][p]
            case OfSex(code):
                return person != NOBODY and sex(person) == {1: "woman", 2: "man"}[code]
            case OfAge(codes):
                return self._aged(person, codes)
            case Not(a):
                return _if_known(at(a, p), lambda x: not x)
            case And(a, b):
                return _if_known(at(a, p) + at(b, p), lambda x, y: x and y)
            case Or(a, b):
                return _if_known(at(a, p) + at(b, p), lambda x, y: x or y)
            case Minus(a, b):
                return _if_known(at(a, p) + at(b, p), lambda x, y: x and not y)
            case AtLeast(least, items):
                return _if_known([at(item, p)[0] for item in items], lambda *xs: sum(xs) >= least)
            case Ever(a):
                known = [x for x in at(a, *range(len(self.periods))) if x is not None]
                return any(known) if known else None
            case Started(a):
                return _if_known(at(a, p - 1, p), lambda before, now: now and not before)
            case Left(a):
                return _if_known(at(a, p, p + 1), lambda now, after: now and not after)
            case Was(a, k):
                return at(a, p - k)[0]
            case Will(a, k):
                return at(a, p + k)[0]
            case Within(a, k):
                return _if_known(at(a, *range(p, p + k + 1)), lambda *xs: any(xs))
            case Bridge(a, k):
                return _if_known(at(a, *range(p - k, p + k + 1)), lambda *xs: _bridged(xs, k))

    def _aged(self, person: str, codes: Sequence[int]) -> bool:
        ages = self.agreement.dimensions.age
        assert ages is not None
        if person == NOBODY:
            return False
        years = age(person, ages.on)
        return any(ages.pieces[code - 1].low <= years <= ages.pieces[code - 1].high for code in codes)

    def known(self, expression: Expression, p: int) -> bool:
        """Whether the answer is known in period p, which is the same for everybody."""
        return self.holds(expression.tree, NOBODY, p) is not None

    def dated(self, expression: Expression) -> bool:
        """Whether every series in it has dates."""
        return not any(series in self.undated for series in _series(expression.tree))

    def members(self, expression: Expression, periods: Sequence[int]) -> frozenset[str]:
        """Who is in it in some of these periods."""
        key = (id(expression), *periods)
        if key not in self._members:
            self._kept.append(expression)
            self._members[key] = frozenset(
                x for x in self.people if any(self.holds(expression.tree, x, p) for p in periods)
            )
        return self._members[key]

    # -- places -------------------------------------------------------------------------------------------

    def places(self, measure: Measure) -> Iterator[tuple[Labels, Time, set[str]]]:
        """Every combination of time, sex and age, with the people who belong there."""
        window = self.agreement.window
        every = list(range(len(self.periods)))
        times: list[tuple[Labels, Time]] = []
        if "period" in measure.by:
            times += [({"period": window.labels[p]}, Time("period", [p])) for p in every]
            times += [({"period": "all"}, Time("all", every)), ({"period": "mean"}, Time("mean", every))]
        elif "span" in measure.by:
            for name, (first, last) in window.spans.items():
                times.append(({"span": name}, Time("span", every[first : last + 1])))
            times.append(({"span": "all"}, Time("all", every)))
        else:
            times.append(({}, Time("all", every)))
        for label, time in times:
            for of_sex, women_or_men in self._groups(measure, "sex", self.sex, ("woman", "man", "other")):
                for of_age, aged in self._groups(measure, "age", self.age, self._bands()):
                    yield {**label, **of_sex, **of_age}, time, self.people & women_or_men & aged

    def _bands(self) -> tuple[str, ...]:
        ages = self.agreement.dimensions.age
        return (*(band.name for band in ages.bands), "other") if ages else ()

    def _groups(
        self, measure: Measure, name: str, label: Callable[[str], str], labels: Sequence[str]
    ) -> list[tuple[Labels, set[str]]]:
        if name not in measure.by:
            return [({}, self.people)]
        groups = [({name: one}, {x for x in self.people if label(x) == one}) for one in labels]
        return [*groups, ({name: "all"}, self.people)]


def _if_known(values: Sequence[bool | None], then: Callable[..., bool]) -> bool | None:
    return None if any(x is None for x in values) else then(*values)


def _bridged(around: Sequence[bool], k: int) -> bool:
    """around: from k periods before to k after. In a, or in a gap of at most k between two stays."""
    if around[k]:
        return True
    before = [i for i in range(k) if around[i]]
    after = [i for i in range(k + 1, 2 * k + 1) if around[i]]
    return bool(before and after) and min(after) - max(before) - 1 <= k


def _series(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Presence):
        yield tree.series
    for part in vars(tree).values():
        for inner in part if isinstance(part, tuple) else (part,):
            if not isinstance(inner, int | str):
                yield from _series(inner)
