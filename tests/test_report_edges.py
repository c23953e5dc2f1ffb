"""What a table cannot see is said beside its numbers, and what else a reader could take for granted."""

from __future__ import annotations

import json
import re

import pytest

from linkage.release import parse
from linkage.report.answers import answer
from linkage.report.bridge import bridge
from linkage.report.edges import gaps, note, span_of
from linkage.report.grids import Layout
from linkage.report.pictures import charts
from linkage.report.remarks import remarks
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import agreement, crowd, release

SPANS = 'first = ["2020-01", "2020-04"], last = ["2020-05", "2020-08"]'
LEFT = '[[measure]]\nname = "a"\ntitle = "A"\nleaving = "volym"\nto = "af.program"\n'
COUNT = '[[measure]]\nname = "a"\ntitle = "A"\n'


def asked(shape: str, counting: str = "any-day") -> Words:
    """A release of one measure over eight months in two spans."""
    data = release(agreement(shape, last="2020-08", spans=SPANS), crowd(120, 8, seed=5)).to_bytes()
    return Words(parse(data.replace(b"any-day", counting.encode())), Lang.EN)


def test_a_span_that_is_cut_is_named_with_what_can_be_seen_of_it() -> None:
    words = asked(f'{LEFT}within = 2\nby = ["span"]\n')
    table = words.release.tables[0]
    assert table.known == ("2020-01", "2020-06")
    assert [span_of(table, words, span) for span in ("first", "last")] == [
        "first",
        "last (only May–June 2020)",
    ]
    said = (
        "last: only those who left May–June 2020 can be followed. "
        "{whole}Such a stretch is shorter: compare per cents, and not numbers of people."
    )
    whole = "The whole of January–August 2020: only those who left January–June 2020 can be followed. "
    assert remarks(table, words) == [said.format(whole=whole)]
    assert charts(table, words)[0].note == said.format(whole="")
    assert "; last (only May–June 2020): " in answer(table, words)
    head = bridge(words.release, words)
    assert head
    assert [step.name for step in head.steps] == ["first", "last (only May–June 2020)"]
    percents = [table.number("percent", span=span) for span in ("first", "last")]
    assert [step.value for step in head.steps] == percents
    assert [step.pieces[0].width for step in head.steps] == [float(str(percent)) * 10 for percent in percents]


def test_a_span_of_which_nothing_can_be_seen_has_no_numbers_to_compare() -> None:
    words = asked(f'{LEFT}at = 5\nby = ["span"]\n')
    said = note(words.release.tables[0], words)
    assert "last: nothing can be seen." in said
    assert "first: only those who left January–March 2020 can be followed." in said


def test_a_table_that_sees_everything_says_nothing() -> None:
    words = asked(f'{COUNT}count = "volym"\nby = ["span"]\n')
    assert remarks(words.release.tables[0], words) == []


def test_counts_of_a_shorter_stretch_are_not_to_be_compared() -> None:
    words = asked(f'{COUNT}count = "started(volym)"\nby = ["span"]\n')
    said = note(words.release.tables[0], words)
    assert said.startswith("first: only February–April 2020 can be seen.")
    assert said.endswith("its numbers cannot be compared with those of a whole one.")


def test_gaps_of_a_line_are_explained() -> None:
    words = asked(f'{LEFT}at = 1\nby = ["period"]\n')
    table = words.release.tables[0]
    assert gaps(table, words).startswith("The whole of January–August 2020: only those who left")
    assert charts(table, words)[0].note == gaps(table, words)


def test_a_flow_says_how_often_it_counts_one_step() -> None:
    flow = f'{COUNT}flow = ["stad.ung", "af.program"]\n'
    step = "Each month is looked at 3 months ahead: a lasting step is counted up to 3 times."
    words = asked(f"{flow}every = 3\n")
    assert step in remarks(words.release.tables[0], words)
    assert answer(words.release.tables[0], words).endswith(step)
    assert step in charts(words.release.tables[0], words)[0].note
    words = asked(flow)
    assert "counted up to" not in " ".join(remarks(words.release.tables[0], words))


def test_a_flow_of_many_stretches_draws_the_last_and_tells_the_outer_ones_first() -> None:
    months = ", ".join(f'"m{m}" = ["2020-0{m}", "2020-0{m}"]' for m in (5, 6, 7))
    shape = f'{COUNT}flow = ["stad.ung", "af.program"]\nby = ["span"]\n'
    several = f'a = ["2020-01", "2020-02"], b = ["2020-03", "2020-04"], {SPANS}, {months}'
    data = release(agreement(shape, last="2020-08", spans=several), crowd(120, 8, seed=5)).to_bytes()
    words = Words(parse(data), Lang.EN)
    table = words.release.tables[0]
    drawn = charts(table, words)
    assert [chart.caption.split(", ")[-1] for chart in drawn if chart.caption.startswith("Where")] == [
        "first",
        "last (only May–July 2020)",
    ]
    assert drawn[0].note.endswith("Not everything has room here: the rest is in the table.")
    layout = Layout(table, words)
    assert {line.labels[0] for line in layout.totals().lines} == {"first", "last", "All moves"}
    everything = {line.labels[0] for line in layout.everything().lines}
    assert everything == {"a", "b", "first", "last", "m5", "m6", "m7", "All moves"}


def test_a_line_says_of_which_month_the_number_at_its_end_is() -> None:
    words = asked(f'{LEFT}at = 1\nby = ["period"]\n')
    table = words.release.tables[0]
    last = table.number("percent", period="2020-07")
    spec = json.dumps(charts(table, words)[0].draw(760).to_dict(), ensure_ascii=False)
    assert re.search(rf'Share {last}%, Jul"|"Share {last}%,"', spec)


@pytest.mark.parametrize(("by", "said"), [("span", "first: "), ("period", "in an average month")])
def test_a_share_tells_its_numbers_and_its_target(by: str, said: str) -> None:
    shape = f'{COUNT}share = "stad.ung"\nof = "volym"\ntarget = 40\nby = ["{by}"]\n'
    words = asked(shape)
    told = answer(words.release.tables[0], words)
    assert said in told
    assert " out of " in told
    assert told.endswith(" The target is 40%.")


@pytest.mark.parametrize(("counting", "told"), [("any-day", True), ("last-day", False)])
def test_places_that_are_counted_by_any_day_seem_fuller(counting: str, told: bool) -> None:
    words = asked(f'{COUNT}share = "stad.ung | stad.vuxen"\nof = "places"\nby = ["period"]\n', counting)
    said = " ".join(remarks(words.release.tables[0], words))
    assert ("more places seem to be taken than are" in said) == told


def test_a_change_leads_with_its_level_and_says_where_amounts_end() -> None:
    words = asked(f'{COUNT}change = "stad.bistand"\naround = "started(af.program)"\nbefore = 1\nafter = 2\n')
    table = words.release.tables[0]
    said = remarks(table, words)
    assert said[0].endswith("only events February–June 2020 can be followed both ways.")
    assert said[1].startswith("An amount above 60,000\u00a0kr counts as 60,000\u00a0kr.")
    head = bridge(words.release, words)
    assert head
    assert [step.value for step in head.steps] == [table.number(offset=offset) for offset in (-1, 2, "level")]
