"""Numbers, periods and expressions as they are said, the bridge, and the layout of tables."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.release import Release, parse
from linkage.report.answers import answer, question
from linkage.report.bridge import bridge
from linkage.report.charts.axes import scale_to, wrapped
from linkage.report.charts.lines import lines
from linkage.report.charts.series import Series
from linkage.report.grids import Layout
from linkage.report.guide import guide
from linkage.report.pictures import charts
from linkage.report.questions import in_words, operands
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import agreement, crowd, release, year

NBSP = "\u00a0"
SV, EN = (Words(year()[1], lang) for lang in (Lang.SV, Lang.EN))


def other(measures: str, first: str = "2020-01", last: str = "2020-12", unit: str = "month") -> Release:
    agreed = agreement(measures, first=first, last=last, spans="", unit=unit)
    return release(agreed, crowd(60, len(agreed.window), seed=7))


COUNT = '[[measure]]\nname = "a"\ntitle = "A"\ncount = "volym"\nby = ["period"]\n'


@pytest.mark.parametrize(
    ("value", "swedish", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (6251, f"6{NBSP}251", "6,251"),
        (1234567, f"1{NBSP}234{NBSP}567", "1,234,567"),
        (-12, "−12", "−12"),
        (Decimal("6251.0"), f"6{NBSP}251,0", "6,251.0"),
        (Decimal("-0.5"), "−0,5", "−0.5"),
        (None, "", ""),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    value: int | Decimal | None, swedish: str, english: str
) -> None:
    assert SV.number(value) == swedish
    assert EN.number(value) == english


def test_per_cents_and_whole_numbers() -> None:
    assert SV.percent(Decimal("23.5")) == f"23,5{NBSP}%"
    assert EN.percent(Decimal("23.5")) == "23.5%"
    assert [SV.whole(Decimal(v)) for v in ("6120.4", "6120.5", "-0.5", "0.5")] == [
        f"6{NBSP}120", f"6{NBSP}121", "−1", "1",
    ]  # fmt: skip
    with pytest.raises(TypeError):
        SV.figure("edge")


@pytest.mark.parametrize(
    ("unit", "first", "last", "period", "short", "swedish", "english"),
    [
        ("month", "2020-01", "2020-12", "januari 2020", ("jan", "2020"), "2020", "2020"),
        ("month", "2020-01", "2020-06", "januari 2020", ("jan", "2020"),
         "januari–juni 2020", "January–June 2020"),
        ("month", "2019-07", "2020-06", "juli 2019", ("jul", "2019"),
         "juli 2019–juni 2020", "July 2019–June 2020"),
        ("month", "2019-01", "2020-12", "januari 2019", ("jan", "2019"), "2019–2020", "2019–2020"),
        ("month", "2020-05", "2020-05", "maj 2020", ("maj", "2020"), "maj 2020", "May 2020"),
        ("quarter", "2020-Q1", "2020-Q4", "kvartal 1 2020", ("kv 1", "2020"), "2020", "2020"),
        ("quarter", "2020-Q2", "2020-Q3", "kvartal 2 2020", ("kv 2", "2020"),
         "kvartal 2 2020–kvartal 3 2020", "quarter 2 of 2020–quarter 3 of 2020"),
        ("tertial", "2020-T1", "2021-T3", "tertial 1 2020", ("T1", "2020"), "2020–2021", "2020–2021"),
        ("year", "2018", "2020", "2018", ("2018", ""), "2018–2020", "2018–2020"),
    ],
)  # fmt: skip
def test_periods_and_windows_are_named(
    unit: str, first: str, last: str, period: str, short: tuple[str, str], swedish: str, english: str
) -> None:
    found = other(COUNT, first, last, unit)
    words = Words(found, Lang.SV)
    assert words.period(found.window.labels[0]) == period
    assert words.short(found.window.labels[0]) == short
    assert words.window == swedish
    assert Words(found, Lang.EN).window == english


def test_days_and_labels() -> None:
    assert SV.day(dt.date(2020, 12, 31)) == "31 december 2020"
    assert EN.day(dt.date(2020, 12, 31)) == "December 31, 2020"
    assert [SV.label("sex", s) for s in ("woman", "man", "other", "all")] == [
        "Kvinnor", "Män", "Kön okänt", "Alla",
    ]  # fmt: skip
    assert [SV.label("age", a) for a in ("16-29", "other", "all")] == [
        "16–29 år",
        "Övriga åldrar",
        "Alla åldrar",
    ]
    assert SV.label("period", "all") == "Någon gång under 2020"
    assert SV.label("period", "mean") == "Medel per månad"
    assert SV.label("part", "surplus") == "För mycket i summan"
    assert SV.label("part", "stad.ung") == "Ung i staden"
    assert SV.label("in", ("stad.ung",)) == "enbart Ung i staden"
    assert SV.label("in", ("stad.ung", "af.program")) == "Ung i staden + Programmet"
    assert [SV.label("lists", n) for n in (1, 3)] == ["en lista", "3 listor"]
    assert SV.title("sex.woman") == "Kvinnor"
    assert SV.title("age.16-29") == "16–29 år"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("volym", "”Samverkansvolymen”"),
        ("volym | stad.center", "”Samverkansvolymen” eller ”Centret”"),
        ("stad.center & !ever(volym)", "”Centret” och inte någon gång i ”Samverkansvolymen”"),
        ("stad.ung - af.program", "”Ung i staden” men inte ”Programmet”"),
        ("!(stad.ung | af.program)", "inte i (”Ung i staden” eller ”Programmet”)"),
        ("atleast(2, stad.ung, af.program)", "i minst 2 av ”Ung i staden”, ”Programmet”"),
        ("started(af.program)", "nya i ”Programmet”"),
        (
            "left(volym) & ever(stad.ung)",
            "i sista perioden i ”Samverkansvolymen” och någon gång i ”Ung i staden”",
        ),
        ("was(volym, 3)", "i ”Samverkansvolymen” 3 månader tidigare"),
        ("will(volym, 1)", "i ”Samverkansvolymen” 1 månad senare"),
        ("within(volym, 3)", "i ”Samverkansvolymen” nu eller inom 3 månader"),
        ("bridge(volym, 2)", "i ”Samverkansvolymen” eller i ett uppehåll på högst 2 månader"),
        ("started(stad.ung & sex.woman)", "nya (i ”Ung i staden” och kvinnor)"),
        ("ever(stad.ung | af.program)", "någon gång i ”Ung i staden” eller ”Programmet”"),
        ("stad.ung - (af.program & volym)", "”Ung i staden” men inte (”Programmet” och ”Samverkansvolymen”)"),
        ("stad.ung & (af.program", "”stad.ung & (af.program”"),
        ("(" * 99 + "volym" + ")" * 99, "”" + "(" * 99 + "volym" + ")" * 99 + "”"),
        ("stad.ung &" * 300 + "volym", "”" + "stad.ung &" * 300 + "volym”"),
    ],
)
def test_expressions_are_read_out(source: str, said: str) -> None:
    assert in_words(source, SV) == said


@pytest.mark.parametrize(
    ("source", "several"),
    [
        ("a", ("a",)),
        ("a | b|c", ("a", "b", "c")),
        ("a & b | c", ("a & b", "c")),
        ("(a | b) | c", ("(a | b)", "c")),
        ("ever(a | b)", ("ever(a | b)",)),
        ("  a  &  b ", ("a & b",)),
    ],
)
def test_what_is_joined_by_or(source: str, several: tuple[str, ...]) -> None:
    assert operands(source) == several


# -- the bridge -------------------------------------------------------------------------------------------


def bridged(measures: str, **options: str) -> list[tuple[str, str]]:
    found = bridge(found_release := other(measures, **options), Words(found_release, Lang.EN))
    return [] if found is None else [(step.role, step.name) for step in found.steps]


PARTS = 'parts = ["stad.ung", "stad.vuxen", "af.program"]\n'


def measure(name: str, rest: str) -> str:
    return f'[[measure]]\nname = "{name}"\ntitle = "{name.upper()}"\n{rest}'


def test_the_bridge_goes_from_the_sum_to_the_month_to_the_year_and_beyond() -> None:
    asked = (
        measure("single", 'count = "stad.ung"\n')
        + measure("share", 'share = "volym"\nof = "af.arbetslos"\n')
        + measure("head", f'count = "volym"\n{PARTS}by = ["period"]\n')
        + measure("later", 'count = "stad.center | volym"\n')
        + measure("still", 'count = "volym | stad.center | af.arbetslos"\nby = ["sex"]\n')
        + measure("not", 'count = "volym & stad.center"\n')
    )
    assert bridged(asked) == [
        ("sum", "The parts added up, in an average month"),
        ("unique", "Unique people, in an average month"),
        ("ever", "Unique people at some time in 2020"),
        ("wider", "LATER"),
        ("wider", "STILL"),
    ]


def test_without_months_the_bridge_goes_over_the_whole_time() -> None:
    assert bridged(measure("a", f'count = "volym"\n{PARTS}')) == [
        ("sum", "The parts added up, at some time in 2020"),
        ("ever", "Unique people at some time in 2020"),
    ]


def test_a_count_without_parts_leads_where_none_has_parts() -> None:
    assert bridged(measure("a", 'count = "volym"\nby = ["period"]\n')) == [
        ("unique", "Unique people, in an average month"),
        ("ever", "Unique people at some time in 2020"),
    ]


def test_where_there_is_no_figure_to_lead_with_there_is_no_bridge() -> None:
    assert bridged(measure("a", 'overlap = ["volym", "af.arbetslos"]\n')) == []


def test_an_agreement_that_begins_with_a_share_leads_with_it() -> None:
    share = 'share = "volym"\nof = "af.arbetslos"\n'
    counts = measure("b", f'count = "volym"\n{PARTS}')
    assert bridged(measure("a", share) + counts) == [("figure", "At some time in 2020")]
    assert bridged(measure("a", f'{share}by = ["period"]\n') + counts) == [("figure", "Mean per month")]


def test_parts_without_dates_leave_the_whole_time() -> None:
    asked = measure(
        "a", 'count = "stad.ung | stad.center"\nparts = ["stad.ung", "stad.center"]\nby = ["period"]\n'
    )
    assert [role for role, _ in bridged(asked)] == ["sum", "ever"]


def test_the_bridge_says_what_each_step_means() -> None:
    found = bridge(year()[1], SV)
    assert found
    added, unique, ever, wider = found.steps
    volume = year()[1].table("volym")
    assert (added.number, unique.number) == tuple(
        SV.number(volume.number(period="mean", part=part)) for part in ("sum", "unique")
    )
    assert f" {SV.number(added.value - unique.value)} för mycket" in unique.meaning
    assert "3 delarnas" in added.meaning
    assert "människor kommer och går" in ever.meaning
    assert "”Centret”" in wider.meaning
    assert int(wider.value - ever.value) == int(wider.meaning.split(": ")[1].split(" ")[0])


@pytest.mark.parametrize(
    ("added", "one", "told"),
    [
        ("286.4", "249.8", ("286.4", "249.8", "36.6")),
        ("1340.5", "999.9", ("1,340.5", "999.9", "340.6")),
        ("1340.5", "1000.4", ("1,341", "1,000", "341")),
        ("1000.4", "1000.0", ("1,000", "1,000", "0.4")),
    ],
)
def test_the_headline_adds_up_as_it_is_shown(added: str, one: str, told: tuple[str, str, str]) -> None:
    document = json.loads(year()[1].to_bytes())
    document["tables"] = document["tables"][:1]
    for row in document["tables"][0]["rows"]:
        if (row["period"], row["sex"], row["age"]) == ("mean", "all", "all"):
            row["value"] = {"sum": float(added), "unique": float(one)}.get(row["part"], row["value"])
    found = parse(json.dumps(document).encode())
    built = bridge(found, Words(found, Lang.EN))
    assert built
    first, second = built.steps[:2]
    assert (first.number, second.number) == told[:2]
    assert f"counted {told[2]} too many" in second.meaning


def test_bars_start_at_nought_and_end_at_their_number() -> None:
    found = bridge(year()[1], SV)
    assert found
    longest = max(step.value for step in found.steps)
    for step in found.steps:
        assert step.pieces[0].start == 0
        end = step.pieces[-1].start + step.pieces[-1].width
        assert end == pytest.approx(float(step.value) / float(longest) * 1000, abs=0.2)
        assert all(
            a.start + a.width == pytest.approx(b.start)
            for a, b in zip(step.pieces, step.pieces[1:], strict=False)
        )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ('["stad.ung"]', "of them are in none of the parts"),
        ('["volym"]', "Nobody is in two parts at the same time"),
        ('["volym", "volym & stad.ung"]', "Adding up counted"),
    ],
)
def test_the_difference_is_called_what_it_is(parts: str, said: str) -> None:
    found = other(measure("a", f'count = "volym"\nparts = {parts}\nby = ["period"]\n'))
    built = bridge(found, Words(found, Lang.EN))
    assert built
    assert said in built.steps[1].meaning


# -- answers, tables, charts ------------------------------------------------------------------------------


def test_every_measure_asks_and_answers_in_a_sentence() -> None:
    found = year()[1]
    for words in (SV, EN):
        for table in found.tables:
            assert question(table, words).endswith("?")
            assert any(c.isdigit() for c in answer(table, words))


def test_an_answer_of_combinations_adds_exact_numbers_not_rounded_ones() -> None:
    found = year()[1]
    table = found.table("kombinationer")
    rows = [row for row in table.rows if row["period"] not in ("all", "mean")]
    both = sum(int(str(row["value"])) for row in rows if isinstance(row["in"], tuple) and len(row["in"]) > 1)
    everybody = sum(int(str(row["value"])) for row in rows)
    said = answer(table, SV)
    some, of = (Decimal(f"{number / 12:.1f}") for number in (both, everybody))
    assert said.startswith(f"{SV.number(some)} av {SV.number(of)} personer")
    assert f"({SV.percent(round(100 * some / of, 1))})" in said  # of the numbers as they are shown


def test_totals_come_first_and_all_rows_hold_every_number() -> None:
    found = year()[1]
    layout = Layout(found.table("volym"), SV)
    totals = layout.totals()
    assert totals.label_heads == ("Del",)
    assert totals.number_heads == ("Medel per månad", "Någon gång under 2020")
    assert [line.labels[0] for line in totals.lines][-3:] == [
        "Hoplagt",
        "Unika personer",
        "För mycket i summan",
    ]
    assert [line.total for line in totals.lines] == [False, False, False, False, True, False]
    everything = layout.everything()
    assert everything.label_heads == ("Månad", "Kön", "Ålder")
    assert len(everything.lines) == 14 * 3 * 3
    assert layout.left_out
    assert layout.has_more


def test_why_a_number_is_missing_stands_in_its_place() -> None:
    found = year()[1]
    cells = [line.cells[0] for line in Layout(found.table("nya"), SV).everything().lines]
    assert (cells[0].text, cells[0].note) == ("okänt", True)
    assert not cells[1].note
    undated = Layout(found.table("med-centret"), SV).totals()
    assert undated.lines[1].cells[0].text == "utan datum"


def test_shares_and_comparisons_have_a_line_for_each_row() -> None:
    found = year()[1]
    half = Layout(found.table("halvar"), SV).totals()
    assert half.number_heads == ("Personer", "Under h1", "Förändring")
    assert len(half.lines) == 3 * 5
    share = Layout(found.table("andel"), SV).totals()
    assert share.number_heads[:4] == ("Personer", "Av", "Procent", "Mål, procent")


def test_the_guide_explains_what_occurs_and_nothing_else() -> None:
    everything = {entry.word for entry in guide(SV)}
    assert {"”okänt”", "”utan datum”", "Kombinationer", "Procent", "Täckning", "Ålder"} <= everything
    assert "”visas inte”" not in everything
    small = other(measure("a", 'count = "volym"\n'))
    few = {entry.word for entry in guide(Words(small, Lang.SV))}
    assert few == {"Unika personer", "Kön", "Ålder", "Täckning"}


def test_charts_by_kind() -> None:
    found = year()[1]
    captions = {t.measure: [c.caption for c in charts(t, EN)] for t in found.tables}
    assert captions["volym"] == [
        "Unique people, and the parts added up",
        "Each part by itself, each on a scale of its own",
        "Unique people by sex",
        "Unique people by age",
    ]
    assert captions["andel"] == ["Per cent by sex"]
    assert captions["andel-av-fast"] == ["People, in an average month"]
    assert captions["kombinationer"] == ["In which combinations, in an average month"]
    assert captions["antal"] == ["People, at some time in 2020"]
    assert captions["med-centret"] == ["People, at some time in 2020"]
    assert len(captions["halvar"]) == 2


def test_a_line_has_its_periods_in_order_and_no_number_where_none_is_known() -> None:
    months = tuple(None if i == 0 else i for i in range(12))
    spec = lines([Series("a", months)], SV, 760).to_dict()
    points = next(d for d in spec["datasets"].values() if "v" in d[0]) if "datasets" in spec else []
    values = points or spec["layer"][0]["data"]["values"]
    assert [v["p"] for v in values] == list(year()[1].window.labels)
    assert values[0]["v"] is None
    assert "sort': None" in str(spec["layer"][0]["encoding"]["x"])


@given(st.just(0.0) | st.floats(0.1, 1e9), st.booleans())
def test_scales_start_at_nought_and_reach_over_the_highest(highest: float, whole: bool) -> None:
    ticks = scale_to(highest, whole=whole)
    assert not whole or all(tick == round(tick) for tick in ticks[:2])
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 7


@given(st.text(min_size=1, max_size=80), st.integers(8, 40))
def test_wrapped_lines_are_short_and_lose_no_letter(text: str, width: int) -> None:
    found = wrapped(text, width)
    assert found
    assert all(len(line) <= width + 2 for line in found)
    letters = "".join(text.split())
    if letters and "-" not in letters:
        assert "".join("".join(found).split()).replace("-", "") == letters
