"""A table of release.json, read strictly: what it asks, and its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from linkage.release.counts import ALL, MEAN
from linkage.release.reading import BadReleaseError, Node
from linkage.release.rows import Row, Scalar, places
from linkage.release.tables import ELSEWHERE, FOLLOWS, KINDS, NOTES, PART_TOTALS, Scale, Table

MAX_SETS: Final = 8

_Found = Mapping[str, Node]
_MEMBERS: Final = {
    "count": (("count",), ("parts", "covered", "against", "known")),
    "overlap": (("overlap",), ("against", "known")),
    "howmany": (("howmany",), ("against", "known")),
    "share": (("share", "of"), ("source", "target", "outside", "against", "known")),
    "flow": (("flow", "every"), ("against", "known")),
    "outcome": (("leaving", "to"), (*FOLLOWS, "target", "against", "known")),
    "duration": (("duration",), ()),
    "change": (("change", "unit", "max", "around", "before", "after"), ("known",)),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def read(node: Node, scale: Scale, *, drawn: bool) -> Table:
    """A table of release.json. drawn: its numbers have intervals. Raises BadReleaseError."""
    kind = node.names().get("kind", Node(None, f"{node.where}.kind")).among(KINDS)
    required, optional = _MEMBERS[kind]
    found = node.members(("measure", "kind", "title", "dimensions", *required, "rows"), optional)
    table = Table(
        measure=found["measure"].matching(_NAME),
        kind=kind,
        title=found["title"].text(),
        dimensions=_dimensions(found["dimensions"], scale, timed=kind not in ("duration", "change")),
        rows=(),
        target=found["target"].number() if "target" in found else None,
        against=found["against"].among((*scale.spans, ALL)) if "against" in found else None,
        known=_known(found["known"], scale.periods) if "known" in found else None,
        drawn=drawn,
        **_ASKED[kind](found, scale),
    )
    if not _sound(table, found, scale):
        raise BadReleaseError("not a release: {where} asks what no measure asks", where=node.where)
    return replace(table, rows=_Rows(table, scale).read(found["rows"]))


def _dimensions(node: Node, scale: Scale, *, timed: bool) -> tuple[str, ...]:
    dimensions = node.texts()
    allowed = {"period", "span"} if timed else set()
    allowed |= ({"sex"} if scale.sex else set()) | ({"age"} if scale.bands else set())
    if set(dimensions) - allowed or {"period", "span"} <= set(dimensions):
        raise BadReleaseError("not a release: {where} is none of what it may be", where=node.where)
    return dimensions


def _known(node: Node, periods: tuple[str, ...]) -> tuple[str, ...]:
    """The first and the last of some periods, but not of all; or nothing."""
    ends = tuple(item.among(periods) for item in node.items())
    at = [periods.index(end) for end in ends]
    if len(at) not in (0, 2) or at != sorted(at) or at == [0, len(periods) - 1]:
        raise BadReleaseError("not a release: {where} is no run of periods", where=node.where)
    return ends


def _sound(table: Table, found: _Found, scale: Scale) -> bool:
    """Whether the members fit each other and the window, as those of every measure do."""
    around = 0 if table.before is None or table.after is None else table.before + table.after
    return (
        ("parts" in found) == ("covered" in found)
        and ("source" in found) == isinstance(table.of, int)
        and not (table.outside and not isinstance(table.of, str))
        and not (table.against and table.time != "span")
        and not (table.kind == "outcome" and sum(name in found for name in FOLLOWS) != 1)
        and (table.longest is None or table.longest >= 1)
        and around < len(scale.periods)
    )


# -- what each kind asks ----------------------------------------------------------------------------------


def _count(found: _Found, _: Scale) -> dict[str, Any]:
    parts = {"items": _items(found["parts"], PART_TOTALS)} if "parts" in found else {}
    covered = found["covered"].flag() if "covered" in found else False
    return {"asked": found["count"].text(), "covered": covered} | parts


def _overlap(found: _Found, _: Scale) -> dict[str, Any]:
    return {"items": _items(found["overlap"], PART_TOTALS, MAX_SETS)}


def _howmany(found: _Found, _: Scale) -> dict[str, Any]:
    return {"items": _items(found["howmany"], PART_TOTALS)}


def _share(found: _Found, _: Scale) -> dict[str, Any]:
    return {
        "asked": found["share"].text(),
        "source": found["source"].text() if "source" in found else None,
        "outside": found["outside"].flag() if "outside" in found else False,
    } | _of(found["of"])


def _of(node: Node) -> dict[str, Any]:
    if not isinstance(node.value, dict):
        return {"of": node.text()}
    if "places" in node.value:
        return {"places": node.members(("places",))["places"].whole(0)}
    return {"of": node.members(("mean",))["mean"].whole(0)}


def _flow(found: _Found, _: Scale) -> dict[str, Any]:
    return {"items": _items(found["flow"], (ELSEWHERE,)), "every": found["every"].whole(1)}


def _outcome(found: _Found, scale: Scale) -> dict[str, Any]:
    asked: dict[str, Any] = {"asked": found["leaving"].text(), "to": found["to"].text()}
    for name in FOLLOWS:
        if name in found:
            least = 1 if name == "for" else 0
            asked |= {"follow": name, "k": found[name].whole(least, len(scale.periods) - 1)}
    return asked


def _duration(found: _Found, scale: Scale) -> dict[str, Any]:
    return {"asked": found["duration"].text(), "longest": len(scale.periods) - 2}


def _change(found: _Found, _: Scale) -> dict[str, Any]:
    return {
        "asked": found["around"].text(),
        "amount": found["change"].text(),
        "unit": found["unit"].text(),
        "most": found["max"].whole(1),
        "before": found["before"].whole(1),
        "after": found["after"].whole(1),
    }


def _items(node: Node, reserved: tuple[str, ...], most: int | None = None) -> tuple[str, ...]:
    items = node.texts()
    if not items or set(items) & set(reserved) or (most is not None and len(items) > most):
        raise BadReleaseError("not a release: {where} is none of what it may be", where=node.where)
    return items


_ASKED: Final[Mapping[str, Callable[[_Found, Scale], dict[str, Any]]]] = {
    "count": _count,
    "overlap": _overlap,
    "howmany": _howmany,
    "share": _share,
    "flow": _flow,
    "outcome": _outcome,
    "duration": _duration,
    "change": _change,
}

# -- rows -------------------------------------------------------------------------------------------------


class _Rows:
    """Reads the rows of one table: every label one of the scale's, every number of its kind."""

    def __init__(self, table: Table, scale: Scale) -> None:
        self._table = table
        every = places(table.dimensions, scale.periods, scale.spans, scale.bands)
        self._labels: dict[str, set[Scalar]] = {
            table.time or "period": {p.time for p in every},
            "sex": {p.sex for p in every},
            "age": {p.age for p in every},
        }
        for i, key in enumerate(table.own_keys):
            self._labels[key] = {values[i] for values in table.owns}
        self._keys = (*table.keys, *table.numbers)

    def read(self, node: Node) -> tuple[Row, ...]:
        return tuple(self._row(item) for item in node.items())

    def _row(self, node: Node) -> Row:
        found = node.members(self._keys, ("note",))
        row: dict[str, Scalar] = {}
        for key in self._table.keys:
            label = _label(key, found[key])
            if label not in self._labels[key]:
                raise BadReleaseError(
                    "not a release: {where} is none of what it may be", where=found[key].where
                )
            row[key] = label
        for key in self._table.values:
            row[key] = self._number(key, found[key], row)
            row |= self._ends(key, found, row)
        if "note" in found:
            row["note"] = found["note"].among(NOTES)
        if not self._noted(row):
            raise BadReleaseError(
                "not a release: {where} needs a note, or has one too many", where=node.where
            )
        return row

    def _number(self, key: str, node: Node, row: Row) -> int | Decimal | None:
        if key == "target":
            return _same(node, self._table.target)
        if key == "of" and not self._table.counts_of:
            return _same(node, self._constant(row))
        if node.value is None:
            return None
        if key in ("percent", "difference") or (self._table.rated and key in ("against", "change")):
            return node.tenth()
        if key == "people":
            return node.whole(0)
        if row.get("period") == MEAN or row.get("length") in (MEAN, "median"):
            return node.tenth()
        return node.whole()

    def _ends(self, key: str, found: Mapping[str, Node], row: Row) -> Row:
        """The ends of a number's interval, in which it lies itself; none where it is none."""
        names = self._table.ends(key)
        ends = {name: self._number(key, found[name], row) for name in names}
        value = row[key]
        for name, sign in zip(names, (1, -1), strict=False):
            end = ends[name]
            if end is not None and not (isinstance(value, int | Decimal) and sign * end <= sign * value):
                raise BadReleaseError(
                    "not a release: {where} is no end of an interval of its number", where=found[name].where
                )
        return ends

    def _constant(self, row: Row) -> int | None:
        """What stands in `of` of this row: places in each period, a mean beside the mean alone."""
        time = row.get("period")
        if self._table.places is not None:
            return None if time in (None, ALL) else self._table.places
        return self._table.of if time == MEAN and isinstance(self._table.of, int) else None

    def _noted(self, row: Row) -> bool:
        """Whether a note stands where a number is missing that should be there, and nowhere else."""
        noted = "note" in row
        if row.get("length") in (MEAN, "median"):
            return not noted or row["value"] is None  # of nobody there is none, and nothing to say of it
        if self._table.kind == "change":
            missing = row["people"] is None or (row["value"] is None and row["people"] != 0)
        else:
            missing = row["value"] is None or (self._table.counts_of and row["of"] is None)
        return noted == missing


def _label(key: str, node: Node) -> Scalar:
    if key == "in":
        return node.texts()
    if key == "lists":
        return node.whole(1)
    if key in ("length", "offset") and not isinstance(node.value, str):
        return node.whole()
    return node.text()


def _same(node: Node, value: int | Decimal | None) -> int | Decimal | None:
    """The number that the table names for all its rows, or none where it has none there."""
    if (node.value is None) != (value is None) or (value is not None and node.number() != value):
        raise BadReleaseError("not a release: {where} is not that of its table", where=node.where)
    return value
