"""The tables of a release: what each asks, and its rows, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from linkage.release.counts import ALL, MEAN
from linkage.release.reading import BadReleaseError, Node
from linkage.release.rows import Row, Scalar, combinations, places

NOTES: Final = ("edge", "no dates", "withheld")
PART_TOTALS: Final = ("sum", "unique", "surplus")
DIMENSIONS: Final = ("period", "span", "sex", "age")
KINDS: Final = ("count", "overlap", "howmany", "share")
SETS: Final = ("overlap", "howmany")
MAX_SETS: Final = 8

_MEMBERS: Final = {
    "count": (("count",), ("parts", "covered")),
    "overlap": (("overlap",), ()),
    "howmany": (("howmany",), ()),
    "share": (("share", "of"), ("source", "target", "outside")),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Scale:
    """The labels that rows of a release may have: periods, names of spans, names of age bands; in order."""

    periods: tuple[str, ...]
    spans: tuple[str, ...]
    sex: bool
    bands: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One measure and its rows.

    asked: the expression counted, of count and share; items: the parts, sets or lists, as written; covered:
    everybody whom `asked` counts is, by the way it is written, in one of the parts; of: an expression, or a
    mean from elsewhere, whose `source` says where. outside: people of `asked` may
    be none of `of`. target: per cent. against: the span to compare with.
    rows: flat, in the order of docs/release.md, every combination of labels once; numbers are int or Decimal.
    """

    measure: str
    kind: str
    title: str
    dimensions: tuple[str, ...]
    rows: tuple[Row, ...]
    asked: str | None = None
    items: tuple[str, ...] = ()
    covered: bool = False
    of: str | int | None = None
    source: str | None = None
    target: int | Decimal | None = None
    outside: bool = False
    against: str | None = None

    @property
    def time(self) -> str | None:
        """ "period", "span" or None."""
        return next((d for d in self.dimensions if d in ("period", "span")), None)

    @property
    def own_key(self) -> str | None:
        """The key that rows of this kind have of their own."""
        if self.kind == "count":
            return "part" if self.items else None
        return {"overlap": "in", "howmany": "lists"}.get(self.kind)

    @property
    def own(self) -> tuple[Scalar, ...]:
        """The values of the kind's own key, in order; one None where it has none."""
        match self.own_key:
            case "part":
                return (*self.items, *PART_TOTALS)
            case "in":
                return combinations(self.items)
            case "lists":
                return tuple(range(1, len(self.items) + 1))
            case _:
                return (None,)

    @property
    def values(self) -> tuple[str, ...]:
        """The keys of a row's numbers, in order."""
        share = ("of", "percent") if self.kind == "share" else ()
        target = ("target", "difference") if self.target is not None else ()
        return ("value", *share, *target, *(("against", "change") if self.against else ()))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a row's labels, in order."""
        own = (self.own_key,) if self.own_key else ()
        return (*(d for d in DIMENSIONS if d in self.dimensions), *own)

    def pick(self, **labels: Scalar) -> list[Row]:
        """The rows with these labels; a dimension that is not named is at its total "all"."""
        wanted = {d: labels.get(d, "all") for d in self.keys if d in DIMENSIONS or d in labels}
        return [row for row in self.rows if all(row[key] == label for key, label in wanted.items())]

    def number(self, key: str = "value", /, **labels: Scalar) -> int | Decimal | None:
        """A number of the row with these labels, the own key among them; dimensions not named: "all".

        None where it is unknown or withheld, and where there is no such row.
        """
        row = self._by_labels.get(tuple(labels.get(d, ALL) for d in self.keys))
        value = row[key] if row else None
        return value if isinstance(value, int | Decimal) else None

    @cached_property
    def _by_labels(self) -> dict[tuple[Scalar, ...], Row]:
        return {tuple(row[key] for key in self.keys): row for row in self.rows}


def read(node: Node, scale: Scale) -> Table:
    """A table of release.json. Raises BadReleaseError."""
    kind = node.names().get("kind", Node(None, f"{node.where}.kind")).among(KINDS)
    required, optional = _MEMBERS[kind]
    found = node.members(
        ("measure", "kind", "title", "dimensions", *required, "rows"), (*optional, "against")
    )
    table = Table(
        measure=found["measure"].matching(_NAME),
        kind=kind,
        title=found["title"].text(),
        dimensions=_dimensions(found["dimensions"], scale),
        rows=(),
        asked=found[kind].text() if kind in ("count", "share") else None,
        items=_items(found["parts" if kind == "count" else kind]) if "parts" in found or kind in SETS else (),
        covered=found["covered"].flag() if "covered" in found else False,
        of=_of(found["of"]) if kind == "share" else None,
        source=found["source"].text() if "source" in found else None,
        target=found["target"].number() if "target" in found else None,
        outside=found["outside"].flag() if "outside" in found else False,
        against=found["against"].among((*scale.spans, ALL)) if "against" in found else None,
    )
    if ("parts" in found) != ("covered" in found) or (table.against and table.time != "span"):
        raise BadReleaseError("not a release: {where} asks what no measure asks", where=node.where)
    return replace(table, rows=_Rows(table, scale).read(found["rows"]))


def _dimensions(node: Node, scale: Scale) -> tuple[str, ...]:
    dimensions = node.texts()
    allowed = {"period", "span"} | ({"sex"} if scale.sex else set()) | ({"age"} if scale.bands else set())
    if set(dimensions) - allowed or {"period", "span"} <= set(dimensions):
        raise BadReleaseError("not a release: {where} is none of what it may be", where=node.where)
    return dimensions


def _items(node: Node) -> tuple[str, ...]:
    items = node.texts()
    if (
        not items
        or set(items) & set(PART_TOTALS)
        or (node.where.endswith("overlap") and len(items) > MAX_SETS)
    ):
        raise BadReleaseError("not a release: {where} is none of what it may be", where=node.where)
    return items


def _of(node: Node) -> str | int:
    if isinstance(node.value, dict):
        return node.members(("mean",))["mean"].whole(0)
    return node.text()


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
        self._own = set(table.own)
        self._keys = (*table.keys, *table.values)

    def read(self, node: Node) -> tuple[Row, ...]:
        return tuple(self._row(item) for item in node.items())

    def _row(self, node: Node) -> Row:
        found = node.members(self._keys, ("note",))
        row: dict[str, Scalar] = {}
        for key in self._table.keys:
            label = self._label(key, found[key])
            if label not in (self._own if key == self._table.own_key else self._labels[key]):
                raise BadReleaseError(
                    "not a release: {where} is none of what it may be", where=found[key].where
                )
            row[key] = label
        row |= {key: self._number(key, found[key], row) for key in self._table.values}
        if self._unknown(row) != ("note" in found):
            raise BadReleaseError(
                "not a release: {where} needs a note, or has one too many", where=node.where
            )
        if "note" in found:
            row["note"] = found["note"].among(NOTES)
        return row

    def _label(self, key: str, node: Node) -> Scalar:
        if key == "in":
            return node.texts()
        return node.whole(1) if key == "lists" else node.text()

    def _number(self, key: str, node: Node, row: Row) -> int | Decimal | None:
        constant = key == "of" and isinstance(self._table.of, int)
        mean = row.get("period") == MEAN
        if key == "target" or (constant and mean):
            if node.number() != (self._table.target if key == "target" else self._table.of):
                raise BadReleaseError("not a release: {where} is not that of its table", where=node.where)
            return node.number()
        if node.value is None:
            return None
        if key in ("percent", "difference") or (mean and not constant) or self._change_of_percent(key):
            return node.tenth()
        return node.whole()

    def _change_of_percent(self, key: str) -> bool:
        return self._table.kind == "share" and key in ("against", "change")

    def _unknown(self, row: Row) -> bool:
        of = isinstance(self._table.of, str) and row["of"] is None
        return row["value"] is None or of
