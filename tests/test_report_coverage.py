"""A register of which few could be counted is told of first: on the page, in Excel, and to the matcher."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from linkage.commands.release import coverage_notes
from linkage.release import Release, parse
from linkage.report import excel, html
from linkage.report.coverage import LOW, missing
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import year


@cache
def covering(percent: int) -> Release:
    document = json.loads(year()[1].to_bytes())
    document["packages"][1]["counted_percent"] = percent
    return parse(json.dumps(document).encode())


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("percent", [0, 1, LOW - 1])
def test_low_coverage_stands_before_any_figure(percent: int, lang: Lang) -> None:
    (line,) = missing(Words(covering(percent), lang))
    assert "Arbetsförmedlingen" in line
    page = html(covering(percent), lang)
    assert page.index(line) < page.index("<main>")
    sheet = openpyxl.load_workbook(io.BytesIO(excel(covering(percent), lang))).worksheets[0]
    assert sheet.cell(3, 1).value == line


@pytest.mark.parametrize("percent", [LOW, 100])
def test_enough_coverage_needs_no_words(percent: int) -> None:
    assert missing(Words(covering(percent), Lang.EN)) == []
    assert 'class="low' not in html(covering(percent), Lang.EN)


@pytest.mark.parametrize(("percent", "told"), [(0, 1), (1, 0)])
def test_the_matcher_hears_of_a_party_of_whom_nobody_was_counted(
    tmp_path: Path, percent: int, told: int
) -> None:
    path = tmp_path / "release.json"
    path.write_bytes(covering(percent).to_bytes())
    notes = coverage_notes(path)
    assert len(notes) == told
    assert all("of af could" in str(note) for note in notes)
