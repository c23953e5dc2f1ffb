"""People and the true answers about them as typed values.

People are made by the match, one block at a time; Figures by the engine when the tables of all blocks are
added. Figures never leave the matcher: only `linkage.release.control` turns them into something that may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from linkage.measures.model import Measure

Bits: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
"""One presence bitmap per person, shape (n,), of the window's dtype."""


@dataclass(frozen=True)
class People:
    """All people of one block, all parties side by side; n people.

    presence: series key → Bits, shape (n,); sex: codes of `dimensions.SEXES`; age: piece codes of `Ages`;
    zeros where the agreement has no such dimension. amounts: key of a series that holds amounts → uint32,
    shape (n, periods). record_keys: uint32, shape (n,), where the release's method asks for them. members:
    name of a party → whether it sent a row of the person, shape (n,), where atoms are asked for. Never
    printed, never kept beyond the block.
    """

    n: int
    presence: Mapping[str, Bits]
    sex: npt.NDArray[np.uint8]
    age: npt.NDArray[np.uint8]
    amounts: Mapping[str, npt.NDArray[np.uint32]] = field(default_factory=dict)
    record_keys: npt.NDArray[np.uint32] | None = None
    members: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<People of one block: {len(self.presence)} series>"


class Note(Enum):
    """Why a row has no value. WITHHELD: to protect people; FEW: fewer than are told, none among them."""

    KNOWN = ""
    EDGE = "edge"
    NO_DATES = "no dates"
    WITHHELD = "withheld"
    FEW = "few"


AxisValue: TypeAlias = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """One axis of a table of counts: its name and the row labels in order, totals ("all") last."""

    name: str
    values: tuple[AxisValue, ...]


@dataclass(frozen=True)
class Sums:
    """Amounts of the people of each cell, in whole units; arrays of the cells' shape.

    total: int64; largest: int64, shape (2, …): the two largest amounts of one person, the larger first.
    """

    total: npt.NDArray[np.int64]
    largest: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """The true counts of one measure: each number that is counted, totals too, nothing that is derived.

    axes, in order: the kind's own first ("part": each part as written, then "unique" · "in": tuples of the
    sets' sources · "lists": 1..n · "role": "value", "of", of an outcome too, "value" alone where `of` is a
    number or places · "from", then "to": the states as written, then "elsewhere" · "length": 1 … periods - 2
    · "offset": -before … after · none for a plain count), then those of `by`: "period" (labels, then "all")
    or "span" (names, then "all"), "sex" (woman, man, other, all), "age" (bands, other, all). A measure
    without period and span has an axis "window" with the one value "all".
    people: int64 of the axes' shape. notes: object array of Note of the same shape, KNOWN where counted.
    record_keys: the sum of the people's record keys modulo 2**32, uint32 of that shape, where they have any.
    A flow counts moves over several periods: who moves twice is there twice, and so is the record key.
    sums: the amounts of a change, else None.
    """

    axes: tuple[Axis, ...]
    people: npt.NDArray[np.int64]
    notes: npt.NDArray[np.object_]
    record_keys: npt.NDArray[np.uint32] | None = None
    sums: Sums | None = None


@dataclass(frozen=True)
class Figures:
    """True answers of a whole round, by measure name. Inside the matcher only."""

    measures: tuple[Measure, ...]
    cells: Mapping[str, Cells]

    def __repr__(self) -> str:
        return f"<Figures of {len(self.measures)} measures>"
