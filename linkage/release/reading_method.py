"""How a release says that it was protected: the method and its parameters, and what the audit attacked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from linkage.agreement.model import ReleaseRule
from linkage.agreement.release_rule import LEAST_THRESHOLD, TRUST
from linkage.errors import PackageError
from linkage.release import reading_dp
from linkage.release.reading import BadReleaseError, Node
from linkage.release.tables import HIDDEN, LENGTH_TOTALS

if TYPE_CHECKING:
    from linkage.release.rows import Row
    from linkage.release.tables import Table

_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


class UnknownReleaseError(PackageError):
    """A release of another version of the format, or by a method that this version does not know."""

    hint = "read it with a newer version of this program"


@dataclass(frozen=True)
class AuditFacts:
    """views: who was taken to read the release; width: as agreed (suppress), js + 1 (cellkey).

    Two worlds keep each number that must be protected so far apart, under cellkey by one less.
    """

    views: tuple[str, ...]
    width: int


def method(node: Node) -> ReleaseRule:
    """The method and every parameter of it, as written."""
    name = node.names().get("name", Node(None, f"{node.where}.name")).text()
    Node(name, f"{node.where}.name").among(_METHODS)
    return ReleaseRule(name, _METHODS[name](node))


def audit(node: Node, rule: ReleaseRule) -> AuditFacts | None:
    """What was attacked; None of exact figures, which are not audited, and of drawn ones: see reading_dp.

    No others are told unaudited.
    """
    if rule.method == "dp":
        return None
    if rule.method == "exact":
        if node.members(("audited",))["audited"].flag():
            raise BadReleaseError(
                "not a release: {where} says that exact figures were audited", where=node.where
            )
        return None
    found = node.members(("audited", "views", "width"))
    if not found["audited"].flag():
        raise BadReleaseError(
            "not a release: {where} says that protected figures were not audited", where=node.where
        )
    views = found["views"].texts()
    if not views:
        raise BadReleaseError("not a release: {where} is missing", where=found["views"].where)
    return AuditFacts(views, found["width"].whole(1))


def fits(table: Table, rule: ReleaseRule) -> bool:
    """Whether a table tells nothing that its method would not: no number below the threshold, or nobody."""
    if rule.method == "exact":
        return all(row.get("note") != "few" for row in table.rows)
    if rule.method == "dp":
        hidden = any(row.get("note") in HIDDEN for row in table.rows)
        return not hidden and all(number >= 0 for row in table.rows for number in _people(table, row))
    numbers = [number for row in table.rows for number in _people(table, row)]
    if rule.method == "suppress":
        few = any(row.get("note") == "few" for row in table.rows)
        return not few and not any(0 < number < rule.threshold for number in numbers)
    return all(number >= rule.threshold for number in numbers)


def _people(table: Table, row: Row) -> Iterator[int | Decimal]:
    """The numbers of people of a row. What one sum has more than another is none, nor is an amount."""
    derived = row.get("part") == "surplus" or row.get("length") in LENGTH_TOTALS
    names = () if derived else ("people",) if table.kind == "change" else ("value", "of")
    for name in names:
        value = row.get(name)
        if isinstance(value, int | Decimal) and (name != "of" or table.counts_of):
            yield value


def _exact(node: Node) -> dict[str, str | int]:
    agreed = node.members(("name", "agreed"))["agreed"]
    if not agreed.text().strip():
        raise BadReleaseError("not a release: {where} is missing", where=agreed.where)
    return {"agreed": agreed.text()}


def _suppress(node: Node) -> dict[str, str | int]:
    """The parameters within the bounds that an agreement has too."""
    found = node.members(("name", "threshold", "width", "trust"))
    return {
        "threshold": found["threshold"].whole(LEAST_THRESHOLD),
        "width": found["width"].whole(1),
        "trust": found["trust"].among((TRUST,)),
    }


def _cellkey(node: Node) -> dict[str, str | int]:
    """The parameters within the bounds that an agreement has too."""
    found = node.members(("name", "threshold", "D", "variance", "js", "trust"))
    js = found["js"].whole(0)
    return {
        "threshold": found["threshold"].whole(max(LEAST_THRESHOLD, js + 1)),
        "D": found["D"].whole(max(1, 2 * js)),
        "variance": _above_zero(found["variance"]),
        "js": js,
        "trust": found["trust"].among((TRUST,)),
    }


def _above_zero(node: Node) -> str | int:
    """A whole number, or a decimal one as text, as agreements write them."""
    if not isinstance(node.value, str):
        return node.whole(1)
    if Fraction(node.matching(_DECIMAL)) <= 0:
        raise BadReleaseError("not a release: {where} is not written as it should be", where=node.where)
    return node.text()


_METHODS: Final[Mapping[str, Callable[[Node], dict[str, str | int]]]] = {
    "exact": _exact,
    "suppress": _suppress,
    "cellkey": _cellkey,
    "dp": reading_dp.rule,
}
