"""What is asked of each person in each stretch of time, and what of it each view knows beforehand."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from linkage.measures.atoms import AGE, ALL, SEX, Asked
from linkage.measures.expressions import OfAge, OfSex
from linkage.measures.facts import Time
from linkage.measures.model import Flow
from linkage.measures.views import Knowledge, views_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from linkage.measures.atoms import Digits
    from linkage.measures.evaluate import Program
    from linkage.measures.facts import Fact, Where
    from linkage.measures.kinds.kind import Kind
    from linkage.measures.model import Measure
    from linkage.window import Window


class Asking(NamedTuple):
    """One stretch: its row of time, its facts with their numbers, and what each measure tells of them.

    ground: of which of the joint's grounds its atoms are.
    """

    time: str
    label: str
    row: Time
    facts: dict[Fact, int]
    told: dict[str, Sequence[Where | None]]
    ground: int

    def digits(self, where: Where) -> Digits:
        """The numbers of the facts, with their values."""
        return tuple((self.facts[fact], value) for fact, value in where)


class Interview:
    """The stretches of a round. For `linkage.measures.joint` alone.

    owned: party → keys of its series, in the agreement's order. whole: whether the facts of all stretches are
    asked together, each person once; else those of each by themselves.
    """

    def __init__(
        self,
        measures: Sequence[Measure],
        kinds: Sequence[Kind],
        program: Program,
        owned: Mapping[str, Collection[str]],
        *,
        whole: bool,
    ) -> None:
        self._whole = whole
        self._measures = measures
        self._owned = owned
        self.knowledge = Knowledge(program, owned)
        self._known: dict[tuple[object, ...], tuple[Fact, ...]] = {}
        several = [self._stretch(*times, kinds) for times in _times(measures, program.frame.window)]
        if whole:
            together = {fact: i for i, fact in enumerate(_each(asking.facts for asking in several))}
            self.asking = [asking._replace(facts=together, ground=0) for asking in several]
        else:
            self.asking = [asking._replace(ground=i) for i, asking in enumerate(several)]

    @property
    def grounds(self) -> list[dict[Fact, int]]:
        """Facts that are asked together, with their numbers."""
        return [*{asking.ground: asking.facts for asking in self.asking}.values()]

    def _stretch(self, time: str, label: str, row: Time, kinds: Sequence[Kind]) -> Asking:
        """One stretch by itself; which ground it has is not yet known."""
        told = {
            measure.name: kind.told(row)
            for measure, kind in zip(self._measures, kinds, strict=True)
            if time == "window" or time in measure.by or (time == "period" and isinstance(measure, Flow))
        }
        where = (where for places in told.values() for where in places if where is not None)
        facts = dict.fromkeys(fact for conditions in where for fact, _ in conditions)
        for view in views_of([*self._owned]):
            for fact in [*facts]:
                facts |= dict.fromkeys(self._of(view, fact))
                if self._whole:
                    facts |= dict.fromkeys(self.knowledge.parts(self.knowledge.of(view), fact, single=True))
        return Asking(time, label, row, {fact: i for i, fact in enumerate(facts)}, told, -1)

    def looked_at(self, asking: Asking) -> Iterator[tuple[Digits, tuple[int, ...], tuple[int, ...]]]:
        """What decides who is counted in a number, and for each view its parties, and what it knows of that.

        Sex and age belong to that where there are numbers by them.
        """
        by: defaultdict[Where, set[str]] = defaultdict(set)
        for measure in self._measures:
            for where in asking.told.get(measure.name, ()):
                if where is not None:
                    by[where] |= {*measure.by}
        parties = [*self._owned]
        for where, dimensions in by.items():
            who = tuple(n for name, n in (("sex", SEX), ("age", AGE)) if name in dimensions)
            for view, seen in zip(views_of(parties), self._seen(asking, where), strict=True):
                of = tuple(number for number, party in enumerate(parties) if party in view)
                yield asking.digits(where), of, tuple(dict.fromkeys((*who, *seen)))

    def asked(self, measure: Measure) -> Asked:
        """Where the cells of a measure are found."""
        own = {
            number: [None if where is None else asking.digits(where) for where in told]
            for number, asking in enumerate(self.asking)
            if (told := asking.told.get(measure.name)) is not None
        }
        seen = {
            number: [
                self._seen(self.asking[number], where) for where in self.asking[number].told[measure.name]
            ]
            for number in own
        }
        rows = {
            self.asking[number].label: self._cells(measure, number)
            for number in own
            if self.asking[number].time in ("window", *measure.by)
        }
        return Asked(rows, own, seen)

    def _seen(self, asking: Asking, where: Where | None) -> list[tuple[int, ...]]:
        """For each view, the facts that it knows of those that decide who is counted at a place."""
        facts = [fact for fact, _ in where or ()]
        asked = {kind for fact in facts for kind in self.knowledge.looks_at(fact)}
        who = [number for kind, number in ((OfSex, SEX), (OfAge, AGE)) if kind in asked]
        return [
            (*who, *dict.fromkeys(asking.facts[own] for fact in facts for own in self._of(view, fact)))
            for view in views_of([*self._owned])
        ]

    def _of(self, view: Sequence[str], fact: Fact) -> tuple[Fact, ...]:
        """What a view knows of a fact."""
        if (key := (*view, fact)) not in self._known:
            series = self.knowledge.of(view)
            whole = self.knowledge.owns(series, fact)
            self._known[key] = (fact,) if whole else (*self.knowledge.parts(series, fact),)
        return self._known[key]

    def _cells(self, measure: Measure, number: int) -> tuple[int, ...]:
        """The stretches whose cells add up to those of this one."""
        asking = self.asking[number]
        told = asking.told[measure.name]
        if told:
            return (number,) if any(told) else ()
        return tuple(
            i
            for i, each in enumerate(self.asking)
            if each.time == "period"
            and each.row.mask & asking.row.mask
            and any(each.told.get(measure.name, ()))
        )


def _times(measures: Sequence[Measure], window: Window) -> Iterator[tuple[str, str, Time]]:
    """The stretches that some measure has rows for, and those that flows over longer ones are made of."""
    if any("period" in measure.by or isinstance(measure, Flow) for measure in measures):
        for p, label in enumerate(window.labels):
            yield "period", label, Time(1 << p, whole=False)
    if any("span" in measure.by for measure in measures):
        for name in window.spans:
            yield "span", name, Time(window.span_bits(name), whole=False)
    yield "window", ALL, Time(window.full, whole=True)


def _each(several: Iterable[Iterable[Fact]]) -> Iterator[Fact]:
    """Each fact once."""
    yield from dict.fromkeys(fact for facts in several for fact in facts)
