"""The measures of an agreement: its questions (4-measures, "Kinds")."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from keys.errors import Text
from linkage.agreement.groups import expression
from linkage.agreement.holders import once
from linkage.agreement.names import listed, near
from linkage.agreement.sections import words
from linkage.measures.model import Count, HowMany, Overlap, Share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkage.agreement.tables import Table
    from linkage.dimensions import Dimensions
    from linkage.measures.language import Vocabulary
    from linkage.measures.model import Expression, Measure

KINDS = ("count", "overlap", "howmany", "share")
MOST_SETS = 8
MANY_SETS = 4
"""An overlap of more sets than this is asked by period alone."""
_LATER_KINDS = {"flow": "flow", "leaving": "outcome", "duration": "duration", "change": "change"}
_BY = ("period", "span", "sex", "age")
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_MOST_PERCENT = 100


class _Common(NamedTuple):
    """What every measure has."""

    name: str
    title: str
    by: tuple[str, ...]
    against: str | None


def measures(
    top: Table, known: Vocabulary, dimensions: Dimensions, spans: Iterable[str]
) -> tuple[Measure, ...]:
    """The measures in the agreement's order, at least one."""
    tables = top.tables("measure")
    if not tables:
        top.problem("measure", Text("at least one measure is needed, each as [[measure]]"))
    spans = tuple(spans)
    found = [_measure(table, known, dimensions, spans) for table in tables]
    once(tables, [m.name if m else "" for m in found])
    return tuple(m for m in found if m)


def _measure(
    table: Table, known: Vocabulary, dimensions: Dimensions, spans: tuple[str, ...]
) -> Measure | None:
    name, title = table.name(), table.text("title")
    kind = _kind(table)
    if not kind:
        table.ignore_rest()
        return None
    by = _by(table, dimensions)
    common = _Common(name, title, by, _against(table, by, spans))
    found: Measure
    if kind == "count":
        parts = _expressions(table, "parts", known, least=1) if table.has("parts") else ()
        found = Count(*common, _expression(table, "count", known), parts)
    elif kind == "overlap":
        found = Overlap(*common, _sets(table, known, by))
    elif kind == "howmany":
        found = HowMany(*common, _expressions(table, "howmany", known, least=2))
    else:
        found = _share(table, known, common)
    table.finish()
    return found


def _kind(table: Table) -> str:
    """The kind of the measure; empty where it is none, two, or one whose time has not come."""
    table.has(*KINDS)
    later = [kind for key, kind in _LATER_KINDS.items() if key in table.data]
    here = [kind for kind in KINDS if kind in table.data]
    allowed = listed(KINDS)
    for kind in later:
        what = Text(
            "not yet: measures of kind {kind} come in a later version, allowed are {allowed}",
            {"kind": kind, "allowed": allowed},
        )
        table.problems.add(table.path, what)
    if not here and not later:
        what = Text("asks nothing, expected one of {allowed}", {"allowed": allowed})
        table.problems.add(table.path, what)
    if len(here) > 1:
        what = Text("asks {kinds} at once, one of them is allowed", {"kinds": listed(here)})
        table.problems.add(table.path, what)
    return here[0] if len(here) == 1 and not later else ""


def _by(table: Table, dimensions: Dimensions) -> tuple[str, ...]:
    """The dimensions that the answer is told by; left out, there is one answer for the whole window."""
    if not table.has("by"):
        return ()
    lacking = [name for name, agreed in (("sex", dimensions.sex), ("age", dimensions.age)) if not agreed]
    by = words(table, "by", _BY, [name for name in _BY if name not in lacking])
    if "period" in by and "span" in by:
        table.problem("by", Text("period and span exclude each other: make two measures"))
    for name in lacking:
        if name in by:
            table.problem("by", Text("the agreement has no dimension {name}", {"name": name}))
    return by


def _against(table: Table, by: tuple[str, ...], spans: tuple[str, ...]) -> str | None:
    """The span that others are compared with."""
    if not table.has("against"):
        return None
    span = table.text("against")
    if "span" not in by:
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


def _expression(table: Table, key: str, known: Vocabulary) -> Expression:
    return expression(table.text(key), known, table.problems, (*table.path, key))


def _expressions(table: Table, key: str, known: Vocabulary, *, least: int) -> tuple[Expression, ...]:
    """A list of expressions, no two of which are the same set of people."""
    sources = table.texts(key)
    found: list[Expression] = []
    for index, source in enumerate(sources):
        path = (*table.path, key, index)
        before = len(table.problems)
        one = expression(source, known, table.problems, path)
        twin = next((other for other in found if other.tree == one.tree), None)
        if twin and len(table.problems) == before and source.strip():
            what = Text("{one!r} and {other!r} are the same people", {"one": twin.source, "other": source})
            table.problems.add(path, what)
        found.append(one)
    if isinstance(table.data.get(key), list) and len(table.data[key]) < least:
        table.problem(
            key, Text("{count} given, at least {least} are needed", {"count": len(sources), "least": least})
        )
    return tuple(found)


def _sets(table: Table, known: Vocabulary, by: tuple[str, ...]) -> tuple[Expression, ...]:
    """The sets of an overlap."""
    sets = _expressions(table, "overlap", known, least=2)
    if len(sets) > MOST_SETS:
        what = Text("{count} sets, at most {most} are allowed", {"count": len(sets), "most": MOST_SETS})
        table.problem("overlap", what)
    elif len(sets) > MANY_SETS and set(by) - {"period"}:
        what = Text('above {many} sets only by = ["period"] is allowed, or none', {"many": MANY_SETS})
        table.problem("by", what)
    return sets


def _share(table: Table, known: Vocabulary, common: _Common) -> Share:
    share = _expression(table, "share", known)
    target = _target(table) if table.has("target") else None
    of = table.data.get("of")
    if isinstance(of, dict):
        table.has("of")
        constant = table.table("of")
        mean = constant.number("mean", 1)
        constant.finish()
        return Share(*common, share, mean, table.text("source"), target)
    if "source" in table.data:
        table.has("source")
        table.problem("source", Text("only where of is a number from elsewhere"))
    if isinstance(of, str) and of.strip() == "places":
        table.has("of")
        table.problem("of", Text('not yet: of = "places" comes in a later version'))
        return Share(*common, share, share, None, target)
    return Share(*common, share, _expression(table, "of", known), None, target)


def _target(table: Table) -> Fraction | None:
    """A target in per cent: a whole number, or a decimal in quotes."""
    if isinstance(table.data["target"], str | float):
        written = table.text("target")
        if not written:
            return None  # told already
        if _PERCENT.fullmatch(written) and Fraction(written) <= _MOST_PERCENT:
            return Fraction(written)
        what = Text(
            '{written!r} is no per cent: 0 to 100, with a point, as 48 or "47.5"', {"written": written}
        )
        table.problem("target", what)
        return None
    return Fraction(table.number("target", 0, _MOST_PERCENT))
