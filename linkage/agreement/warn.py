"""What an agreement may say and perhaps does not mean: told by `check`, refused nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.estimate import estimates, threshold
from linkage.agreement.parts import Parts
from linkage.agreement.sizes import many, size
from linkage.agreement.warn_over_time import far_age, over_time
from linkage.measures.expressions import Expression, Presence
from linkage.measures.model import Change, Places, Share
from linkage.measures.trees import leaves
from linkage.schemes import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement
    from linkage.agreement.places import Path
    from linkage.measures.model import Measure


def warnings(agreement: Agreement) -> Iterator[tuple[Path, Text]]:
    """What is noticed, each with the path of what it is about."""
    yield from _unasked(agreement)
    yield from far_age(agreement)
    for index, kind in enumerate(agreement.accept):
        if kind in SCHEMES[agreement.scheme].test:
            what = Text("numbers of the kind {kind} are nobody's: for a rehearsal only", {"kind": kind})
            yield ("identifier", "accept", index), what
    for index, measure in enumerate(agreement.measures):
        path = ("measure", index)
        yield from ((path, what) for what in _of_any(measure, agreement))
        if isinstance(measure, Share):
            yield from ((path, what) for what in _of_share(measure))
    yield from _small(agreement)


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


def _small(agreement: Agreement) -> Iterator[tuple[Path, Text]]:
    """Measures whose rows will mostly be about too few people to be shown."""
    for index, found in enumerate(estimates(agreement)):
        if found.mostly_small:
            what = Text(
                "about {small} of the {inhabited} rows that anybody can be in will hold fewer than {least} "
                "people: ask by fewer periods, bands or dimensions",
                {"small": found.small, "inhabited": found.inhabited, "least": threshold(agreement)},
            )
            yield ("measure", index), what


def _of_any(measure: Measure, agreement: Agreement) -> Iterator[Text]:
    """What is noticed of a measure of any kind."""
    window = agreement.window
    if told := many(measure, size(measure, len(window), len(window.spans), agreement.dimensions)):
        yield told
    by_time = bool({"period", "span"} & set(measure.by))
    for expression in measure.expressions:
        if by_time and not expression.dated:
            yield Text(
                "{expression!r} has no dates: its rows of periods and spans stay empty",
                {"expression": expression.source},
            )
        if not expression.known:
            yield Text(
                "{expression!r} is known in no period of the window", {"expression": expression.source}
            )
        elif Parts(given_up=False).nobody(expression.tree):
            yield Text(
                "nobody can be in {expression!r} by the way it is written", {"expression": expression.source}
            )
    yield from over_time(measure, len(window))
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
    if not isinstance(measure.of, Expression) or Parts(given_up=True).within(
        measure.share.tree, measure.of.tree
    ):
        return None
    return Text(
        "{share!r} is not written as a part of {of!r}: who is in the first alone is counted too",
        {"share": measure.share.source, "of": measure.of.source},
    )
