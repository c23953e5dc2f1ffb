"""What a release says that is already in its agreement: written by the gate, compared again by `verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.agreement.warn import outside
from linkage.measures.model import Count, HowMany, Or, Overlap, Share
from linkage.release.rows import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement
    from linkage.measures.model import Expression, Measure, Tree


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
    match measure:
        case Count(count=count, parts=parts):
            asked["count"] = count.source
            if parts:
                asked |= {"parts": _sources(parts), "covered": covered(measure)}
        case Overlap(sets=sets):
            asked["overlap"] = _sources(sets)
        case HowMany(lists=lists):
            asked["howmany"] = _sources(lists)
        case Share(share=share, of=of, source=source, target=target):
            asked |= {"share": share.source, "of": {"mean": of} if isinstance(of, int) else of.source}
            asked |= {"source": source} if source is not None else {}
            asked |= {"target": plain(target)} if target is not None else {}
            asked |= {"outside": True} if outside(measure) is not None else {}
    return asked | ({"against": measure.against} if measure.against is not None else {})


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
