"""The dimensions that a party derives from an identifier: sex and age band, one small number each.

The register codes them (identifier → code), the measures count by them (code → row). 2-formats, "Package".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

SEXES = ("other", "woman", "man")  # the code is the index
WOMAN, MAN = 1, 2
OTHER = "other"


@dataclass(frozen=True)
class Band:
    """An age band in completed years, both ends included."""

    name: str
    low: int
    high: int

    def __contains__(self, age: int) -> bool:
        return self.low <= age <= self.high


@dataclass(frozen=True)
class Ages:
    """The agreed age bands, and the pieces that people are coded by.

    bands make the rows of a table; also are further bands for expressions. Pieces are the finest common
    cut of all of them that lies in some band: ascending, coded from 1; 0 is "in no band at all".
    """

    on: dt.date
    bands: tuple[Band, ...]
    also: tuple[Band, ...] = ()

    @cached_property
    def pieces(self) -> tuple[Band, ...]:
        """The finest common cut of bands and also, ascending; piece i has code i + 1."""
        every = self.bands + self.also
        edges = sorted({b.low for b in every} | {b.high + 1 for b in every})
        return tuple(
            Band(f"{low}-{after - 1}", low, after - 1)
            for low, after in pairwise(edges)
            if any(low in band for band in every)
        )

    def codes(self, name: str) -> tuple[int, ...]:
        """The piece codes that a named band (of bands or also) consists of. Raises KeyError."""
        band = {b.name: b for b in self.bands + self.also}[name]
        return tuple(i + 1 for i, piece in enumerate(self.pieces) if piece.low in band)

    def row(self, code: int) -> str:
        """The row label of a piece code: the band of `bands` that it lies in, or "other"."""
        if code == 0:
            return OTHER
        low = self.pieces[code - 1].low
        return next((b.name for b in self.bands if low in b), OTHER)


@dataclass(frozen=True)
class Dimensions:
    """What an agreement lets the parties derive: whether sex, and which ages."""

    sex: bool = False
    age: Ages | None = None
