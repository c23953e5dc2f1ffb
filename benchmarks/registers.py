"""Registers for benchmarks: made in columns, so that making them does not take longer than reading them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer

SERIES = {"Krami": "krami", "Avanti": "avanti", "Ung Malmö": "ung-malmo", "Samstart": "samstart"}
NAMES = ("Personnummer", "Insats", "Startdatum", "Slutdatum")
_HEAD = ("Rad", *NAMES, "Anteckning")
_NOTE = "handläggare på arbetsmarknad, enhet 3 söder"
_AT_ONCE = 1 << 17


def _columns(rows: int, people: int) -> Iterator[list[pa.StringArray]]:
    """Spells in 2019 to 2021, in random order, a column each."""
    first = dt.date(1841, 1, 1)
    days = [first + dt.timedelta(n) for n in range((dt.date(2021, 1, 1) - first).days)]
    every = [make(day, s) for day in days for s in TEST_SERIALS for make in (personnummer, samordningsnummer)]
    some = pa.array([f"{n[:8]}-{n[8:]}" for n in random.Random(1).sample(every, people)])
    values = pa.array([*SERIES, "Vägledning"])
    dates = pa.array([*((dt.date(2019, 1, 1) + dt.timedelta(n)).isoformat() for n in range(1_000)), ""])
    draw = np.random.default_rng(1)
    for at in range(0, rows, _AT_ONCE):
        n = min(_AT_ONCE, rows - at)
        start = draw.integers(0, 800, n)
        end = np.where(draw.random(n) < 0.8, start + draw.integers(0, 200, n), 1_000)
        yield [
            pa.array(np.arange(at, at + n)).cast(pa.string()),
            some.take(pa.array(draw.integers(0, people, n))),
            values.take(pa.array(draw.integers(0, len(values), n))),
            dates.take(pa.array(start)),
            dates.take(pa.array(end)),
            pa.array([_NOTE] * n),
        ]


def register(path: Path, rows: int, people: int) -> None:
    """A CSV as Windows writes it: semicolons, cp1252."""
    with path.open("w", encoding="cp1252", newline="") as out:
        out.write(";".join(_HEAD) + "\n")
        for columns in _columns(rows, people):
            out.write("\n".join(pc.binary_join_element_wise(*columns, ";").to_pylist()) + "\n")


def excel(path: Path, rows: int, people: int) -> None:
    """A sheet with the same columns, all of them text."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Insatser")
    found = (
        zip(*(column.to_pylist() for column in columns), strict=True) for columns in _columns(rows, people)
    )
    for number, row in enumerate(chain([_HEAD], chain.from_iterable(found))):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell)
    book.close()


def numbers(count: int) -> pa.StringArray:
    """Different identity numbers, ascending; born from 2030 on, so that they are nobody's."""
    days = np.arange(np.datetime64("2030-01-01"), np.datetime64("2070-01-01"))
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    each = -(-count // len(days))
    born = np.repeat(year * 10_000 + month * 100 + day, each)[:count]
    nine = born % 1_000_000 * 1_000 + np.tile(np.arange(1, each + 1), len(days))[:count]
    total = np.zeros(count, np.int64)
    for place in range(9):
        product = nine // 10 ** (8 - place) % 10 * (2 - place % 2)
        total += product - 9 * (product > 9)
    left = (born // 1_000_000 * 10**9 + nine) * 10 + -total % 10
    signs = np.empty((count, 12), np.uint8)
    for place in range(11, -1, -1):
        signs[:, place] = left % 10 + ord("0")
        left //= 10
    offsets = pa.py_buffer(np.arange(0, 12 * count + 1, 12, dtype=np.int32))
    return pa.Array.from_buffers(pa.string(), count, [None, offsets, pa.py_buffer(signs)])
