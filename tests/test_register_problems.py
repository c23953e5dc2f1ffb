"""The problem file: record, column, reason, and nothing else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import Text
from linkage.register.problems import Problems
from linkage.texts import Lang
from tests.registers import ANNA, read_text


def table(problems: Problems, lang: Lang = Lang.EN) -> list[list[str]]:
    data = problems.to_csv(lang)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_every_refused_row_is_listed_once_in_order(tmp_path: Path) -> None:
    text = (
        "Pnr;Start;Slut\n"
        f"{ANNA};2020-01-01;\n"
        "900101-T238;2020-01-01;\n"
        "199001012384;2020-01-01;\n"
        '"";2020-01-01;\n'
        "900101-TF12;2020-01-01;\n"
        f"{ANNA};x;\n"
    )
    found = read_text(tmp_path, text)
    assert table(found.files[0].problems) == [
        ["record", "column", "reason"],
        ["3", "Pnr", "the agreement does not link this kind: interim number"],
        ["4", "Pnr", "a wrong check digit"],
        ["5", "Pnr", "no identity number"],
        ["6", "Pnr", "the agreement does not link this kind: TF number"],
        ["7", "Start", "not a day as 2020-01-31"],
    ]
    assert table(found.files[0].problems, Lang.SV)[0] == ["post", "kolumn", "skäl"]


def test_no_cell_is_in_it(tmp_path: Path) -> None:
    text = "Pnr;Start;Slut\n" + "199001012384;hemlig;2020-01-31\n" * 3
    data = read_text(tmp_path, text).files[0].problems.to_csv()
    assert b"1990" not in data
    assert b"hemlig" not in data


def test_a_column_that_a_spreadsheet_would_run_is_not(tmp_path: Path) -> None:
    problems = Problems()
    problems.add(np.array([2]), "=1+1", Text("no day"))
    assert table(problems)[1][1] == "'=1+1"


def test_records_ascend_over_everything_that_was_added() -> None:
    problems = Problems()
    problems.add(np.array([5, 9]), "a", Text("no day"))
    problems.add(np.array([2, 7]), "b", Text("no day"))
    problems.add(np.array([], np.int64), "c", Text("no day"))
    assert [(r, c) for r, c, _ in problems.first(9)] == [(2, "b"), (5, "a"), (7, "b"), (9, "a")]
    assert problems.count == 4


def test_very_many_are_cut_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.register.problems.MOST", 3)
    problems = Problems()
    problems.add(np.arange(2, 4), "a", Text("no day"))
    problems.add(np.arange(4, 9), "a", Text("no day"))
    problems.add(np.arange(9, 12), "a", Text("no day"))
    rows = table(problems)
    assert [row[0] for row in rows] == ["record", "2", "3", "4", ""]
    assert rows[-1][2] == "and 7 more"
    assert table(Problems()) == [["record", "column", "reason"]]
