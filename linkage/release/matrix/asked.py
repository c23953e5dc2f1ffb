"""Which people a number counts, in whatever words and whichever table it was asked.

Where nobody moves it is a meaning (linkage/measures/meaning.py), with its periods, its sex and its age in
it. So a count of `a & b` is a combination of an overlap, a part, and a side of a share; and a row by sex is
what an expression with that sex counts.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, TypeAlias

from linkage.agreement.groups import vocabulary
from linkage.dimensions import OTHER, SEXES
from linkage.measures import language
from linkage.measures.expressions import And, Left, OfAge, OfSex
from linkage.measures.kinds.outcome import later
from linkage.measures.meaning import Meaning, both, exactly, meaning, number, of, over
from linkage.measures.model import Follow
from linkage.measures.trees import known
from linkage.release.counts import ALL, MEAN, TIME_AXES
from linkage.release.tables import ELSEWHERE, FOLLOWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.agreement.model import Agreement
    from linkage.measures.expressions import Expression, Tree
    from linkage.measures.vocabulary import Vocabulary
    from linkage.window import Window

Asked: TypeAlias = Meaning | tuple[object, ...]
Labels: TypeAlias = "Mapping[str, Any]"


class Reading:
    """Reads questions, as a release writes them, in the words of an agreement.

    What a group or a wildcard stood for in an earlier agreement is not known: it is taken for what it stands
    for in this one.
    """

    def __init__(self, agreement: Agreement, window: Window, *, ages: bool = True) -> None:
        """window: of the questions. ages: whether their ages are those of the agreement."""
        self._window = window
        self._whole = (window.first, window.last)
        self._ages = agreement.dimensions.age if ages else None
        dimensions = replace(agreement.dimensions, age=self._ages)
        plain = vocabulary(agreement.parties, dimensions, agreement.window)
        self._words = _with_groups(replace(plain, periods=len(window)), agreement)
        self._expressions: dict[str, Expression] = {}
        self._known: dict[tuple[str, range], Meaning | None] = {}

    def asked(self, question: Labels, labels: Labels) -> Asked | None:
        """Whom a row counts. question: the members of a table; labels: the row's own, and its role.

        None where the words are not this agreement's, and for a row of means.
        """
        time = next((str(labels[name]) for name in TIME_AXES if name in labels), ALL)
        who = self._who(labels)
        if time == MEAN or who is None:
            return None
        try:
            periods = self._periods(time)
            found = self._people(question, labels, periods)
            return found and _together(found, who)
        except (language.ExpressionError, KeyError):
            return None

    def _periods(self, time: str) -> range:
        if time in self._window.labels:
            place = self._window.labels.index(time)
            return range(place, place + 1)
        first, last = (0, len(self._window) - 1) if time == ALL else self._window.spans[time]
        return range(first, last + 1)

    def _who(self, labels: Labels) -> list[Meaning] | None:
        """The sex and the age of a row, where it has any; None where its age means nothing here."""
        sex, age = labels.get("sex", ALL), labels.get("age", ALL)
        found = [] if sex == ALL else [of(("is", OfSex(SEXES.index(sex))))]
        if age == ALL:
            return found
        if self._ages is None:
            return None
        codes = None if age == OTHER else OfAge(self._ages.codes(age))
        return [*found, of(("is", codes) if codes else ("of another age",))]

    def _people(self, question: Labels, own: Labels, periods: range) -> Asked | None:
        match question["kind"]:
            case "count":
                part = own.get("part", "unique") if "parts" in question else "unique"
                return self._set(question["count"] if part == "unique" else part, periods)
            case "share":
                return self._side(question, own["role"], periods)
            case "overlap":
                return self._combination(question["overlap"], own["in"], periods)
            case "howmany":
                several = self._sets(question["howmany"], periods)
                return None if several is None else _or_tuple("number", number, several, own["lists"])
            case "outcome":
                return self._outcome(question, own["role"], periods)
            case "flow":
                states = [*question["flow"], ELSEWHERE]
                move = (states.index(own["from"]), states.index(own["to"]), question["every"])
                return self._over_time("move", question["flow"], move, periods)
            case "duration":
                return self._over_time("stay", [question["duration"]], (own["length"],), periods)
            case _:
                around = (question["before"], question["after"])
                return self._over_time("event", [question["around"]], around, periods)

    def _expression(self, source: str) -> Expression:
        if source not in self._expressions:
            self._expressions[source] = language.parse(source, self._words)
        return self._expressions[source]

    def _set(self, source: str, periods: range) -> Meaning | None:
        if (source, periods) not in self._known:
            expression = self._expression(source)
            self._known[source, periods] = self._of(expression.tree, expression.known, periods)
        return self._known[source, periods]

    def _sets(self, sources: list[str], periods: range) -> list[Meaning] | None:
        """Of all sets; None where one of them is known in none of the periods."""
        found = [each for source in sources if (each := self._set(source, periods)) is not None]
        return found if len(found) == len(sources) else None

    def _of(self, tree: Tree, bits: int, periods: range) -> Meaning | None:
        """Who is in it in one of the periods; None where it is known in none of them."""
        there = [self._window.labels[p] for p in periods if bits >> p & 1]
        return over(tree, self._whole, there) if there else None

    def _side(self, question: Labels, role: str, periods: range) -> Meaning | None:
        several = [question["share"], *([question["of"]] if isinstance(question["of"], str) else [])]
        expressions = [self._expression(source) for source in several]
        bits = reduce(and_, (e.known for e in expressions))
        return self._of(expressions[role == "of"].tree, bits, periods)

    def _combination(self, sets: list[str], inside: list[str], periods: range) -> Asked | None:
        several = self._sets(sets, periods)
        if several is None:
            return None
        there = [each for source, each in zip(sets, several, strict=True) if source in inside]
        gone = [each for source, each in zip(sets, several, strict=True) if source not in inside]
        return _or_tuple("combination", exactly, there, gone)

    def _outcome(self, question: Labels, role: str, periods: range) -> Asked | None:
        follow = next(key for key in FOLLOWS if key in question)
        leaving, to = (self._expression(question[key]).tree for key in ("leaving", "to"))
        well = later(to, Follow(follow), question[follow])
        if len(periods) > 1:  # of their first leaving in the stretch
            asked = (self._plain(leaving), self._plain(well), role)
            return ("outcome", *asked, self._whole, periods[0], periods[-1])
        bits = known(And(Left(leaving), well), len(self._window))
        return self._of(Left(leaving) if role == "of" else And(Left(leaving), well), bits, periods)

    def _over_time(self, what: str, sources: list[str], more: tuple[object, ...], periods: range) -> Asked:
        meanings = tuple(self._plain(self._expression(source).tree) for source in sources)
        if len(periods) == 1:
            return (what, meanings, more, self._window.labels[periods[0]])
        return (what, meanings, more, self._whole, periods[0], periods[-1])

    def _plain(self, tree: Tree) -> Meaning:
        return meaning(tree, self._whole)


def _with_groups(plain: Vocabulary, agreement: Agreement) -> Vocabulary:
    """The vocabulary with the agreement's groups, each after those that it is made of."""
    found = plain
    waiting = [*agreement.groups]
    while waiting:
        left = []
        for group in waiting:
            try:
                tree = language.parse(group.source, found)
            except language.ExpressionError:
                left.append(group)
            else:
                found = replace(found, groups={**found.groups, group.name: tree})
        if len(left) == len(waiting):
            break  # of an age or a sex that these questions do not have
        waiting = left
    return found


def _or_tuple(what: str, make: Any, *several: Any) -> Asked:
    """What several make together; where that looks at too many things, by what they are."""
    try:
        found: Meaning = make(*several)
    except ValueError:
        return (what, *(tuple(each) if isinstance(each, list) else each for each in several))
    return found


def _together(found: Asked, who: list[Meaning]) -> Asked:
    if not who:
        return found
    if isinstance(found, Meaning):
        try:
            return both([found, *who], lambda *tables: reduce(and_, tables))
        except ValueError:
            pass
    return (found, *who)
