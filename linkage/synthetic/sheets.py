"""CSV files as offices write them: separators, byte order marks, and identity numbers in several forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

FORMS: Final[dict[str, Callable[[str], str]]] = {
    "12": lambda n: n,
    "12-": lambda n: f"{n[:8]}-{n[8:]}",
    "10": lambda n: n[2:],
    "10-": lambda n: f"{n[2:8]}-{n[8:]}",
    "12- ": lambda n: f"{n[:8]}-{n[8:]} ",
    "12 4": lambda n: f"{n[:8]} {n[8:]}",
}
"""How the canonical 12 digits are written; the ten-digit forms suit people below 100 years only."""

Line: TypeAlias = tuple[str, ...]
"""The cells of one line."""


@dataclass(frozen=True)
class Sheet:
    """One CSV file: UTF-8, lines end with CR LF as spreadsheets write them."""

    file: str
    header: tuple[str, ...]
    rows: list[Line] = field(repr=False)
    separator: str = ";"
    bom: bool = False

    def encode(self) -> bytes:
        """The bytes of the file. Raises ValueError where a cell would need quotes: none of ours does."""
        lines = [self.separator.join(row) for row in (self.header, *self.rows)]
        text = "\r\n".join(lines) + "\r\n"
        width = len(self.header) - 1
        if '"' in text or any(line.count(self.separator) != width for line in lines):
            raise ValueError(f"a cell of {self.file} would need quotes")
        return text.encode("utf-8-sig" if self.bom else "utf-8")
