"""What a release says that is already in its agreement: written by the gate, compared again by `verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.agreement.estimate import known
from linkage.agreement.warn import outside
from linkage.measures.expressions import Or
from linkage.measures.model import Change, Count, Duration, Flow, HowMany, Outcome, Overlap, Places, Share
from linkage.release.rows import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from linkage.agreement.model import Agreement
    from linkage.measures.expressions import Expression, Tree
    from linkage.measures.model import Measure


def asked_of(agreement: Agreement) -> dict[str, object]:
    """Members of release.json by name: agreement, matcher, window, dimensions, labels."""
    window, matcher = agreement.window, agreement.matcher
    return {
        "agreement": {
            "name": agreement.name,
            "round": agreement.round,
            "title": agreement.title,
            "purpose": agreement.purpose,
            "basis": agreement.basis,
            "digest": (agreement.digest or b"").hex(),
        },
        "matcher": {"name": matcher.name, "title": matcher.title, "identity": matcher.identity},
        "window": {
            "unit": window.unit.value,
            "periods": list(window.labels),
            "spans": {name: [window.labels[i] for i in ends] for name, ends in window.spans.items()},
            "counting": agreement.counting,
        },
        "dimensions": _dimensions(agreement),
        "labels": labels(agreement),
    }


def question(measure: Measure) -> dict[str, object]:
    """What a table asks: the members of it beside its rows."""
    asked: dict[str, object] = {
        "measure": measure.name,
        "kind": measure.kind,
        "title": measure.title,
        "dimensions": list(measure.by),
    }
    asked |= _asked(measure)
    return asked | ({"against": measure.against} if measure.against is not None else {})


def framed(measure: Measure, agreement: Agreement) -> dict[str, object]:
    """The members of a table beside its rows: what it asks, and what the agreement's frame makes of that."""
    asked = question(measure)
    if isinstance(measure, Change):
        asked["max"] = next(s.value.max for s in agreement.series if s.value and s.key == measure.change)
    seen = _known(measure, agreement)
    return asked if seen is None else asked | {"known": seen}


def _known(measure: Measure, agreement: Agreement) -> list[str] | None:
    """The first and the last period in which all that is asked is known; none of both where none is.

    None where that is every period, where dates are missing, and of stays, which have two ends.
    """
    labels = agreement.window.labels
    if isinstance(measure, Duration) or not all(e.dated for e in measure.expressions):
        return None
    bits = known(measure, len(labels))
    periods = [label for p, label in enumerate(labels) if bits >> p & 1]
    return None if len(periods) == len(labels) else periods[:1] + periods[-1:]


def _asked(measure: Measure) -> dict[str, object]:
    """The members of one kind."""
    match measure:
        case Count(count=count, parts=parts):
            more = {"parts": _sources(parts), "covered": covered(measure)} if parts else {}
            return {"count": count.source, **more}
        case Overlap(sets=sets):
            return {"overlap": _sources(sets)}
        case HowMany(lists=lists):
            return {"howmany": _sources(lists)}
        case Share():
            return _of_share(measure)
        case Flow(flow=flow, every=every):
            return {"flow": _sources(flow), "every": every}
        case Outcome(leaving=leaving, to=to, follow=follow, k=k, target=target):
            asked = {"leaving": leaving.source, "to": to.source, follow.value: k}
            return asked | _target(target)
        case Duration(duration=duration):
            return {"duration": duration.source}
        case Change(change=change, unit=unit, around=around, before=before, after=after):
            return {
                "change": change,
                "unit": unit,
                "around": around.source,
                "before": before,
                "after": after,
            }
    raise TypeError(f"a measure of no known kind: {measure.kind}")


def _of_share(measure: Share) -> dict[str, object]:
    asked: dict[str, object] = {"share": measure.share.source}
    match measure.of:
        case Places(number=number):
            asked["of"] = {"places": number}
        case int(mean):
            asked["of"] = {"mean": mean}
        case of:
            asked["of"] = of.source
    asked |= {"source": measure.source} if measure.source is not None else {}
    asked |= _target(measure.target)
    return asked | ({"outside": True} if outside(measure) is not None else {})


def _target(target: Fraction | None) -> dict[str, object]:
    return {} if target is None else {"target": plain(target)}


def covered(measure: Count) -> bool:
    """Whether, by the way it is written, nobody can be counted without being in one of the parts."""
    inside = {tree for part in measure.parts for tree in _operands(part.tree)}
    return all(tree in inside for tree in _operands(measure.count.tree))


def labels(agreement: Agreement) -> dict[str, str]:
    """What is written in measures → its title: parties, series, groups, and every expression that is used."""
    found = {party.name: party.title for party in agreement.parties}
    found |= {series.key: series.title for series in agreement.series}
    found |= {group.name: group.title for group in agreement.groups}
    for measure in agreement.measures:
        for expression in measure.expressions:
            found.setdefault(expression.source, expression.label)
    return found


def _sources(several: tuple[Expression, ...]) -> list[str]:
    return [expression.source for expression in several]


def _operands(tree: Tree) -> Iterator[Tree]:
    """a, b, c of a | b | c."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Or):
            stack += [node.b, node.a]
        else:
            yield node


def _dimensions(agreement: Agreement) -> dict[str, object]:
    age = agreement.dimensions.age
    asked: dict[str, object] = {"sex": agreement.dimensions.sex}
    if age is not None:
        asked["age"] = {"on": age.on.isoformat(), "bands": [band.name for band in age.bands]}
    return asked
