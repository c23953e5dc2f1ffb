"""Packages that are sealed by nothing: what the match needs of them, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from linkage.package.layout import VALUE, Layout
from linkage.package.pairs import Pairs
from linkage.package.rows import Rows
from linkage.tokens import order, words
from tests.oracle_world import Registers, World, age, sex

if TYPE_CHECKING:
    from keys.identity import RoundKey
    from linkage.agreement.model import Agreement

ROUND_KEY = cast("RoundKey", None)
"""Opens a fake."""


def token(person: str) -> bytes:
    """A made-up token of a person."""
    return hashlib.sha256(person.encode()).digest()[:16]


@dataclass
class FakePackage:
    """Rows in memory, given out by ranges as a package gives them."""

    party: str
    layout: Layout
    rows: Rows
    ranges: int = 0
    counted: Mapping[str, object] = field(default_factory=lambda: {"people_counted": 1, "people_total": 1})
    opened: list[int] = field(default_factory=list)
    known: Pairs = field(default_factory=Pairs.none)

    @property
    def pairs(self) -> int:
        """All in one part."""
        return 1 if len(self.known) else 0

    def open_pairs(self, round_key: RoundKey) -> Pairs:  # noqa: ARG002  nothing is sealed
        return self.known

    @property
    def size(self) -> int:
        """As if every part were padded to 64 KiB."""
        return (self.pairs + (1 << self.ranges) + 1) << 16

    @cached_property
    def _starts(self) -> list[int]:
        """Where each range starts, and where the last one ends."""
        high = words(self.rows.tokens)[0]
        firsts = [i << 64 - self.ranges for i in range(1 << self.ranges)]
        return [*np.searchsorted(high, np.array(firsts, np.uint64)).tolist(), len(high)]

    def open_range(self, index: int, round_key: RoundKey) -> Rows:  # noqa: ARG002  nothing is sealed
        self.opened.append(index)
        return self.rows.slice(self._starts[index], self._starts[index + 1])

    def summary(self, round_key: RoundKey) -> Mapping[str, object]:  # noqa: ARG002  nor here
        return self.counted


def rows_of(
    tokens: list[bytes],
    layout: Layout,
    columns: Mapping[str, list[int]],
    amounts: Mapping[str, list[list[int]]] | None = None,
) -> Rows:
    """Rows of the columns given by name ("sex", "age", series keys), sorted by token.

    amounts: series key → for each person the amounts by period.
    """
    table = np.frombuffer(b"".join(tokens), np.uint8).reshape(-1, 16)
    own = {name: np.array(values, np.uint8) for name, values in columns.items() if name in ("sex", "age")}
    presence = {key: np.array(columns[key], layout.bits) for key in layout.presence}
    paid = {
        key: np.array((amounts or {})[key], VALUE).reshape(len(tokens), len(layout.window))
        for key in layout.amounts
    }
    return Rows(table, presence, sex=own.get("sex"), age=own.get("age"), amounts=paid).take(order(table))


def packages(
    registers: Registers, agreement: Agreement, ranges: Mapping[str, int] | None = None
) -> list[FakePackage]:
    """What each party would send: one row per person whom it has, or has paid, in some period."""
    world = World(registers, agreement)
    found = []
    for party in agreement.parties:
        layout = Layout.of(agreement, party.name)
        mine = {key: world.there[key] for key in layout.presence}
        paid = {key: world.amounts[key] for key in layout.amounts}
        people = sorted(
            {x for periods in mine.values() for those in periods for x in those}
            | {x for periods in paid.values() for those in periods for x in those}
        )
        columns: dict[str, list[int]] = {
            key: [sum(1 << p for p, there in enumerate(periods) if x in there) for x in people]
            for key, periods in mine.items()
        }
        if agreement.dimensions.sex:
            columns["sex"] = [1 if sex(x) == "woman" else 2 for x in people]
        if ages := agreement.dimensions.age:
            years = [age(x, ages.on) for x in people]
            columns["age"] = [
                next((i for i, piece in enumerate(ages.pieces, 1) if piece.low <= y <= piece.high), 0)
                for y in years
            ]
        amounts = {
            key: [[those.get(x, 0) for those in periods] for x in people] for key, periods in paid.items()
        }
        rows = rows_of([token(x) for x in people], layout, columns, amounts)
        found.append(FakePackage(party.name, layout, rows, (ranges or {}).get(party.name, 0)))
    return found
