"""What an agreement may say and perhaps does not mean: told by `check`, refused nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.measures.model import (
    And,
    Change,
    Expression,
    Left,
    Minus,
    Not,
    Or,
    Places,
    Presence,
    Share,
    Started,
)
from linkage.measures.trees import leaves
from linkage.schemes import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement
    from linkage.agreement.places import Path
    from linkage.measures.model import Measure, Tree

_STEPS = 20_000
"""Comparisons after which a numerator is taken for part of its denominator: a warning is not worth more."""


def warnings(agreement: Agreement) -> Iterator[tuple[Path, Text]]:
    """What is noticed, each with the path of what it is about."""
    yield from _unasked(agreement)
    for index, kind in enumerate(agreement.accept):
        if kind in SCHEMES[agreement.scheme].test:
            what = Text("numbers of the kind {kind} are nobody's: for a rehearsal only", {"kind": kind})
            yield ("identifier", "accept", index), what
    for index, measure in enumerate(agreement.measures):
        path = ("measure", index)
        yield from ((path, what) for what in _of_any(measure, agreement))
        if isinstance(measure, Share):
            yield from ((path, what) for what in _of_share(measure))


def _unasked(agreement: Agreement) -> Iterator[tuple[Path, Text]]:
    """What parties would hand over and nobody asks for."""
    seen = {leaf for m in agreement.measures for e in m.expressions for leaf in leaves(e.tree)}
    amounts = {measure.change for measure in agreement.measures if isinstance(measure, Change)}
    for p, party in enumerate(agreement.parties):
        for s, series in enumerate(party.series):
            if series.key not in amounts and Presence(series.key) not in seen:
                yield ("party", p, "series", s), Text("no measure asks for it: leave it out, or ask")
    by = {name for measure in agreement.measures for name in measure.by}
    kinds = {type(leaf).__name__ for leaf in seen}
    for name, agreed, leaf in (
        ("sex", agreement.dimensions.sex, "OfSex"),
        ("age", agreement.dimensions.age, "OfAge"),
    ):
        if agreed and name not in by and leaf not in kinds:
            yield ("dimensions", name), Text("no measure asks for it: leave it out, or ask")


def _of_any(measure: Measure, agreement: Agreement) -> Iterator[Text]:
    """What is noticed of a measure of any kind."""
    over_time = bool({"period", "span"} & set(measure.by))
    for expression in measure.expressions:
        if over_time and not expression.dated:
            yield Text(
                "{expression!r} has no dates: its rows of periods and spans stay empty",
                {"expression": expression.source},
            )
        if not expression.known:
            yield Text(
                "{expression!r} is known in no period of the window", {"expression": expression.source}
            )
    if "span" in measure.by and not agreement.window.spans:
        yield Text("by span, and the period has no spans")


def _of_share(measure: Share) -> Iterator[Text]:
    """What is noticed of a share."""
    if isinstance(measure.of, Places):
        if "period" not in measure.by:
            yield Text('places are of each period: without by = ["period"] there is no per cent')
        for name in ("sex", "age"):
            if name in measure.by:
                yield Text("each {name} is divided by the same places, which are for all", {"name": name})
    elif isinstance(measure.of, int):
        if "period" not in measure.by:
            yield Text(
                'a constant divides the mean of the periods: without by = ["period"] there is no per cent'
            )
        for name in ("sex", "age"):
            if name in measure.by:
                yield Text("each {name} is divided by the same constant, which counts all", {"name": name})
    elif measure.share.tree == measure.of.tree:
        yield Text("the numerator is the denominator: always 100 per cent")
    elif (said := outside(measure)) is not None:
        yield said


def outside(measure: Share) -> Text | None:
    """What to know of a share whose numerator is, as written, no part of its denominator; else None."""
    if not isinstance(measure.of, Expression) or _Parts().within(measure.share.tree, measure.of.tree):
        return None
    return Text(
        "{share!r} is not written as a part of {of!r}: who is in the first alone is counted too",
        {"share": measure.share.source, "of": measure.of.source},
    )


class _Parts:
    """Whether one expression is a part of another as they are written, whoever the people are."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, int], bool] = {}
        self._nots: dict[int, Tree] = {}

    def within(self, a: Tree, b: Tree) -> bool:
        """Whether everybody in a is in b; false where the way they are written does not say."""
        key = (id(a), id(b))
        if len(self._told) > _STEPS:
            return True
        if key not in self._told:
            self._told[key] = a == b or self._by_whole(a, b) or self._by_part(a, b)
        return self._told[key]

    def _by_whole(self, a: Tree, b: Tree) -> bool:
        match b:
            case And(x, y):
                return self.within(a, x) and self.within(a, y)
            case Minus(x, y):
                return self.within(a, x) and self.within(a, self._not(y))
            case Or(x, y):
                return self.within(a, x) or self.within(a, y)
            case _:
                return False

    def _by_part(self, a: Tree, b: Tree) -> bool:
        match a:
            case And(x, y):
                return self.within(x, b) or self.within(y, b)
            case Minus(x, y):
                return self.within(x, b) or self.within(self._not(y), b)
            case Or(x, y):
                return self.within(x, b) and self.within(y, b)
            case Started(x) | Left(x):
                return self.within(x, b)
            case _:
                return False

    def _not(self, tree: Tree) -> Tree:
        return self._nots.setdefault(id(tree), Not(tree))
