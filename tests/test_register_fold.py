"""Random registers fold to what plain Python makes of them, however they are written, split and ordered."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.dimensions import Ages, Band, Dimensions
from linkage.identifiers import NO_KEY, scheme
from linkage.register import ByColumn, Read, Source, Spells, Undated, read
from linkage.register.errors import UnreadableError
from linkage.register.fold import Fold
from linkage.register.sources import delimited as csv_module
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from linkage.window import Unit, Window, label, ordinal
from tests.plain_register import Expected, Row, bits, expect, months
from tests.registers import EXTRACTED, bitmaps, plan_of

VALUES = {"Krami": "krami", "Avanti, väst": "avanti", 'Lista "1"': "lista"}
IGNORED = "Vägledning"

people = st.builds(
    lambda make, day, serial: make(dt.date(1990, 1, 1) + dt.timedelta(day), serial),
    st.sampled_from([personnummer, samordningsnummer]),
    st.integers(0, 4),
    st.sampled_from(TEST_SERIALS),
)
written = st.one_of(
    people,
    people.map(lambda n: f"{n[2:8]}-{n[8:]}"),
    people.map(lambda n: f" {n[:8]}–{n[8:]} "),
    st.sampled_from(["", "900101-T238", "19900101TF12", "50-123456", "199001012384", "nobody"]),
)
days = st.dates(dt.date(2019, 11, 1), dt.date(2021, 2, 28))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    first = draw(days)
    last = draw(st.one_of(st.none(), st.integers(0, 500).map(lambda n: first + dt.timedelta(n))))
    return Row(draw(written), draw(st.sampled_from([*VALUES.values(), None])), first, last)


def render(rows: Sequence[Row], data: st.DataObject) -> bytes:
    """A CSV of the rows, written in one of many ways."""
    draw = data.draw
    delimiter = draw(st.sampled_from([",", ";"]))
    out = io.StringIO()
    quoting: Literal[0, 1] = 1 if draw(st.booleans()) else 0  # csv.QUOTE_ALL, csv.QUOTE_MINIMAL
    table = csv.writer(
        out, delimiter=delimiter, quoting=quoting, lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    names = draw(st.permutations(["Pnr", "Insats", "Start", "Slut", "Anm\närkning"]))
    table.writerow(names)
    cells = {name: value for value, name in VALUES.items()}
    for row in rows:
        pad = draw(st.sampled_from(["", " "]))
        clock = draw(st.sampled_from(["", "T00:00", " 00:00:00"]))
        cell = {
            "Pnr": row.identifier,
            "Insats": pad + (cells[row.series] if row.series else IGNORED) + pad,
            "Start": f"{row.first}{clock}",
            "Slut": f"{row.last}{clock}" if row.last else pad,
            "Anm\närkning": draw(st.sampled_from(["", 'en "rad"\ntill', "å; ä, ö"])),
        }
        table.writerow([cell[name] for name in names])
        if draw(st.booleans()):
            out.write("\n")
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + out.getvalue().encode()


def check(found: Read, told: Expected) -> None:
    summary = found.folded.summary
    assert found.fault is None or isinstance(found.fault, UnreadableError)  # a file may hold nobody
    assert bitmaps(found) == {
        person: {name: bits(periods) for name, periods in series.items()}
        for person, series in told.presence.items()
    }
    assert summary.rows_used == told.used
    assert summary.rows_outside == told.outside
    assert summary.rows_ignored == told.ignored
    assert summary.refused == dict(told.refused)
    assert {kind: n for kind, n in summary.identifiers.items() if n} == dict(told.kinds)
    assert summary.people_counted == len(told.counted)
    assert summary.people_total == len(told.counted) + len(told.others) + told.nobody
    assert summary.rows_read == told.used + told.outside + told.ignored + sum(told.refused.values())
    assert sum(file.rows for file in found.files) == summary.rows_read


@settings(deadline=None)
@given(st.data(), st.sampled_from([1, 7, 8, 9, 60]))
def test_random_registers_fold_to_what_plain_sets_give(data: st.DataObject, periods: int) -> None:
    every = data.draw(st.lists(rows(), min_size=1, max_size=25))
    cut = data.draw(st.integers(0, len(every) - 1))
    parts = [part for part in (every[:cut], every[cut:]) if part]
    last = label(Unit.MONTH, ordinal(Unit.MONTH, "2020-01") + periods - 1)
    sources = [
        Source(f"{i}.csv", "Pnr", Spells("Start", "Slut"), ByColumn("Insats", VALUES, frozenset({IGNORED})))
        for i in range(len(parts))
    ]
    with tempfile.TemporaryDirectory() as folder:
        for source, part in zip(sources, parts, strict=True):
            (Path(folder) / source.file).write_bytes(render(part, data))
        plan = plan_of(*sources, window=Window(Unit.MONTH, "2020-01", last))
        found = read(plan, Path(folder), Dimensions(sex=True))
    check(found, expect(every, months("2020-01", periods), EXTRACTED, frozenset({"lista"})))


def test_many_batches_and_foldings_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(1)
    every = [
        Row(
            personnummer(dt.date(1990, 1, 1) + dt.timedelta(int(draw.integers(200))), 239),
            str(draw.choice(["krami", "avanti", "lista"])),
            first := dt.date(2019, 12, 1) + dt.timedelta(int(draw.integers(400))),
            first + dt.timedelta(int(draw.integers(90))),
        )
        for _ in range(3_000)
    ]
    cells = {name: value for value, name in VALUES.items()}
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["Pnr", "Insats", "Start", "Slut"])
        table.writerows([r.identifier, cells[r.series or ""], r.first, r.last] for r in every)
    source = Source("r.csv", "Pnr", Spells("Start", "Slut"), ByColumn("Insats", VALUES))
    monkeypatch.setattr(csv_module, "BLOCK", 4_096)
    monkeypatch.setattr("linkage.register.fold._LEAST", 100)
    seen: list[tuple[int, int, int]] = []

    def hear(done: int, total: int, rows: int) -> None:
        seen.append((done, total, rows))

    found = read(plan_of(source), tmp_path, Dimensions(), hear)
    check(found, expect(every, months("2020-01", 12), EXTRACTED, frozenset({"lista"})))
    size = (tmp_path / "r.csv").stat().st_size
    assert len(seen) > 10
    assert seen[-1][:2] == (size, size)
    assert 0 < seen[-1][2] <= 3_000  # bytes are read ahead of rows
    assert seen == sorted(seen)


def test_the_fold_keeps_people_and_not_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.register.fold._LEAST", 1_000)
    fold = Fold(3)
    keys = np.arange(50, dtype=np.int64) * 7
    for n in range(500):
        fold.add(keys, np.full(50, n % 3), np.full(50, 1 << (n % 60), np.uint64))
        assert sum(len(k) for k, _ in fold._waiting) <= 1_050
        assert len(fold._people) <= 150
    people, presence = fold.finish()
    assert people.tolist() == keys.tolist()
    together = [
        np.bitwise_or.reduce([1 << (n % 60) for n in range(500) if n % 3 == code]) for code in range(3)
    ]
    assert [set(bits.tolist()) for bits in presence] == [{int(bits)} for bits in together]


def test_people_without_presence_have_no_row_and_count_for_the_coverage(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "Pnr,Start,Slut\n"
        f"{personnummer(dt.date(1990, 1, 1), 238)},2018-01-01,2018-12-31\n"
        f"{personnummer(dt.date(1990, 1, 1), 239)},2020-01-01,2020-12-31\n"
        "900101-T238,2020-01-01,\n"
        "900101-T238,2020-01-01,\n"
        ",2020-01-01,\n"
        " ,2020-01-01,\n"
    )
    found = read(plan_of(Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami")), tmp_path, Dimensions())
    summary = found.folded.summary
    assert len(found.folded) == 1
    assert (summary.rows_used, summary.rows_outside) == (1, 1)
    assert summary.refused == {"empty": 2, "interim": 2}
    # two who can be counted, the one interim number, and two of whom nothing is known
    assert (summary.people_counted, summary.people_total, summary.counted_percent) == (2, 5, 40)


def test_columns_are_of_the_agreed_types_and_dimensions_ride_along(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(f"Pnr\n{personnummer(dt.date(1990, 1, 1), 238)}\n")
    source = Source("r.csv", "Pnr", Undated(), "lista")
    ages = Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)))
    found = read(plan_of(source), tmp_path, Dimensions(sex=True, age=ages)).folded
    assert found.sex.tolist() == [1]
    assert found.age.tolist() == [2]
    assert {name: bits.dtype.str for name, bits in found.presence.items()} == dict.fromkeys(
        ["krami", "avanti", "lista"], "<u2"
    )
    assert found.presence["lista"].tolist() == [0xFFF]
    assert found.people() == {"krami": 0, "avanti": 0, "lista": 1}
    assert "1990" not in repr(found)


def test_keys_of_the_scheme_leave_room_for_series() -> None:
    highest = scheme("se").keys(np.array([samordningsnummer(dt.date(2099, 12, 31), 981)], "S12"))
    assert highest[0] * 1_000_000 < np.iinfo(np.int64).max
    assert NO_KEY < 0
