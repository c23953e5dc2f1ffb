"""About how many people rows will hold: the rules of thumb of docs/agreement.md, each with known answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement import parse
from linkage.agreement.estimate import estimates, threshold
from linkage.agreement.guess import Guess
from linkage.commands.agreement_check import check
from linkage.dimensions import Ages, Band
from linkage.measures import language
from linkage.measures.language import Vocabulary
from linkage.texts import Lang, use
from tests.agreements import READY, WHOLE, changed
from tests.needs import ROOT

DAY = parse(READY).dimensions.age
BANDS = Ages(DAY.on, (Band("16-28", 16, 28), Band("29-80", 29, 80)), ()) if DAY else None
SIZES = {"m.a": 100, "m.b": 40, "m.w": 60, "m.none": None}
WORDS = Vocabulary({key: (key, key != "m.w") for key in SIZES}, {}, sex=True, ages=BANDS, periods=12)


def guessed(source: str, periods: int = 1, sizes: dict[str, int | None] | None = None) -> Fraction | None:
    """How many people an expression is taken to be about."""
    guess = Guess(12, sizes or SIZES, frozenset({"m.w"}), BANDS)
    return guess.people(language.parse(source, WORDS).tree, periods)


KNOWN = [
    ("m.a", 1, 100),
    ("m.a", 2, 200),
    ("m.a", 12, 300),
    ("m.w", 1, 60),
    ("m.w", 12, 60),
    ("m.a | m.b", 1, 140),
    ("m.a & m.b", 1, 40),
    ("m.a & m.none", 1, 100),
    ("m.none | m.a", 1, None),
    ("m.none & m.none", 1, None),
    ("m.a - m.b", 1, 100),
    ("m.a & sex.woman", 1, 50),
    ("sex.woman & m.a", 1, 50),
    ("m.a - sex.woman", 1, 50),
    ("m.a - age.16-28", 1, 80),
    ("m.a & (sex.woman | sex.man)", 1, 100),
    ("m.a & age.16-28", 1, 20),
    ("m.a & age.29-80 & sex.man", 1, 40),
    ("m.a & !age.16-28", 1, 80),
    ("ever(m.a)", 1, 300),
    ("ever(ever(m.a))", 1, 300),
    ("started(m.a)", 1, 10),
    ("left(m.a)", 12, 120),
    ("left(m.a)", 40, 300),
    ("was(m.a, 3)", 1, 100),
    ("will(m.a, 3) & m.b", 1, 40),
    ("bridge(m.a, 3)", 1, 100),
    ("within(m.a, 1)", 1, 200),
    ("within(m.a, 6)", 12, 300),
    ("atleast(2, m.a, m.b)", 1, 70),
]


@pytest.mark.parametrize(("source", "periods", "people"), KNOWN)
def test_an_expression(source: str, periods: int, people: int | None) -> None:
    assert guessed(source, periods) == people


def test_everybody_is_the_sum_of_all_series_where_each_is_told() -> None:
    assert guessed("!m.a") is None
    told: dict[str, int | None] = {"m.a": 100, "m.b": 40, "m.w": 60, "m.none": 7}
    assert guessed("!m.a", sizes=told) == 207
    assert guessed("!m.a", 12, sizes=told) == 300 + 120 + 60 + 21
    assert guessed("sex.woman", sizes=told) == Fraction(207, 2)
    assert guessed("m.b & !m.a", sizes=told) == 40


def test_an_age_beyond_all_ages_counts_as_one_year() -> None:
    guess = Guess(12, SIZES, frozenset(), BANDS)
    assert guess.of_ages(16, 80) == 1
    assert guess.of_ages(0, 15) == guess.of_ages(90, 99) == Fraction(1, 65)


def small(measure: str, expected: int = 100, text: str = READY) -> tuple[int, int | None]:
    """Rows, and too small ones, of a question about two series of the same size."""
    text = (
        text[: text.index("[[measure]]")]
        + f'[[measure]]\nname = "m"\ntitle = "M"\n{measure}\n'
        + (text[text.index("[release]") :])
    )
    for name in ("krami", "etablering"):
        text = changed(f'name  = "{name}"\n', f'name  = "{name}"\nexpected = {expected}\n', text)
    (found,) = estimates(parse(text))
    return found.rows, found.small


A, B = "malmo.krami", "af.etablering"
ROWS = [
    # one row; one too few; one enough
    (f'count = "{A}"', 3, 1, 1),
    (f'count = "{A}"', 4, 1, 0),
    # 12 periods and their mean hold 9 each, the window 27
    (f'count = "{A}"\nby = ["period"]', 9, 14, 13),
    (f'count = "{A}"\nby = ["period"]', 10, 14, 0),
    # women and men 9 each; nobody is of another sex
    (f'count = "{A}"\nby = ["sex"]', 6, 4, 2),
    # the first period is not known: 11 periods and the mean
    (f'count = "started({A})"\nby = ["period"]', 99, 14, 12),
    (f'count = "started({A})"\nby = ["period"]', 100, 14, 0),
    # spans of 6 and 2 periods: 3 × 4, 2 × 4, and the window
    (f'count = "{A}"\nby = ["span"]', 4, 3, 1),
    # a, b, both: as many as the smaller
    (f'overlap = ["{A}", "{B}"]', 3, 3, 3),
    (f'overlap = ["{A}", "{B}"]', 4, 3, 0),
    # two lists of 12: 24 in at least one, 12 in both; of 9: 18 and 9
    (f'howmany = ["{A}", "{B}"]', 4, 2, 0),
    (f'howmany = ["{A}", "{B}"]', 3, 2, 1),
    # parts, their sum, the whole; the surplus is no people
    (f'count = "{A} | {B}"\nparts = ["{A}", "{B}"]', 3, 5, 2),
    (f'share = "{A} & {B}"\nof = "{B}"', 3, 1, 1),
    (f'share = "{A}"\nof = {{ mean = 5 }}\nsource = "x"\nby = ["period"]', 9, 14, 13),
    # staying 9 × 11, moving 9 / 10 × 11, elsewhere alike; nobody knows how many are elsewhere
    (f'flow = ["{A}"]', 9, 4, 2),
    (f'flow = ["{A}"]', 10, 4, 0),
    # every 3 periods: 9 periods of departure, three tenths move: 9 × 9 stay, 4 / 10 × 3 × 9 move
    (f'flow = ["{A}"]\nevery = 3', 4, 4, 0),
    (f'flow = ["{A}"]\nevery = 3', 3, 4, 2),
    # a tenth leaves in each of 6 known periods; 9 people in all
    (f'leaving = "{A}"\nto = "{B}"\nat = 6', 15, 1, 1),
    (f'leaving = "{A}"\nto = "{B}"\nat = 6', 17, 1, 0),
    (f'leaving = "{A}"\nto = "{B}"\nat = 6\nby = ["period"]', 99, 14, 7),
    # 120 people leave in the year: 12 for each of ten lengths
    (f'duration = "{A}"', 100, 12, 0),
    (f'duration = "{A}"', 80, 12, 10),
]


@pytest.mark.parametrize(("measure", "expected", "rows", "few"), ROWS)
def test_a_measure(measure: str, expected: int, rows: int, few: int) -> None:
    assert small(measure, expected) == (rows, few)


def test_a_row_that_nobody_can_be_in_is_not_too_small() -> None:
    bands = changed('["16-29", "30-64"], also = ["18-29"]', '["16-80"], also = ["18-29"]')
    # a band and all of them, by two sexes and all of them; nobody is of another age or another sex
    assert small(f'count = "{A}"\nby = ["sex", "age"]', 4, bands) == (12, 4)


def test_the_release_has_the_threshold_where_it_has_one() -> None:
    agreement = parse(WHOLE)
    assert threshold(agreement) == 10
    rule = replace(agreement.release, parameters={"threshold": 25})
    stricter = replace(agreement, release=rule)
    assert threshold(stricter) == 25
    few = {e.measure: e.small for e in estimates(stricter)}
    assert few["after"] == 14  # of 40 who leave in a month, 20 women and 20 men
    assert few["taken"] == 0


def test_a_change_holds_those_with_an_event() -> None:
    text = changed(
        "[matcher]", '[[party.series]]\nname = "b"\ntitle = "B"\nvalue = { unit = "kr", max = 9 }\n[matcher]'
    )
    measure = f'change = "af.b"\naround = "started({A})"\nbefore = 3\nafter = 4'
    assert small(measure, 19, text) == (10, 10)
    assert small(measure, 20, text) == (10, 0)


def test_places_stand_in_for_what_is_expected() -> None:
    found = {e.measure: e for e in estimates(parse(WHOLE))}
    assert found["taken"].small == 0
    assert found["after"].small == 0
    fewer = {e.measure: e for e in estimates(parse(changed("expected = 400\n", "", WHOLE)))}
    assert fewer["after"].small == 0
    assert all(e.small is None for e in estimates(parse(READY)))


def test_what_will_mostly_be_too_small_is_warned_of() -> None:
    told = [str(w) for w in parse(changed("expected = 400", "expected = 40", WHOLE)).warnings]
    said = "about 21 of the 24 rows that anybody can be in will hold fewer than 10 people: ask by fewer"
    assert any("measure.after: " in t and said in t for t in told), told


@pytest.fixture
def swedish() -> Iterator[None]:
    use(Lang.SV)
    yield
    use(Lang.EN)


@pytest.mark.usefixtures("swedish")
def test_check_shows_a_table(tmp_path: Path) -> None:
    path = tmp_path / "agreement.toml"
    path.write_text(WHOLE, encoding="utf-8")
    lines = [line if isinstance(line, str) else str(line) for line in check(path).lines()]
    assert lines[0].split() == ["mått", "rader", "för", "små"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:14]}
    assert rows["after"] == ["56", "0"]
    assert rows["volume"] == ["1120", "–"]
    assert len({len(line) for line in lines[:14]}) == 1


SERIES = st.sampled_from(["m.a", "m.b", "m.w", "sex.woman", "age.16-28"])
SOURCES = st.recursive(
    SERIES,
    lambda inner: st.one_of(
        st.builds("({} | {})".format, inner, inner),
        st.builds("({} & {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("!{}".format, inner),
        st.builds("ever({})".format, inner),
        st.builds("atleast(1, {}, {})".format, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(SOURCES, st.integers(1, 12), st.integers(1, 12))
def test_more_time_and_larger_series_never_mean_fewer_people(source: str, one: int, other: int) -> None:
    few: dict[str, int | None] = {"m.a": 100, "m.b": 40, "m.w": 60}
    more: dict[str, int | None] = {"m.a": 100, "m.b": 90, "m.w": 60}
    short, long = (guessed(source, n, few) for n in sorted((one, other)))
    larger = guessed(source, min(one, other), more)
    assert short is not None
    assert long is not None
    assert larger is not None
    assert 0 <= short <= long
    assert short <= larger


def test_the_rules_are_told_as_they_are() -> None:
    page = re.sub(r"\s+", " ", (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8"))
    for said in (
        f"a tenth of those in a period ({Guess.LEAVING})",
        f"{Guess.OVER_TIME} times as many as in one",
        f"{Guess.YOUNGEST} to {Guess.OLDEST}",
    ):
        assert said in page
