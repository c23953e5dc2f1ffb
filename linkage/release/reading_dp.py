"""What a release by method dp says of itself, read strictly: its rule, and the account of its noise."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from linkage.agreement.release_rule import (
    LARGEST_DELTA,
    LARGEST_EPSILON,
    LARGEST_FAMILY_DELTA,
    LARGEST_FAMILY_EPSILON,
)
from linkage.release.reading import BadReleaseError

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule
    from linkage.release.reading import Node

MECHANISMS: Final = ("laplace", "gaussian")
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,20})?")
_SCALE = re.compile(r"[0-9]{1,15}\.[0-9]{1,20}|[0-9](\.[0-9]{1,20})?e[+-][0-9]{2,3}")


@dataclass(frozen=True)
class Accounting:
    """What the bound follows from. scale: of the noise of one cell; cells: measure → its share of the reach.

    laplace: in how many cells of the measure one person counts at most; gaussian: the sum of the squares of
    how often in each.
    """

    scale: float
    cells: Mapping[str, int]

    @property
    def reach(self) -> int:
        """Of all measures together."""
        return sum(self.cells.values())


def rule(node: Node) -> dict[str, str | int]:
    """The parameters, within the bounds that an agreement has too."""
    names = node.names()
    mechanism = names["mechanism"].text() if "mechanism" in names else ""
    delta = ("delta", "family_delta") if mechanism == "gaussian" else ()
    found = node.members(("name", "epsilon", "family_epsilon", "mechanism", *delta))
    parameters: dict[str, str | int] = _budget(found, "epsilon", LARGEST_EPSILON, LARGEST_FAMILY_EPSILON)
    parameters["mechanism"] = found["mechanism"].among(MECHANISMS)
    if delta:
        parameters |= _budget(found, "delta", LARGEST_DELTA, LARGEST_FAMILY_DELTA)
    return parameters


def accounting(node: Node, by: ReleaseRule, measures: Collection[str]) -> Accounting:
    """The account, of just these measures; refused where it does not give the promised bound."""
    found = node.members(("audited", "accounting"))
    if found["audited"].flag():
        raise BadReleaseError(
            "not a release: {where} says that figures with noise were audited", where=node.where
        )
    told = found["accounting"].members(("scale", "cells"))
    scale = float(told["scale"].matching(_SCALE))
    cells = {name: item.whole(0) for name, item in told["cells"].names().items()}
    account = Accounting(scale, MappingProxyType(cells))
    if cells.keys() != set(measures) or not _bounded(account, by):
        raise BadReleaseError(
            "not a release: {where} does not give the agreed bound", where=found["accounting"].where
        )
    return account


def _bounded(account: Accounting, by: ReleaseRule) -> bool:
    """Whether noise of this scale can give the bound.

    laplace: it does. gaussian: no tighter account than that of the mechanism itself, one number alone, lets
    noise be less than this; OpenDP accounted for it where it was drawn.
    """
    if not math.isfinite(account.scale) or account.scale <= 0:
        return False
    if by.mechanism == "laplace":
        return Fraction(account.reach) <= Fraction(account.scale) * by.epsilon * (1 + Fraction(1, 10**12))
    apart = math.sqrt(account.reach) / account.scale
    return _lost(apart, float(by.epsilon)) <= float(by.delta) * (1 + 1e-6)


def _lost(apart: float, epsilon: float) -> float:
    """δ of a Gaussian mechanism whose mean moves by so many standard deviations (Balle and Wang 2018)."""
    if apart == 0:
        return 0.0
    near, far = apart / 2 - epsilon / apart, -apart / 2 - epsilon / apart
    return _below(near) - math.exp(epsilon) * _below(far)


def _below(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def _budget(
    found: Mapping[str, Node], key: str, high: Fraction | int, family_high: Fraction | int
) -> dict[str, str | int]:
    family = f"family_{key}"
    one, every = found[key].matching(_DECIMAL), found[family].matching(_DECIMAL)
    if not 0 < Fraction(one) <= high or not Fraction(one) <= Fraction(every) <= family_high:
        raise BadReleaseError("not a release: {where} is none of what it may be", where=found[family].where)
    return {key: one, family: every}
