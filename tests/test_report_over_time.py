"""The report of moves, outcomes, stays, amounts around an event, and places: charts, tables and sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from linkage.release import Release, parse
from linkage.release.tables import Table
from linkage.report import html
from linkage.report.answers import answer, question
from linkage.report.charts.flows import COLOURS, Stream, flows
from linkage.report.courses import MOST_TOLD
from linkage.report.grids import Layout
from linkage.report.guide import guide
from linkage.report.pictures import charts
from linkage.report.questions import follow_up, where
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import agreement, over_time, release, travellers
from tests.test_report_page import LANGS, Read

NBSP = "\u00a0"
SV, EN = (Words(over_time()[1], lang) for lang in (Lang.SV, Lang.EN))


def table(measure: str) -> Table:
    return over_time()[1].table(measure)


@cache
def page(lang: Lang) -> str:
    return html(over_time()[1], lang)


def section(measure: str, lang: Lang) -> str:
    return page(lang).split(f'id="m-{measure}"')[1].split("</section>")[0]


def asked(measure: str, *, people: int = 60, seed: int = 8, **options: str) -> Release:
    """A release of one measure."""
    agreed = agreement(f'[[measure]]\nname = "a"\ntitle = "A"\n{measure}\n', **options)
    return release(agreed, travellers(people, len(agreed.window), seed=seed))


def changed(found: Release, change: Callable[[dict[str, Any]], None]) -> Release:
    """The release with something done to each row."""
    document = json.loads(found.to_bytes())
    for one in document["tables"]:
        for row in one["rows"]:
            change(row)
    return parse(json.dumps(document).encode())


# -- the page ---------------------------------------------------------------------------------------------

KINDS = ("steg", "steg-halvar", "till-programmet", "till-programmet-halvar", "langd", "bistandet", "platser")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("measure", KINDS)
def test_every_kind_has_charts_that_are_named_and_described_and_a_table(measure: str, lang: Lang) -> None:
    found = section(measure, lang)
    drawn = re.findall(
        r'<svg[^>]*class="(wide|slim)"[^>]*>\s*<title[^>]*>([^<]+)</title><desc[^>]*>([^<]+)', found
    )
    assert len(drawn) >= 2
    assert [kind for kind, _, _ in drawn] == ["wide", "slim"] * (len(drawn) // 2)
    assert all(any(c.isdigit() for c in said) for _, _, said in drawn)
    assert '<table class="figures' in found


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_every_table_is_on_the_page(lang: Lang) -> None:
    words = Words(over_time()[1], lang)
    for one in over_time()[1].tables:
        shown = set(re.findall(r"<td(?: class=\"note\")?>([^<]*)</td>", section(one.measure, lang)))
        for row in one.rows:
            if "other" not in (row.get("sex"), row.get("age")):
                assert {words.figure(row[key]) for key in one.values if row[key] is not None} <= shown


def test_the_page_is_whole_and_the_same_each_time() -> None:
    assert Read(page(Lang.SV)).open == []
    assert html(over_time()[1], Lang.SV) == page(Lang.SV)


SHAPES = [
    'flow = ["stad.ung"]',
    'flow = ["stad.ung", "af.program"]\nevery = 11\nby = ["period"]',
    'flow = ["left(stad.ung)", "started(af.program)"]\nby = ["period", "sex", "age"]',
    'flow = ["af.arbetslos"]\nby = ["span", "sex"]\nagainst = "h2"',
    'leaving = "stad.ung"\nto = "af.program"\nat = 0',
    'leaving = "stad.ung"\nto = "af.program"\nat = 10\ntarget = 40\nby = ["period"]',
    'leaving = "stad.ung"\nto = "!stad.ung"\nfor = 2\nby = ["sex"]\ntarget = 40',
    'leaving = "stad.ung"\nto = "af.program"\nwithin = 1\ntarget = 40',
    'leaving = "af.arbetslos"\nto = "af.program"\nwithin = 1\nby = ["span", "sex", "age"]\nagainst = "h1"',
    'duration = "stad.ung"',
    'duration = "stad.ung"\nby = ["age"]',
    'duration = "af.arbetslos"\nby = ["sex", "age"]',
    'change = "stad.bistand"\naround = "af.arbetslos"\nbefore = 3\nafter = 3\nby = ["sex"]',
    'change = "stad.bistand"\naround = "started(af.program)"\nbefore = 1\nafter = 1',
    'change = "stad.bistand"\naround = "stad.ung"\nbefore = 6\nafter = 5\nby = ["sex", "age"]',
    'share = "stad.ung"\nof = "places"',
    'share = "stad.ung"\nof = "places"\nby = ["period", "age"]\ntarget = 90',
    'share = "stad.ung | stad.vuxen"\nof = "places"\nby = ["span", "sex"]',
]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_measure_has_a_page(shape: str) -> None:
    assert Read(html(asked(shape), Lang.EN)).open == []


@pytest.mark.parametrize("shape", SHAPES)
def test_nobody_at_all_has_a_page(shape: str) -> None:
    assert Read(html(asked(shape, people=0), Lang.SV)).open == []


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_withheld_has_a_page_and_no_number(shape: str) -> None:
    def withhold(row: dict[str, Any]) -> None:
        row["note"] = "withheld"
        for key in row.keys() & {"value", "people", "percent", "difference", "against", "change", "of"}:
            if not (key == "of" and row["of"] in (150, 210, 360)):
                row[key] = None

    found = changed(asked(shape), withhold)
    words = Words(found, Lang.SV)
    for one in found.tables:
        assert charts(one, words) == []
        assert answer(one, words) == "Ingen totalsiffra kan anges; se tabellen."
    assert Read(html(found, Lang.SV)).open == []


@pytest.mark.parametrize(
    ("shape", "last"),
    [
        ('flow = ["stad.ung"]\nby = ["period"]', "2020-02"),
        ('leaving = "stad.ung"\nto = "af.program"\nat = 0\nby = ["period"]', "2020-02"),
        ('duration = "stad.ung"', "2020-03"),
        ('change = "stad.bistand"\naround = "stad.ung"\nbefore = 1\nafter = 1', "2020-03"),
        ('share = "stad.ung"\nof = "places"\nby = ["period"]', "2020-01"),
        *((shape, "2024-12") for shape in SHAPES if "span" not in shape),
        (
            'change = "stad.bistand"\naround = "stad.ung"\nbefore = 29\nafter = 29\nby = ["sex"]',
            "2024-12",
        ),
    ],
)
def test_the_shortest_and_the_longest_window_have_a_page(shape: str, last: str) -> None:
    assert Read(html(asked(shape, last=last, spans=""), Lang.SV)).open == []


LONG = "Kommunal vuxenutbildning på grundläggande nivå och arbetsmarknadsanställningsförberedande insatser"


def test_eight_states_with_long_titles_have_a_page() -> None:
    groups = "".join(
        f'[[group]]\nname = "g{i}"\ntitle = "{LONG} {i}"\nis = "{base} & {sex} & {age}"\n'
        for i, (base, sex, age) in enumerate(
            (base, sex, age)
            for base in ("stad.ung", "stad.vuxen")
            for sex in ("sex.woman", "sex.man")
            for age in ("age.16-29", "age.30-64")
        )
    )
    states = ", ".join(f'"g{i}"' for i in range(8))
    agreed = agreement(
        f'{groups}[[measure]]\nname = "a"\ntitle = "{LONG}"\nflow = [{states}]\nby = ["period"]\n'
    )
    made = html(release(agreed, travellers(300, 12, seed=3)), Lang.SV)
    assert Read(made).open == []
    assert "till Annanstans" in made


# -- moves ------------------------------------------------------------------------------------------------


def test_a_flow_is_a_matrix_with_the_mean_first() -> None:
    grid = Layout(table("steg"), SV).totals()
    assert grid.label_heads == ("När", "Från")
    assert grid.number_heads == (
        "till Programmet",
        "till Vuxen i staden",
        "till Ung i staden",
        "till Annanstans",
    )
    assert [line.labels for line in grid.lines][::4] == [
        ("Medel per månad", "Programmet"),
        ("Alla övergångar", "Programmet"),
    ]
    row = table("steg").number(period="all", **{"from": "stad.vuxen", "to": "stad.ung"})
    assert grid.lines[5].cells[2].text == SV.number(row)


def test_states_that_are_expressions_are_read_out() -> None:
    assert SV.title("stad.vuxen | stad.ung") == "”Vuxen i staden” eller ”Ung i staden”"


def test_a_flow_is_drawn_without_those_who_are_elsewhere_both_times_and_says_so() -> None:
    both, moving = charts(table("steg"), SV)
    outside = table("steg").number(period="mean", **{"from": "elsewhere", "to": "elsewhere"})
    assert both.note == f"{SV.number(outside)} som är annanstans båda gångerna är inte med i bilden."
    assert "från Annanstans till Annanstans" not in both.description
    assert "kvar i Programmet" in both.description
    assert "kvar i" not in moving.description


def test_spans_of_a_flow_are_drawn_to_one_scale() -> None:
    first, second = (chart.draw(760).to_dict() for chart in charts(table("steg-halvar"), SV))
    people = [
        sum(
            int(str(row["value"]))
            for row in table("steg-halvar").rows
            if row["span"] == span and (row["from"], row["to"]) != ("elsewhere", "elsewhere")
        )
        for span in ("h1", "h2")
    ]
    tall = [_bars(spec) for spec in (first, second)]
    assert tall[0] / people[0] == pytest.approx(tall[1] / people[1])


def _bars(spec: dict[str, Any]) -> float:
    """Pixels of all bars at the left."""
    return float(sum(bar["z"] - bar["y"] for bar in _drawn(spec, 1) if bar["a"] == 0))


def _drawn(spec: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """The data of a layer."""
    found = spec["layer"][layer]["data"]
    return list(found["values"] if "values" in found else spec["datasets"][found["name"]])


def _plain(value: int | Decimal, _: str) -> str:
    return str(value)


def test_bands_leave_and_arrive_side_by_side_and_as_tall_as_their_numbers() -> None:
    streams = [Stream(0, 0, 60), Stream(0, 1, 30), Stream(1, 0, 10), Stream(2, 1, 20)]
    spec = flows(["a", "b", "c"], streams, _plain, 120, 760).to_dict()
    points = _drawn(spec, 0)
    unit = _bars(spec) / 120
    for edge in (min(p["x"] for p in points), max(p["x"] for p in points)):
        ends = sorted((p["y"], p["z"]) for p in points if p["x"] == edge)
        assert [round((z - y) / unit) for y, z in ends] in ([60, 30, 10, 20], [60, 10, 30, 20])
        assert all(a[1] <= b[0] + 0.1 for a, b in pairwise(ends))
    assert len({p["c"] for p in points}) == 3


def test_colours_of_states_are_as_many_as_states_may_be() -> None:
    assert len(set(COLOURS)) == 8


def test_names_of_states_do_not_touch() -> None:
    streams = [Stream(i, j, 1000 if i == j == 0 else 1) for i in range(8) for j in range(8)]
    for width in (760, 340):
        spec = flows([LONG] * 8, streams, _plain, 1063, width).to_dict()
        for side in (3, 4):
            lines = [text["y"] for text in _drawn(spec, side)]
            assert all(b - a >= 14 for a, b in pairwise(lines))


def test_many_streams_are_told_as_far_as_somebody_would_listen() -> None:
    states = ", ".join(f'"{base} & {who}"' for base in ("stad.ung", "stad.vuxen", "af.program")
                       for who in ("sex.woman", "sex.man"))  # fmt: skip
    found = asked(f"flow = [{states}]", people=400)
    chart = charts(found.tables[0], Words(found, Lang.EN))[0]
    assert chart.description.count(";") < MOST_TOLD


# -- sentences --------------------------------------------------------------------------------------------


def test_every_measure_asks_and_answers_in_a_sentence() -> None:
    for words in (SV, EN):
        for one in over_time()[1].tables:
            assert question(one, words).endswith("?")
            assert any(c.isdigit() for c in answer(one, words))


def test_moves_are_told_without_those_elsewhere() -> None:
    found = asked('flow = ["stad.ung", "af.program"]', people=100).tables[0]
    words = Words(asked('flow = ["stad.ung", "af.program"]', people=100), Lang.EN)
    values = {(str(row["from"]), str(row["to"])): int(str(row["value"])) for row in found.rows}
    stays = sum(v for (a, b), v in values.items() if a == b != "elsewhere")
    moves = {pair: v for pair, v in values.items() if pair[0] != pair[1]}
    said = answer(found, words)
    assert said.startswith(
        f"{sum(moves.values()):,} moves from one to another over the whole of 2020; "
        f"{stays} times somebody stays. Most often from "
    )
    assert said.endswith(f": {max(moves.values())}.")


def test_an_outcome_is_told_with_its_people_and_target() -> None:
    one = table("till-programmet")
    percent, value, of = (one.number(key) for key in ("percent", "value", "of"))
    assert percent
    assert value
    assert of
    assert answer(one, SV) == (
        f"{SV.percent(percent)} av dem som lämnade: {value} av {of}. Målet är 40{NBSP}%."
    )
    said = answer(table("till-programmet-halvar"), EN)
    assert said.startswith("Of those who left in h1: ")
    assert "; h2 (only July–October 2020): " in said


@pytest.mark.parametrize(
    ("follow", "said"),
    [
        ("at = 0", "samma månad"),
        ("at = 1", "1 månad senare"),
        ("within = 6", "inom 6 månader"),
        ("for = 2", "2 månader i sträck"),
    ],
)
def test_the_follow_up_is_told_in_words(follow: str, said: str) -> None:
    found = asked(f'leaving = "stad.ung"\nto = "af.program"\n{follow}\nby = ["period"]', people=200)
    words = Words(found, Lang.SV)
    assert follow_up(found.tables[0], words) == said
    assert (
        charts(found.tables[0], words)[0].caption == f"Procent i ”Programmet”, {said}, efter när de lämnade"
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("stad.ung", "i ”Ung i staden”"),
        ("!stad.ung", "inte i ”Ung i staden”"),
        ("!(stad.ung | af.program)", "inte i (”Ung i staden” eller ”Programmet”)"),
        ("!stad.ung & af.program", "inte i ”Ung i staden” och i ”Programmet”"),
        ("!(stad.ung) | (af.program)", "inte i ”Ung i staden” eller i ”Programmet”"),
    ],
)
def test_where_somebody_is_may_be_where_they_are_not(source: str, said: str) -> None:
    assert where(source, SV) == said


def test_a_stay_is_told_by_how_long_more_than_half_stay_at_most() -> None:
    one = table("langd")
    counts = [int(str(one.number(length=i))) for i in range(1, 11)]
    people = sum(counts)
    most = next(i for i in range(1, 11) if 2 * sum(counts[:i]) > people)
    assert 2 * sum(counts[: most - 1]) <= people
    assert answer(one, SV).startswith(
        f"Fler än hälften är kvar högst {most} månader: {sum(counts[:most])} av {people}. Medelvärdet är "
    )


def test_a_change_is_told_by_its_level_with_a_sign_and_its_unit() -> None:
    one = table("bistandet")
    level = int(str(one.number(offset="level")))
    assert level < 0
    said = f"−{-level:,}".replace(",", NBSP) + f"{NBSP}kr"
    assert answer(one, SV).startswith(f"{said} per person från 3 månader före till 3 månader efter: från ")
    everybody, by_sex = charts(one, SV)
    assert everybody.note.startswith(said)
    assert "händelsens månad" in everybody.description
    assert by_sex.caption == "Ekonomiskt bistånd, kr per person, efter kön"
    assert SV.signed(12) == "+12"


def test_spans_are_told_one_by_one_but_not_the_parts_of_longer_ones() -> None:
    spans = 'aret = ["2020-01", "2020-12"], h1 = ["2020-01", "2020-06"], sedan = ["2021-01", "2021-12"]'
    measures = (
        ('count = "volym"', "aret: "),
        ('share = "stad.ung"\nof = "volym"', "aret: "),
        ('leaving = "stad.ung"\nto = "af.program"\nat = 0', "Of those who left in aret: "),
    )
    for shape, begins in measures:
        found = asked(f'{shape}\nby = ["span"]', people=200, last="2021-12", spans=spans)
        said = answer(found.tables[0], Words(found, Lang.EN))
        assert begins in said
        assert "; sedan" in said
        assert "h1" not in said


def test_bars_of_many_spans_leave_the_parts_of_longer_ones_to_the_table() -> None:
    halves = ", ".join(f'"{year}-{h}" = ["{year}-{a}", "{year}-{b}"]' for year in (2019, 2020, 2021)
                       for h, a, b in (("h1", "01", "06"), ("h2", "07", "12")))  # fmt: skip
    years = ", ".join(f'"{year}" = ["{year}-01", "{year}-12"]' for year in (2019, 2020, 2021))
    shape = 'leaving = "stad.ung"\nto = "af.program"\nat = 0\nby = ["span", "sex"]'
    found = asked(shape, people=300, first="2019-01", last="2021-12", spans=f"{years}, {halves}")
    chart = charts(found.tables[0], Words(found, Lang.EN))[0]
    assert [bar.split(": ")[0] for bar in chart.description.split("; ")] == [
        year for year in ("2019", "2020", "2021 (only January–November 2021)") for _ in range(3)
    ]
    assert chart.note.endswith("Not everything has room here: the rest is in the table.")


def test_the_target_of_places_is_drawn_at_so_many_people() -> None:
    spec = charts(table("platser"), SV)[0].draw(760).to_dict()
    heights = [row["y"] for i in range(len(spec["layer"])) for row in _drawn(spec, i) if "y" in row]
    assert 360 * 0.9 in heights
    assert 360 in heights


def test_places_are_told_by_how_many_are_taken() -> None:
    one = table("platser")
    percent, mean = one.number("percent", period="mean"), one.number(period="mean")
    assert percent
    assert mean
    taken = f"{SV.percent(percent)} av 360 platser är upptagna en genomsnittlig månad"
    assert answer(one, SV) == f"{taken}: {SV.number(mean)} personer."
    ever = asked('share = "stad.ung"\nof = "places"')
    assert answer(ever.tables[0], Words(ever, Lang.EN)).endswith(
        "people at some time in 2020; there are 150 places at a time."
    )


# -- tables and words -------------------------------------------------------------------------------------


def test_lengths_end_with_the_longest_that_somebody_had() -> None:
    grid = Layout(table("langd"), SV).totals()
    labels = [line.labels[0] for line in grid.lines]
    longest = max(
        int(str(r["length"])) for r in table("langd").rows if isinstance(r["length"], int) and r["value"]
    )
    assert labels[0] == "1 månad"
    assert labels[-3:] == [f"{longest} månader", "Medel, i månader", "Median, i månader"]
    assert [line.total for line in grid.lines][-3:] == [False, True, True]
    assert grid.number_heads == ("Kvinnor", "Män", "Alla")


def test_offsets_are_columns_while_there_is_room() -> None:
    grid = Layout(table("bistandet"), SV).totals()
    assert grid.number_heads == (
        "Personer", "−3", "−2", "−1", "0", "+1", "+2", "+3", "Ändrad nivå", "Ändrat medel",
    )  # fmt: skip
    assert [line.labels for line in grid.lines] == [("Kvinnor",), ("Män",), ("Alla",)]
    assert not Layout(table("bistandet"), SV).has_more
    alone = asked('change = "stad.bistand"\naround = "stad.ung"\nbefore = 1\nafter = 1')
    grid = Layout(alone.tables[0], Words(alone, Lang.SV)).totals()
    assert (grid.label_heads, grid.lines[0].labels) == (("Månader före och efter",), ("kr per person",))
    wide = asked(
        'change = "stad.bistand"\naround = "stad.ung"\nbefore = 10\nafter = 10', last="2022-12", spans=""
    )
    grid = Layout(wide.tables[0], Words(wide, Lang.SV)).totals()
    assert grid.number_heads == ("kr per person", "Personer")
    assert [line.labels[0] for line in grid.lines][9:12] == [
        "1 månad före",
        "händelsens månad",
        "1 månad efter",
    ]


def test_a_sex_that_is_nobodys_is_left_out_beside_places_too() -> None:
    labels = {line.labels[1] for line in Layout(table("platser"), SV).totals().lines}
    assert labels == {"Kvinnor", "Män", "Alla"}


def test_the_guide_explains_what_occurs_and_nothing_else() -> None:
    words = {
        "Övergångar", "De som lämnade, och vad det blev av dem", "Vistelsers längd",
        "Före och efter en händelse", "Platser",
    }  # fmt: skip
    assert words <= {entry.word for entry in guide(SV)}
    few = asked('duration = "stad.ung"')
    assert words & {entry.word for entry in guide(Words(few, Lang.SV))} == {"Vistelsers längd"}


def test_charts_by_kind() -> None:
    captions = {t.measure: [c.caption for c in charts(t, EN)] for t in over_time()[1].tables}
    assert captions["steg"] == [
        "Where people are, and where they are 1 month later, in an average month",
        "Only those who are in another state 1 month later, in an average month",
    ]
    assert captions["steg-halvar"] == [
        "Where people are, and where they are 3 months later, h1",
        "Where people are, and where they are 3 months later, h2 (only July–September 2020)",
    ]
    assert captions["till-programmet"] == [
        "Per cent in “Programmet”, within 3 months, by when they left, and by sex"
    ]
    assert captions["till-programmet-halvar"] == ["Per cent in “Programmet”, 2 months later"]
    assert captions["langd"] == ["People by the length of their stay", "Mean length"]
    assert captions["bistandet"] == [
        "Ekonomiskt bistånd, kr per person, before and after",
        "Ekonomiskt bistånd, kr per person, by sex",
    ]
    assert captions["platser"] == ["People in each period, against 360 places", "Per cent by sex"]
