"""The measures in per cent: what is divided by what, and the target."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.expressions import one
from linkage.agreement.groups import readable
from linkage.agreement.names import listed
from linkage.measures.expressions import Or, Presence
from linkage.measures.model import Places, Share
from linkage.measures.trees import children

if TYPE_CHECKING:
    from linkage.agreement.expressions import Common, Given
    from linkage.agreement.tables import Table
    from linkage.measures.expressions import Expression, Tree

_PLACES = "places"
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_MOST_PERCENT = 100


def share(table: Table, common: Common, given: Given) -> Share:
    """A share, of an expression, of a number from elsewhere, or of places."""
    numerator = one(table, "share", given.words)
    goal = target(table)
    of = table.data.get("of")
    if isinstance(of, dict):
        table.has("of")
        constant = table.table("of")
        mean = constant.number("mean", 1)
        constant.finish()
        return Share(*common, numerator, mean, table.text("source"), goal)
    if "source" in table.data:
        table.has("source")
        table.problem("source", Text("only where of is a number from elsewhere"))
    if isinstance(of, str) and of.strip() == _PLACES:
        table.has("of")
        return Share(*common, numerator, _places(table, numerator, given), None, goal)
    return Share(*common, numerator, one(table, "of", given.words), None, goal)


def _places(table: Table, numerator: Expression, given: Given) -> Places:
    """The places of the series that the numerator joins."""
    keys = _joined(numerator.tree)
    if keys is None:
        if readable(numerator):
            table.problem("share", Text('with of = "places" only series are allowed, joined by |'))
        return Places(1)
    every = [given.series[key].places for key in keys]
    if lacking := [key for key, number in zip(keys, every, strict=True) if number is None]:
        what = Text(
            "no places are told of {series}: write places = … in its [[party.series]]",
            {"series": listed(lacking)},
        )
        table.problem("of", what)
    return Places(sum(number or 0 for number in every))


def _joined(tree: Tree) -> list[str] | None:
    """The keys of series that are joined by or, each once; None where there is anything else."""
    keys: dict[str, None] = {}
    stack = [tree]
    while stack:
        match stack.pop():
            case Presence(series):
                keys[series] = None
            case Or() as both:
                stack.extend(reversed(children(both)))
            case _:
                return None
    return list(keys)


def target(table: Table) -> Fraction | None:
    """A target in per cent: a whole number, or a decimal in quotes; None where there is none."""
    if not table.has("target"):
        return None
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
