"""The columns of a party's package: which, how wide, in which order (docs/package.md, "Rows")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from linkage.agreement.model import Agreement, Known
from linkage.dimensions import SEXES

if TYPE_CHECKING:
    from linkage.window import Window

TOKEN = 16
SEED = 16
COUNT = 4  # the u32le in front of the columns
VALUE = np.dtype("<u4")  # an amount of one person in one period


@dataclass(frozen=True)
class Column:
    """A column of fixed width in bytes."""

    name: str
    width: int


@dataclass(frozen=True)
class Layout:
    """What one row of a party's package holds.

    series: keys "party.series" in the agreement's order; undated: those of which only "some time" is known;
    ages: the largest age code, None where the agreement has no ages. amounts: those that hold amounts, each
    with the largest.
    """

    window: Window
    series: tuple[str, ...]
    undated: frozenset[str] = frozenset()
    sex: bool = False
    ages: int | None = None
    seed: bool = False
    amounts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, agreement: Agreement, party: str, *, seed: bool | None = None) -> Self:
        """The layout that the agreement asks this party for. Raises KeyError for an unknown party.

        seed: whether each row carries the person's seed; left out, as the release method says.
        """
        series = agreement.party(party).series
        age = agreement.dimensions.age
        return cls(
            window=agreement.window,
            series=tuple(s.key for s in series),
            undated=frozenset(s.key for s in series if s.known is Known.WINDOW),
            sex=agreement.dimensions.sex,
            ages=None if age is None else len(age.pieces),
            seed=agreement.release.method == "cellkey" if seed is None else seed,
            amounts={s.key: s.value.max for s in series if s.value},
        )

    @cached_property
    def bits(self) -> np.dtype[np.unsignedinteger[Any]]:
        """The type of a presence column."""
        return self.window.dtype

    @property
    def largest_sex(self) -> int:
        """The largest code of a sex."""
        return len(SEXES) - 1

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order; a series has a dot in its name, so it is never taken for a token.

        A series of amounts has a column for each period: "party.series 2020-01".
        """
        own = [Column("token", TOKEN)]
        own += [Column("seed", SEED)] if self.seed else []
        own += [Column("sex", 1)] if self.sex else []
        own += [Column("age", 1)] if self.ages is not None else []
        for key in self.series:
            if key in self.amounts:
                own += [Column(f"{key} {period}", VALUE.itemsize) for period in self.window.labels]
            else:
                own.append(Column(key, self.bits.itemsize))
        return tuple(own)

    @cached_property
    def presence(self) -> tuple[str, ...]:
        """The series that tell who was there."""
        return tuple(key for key in self.series if key not in self.amounts)

    @cached_property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return sum(c.width for c in self.columns)

    def rows_in(self, size: int) -> int:
        """The most rows that a part of so many bytes holds."""
        return (size - COUNT) // self.row_bytes

    def size_of(self, rows: int) -> int:
        """Bytes of so many rows with their count, before padding."""
        return COUNT + rows * self.row_bytes

    def to_json(self) -> list[list[str | int]]:
        """The columns as they stand in a header: [name, width] in order."""
        return [[c.name, c.width] for c in self.columns]


def columns(value: object) -> tuple[Column, ...]:
    """The columns of a header. Raises ValueError where the value is no list of columns."""
    if not isinstance(value, list) or not value:
        raise ValueError("no columns")
    found = []
    for item in value:
        match item:
            case [str(name), int(width)] if not isinstance(width, bool) and name and 1 <= width <= 16:
                found.append(Column(name, width))
            case _:
                raise ValueError("not a column")
    return tuple(found)
