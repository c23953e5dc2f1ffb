"""Amounts as cells write them → whole hundredths, and what is wrong with those that are none.

1 234,50 · 1.234,50 · 1,234.50 · -200 · 200,00- · 1 234 kr: a sign before or after, thousands set apart in
threes, the unit after it. Nothing is guessed: 1.234 is refused until the map names the sign before decimals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.errors import Text
from linkage.register.cells import plain
from linkage.register.when import RowFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

Hundredths: TypeAlias = npt.NDArray[np.int64]

NO_AMOUNT: Final = RowFault("no-amount", Text("no amount"))
BROKEN: Final = RowFault("broken-amount", Text("not an amount as 1234,50"))
UNCLEAR: Final = RowFault(
    "unclear-amount",
    Text("an amount that can be read in two ways: name its sign in the map, decimal = …"),
)
_FAULTS = (NO_AMOUNT, BROKEN, UNCLEAR)
_NONE, _BROKEN, _UNCLEAR = codes = range(-3, 0)  # stand where an amount's fault stands, beside 0: no fault
_DIGITS = 10  # before decimals: so many million rows of one person that the sum is exact all the same
_MOSTLY = 0.8  # of the cells of a column that is taken for amounts
_KNOWN_CELLS = 1 << 17
_SPACES = " \u00a0\u202f\u2009"
_CROWNS = ("kr.", "kr", "sek", ":-")


def _grammar(decimal: str, thousands: str) -> re.Pattern[str]:
    apart = f"[{_SPACES}{re.escape(thousands)}]"
    return re.compile(
        rf"(?P<whole>[1-9][0-9]{{0,2}}(?P<apart>{apart})[0-9]{{3}}(?:(?P=apart)[0-9]{{3}})*|[0-9]+)"
        rf"(?:{re.escape(decimal)}(?P<part>[0-9]+))?"
    )


_GRAMMARS = {",": _grammar(",", "."), ".": _grammar(".", ",")}


class Amounts:
    """Reads a column of amounts. Remembers what it has read."""

    def __init__(self, decimal: str, units: Iterable[str]) -> None:
        """decimal: the sign before decimals, empty where each cell shows it. units: of the series."""
        self._grammars = [_GRAMMARS[decimal]] if decimal else list(_GRAMMARS.values())
        named = {unit.casefold() for unit in units}
        named |= set(_CROWNS) if "kr" in named else set()
        self._units = sorted(named, key=len, reverse=True)
        self._known: dict[str, tuple[int, int]] = {}

    def column(
        self, cells: pa.DictionaryArray
    ) -> tuple[Hundredths, tuple[tuple[npt.NDArray[np.bool_], RowFault], ...]]:
        """Each row's amount in hundredths, 0 where it has a fault; and which rows have which fault."""
        table = np.array([self._remembered(cell) for cell in cells.dictionary.to_pylist()], np.int64)
        rows = table.reshape(-1, 2)[cells.indices.to_numpy()]
        faults = tuple((rows[:, 1] == code, fault) for code, fault in zip(codes, _FAULTS, strict=True))
        return rows[:, 0], faults

    def _remembered(self, cell: str) -> tuple[int, int]:
        if cell not in self._known:
            if len(self._known) >= _KNOWN_CELLS:
                self._known.clear()
            self._known[cell] = self.read(cell)
        return self._known[cell]

    def read(self, cell: str) -> tuple[int, int]:
        """(hundredths, 0) or (0, code of the fault)."""
        text = plain(cell)
        if not text:
            return 0, _NONE
        sign, text = _sign(self._bare(text.replace("\u2212", "-")))
        found = {_number(match) for grammar in self._grammars if (match := grammar.fullmatch(text))}
        if len(found) > 1:
            return 0, _UNCLEAR
        number = found.pop() if found else None
        return (0, _BROKEN) if number is None else (sign * number, 0)

    def decimals(self, cells: Iterable[str]) -> tuple[str, ...] | None:
        """The signs before decimals that read all these cells, where some can be read in two ways; else ().

        None where most of the cells are no amounts at all. Made without a sign of its own.
        """
        found = [(cell, self.read(cell)[1]) for cell in cells]
        amounts = [(cell, fault) for cell, fault in found if fault in (0, _UNCLEAR)]
        if not amounts or len(amounts) < _MOSTLY * len(found):
            return None
        if all(fault == 0 for _, fault in amounts):
            return ()
        readers = {sign: Amounts(sign, self._units) for sign in _GRAMMARS}
        fit = [s for s, reader in readers.items() if all(reader.read(cell)[1] == 0 for cell, _ in amounts)]
        return tuple(fit or _GRAMMARS)

    def _bare(self, text: str) -> str:
        """The text without a unit after it."""
        folded = text.casefold()
        unit = next((unit for unit in self._units if folded.endswith(unit) and folded != unit), "")
        return text[: len(text) - len(unit)].rstrip() if len(folded) == len(text) else text


def _sign(text: str) -> tuple[int, str]:
    """-1 or 1, and the text without its sign."""
    if text.startswith(("-", "+")):
        return (-1 if text[0] == "-" else 1), text[1:].lstrip()
    return (-1, text[:-1].rstrip()) if text.endswith("-") else (1, text)


def _number(match: re.Match[str]) -> int | None:
    """In hundredths; None where it is too large, or finer than that."""
    whole, part = re.sub(r"[^0-9]", "", match["whole"]), match["part"] or ""
    if len(whole.lstrip("0")) > _DIGITS or part[2:].strip("0"):
        return None
    return int(whole) * 100 + int(part[:2].ljust(2, "0"))
