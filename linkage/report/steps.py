"""The numbers that a report leads with, each with a bar."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

Number: TypeAlias = int | Decimal


@dataclass(frozen=True)
class Piece:
    """A stretch of a step's bar. start, width: in thousandths of the longest; kind: how it is drawn."""

    start: float
    width: float
    kind: str


@dataclass(frozen=True)
class Step:
    """One number at the head of a report.

    role: sum, unique, ever, wider, figure; name: what the number is; meaning: a sentence or two;
    pieces: its bar, where it has one; margin: how sure the number is, where it was drawn.
    """

    role: str
    value: Number
    number: str
    name: str
    meaning: str
    pieces: tuple[Piece, ...] = ()
    margin: str = ""
