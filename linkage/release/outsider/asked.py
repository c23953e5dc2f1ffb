"""What a release was asked: from its own bytes, or from its agreement where that is at hand.

A release names series and groups and does not say what a group is made of: that stands in the agreement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from linkage.agreement.expressions import Common
from linkage.dimensions import Ages, Band, Dimensions
from linkage.errors import UsageError
from linkage.measures import language
from linkage.measures.expressions import Presence
from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Follow,
    Frame,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Places,
    Share,
)
from linkage.measures.trees import leaves
from linkage.release.counts import ALL, MEAN

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement
    from linkage.measures.expressions import Expression
    from linkage.release.document import Release
    from linkage.release.tables import Table

_SERIES: Final = re.compile(r"([a-z0-9-]+)\.[a-z0-9-]+")
_BAND: Final = re.compile(r"([0-9]+)-([0-9]+)")
_UNDATED: Final = "no dates"


class MeaningError(UsageError):
    """What is asked cannot be read from the release alone."""

    hint = "name its agreement with --agreement"


@dataclass(frozen=True)
class Asked:
    """The questions of a release. series: keys of all that any party's register gives."""

    measures: tuple[Measure, ...]
    frame: Frame
    series: tuple[str, ...]


def asked(release: Release, agreement: Agreement | None = None) -> Asked:
    """The questions that a release answers. agreement: the very one, which `verify` has compared.

    Raises MeaningError where the release alone does not say whom a question is about.
    """
    if agreement is not None:
        amounts = {s.key: s.value.max for s in agreement.series if s.value}
        frame = Frame(agreement.window, agreement.dimensions, amounts)
        return Asked(agreement.measures, frame, tuple(s.key for s in agreement.series))
    parties = {package.party for package in release.packages}
    named = [m for key in release.labels if (m := _SERIES.fullmatch(key)) and m[1] in parties]
    series = tuple(m[0] for m in named)
    amounts = {t.amount: t.most for t in release.tables if t.amount is not None and t.most is not None}
    frame = Frame(release.window, Dimensions(release.sex, _ages(release)), amounts)
    words = language.Vocabulary(
        series={key: (key, True) for key in series if key not in amounts},
        groups={},
        sex=release.sex,
        ages=frame.dimensions.age,
        periods=len(release.window),
        amounts=frozenset(amounts),
    )
    measures = [_measure(table, words, release) for table in release.tables]
    without = _without_dates(release, measures)
    words = replace(words, series={key: (key, key not in without) for key in words.series})
    return Asked(tuple(_measure(table, words, release) for table in release.tables), frame, series)


def _ages(release: Release) -> Ages | None:
    """The bands by their names, which are their ends."""
    if release.ages_on is None:
        return None
    ends = [_BAND.fullmatch(name) for name in release.ages]
    bands = [Band(m[0], int(m[1]), int(m[2])) for m in ends if m]
    if len(bands) < len(ends):
        raise MeaningError(
            "the release alone does not say which ages its bands are: {release}",
            release=release.agreement.slug,
        )
    return Ages(release.ages_on, tuple(bands))


def _without_dates(release: Release, measures: list[Measure]) -> set[str]:
    """The series of which it is only known that somebody was there: where rows of time say so.

    Every series of an answer that has dates has them. Of an answer without, all others are taken to have
    none, which makes no difference to any row.
    """
    dated, others = set[str](), set[str]()
    for measure, table in zip(measures, release.tables, strict=True):
        for row in table.rows if table.time else ():
            if row[table.time or ""] not in (ALL, MEAN) and row.get("part") not in ("sum", "surplus"):
                found = _of_row(measure, row.get("part"))
                (others if row.get("note") == _UNDATED else dated).update(found)
    return others - dated


def _of_row(measure: Measure, part: object) -> Iterator[str]:
    """The series that must have dates for a row to have a number."""
    own = [e for e in measure.parts if e.source == part] if isinstance(measure, Count) else []
    for expression in own or measure.expressions:
        yield from (leaf.series for leaf in leaves(expression.tree) if isinstance(leaf, Presence))


def _measure(table: Table, words: language.Vocabulary, release: Release) -> Measure:
    def read(source: object) -> Expression:
        try:
            return language.parse(str(source), words)
        except language.ExpressionError:
            raise MeaningError(
                "the release alone does not say what {source} means: {release}",
                source=repr(source),
                release=release.agreement.slug,
            ) from None

    common = Common(table.measure, table.title, table.dimensions, table.against)
    return _KINDS[table.kind](common, table, read)


_Read = Callable[[object], "Expression"]


def _share(common: Common, table: Table, read: _Read) -> Share:
    target = None if table.target is None else Fraction(table.target)
    of: Expression | int | Places
    if table.places is not None:
        of = Places(table.places)
    else:
        of = table.of if isinstance(table.of, int) else read(table.of)
    return Share(*common, read(table.asked), of, table.source, target)


def _outcome(common: Common, table: Table, read: _Read) -> Outcome:
    target = None if table.target is None else Fraction(table.target)
    return Outcome(*common, read(table.asked), read(table.to), Follow(table.follow), table.k or 0, target)


def _change(common: Common, table: Table, read: _Read) -> Change:
    around = read(table.asked)
    return Change(*common, table.amount or "", table.unit or "", around, table.before or 1, table.after or 1)


_KINDS: Final[Mapping[str, Callable[[Common, Table, _Read], Measure]]] = {
    "count": lambda common, t, read: Count(*common, read(t.asked), tuple(map(read, t.items))),
    "overlap": lambda common, t, read: Overlap(*common, tuple(map(read, t.items))),
    "howmany": lambda common, t, read: HowMany(*common, tuple(map(read, t.items))),
    "share": _share,
    "flow": lambda common, t, read: Flow(*common, tuple(map(read, t.items)), t.every or 1),
    "outcome": _outcome,
    "duration": lambda common, t, read: Duration(*common, read(t.asked)),
    "change": _change,
}
