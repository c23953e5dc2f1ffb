"""Released tables as pandas frames: for analysts, and for the Excel and CSV writers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pandas as pd

from linkage.release.counts import ALL, MEAN
from linkage.report.courses import LENGTHS
from linkage.report.names import AROUND
from linkage.report.protection import derived, mark

if TYPE_CHECKING:
    from linkage.release.document import Release
    from linkage.release.rows import Row, Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

PERIODS: Final = {"length": LENGTHS, "offset": AROUND}
"""Labels that are numbers of periods: a column of them says which periods, so that they stay numbers."""

ENDS: Final = ("{number}, at least", "{number}, at most")
"""What the ends of an interval are called, low and high."""


def frames(release: Release) -> dict[str, pd.DataFrame]:
    """All tables, by measure, as they are in release.json: its keys as columns, its rows in order.

    Counts and amounts are Int64, or Float64 where a mean is among them; per cents Float64. Labels and notes
    are text: the sets of an overlap joined by " + ", and lengths and offsets, with "mean" and "level".
    """
    return {table.measure: _typed(table) for table in release.tables}


def _typed(table: Table) -> pd.DataFrame:
    keys = (*table.keys, *table.numbers, "note")
    cells = {key: [_plain(row.get(key)) for row in table.rows] for key in keys}
    cells |= {key: [str(cell) for cell in cells[key]] for key in table.keys if key in PERIODS}
    types = dict.fromkeys(keys, "string") | {key: _number_type(cells[key]) for key in table.numbers}
    if table.own_key == "lists":
        types["lists"] = "Int64"
    return pd.DataFrame(cells, dtype=object).astype(types)


def _number_type(cells: list[str | int | float | None]) -> str:
    return "Float64" if any(isinstance(cell, float) for cell in cells) else "Int64"


def named(table: Table, words: Words) -> pd.DataFrame:
    """One table with its labels and headings in the words of a language; numbers as int and Decimal.

    Periods keep their codes (2020-01), and lengths and offsets are numbers of periods, so that they sort. The
    last columns are the note and the protection.
    """
    found: dict[str, list[Scalar]] = {}
    for key in table.keys:
        found[heading(key, table, words)] = [_said(key, row[key], table, words) for row in table.rows]
    for key in table.values:
        name = heading(key, table, words)
        found[name] = [row[key] for row in table.rows]
        for end, said in zip(table.ends(key), ENDS, strict=False):
            found[words.t(said, number=name)] = [row[end] for row in table.rows]
    notes = [_noted(row, table, words) for row in table.rows]
    found[words.heading("note", table)] = list(notes)
    found[words.t("Protection")] = [mark(words)] * len(table.rows)
    return pd.DataFrame(found, dtype=object)


def _noted(row: Row, table: Table, words: Words) -> str:
    """Why there is no number. A change has people and a mean made from them: few are the people."""
    made = derived(row, table) and table.kind != "change"
    return words.note(row["note"], derived=made) if "note" in row else ""


def heading(key: str, table: Table, words: Words) -> str:
    """What a column of a file is called, with its unit where it has one."""
    return words.t(PERIODS[key][words.unit]) if key in PERIODS else words.heading(key, table)


def _said(key: str, label: Scalar, table: Table, words: Words) -> str | int:
    if key in PERIODS and isinstance(label, int):
        return label
    if key == "period" and label not in (ALL, MEAN):
        return str(label)
    return words.label(key, label, table.kind)


def _plain(cell: Scalar) -> str | int | float | None:
    if isinstance(cell, tuple):
        return " + ".join(cell)
    return float(cell) if isinstance(cell, Decimal) else cell
