"""The measures of an agreement: its questions (4-measures, "Kinds")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement import over_time as times
from linkage.agreement.expressions import Common, one, several
from linkage.agreement.holders import once
from linkage.agreement.names import listed, near
from linkage.agreement.sections import words
from linkage.agreement.shares import share
from linkage.agreement.sizes import size, too_many
from linkage.measures.model import Count, HowMany, Overlap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from linkage.agreement.expressions import Given
    from linkage.agreement.tables import Table
    from linkage.dimensions import Dimensions
    from linkage.measures.expressions import Expression
    from linkage.measures.model import Measure

MOST_SETS = 8
MANY_SETS = 4
"""An overlap of more sets than this is asked by period alone."""
_BY = ("period", "span", "sex", "age")
_WHOLE_WINDOW = ("duration", "change")
"""Keys of the kinds that are told for the whole window alone."""


def measures(top: Table, given: Given) -> tuple[Measure, ...]:
    """The measures in the agreement's order, at least one."""
    tables = top.tables("measure")
    if not tables:
        top.problem("measure", Text("at least one measure is needed, each as [[measure]]"))
    found = [_measure(table, given) for table in tables]
    once(tables, [m.name if m else "" for m in found])
    return tuple(m for m in found if m)


def _measure(table: Table, given: Given) -> Measure | None:
    name, title = table.name(), table.text("title")
    kind = _kind(table)
    if not kind:
        table.ignore_rest()
        return None
    by = _by(table, given.dimensions, whole=kind in _WHOLE_WINDOW)
    against = _against(table, by, given.spans, whole=kind in _WHOLE_WINDOW)
    before = len(table.problems)
    found = _KINDS[kind](table, Common(name, title, by, against), given)
    table.finish()
    if len(table.problems) == before:
        rows = size(found, given.words.periods, len(given.spans), given.dimensions)
        if what := too_many(found, rows):
            table.problem(kind, what)
    return found


def _count(table: Table, common: Common, given: Given) -> Count:
    parts = several(table, "parts", given.words, least=1) if table.has("parts") else ()
    return Count(*common, one(table, "count", given.words), parts)


def _overlap(table: Table, common: Common, given: Given) -> Overlap:
    return Overlap(*common, _sets(table, given, common.by))


def _howmany(table: Table, common: Common, given: Given) -> HowMany:
    return HowMany(*common, several(table, "howmany", given.words, least=2))


_KINDS: Mapping[str, Callable[[Table, Common, Given], Measure]] = {
    "count": _count,
    "overlap": _overlap,
    "howmany": _howmany,
    "share": share,
    "flow": times.flow,
    "leaving": times.outcome,
    "duration": times.duration,
    "change": times.change,
}
"""By the key that tells the kind."""


def _kind(table: Table) -> str:
    """The key that tells the measure's kind; empty where there is none, or more than one."""
    table.has(*_KINDS)
    here = [kind for kind in _KINDS if kind in table.data]
    if not here:
        what = Text("asks nothing, expected one of {allowed}", {"allowed": listed(_KINDS)})
        table.problems.add(table.path, what)
    if len(here) > 1:
        what = Text("asks {kinds} at once, one of them is allowed", {"kinds": listed(here)})
        table.problems.add(table.path, what)
    return here[0] if len(here) == 1 else ""


def _by(table: Table, dimensions: Dimensions, *, whole: bool) -> tuple[str, ...]:
    """The dimensions that the answer is told by; left out, there is one answer for the whole window.

    whole: there is never another than that.
    """
    if not table.has("by"):
        return ()
    lacking = [name for name, agreed in (("sex", dimensions.sex), ("age", dimensions.age)) if not agreed]
    over_time = ("period", "span")
    offered = [name for name in _BY if name not in lacking and not (whole and name in over_time)]
    by = words(table, "by", _BY, offered)
    if whole and set(over_time) & set(by):
        table.problem("by", Text("this is told for the whole window: by takes sex and age"))
    elif "period" in by and "span" in by:
        table.problem("by", Text("period and span exclude each other: make two measures"))
    for name in lacking:
        if name in by:
            table.problem("by", Text("the agreement has no dimension {name}", {"name": name}))
    return by


def _against(table: Table, by: tuple[str, ...], spans: tuple[str, ...], *, whole: bool) -> str | None:
    """The span that others are compared with. whole: there is no answer by span."""
    if not table.has("against"):
        return None
    span = table.text("against")
    if whole:
        table.problem("against", Text("spans are compared, and this is told for the whole window"))
    elif "span" not in by:
        table.problem("against", Text('only with by = ["span"]'))
    elif span and span not in spans:
        table.problem(
            "against",
            Text(
                "no span {span!r}{near}, allowed are {allowed}",
                {"span": span, "near": near(span, spans), "allowed": listed(spans) or "–"},
            ),
        )
    return span


def _sets(table: Table, given: Given, by: tuple[str, ...]) -> tuple[Expression, ...]:
    """The sets of an overlap."""
    sets = several(table, "overlap", given.words, least=2)
    if len(sets) > MOST_SETS:
        what = Text("{count} sets, at most {most} are allowed", {"count": len(sets), "most": MOST_SETS})
        table.problem("overlap", what)
    elif len(sets) > MANY_SETS and set(by) - {"period"}:
        what = Text('above {many} sets only by = ["period"] is allowed, or none', {"many": MANY_SETS})
        table.problem("by", what)
    return sets
