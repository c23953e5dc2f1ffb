"""A report of numbers with noise: each stands with its interval, in sentences, charts, Excel and CSV."""

from __future__ import annotations

import csv as plain_csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from html import unescape

import openpyxl
import pytest

from linkage.agreement.model import ReleaseRule
from linkage.release import Release, control
from linkage.report import csv, excel, html, noise
from linkage.report.answers import answer
from linkage.report.bridge import bridge
from linkage.report.pictures import charts
from linkage.report.words import Words
from linkage.texts import Lang
from tests import needs
from tests.needs import opendp
from tests.releases import MADE, MEASURES, OVER_TIME_MEASURES, agreement, crowd, figures, travellers
from tests.releases import packages as facts

assert opendp is needs.opendp
pytestmark = pytest.mark.usefixtures("opendp")

SAMPLES = {"a year": (MEASURES, crowd), "over time": (OVER_TIME_MEASURES, travellers)}
BOTH = pytest.mark.parametrize("sample", SAMPLES)
SURE = re.compile(r"±\xa0(\d[\d\xa0,.]*\d|\d|∞)")
NUMBER = re.compile(r"(?<![\w-])[+\u2212]?(\d{1,3}(?:[\xa0,]\d{3})+|\d+)(?:[.,]\d+)?(?![\w])")


def made(measures: str, sample: str = "a year", epsilon: str = "10") -> Release:
    rule = ReleaseRule("dp", {"epsilon": epsilon, "family_epsilon": "20", "mechanism": "laplace"})
    agreed = replace(agreement(measures), release=rule)
    return control(figures(agreed, SAMPLES[sample][1](400, 12, seed=3)), agreed, facts(agreed), MADE)


@cache
def release(sample: str) -> Release:
    return made(SAMPLES[sample][0], sample)


MORE = """
[[measure]]
name = "volym"
title = "Volym"
count = "stad.ung | stad.vuxen"
parts = ["stad.ung", "stad.vuxen"]
[[measure]]
name = "fler"
title = "Fler"
count = "stad.ung | stad.vuxen | af.program"
"""
SHORT = (
    MORE
    + """
[[measure]]
name = "andel"
title = "Andel"
share = "stad.ung | stad.vuxen"
of = "places"
target = 90
by = ["period"]
[[measure]]
name = "steg"
title = "Steg"
flow = ["af.program", "stad.ung | stad.vuxen"]
by = ["period"]
[[measure]]
name = "bistandet"
title = "Biståndet"
change = "stad.bistand"
around = "left(stad.ung | stad.vuxen)"
before = 2
after = 2
"""
)


# -- every number in a sentence ---------------------------------------------------------------------------


def sentences(page: str) -> Iterator[str]:
    """Head, answers, captions, what charts say to those who do not see them, and what stands in them."""
    body = page.partition("<main>")[2].partition('id="coverage"')[0]
    parts = (
        r'<p class="big">(.*?)</p>',
        r"</h3>.*?<p>(.*?)</p>\s*</div>",
        r"<td>((?:(?!</td>).)*[.–])</td>",
        r'<p class="answer">(.*?)</p>',
        r"<figcaption>(.*?)</figcaption>",
        r"<(?:title|desc)[^>]*>(.*?)</(?:title|desc)>",
    )
    for part in parts:
        found = re.findall(part, body, re.DOTALL)
        assert found, part
        yield from (unescape(re.sub(r"<[^>]*>", "", text)) for text in found)


def certain(words: Words) -> str:
    """What the agreement says: its numbers are of no person."""
    found = words.release
    said = [words.window]
    said += [words.period(label) for label in found.window.labels]
    for table in found.tables:
        several = (table.places, table.target, table.before, table.after, table.k, table.every)
        said += [words.number(one) for one in (*several, table.of if isinstance(table.of, int) else None)]
        said += [table.title, words.number(len(table.items)), words.number(table.most)]
        said += [words.number(length) for length in range(1, (table.longest or 0) + 1)]
        said += [
            words.label(d, row[d]) for d in ("sex", "age") if d in table.dimensions for row in table.rows
        ]
    return " | ".join(said)


def unsure(text: str) -> list[str]:
    """Numbers that stand without an interval."""
    marked = SURE.sub("§", text)
    return [found[0] for found in NUMBER.finditer(marked) if not re.match(r"\s*§", marked[found.end() :])]


def bare(told: Iterable[str], known: str) -> list[tuple[str, str]]:
    """Numbers that stand without an interval, and are none of the known ones."""
    allowed = {found[0].lstrip("+\u2212") for found in NUMBER.finditer(known)}
    return [
        (number, text) for text in told for number in unsure(text) if number.lstrip("+\u2212") not in allowed
    ]


@BOTH
@pytest.mark.parametrize("lang", list(Lang))
def test_every_number_that_is_told_stands_with_its_interval(sample: str, lang: Lang) -> None:
    """All but those of the agreement: years, places, targets, and how many months something takes."""
    words, found = Words(release(sample), lang), bridge(release(sample), Words(release(sample), lang))
    assert found is not None
    told = [
        text for step in found.steps for text in (f"{step.number} {step.margin}", step.name, step.meaning)
    ]
    for table in words.release.tables:
        told.append(answer(table, words))
        for chart in charts(table, words):
            told += [chart.caption, chart.description, chart.note]
    assert bare(told, certain(words)) == []
    assert sum(len(SURE.findall(text)) for text in told) > 50


@pytest.mark.parametrize("lang", list(Lang))
def test_so_it_does_on_the_page(lang: Lang) -> None:
    found = made(SHORT, "over time")
    told = list(sentences(html(found, lang)))
    assert bare(told, certain(Words(found, lang))) == []
    assert sum(len(SURE.findall(text)) for text in told) > 20


def test_a_number_without_its_interval_is_found() -> None:
    with_it, without = (
        "1\xa0085 ± 121 personer, 38,7\xa0±\xa04,7\xa0% under 2020",
        "1\xa0085 personer, 38,7\xa0%",
    )
    assert bare([with_it.replace("± 121", "±\xa0121")], "2020") == []
    assert [number for number, _ in bare([without], "2020")] == ["1\xa0085", "38,7"]


# -- one number -------------------------------------------------------------------------------------------


def test_the_farther_end_is_told_and_rounded_outwards() -> None:
    words = Words(release("a year"), Lang.EN)
    assert noise.aside(10, (4, 13), words) == "±\xa06"
    assert noise.aside(Decimal("10.5"), (Decimal("8.1"), Decimal("11.0")), words) == "±\xa02.4"
    assert noise.aside(1085, (Decimal("1080.2"), Decimal("1090.1")), words) == "±\xa06"
    assert noise.aside(7, (None, 9), words) == "±\xa0∞"
    assert words.percent(Decimal("38.7"), "±\xa04.7") == "38.7\xa0±\xa04.7%"
    assert words.spell(1, "±\xa00.4") == "1\xa0±\xa00.4 months"


def test_a_further_step_tells_how_sure_the_difference_is() -> None:
    """Both intervals together: no end of it is nearer than those of the two tables allow."""
    found = made(MORE)
    words = Words(found, Lang.EN)
    first, wider = found.tables
    less, more = (table.row(part="unique") for table in (first, wider))
    assert less is not None
    assert more is not None
    least, most, low, high = (
        int(str(row[f"value_{end}"])) for row in (less, more) for end in ("low", "high")
    )
    apart = int(str(more["value"])) - int(str(less["value"]))
    aside = max(high - least - apart, apart - (low - most))
    steps = bridge(found, words)
    assert steps is not None
    assert f"{apart} ±\xa0{aside} more" in steps.steps[-1].meaning.replace("\xa0±", " ±")


# -- files ------------------------------------------------------------------------------------------------


@BOTH
def test_files_hold_both_ends_of_every_number(sample: str) -> None:
    found = release(sample)
    sheets = openpyxl.load_workbook(io.BytesIO(excel(found, Lang.EN))).worksheets[1:]
    for table, sheet, text in zip(found.tables, sheets, csv(found, Lang.EN).values(), strict=True):
        rows = list(plain_csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=_between(text)))
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        names = [name for name in rows[0] if name.endswith(", at least")]
        assert len(names) == sum(bool(table.ends(key)) for key in table.values) > 0
        for name in names:
            at = rows[0].index(name)
            assert rows[0][at + 1] == name.replace("least", "most")
            assert any(name in line for line in cells)
            assert all(
                bool(row[at]) == bool(row[at + 1])
                for row in rows[1:]
                if row[at - 1] and table.kind != "change"
            )


def _between(text: bytes) -> str:
    return ";" if b";" in text.splitlines()[0] else ","
