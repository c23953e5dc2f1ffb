"""The quality report against plain Python: repeated rows, people per period, what looks odd."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from linkage.register import Events, Source, quality
from linkage.register import same as same_module
from linkage.synthetic.numbers import personnummer
from tests.registers import ANNA, BO, SPELLS, plan_of, read_text

EVENTS = Source("r.csv", "Pnr", Events("Dag"), "krami")


def rows_of(seed: int, n: int) -> list[str]:
    draw = np.random.default_rng(seed)
    people = [personnummer(dt.date(1970, 1, 1) + dt.timedelta(i), 238) for i in range(40)]
    return [f"{people[draw.integers(40)]};2020-{draw.integers(1, 13):02}-01" for _ in range(n)]


def write(rows: list[str]) -> str:
    return "\n".join(["Pnr;Dag", *rows, ""])


@pytest.mark.parametrize("seed", range(5))
def test_people_and_repeated_rows_are_those_of_plain_python(tmp_path: Path, seed: int) -> None:
    rows = rows_of(seed, 400)
    found = quality(read_text(tmp_path, write(rows), EVENTS), plan_of(EVENTS))
    assert found.repeated.exact
    assert found.repeated.rows == len(rows) - len(set(rows))
    months = Counter(row.split(";")[1][:7] for row in set(rows))
    assert found.people["krami"] == tuple(months[label] for label in found.periods)


def test_many_rows_are_estimated_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same_module, "MOST", 1 << 8)
    people = [personnummer(dt.date(1950, 1, 1) + dt.timedelta(i), 238) for i in range(8_000)]
    rows = [f"{person};2020-01-01" for person in people + people[:4_000]]
    found = quality(read_text(tmp_path, write(rows), EVENTS), plan_of(EVENTS)).repeated
    assert not found.exact
    assert 2_400 < found.rows < 5_600


def test_the_same_days_for_another_person_are_another_row(tmp_path: Path) -> None:
    text = f"Pnr;Start;Slut\n{ANNA};2020-01-01;\n{BO};2020-01-01;\n{ANNA};;2020-01-01\n{ANNA};2020-01-01;\n"
    assert read_text(tmp_path, text, SPELLS).repeated.rows == 1
    long = f"{ANNA[:8]}-{ANNA[8:]}"  # written otherwise, the same person
    assert read_text(tmp_path, f"Pnr;Start;Slut\n{ANNA};2020-01-01;\n{long};2020-01-01;\n").repeated.rows == 1


def monthly(*counts: int) -> str:
    return write(
        [
            f"{personnummer(dt.date(1970, 1, 1) + dt.timedelta(i), 238)};2020-{month:02}-05"
            for month, count in enumerate(counts, 1)
            for i in range(count)
        ]
    )


def test_empty_months_and_jumps_are_warned_of(tmp_path: Path) -> None:
    text = monthly(30, 30, 46, 22, 22, 0, 0, 22, 30, 30, 30, 15)
    found = quality(read_text(tmp_path, text, EVENTS), plan_of(EVENTS))
    assert [str(w) for w in found.warnings] == [
        "nobody is in krami in 2020-06, 2020-07",
        "krami jumps by more than half in 2020-03 (30 → 46), 2020-04 (46 → 22)",
    ]
    assert found.odd["krami"] == {2, 3, 5, 6}


def test_small_changes_and_empty_series_are_no_jumps(tmp_path: Path) -> None:
    found = quality(read_text(tmp_path, monthly(*[1, 9] * 6), EVENTS), plan_of(EVENTS))
    assert found.warnings == ()
    assert found.people == {"krami": (1, 9) * 6, "avanti": (0,) * 12}


def test_many_odd_months_are_cut(tmp_path: Path) -> None:
    found = quality(read_text(tmp_path, monthly(*[20, 60] * 6), EVENTS), plan_of(EVENTS))
    assert str(found.warnings[0]).endswith("2020-07 (60 → 20) and 5 more")


def test_sexes_and_ages_are_those_of_the_windows_end(tmp_path: Path) -> None:
    born = [dt.date(2004, 12, 31), dt.date(2005, 1, 1), dt.date(1939, 12, 31), dt.date(1940, 1, 1)]
    people = [personnummer(day, 238 + i % 2) for i, day in enumerate(born)]
    found = quality(read_text(tmp_path, write([f"{p};2020-05-01" for p in people]), EVENTS), plan_of(EVENTS))
    assert (found.children, found.old, found.aged) == (1, 1, 4)
    assert (found.women, found.men) == (2, 2)
    document = found.as_json()
    assert document["under_16"] == 1
    assert document["periods"] == {
        "krami": {label: 4 * (label == "2020-05") for label in found.periods},
        "avanti": dict.fromkeys(found.periods, 0),
    }
