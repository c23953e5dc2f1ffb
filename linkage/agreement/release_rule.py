"""The [release] of an agreement: a method, and every parameter of it (5-release, "Methods").

No parameter has a default: what protects the figures stands in the agreement, and the digest binds it.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from keys.errors import Text
from linkage.agreement.model import ReleaseRule
from linkage.perturbation import PerturbationError, perturbation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from linkage.agreement.tables import Table
    from linkage.perturbation import Perturbation

TRUST: Final = "parties export their registers unaltered"
"""What `suppress` and `cellkey` rest on, as the agreement must say it and every report shows it."""
LEAST_THRESHOLD: Final = 3
LARGEST_THRESHOLD: Final = 10_000
LEAST_D: Final = 2
LARGEST_D: Final = 100
LEAST_VARIANCE: Final = 1
MOST_DEVIATIONS: Final = 5
"""D is at most so many √variance: what lies farther out is called possible and never happens."""
LEAST_CHANCE: Final = 0.01
"""Of each change by at most js (by one, where js is 0) that a count may make."""
LARGEST_EPSILON: Final = 10
"""Of one round: with more, the proven bound says nothing worth having."""
LARGEST_FAMILY_EPSILON: Final = 100
LARGEST_DELTA: Final = Fraction("0.00001")
LARGEST_FAMILY_DELTA: Final = Fraction("0.0001")
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,20})?")

Parameters = dict[str, str | int]


def release(table: Table) -> ReleaseRule:
    """The [release]; one without parameters where the method is none."""
    method = table.choice("method", _METHODS)
    if not method:
        table.ignore_rest()
        return ReleaseRule(method, {})
    rule = ReleaseRule(method, _METHODS[method](table))
    table.finish()
    return rule


def _exact(table: Table) -> Parameters:
    return {"agreed": table.text("agreed")}


def _suppress(table: Table) -> Parameters:
    return {
        "threshold": table.number("threshold", LEAST_THRESHOLD, LARGEST_THRESHOLD),
        "width": table.number("width", 1, LARGEST_THRESHOLD),
        "trust": _trust(table),
    }


def _cellkey(table: Table) -> Parameters:
    before = len(table.problems)
    threshold = table.number("threshold", LEAST_THRESHOLD, LARGEST_THRESHOLD)
    d, js = table.number("D", LEAST_D, LARGEST_D), table.number("js", 0, LARGEST_D // 2)
    variance = _variance(table)
    if len(table.problems) == before:
        _cellkey_together(table, threshold, d, variance, js)
    return {
        "threshold": threshold,
        "D": d,
        "variance": table.data.get("variance", ""),
        "js": js,
        "trust": _trust(table),
    }


def _cellkey_together(table: Table, threshold: int, d: int, variance: Fraction, js: int) -> None:
    """What must hold between parameters that are each as they should be."""
    if d < 2 * js:
        table.problem("D", Text("must be at least {least}, which is twice js", {"least": 2 * js}))
    elif threshold <= js:
        table.problem("threshold", Text("must be at least {least}, which is above js", {"least": js + 1}))
    elif variance < max(LEAST_VARIANCE, js):
        least: dict[str, object] = {"least": max(LEAST_VARIANCE, js)}
        table.problem("variance", Text("must be at least {least}: less is hardly any noise", least))
    elif d**2 > MOST_DEVIATIONS**2 * variance:
        most = math.isqrt(math.floor(MOST_DEVIATIONS**2 * variance))
        table.problem(
            "D",
            Text(
                "must be at most {most}, which is {times} · √variance",
                {"most": most, "times": MOST_DEVIATIONS},
            ),
        )
    else:
        _has_table(table, d, variance, js)


def _has_table(table: Table, d: int, variance: Fraction, js: int) -> None:
    """Note where no counts can be moved so, or where a small change is rare.

    The bounds told are those that a count of at most js sets.
    """
    try:
        found = perturbation(d, float(variance), js)
    except PerturbationError:
        low = max((count * (js + 1 - count) for count in range(1, js + 1)), default=0)
        words: dict[str, object] = {"d": d, "js": js, "low": low, "high": Fraction(d, 1 if js else 2)}
        table.problem(
            "variance",
            Text(
                "no table of changes can be made: with D = {d} and js = {js} it must lie between {low} and "
                "{high}, and well inside where D is small",
                words,
            ),
        )
        return
    if _rarest(found) < LEAST_CHANCE:
        table.problem(
            "variance",
            Text(
                "with D = {d} and js = {js} some change by {near} is rarer than 1 in 100: choose a larger D, "
                "or another variance",
                {"d": d, "js": js, "near": max(1, js)},
            ),
        )


def _rarest(table: Perturbation) -> float:
    """The least probability of a change by at most js, or by one, that the rule lets a count make.

    That a number can be so many others is what the audit shows; here it is seen that it often is.
    """
    counts, changes = np.arange(1, len(table.ends))[:, None], np.arange(-table.d, table.d + 1)
    told = counts + changes
    near = (np.abs(changes) <= max(1, table.js)) & ((told == 0) | (told > table.js))
    return float(table.probabilities[1:][near].min())


def _dp(table: Table) -> Parameters:
    found: Parameters = {}
    _budget(table, found, "epsilon", Fraction(LARGEST_EPSILON), Fraction(LARGEST_FAMILY_EPSILON))
    found["mechanism"] = mechanism = table.choice("mechanism", ("laplace", "gaussian"))
    if mechanism == "gaussian":
        _budget(table, found, "delta", LARGEST_DELTA, LARGEST_FAMILY_DELTA)
        return found
    for key in ("delta", "family_delta"):
        if table.has(key) and mechanism:
            table.problem(key, Text('only with mechanism = "gaussian": leave it out'))
    return found


def _budget(table: Table, found: Parameters, key: str, high: Fraction, family_high: Fraction) -> None:
    """A bound of one round, and that of all releases of the history together."""
    family = f"family_{key}"
    before = len(table.problems)
    one, every = _decimal(table, key, high), _decimal(table, family, family_high)
    if len(table.problems) == before and every < one:
        least: dict[str, object] = {"key": key, "least": table.data[key]}
        table.problem(family, Text("must be at least {key}, which is {least}", least))
    found[key], found[family] = table.data.get(key, ""), table.data.get(family, "")


def _trust(table: Table) -> str:
    """The words that a method rests on; anything else, and nothing, is refused."""
    written = table.text("trust")
    if written and written != TRUST:
        table.problem("trust", Text('must say, word for word, "{words}"', {"words": TRUST}))
    return written


def _variance(table: Table) -> Fraction:
    """A whole number, or a decimal one in quotes."""
    if isinstance(table.data.get("variance"), int):
        return Fraction(table.number("variance", 1, LARGEST_D**2))
    return _decimal(table, "variance", Fraction(LARGEST_D**2))


def _decimal(table: Table, key: str, high: Fraction) -> Fraction:
    """A number above zero and at most `high`, written as text; zero where there is none."""
    written = table.text(key)
    if not written:
        return Fraction(0)
    if not _DECIMAL.fullmatch(written):
        table.problem(key, Text('{written!r} is no number: write it as "0.5"', {"written": written}))
        return Fraction(0)
    value = Fraction(written)
    if not 0 < value <= high:
        table.problem(key, Text("must be above 0 and at most {high}", {"high": f"{float(high):.9g}"}))
        return Fraction(0)
    return value


_METHODS: Final[Mapping[str, Callable[[Table], Parameters]]] = {
    "cellkey": _cellkey,
    "suppress": _suppress,
    "dp": _dp,
    "exact": _exact,
}
