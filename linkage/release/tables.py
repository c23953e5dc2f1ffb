"""The tables of a release: what each asks, and how its rows are labelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from linkage.release.counts import ALL, MEAN
from linkage.release.rows import Row, Scalar, combinations, ends

NOTES: Final = ("edge", "no dates", "withheld", "few")
HIDDEN: Final = ("withheld", "few")
"""Notes of numbers that are there and are not told."""
AMOUNT_STEP: Final = 100
"""Where counts are moved, mean amounts are told in multiples of so many units."""
PART_TOTALS: Final = ("sum", "unique", "surplus")
LENGTH_TOTALS: Final = (MEAN, "median")
OFFSET_TOTALS: Final = ("level", MEAN)
ELSEWHERE: Final = "elsewhere"
DIMENSIONS: Final = ("period", "span", "sex", "age")
KINDS: Final = ("count", "overlap", "howmany", "share", "flow", "outcome", "duration", "change")
FOLLOWS: Final = ("at", "within", "for")

_OWN_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "overlap": ("in",),
    "howmany": ("lists",),
    "flow": ("from", "to"),
    "duration": ("length",),
    "change": ("offset",),
}


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

    asked: the expression that is counted (count, share), left (outcome), stayed in (duration) or that brings
    the event (change); items: the parts, sets, lists or states, as written; covered: everybody whom `asked`
    counts is, by the way it is written, in one of the parts; of: an expression, or a mean from elsewhere,
    whose `source` says where; places: the places that a share is of, and then `of` is None. outside: people
    of `asked` may be none of `of`. target: per cent. against: the span to compare with.
    every: periods between departure and arrival of a flow. to: where those who left are looked for; follow:
    "at", "within" or "for" `k` periods. longest: periods of the longest stay that can be seen. amount: the
    series that holds the amounts of a change, in `unit`, none above `most`, told for `before` and `after`
    periods around. known: the first and the last period in which all that is asked is known, where these are
    not all; empty where none is. An outcome's are those of leaving, a flow's of departure, a change's of the
    event.
    drawn: rows hold the ends of the interval of each number that is counted, or made of such.
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
    places: int | None = None
    source: str | None = None
    target: int | Decimal | None = None
    outside: bool = False
    against: str | None = None
    every: int | None = None
    to: str | None = None
    follow: str | None = None
    k: int | None = None
    longest: int | None = None
    amount: str | None = None
    unit: str | None = None
    before: int | None = None
    after: int | None = None
    most: int | None = None
    known: tuple[str, ...] | None = None
    drawn: bool = False

    @property
    def time(self) -> str | None:
        """ "period", "span" or None."""
        return next((d for d in self.dimensions if d in ("period", "span")), None)

    @property
    def rated(self) -> bool:
        """Whether rows have `of` and `percent`."""
        return self.kind in ("share", "outcome")

    @property
    def counts_of(self) -> bool:
        """Whether `of` is counted, and not a number of the table."""
        return isinstance(self.of, str) or self.kind == "outcome"

    @property
    def own_keys(self) -> tuple[str, ...]:
        """The keys that rows of this kind have of their own: none, one, or "from" and "to" of a flow."""
        if self.kind == "count" and self.items:
            return ("part",)
        return _OWN_KEYS.get(self.kind, ())

    @cached_property
    def owns(self) -> tuple[tuple[Scalar, ...], ...]:
        """The values of the own keys, one tuple for each row of a place, in order; one empty where none."""
        if self.kind == "flow":
            states = (*self.items, ELSEWHERE)
            return tuple((start, end) for start in states for end in states)
        return tuple((value,) for value in self.own) if self.own_keys else ((),)

    @property
    def own_key(self) -> str | None:
        """The own key of a kind that has exactly one."""
        return self.own_keys[0] if len(self.own_keys) == 1 else None

    @property
    def own(self) -> tuple[Scalar, ...]:
        """The values of the one own key, in order; one None where there is none, or two."""
        match self.own_key:
            case "part":
                return (*self.items, *PART_TOTALS)
            case "in":
                return combinations(self.items)
            case "lists":
                return tuple(range(1, len(self.items) + 1))
            case "length":
                return (*range(1, (self.longest or 0) + 1), *LENGTH_TOTALS)
            case "offset":
                return (*range(-(self.before or 0), (self.after or 0) + 1), *OFFSET_TOTALS)
            case _:
                return (None,)

    @property
    def values(self) -> tuple[str, ...]:
        """The keys of a row's numbers, in order."""
        people = ("people",) if self.kind == "change" else ()
        share = ("of", "percent") if self.rated else ()
        target = ("target", "difference") if self.target is not None else ()
        return ("value", *people, *share, *target, *(("against", "change") if self.against else ()))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The keys of all that stands in a row beside labels and note, in order: values with their ends."""
        return tuple(name for key in self.values for name in (key, *self.ends(key)))

    def ends(self, key: str) -> tuple[str, ...]:
        """The keys of the ends of a value's interval; none where it has none."""
        certain = key == "target" or (key == "of" and not self.counts_of)
        return ends(key) if self.drawn and not certain else ()

    def interval(self, row: Row, key: str) -> tuple[int | Decimal | None, int | Decimal | None] | None:
        """The ends of the interval of a number; None on a side without end; none at all where it has none."""
        if row[key] is None or not self.ends(key):
            return None
        low, high = (row[name] for name in self.ends(key))
        return _number(low), _number(high)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a row's labels, in order."""
        return (*(d for d in DIMENSIONS if d in self.dimensions), *self.own_keys)

    def pick(self, **labels: Scalar) -> list[Row]:
        """The rows with these labels; a dimension that is not named is at its total "all"."""
        wanted = {d: labels.get(d, "all") for d in self.keys if d in DIMENSIONS or d in labels}
        return [row for row in self.rows if all(row[key] == label for key, label in wanted.items())]

    def number(self, key: str = "value", /, **labels: Scalar) -> int | Decimal | None:
        """A number of the row with these labels, the own keys among them; dimensions not named: "all".

        None where it is unknown, withheld or few, and where there is no such row.
        """
        row = self.row(**labels)
        value = row[key] if row else None
        return value if isinstance(value, int | Decimal) else None

    def row(self, **labels: Scalar) -> Row | None:
        """The row with these labels, as `number` reads them; None where there is no such row."""
        return self._by_labels.get(tuple(labels.get(d, ALL) for d in self.keys))

    @cached_property
    def _by_labels(self) -> dict[tuple[Scalar, ...], Row]:
        return {tuple(row[key] for key in self.keys): row for row in self.rows}


def _number(value: Scalar) -> int | Decimal | None:
    return value if isinstance(value, int | Decimal) else None
