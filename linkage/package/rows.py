"""Rows of people, and the bytes that they are inside a part: one column after the other, little-endian."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.measures.model import Bits
from linkage.package.errors import PartError
from linkage.package.layout import COUNT, SEED, TOKEN

if TYPE_CHECKING:
    from linkage.package.layout import Layout

Bytes: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Rows:
    """n people, one row each.

    tokens: (n, 16) uint8; presence: series key → (n,) bitmap of the window's type; seeds: (n, 16) uint8;
    sex, age: (n,) uint8 codes. seeds, sex and age are None where the agreement does not ask for them.
    """

    tokens: Bytes
    presence: Mapping[str, Bits]
    seeds: Bytes | None = None
    sex: Bytes | None = None
    age: Bytes | None = None

    def __len__(self) -> int:
        return len(self.tokens)

    def __repr__(self) -> str:
        return f"<Rows of {len(self.presence)} series>"

    def take(self, index: npt.NDArray[np.integer[Any]]) -> Self:
        """The rows of an index, in its order."""
        # np.take moves rows of 16 bytes five times as fast as indexing does
        return self._each(lambda column: np.take(column, index, axis=0))

    def slice(self, start: int, stop: int) -> Self:
        """Rows start to stop (excluded), as views."""
        return self._each(lambda column: column[start:stop])

    def _each(self, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> Self:
        return type(self)(
            tokens=change(self.tokens),
            presence={key: change(bits) for key, bits in self.presence.items()},
            seeds=None if self.seeds is None else change(self.seeds),
            sex=None if self.sex is None else change(self.sex),
            age=None if self.age is None else change(self.age),
        )

    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        own = {"token": self.tokens, "seed": self.seeds, "sex": self.sex, "age": self.age}
        return {name: column for name, column in own.items() if column is not None} | dict(self.presence)

    def fits(self, layout: Layout) -> bool:
        """Whether these are the columns of the layout, all of the same length and of the right types."""
        mine = self._columns()
        if mine.keys() != {c.name for c in layout.columns}:
            return False
        return all(
            column.shape == ((len(self), width) if (width := _WIDE.get(name)) else (len(self),))
            and column.dtype == (layout.bits if name in self.presence else np.uint8)
            for name, column in mine.items()
        )

    def encode(self, layout: Layout, size: int | None = None) -> bytes:
        """The bytes of a part: u32le count, the columns, zeros up to `size` bytes.

        Raises ValueError where the rows do not fit the layout or the size.
        """
        least = layout.size_of(len(self))
        size = least if size is None else size
        if not self.fits(layout) or size < least:
            raise ValueError("rows of another layout, or too many")
        part = bytearray(size)
        part[:COUNT] = len(self).to_bytes(COUNT, "little")
        mine = self._columns()
        for name, column in _views(layout, part, len(self)).items():
            column[...] = mine[name]
        return bytes(part)

    @classmethod
    def decode(cls, layout: Layout, part: bytes) -> Self:
        """The rows of a part, as read-only views of it where alignment allows.

        Raises PartError where the count does not fit or the padding is not all zeros.
        """
        # (12) the count fits the length, and nothing hides in the padding
        if len(part) < COUNT:
            raise PartError("a part is too short to hold its count")
        count = int.from_bytes(part[:COUNT], "little")
        if count > layout.rows_in(len(part)):
            raise PartError("a part claims more rows than it can hold")
        used = layout.size_of(count)
        if np.ndarray((len(part) - used,), np.uint8, buffer=part, offset=used).any():
            raise PartError("a part's padding is not all zeros")
        found = _views(layout, part, count)
        for column in found.values():
            column.flags.writeable = False
        return cls(
            tokens=found["token"],
            # an unaligned column would slow down every step of the count: one copy is cheaper
            presence={key: np.require(found[key], requirements="A") for key in layout.series},
            seeds=found.get("seed"),
            sex=found.get("sex"),
            age=found.get("age"),
        )


_WIDE = {"token": TOKEN, "seed": SEED}


def _views(layout: Layout, part: bytes | bytearray, count: int) -> dict[str, npt.NDArray[Any]]:
    """Column name → view of its place in the part."""
    views: dict[str, npt.NDArray[Any]] = {}
    offset = COUNT
    for column in layout.columns:
        wide = _WIDE.get(column.name)
        dtype = layout.bits if column.name in layout.series else np.dtype(np.uint8)
        shape = (count, wide) if wide else (count,)
        views[column.name] = np.ndarray(shape, dtype, buffer=part, offset=offset)
        offset += count * column.width
    return views
