"""One register, written in any way that case systems write it: the rows that come of it are the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.dimensions import Dimensions
from linkage.register import ByColumn, Source, Spells, read
from linkage.register.sources import delimited as csv_module
from linkage.synthetic.numbers import personnummer
from tests.registers import YEAR, bitmaps, plan_of

PROGRAMMES = {"Åtgärd Öst": "krami", "Väst; före, | efter": "avanti"}
NUMBERS = tuple(personnummer(dt.date(1980, 1, 1) + dt.timedelta(97 * n), 238) for n in range(12))
FORMS = (str, lambda number: f"{number[2:8]}-{number[8:]}", lambda number: f" {number[:8]}-{number[8:]} ")
DAYS = st.dates(dt.date(2019, 11, 1), dt.date(2021, 2, 1))
ROW = st.tuples(st.sampled_from(NUMBERS), st.sampled_from([*PROGRAMMES]), DAYS, st.none() | DAYS)
Row = tuple[str, str, dt.date, dt.date | None]
NAMES = ("Personnr", "Åtgärd", "Från", "Till")


def oracle(rows: list[Row]) -> dict[str, dict[str, int]]:
    """Bitmaps in plain Python: a stay touches every month from its first to its last day."""
    found: dict[str, dict[str, int]] = {}
    for number, programme, first, last in rows:
        bits = 0
        for month in range(12):
            begins = dt.date(2020, month + 1, 1)
            ends = dt.date(2020 + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(1)
            bits |= (first <= ends and (last or dt.date.max) >= begins) << month
        if bits:
            person = found.setdefault(number, {})
            person[PROGRAMMES[programme]] = person.get(PROGRAMMES[programme], 0) | bits
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_quirks_change_nothing(data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        r if r[3] is None or r[2] <= r[3] else (*r[:2], r[3], r[2])
        for r in data.draw(st.lists(ROW, min_size=1))
    ]
    wanted = oracle(rows)
    rows = data.draw(st.permutations(rows + data.draw(st.lists(st.sampled_from(rows), max_size=5))))
    cut = data.draw(st.integers(0, len(rows) - 1))
    monkeypatch.setattr(csv_module, "BLOCK", data.draw(st.sampled_from([600, 1 << 22])))
    sources = []
    for place, part in enumerate(part for part in (rows[:cut], rows[cut:]) if part):
        name = f"r{place}.csv"
        (tmp_path / name).write_bytes(written(data, part))
        sources.append(Source(name, NAMES[0], Spells(NAMES[2], NAMES[3]), ByColumn(NAMES[1], PROGRAMMES)))
    found = read(plan_of(*sources, window=YEAR), tmp_path, Dimensions())
    assert bitmaps(found) == wanted
    assert found.folded.summary.rows_read == len(rows)


def written(data: st.DataObject, rows: list[Row]) -> bytes:
    """The rows as CSV, in an encoding, with separators, quotes, ends of lines and columns of any order."""
    order = data.draw(st.permutations(range(5)))
    out = io.StringIO()
    table = csv.writer(
        out,
        delimiter=data.draw(st.sampled_from(";,\t|")),
        quoting=csv.QUOTE_ALL if data.draw(st.booleans()) else csv.QUOTE_MINIMAL,
        lineterminator=data.draw(st.sampled_from(["\n", "\r\n"])),
    )
    table.writerow([(*NAMES, "Fri text")[place] for place in order])
    for number, programme, first, last in rows:
        form = data.draw(st.sampled_from(FORMS))
        cells = (form(number), programme, first, last or "", "rad ett\nrad två")
        table.writerow([cells[place] for place in order])
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac-roman"]))
    return out.getvalue().encode(encoding)
