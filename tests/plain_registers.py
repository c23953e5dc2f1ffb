"""A party's files read by its map with plain Python: who is in which series in which months.

Nothing of the pipeline is used, so that what it counts can be compared with this. It knows what the maps of
the demos say, and no more.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.synthetic.demo import Register

Row = Mapping[str, str]


@dataclass(frozen=True)
class Plain:
    """series (party.name) → canonical number → months of the window, by index; none where unknown."""

    months: Mapping[str, Mapping[str, frozenset[int]]]

    def ever(self, series: str) -> set[str]:
        """Who is in the series in the window."""
        return set(self.months[series])

    def in_month(self, series: str, month: int) -> set[str]:
        """Who is in it in one month."""
        return {number for number, months in self.months[series].items() if month in months}


def read(registers: Sequence[Register], window: Sequence[str]) -> Plain:
    """All registers; window: its months, as "2020-01"."""
    found: dict[str, dict[str, set[int]]] = {}
    for register in registers:
        for source in tomllib.loads(register.map)["source"]:
            for row in rows(register, source["file"]):
                number, name = canonical(row[source["id"]]), _series(source, row)
                months = None if number is None or name is None else _months(source, row, window)
                if number is not None and name is not None and months is not None:
                    people = found.setdefault(f"{register.party}.{name}", {})
                    people.setdefault(number, set()).update(months)
    return Plain({k: {n: frozenset(m) for n, m in people.items()} for k, people in found.items()})


def rows(register: Register, file: str) -> Iterator[Row]:
    """The rows of one of its files."""
    sheet = next(sheet for sheet in register.sheets if sheet.file == file)
    text = sheet.encode().decode("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)


def canonical(cell: str) -> str | None:
    """Twelve digits, or None for what is no identity number that can be linked."""
    digits = cell.replace("-", "").replace(" ", "")
    if not digits.isdigit() or len(digits) not in (10, 12):
        return None
    return digits if len(digits) == 12 else ("20" if digits[:2] <= "21" else "19") + digits


def is_woman(number: str) -> bool:
    """By the last digit but one."""
    return int(number[10]) % 2 == 0


def _series(source: Mapping[str, Any], row: Row) -> str | None:
    for column, wanted in source.get("where", {}).items():
        if row[column] not in ([wanted] if isinstance(wanted, str) else wanted):
            return None
    named = source["series"]
    if isinstance(named, str):
        return named
    cell = row[named["column"]]
    assert cell in named["values"] or cell in named.get("ignore", ()), "a label that the map does not name"
    return named["values"].get(cell)  # type: ignore[no-any-return]  # tomllib's values are Any


def _months(source: Mapping[str, Any], row: Row, window: Sequence[str]) -> set[int] | None:
    """The months that a row tells of, an empty set where it has no dates; None outside the window."""
    if "period" in source:
        found = {n for n, month in enumerate(window) if row[source["period"]] == month}
    elif "date" in source:
        found = {n for n, month in enumerate(window) if row[source["date"]][:7] == month}
    elif "start" in source:
        start, end = row[source["start"]], row[source["end"]] or "9999-12-31"
        assert dt.date.fromisoformat(start) <= dt.date.fromisoformat(end)
        found = {n for n, month in enumerate(window) if start <= f"{month}-31" and end >= f"{month}-01"}
    else:
        return set()
    return found or None
