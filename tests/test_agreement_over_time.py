"""Questions that follow people over time, places, and how many rows a question makes."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from linkage.agreement import parse, plain
from linkage.agreement.model import Agreement
from linkage.agreement.notes import notes
from linkage.agreement.over_time import events, surrounded
from linkage.agreement.sizes import MANY, MOST, size, too_many
from linkage.measures.model import Change, Duration, Flow, Follow, Outcome, Places, Share
from linkage.package.layout import Layout
from linkage.texts import Lang
from tests import releases
from tests.agreements import READY, WHOLE, changed


@pytest.fixture(scope="module")
def whole() -> Agreement:
    return parse(WHOLE)


def warned(old: str, new: str, text: str = WHOLE) -> list[str]:
    """What is said of the agreement when this is replaced."""
    return [str(warning) for warning in parse(changed(old, new, text)).warnings]


def test_what_is_asked(whole: Agreement) -> None:
    moves, after, soon, lasting, length, amounts, taken = whole.measures[6:]
    assert isinstance(moves, Flow)
    assert [state.label for state in moves.flow] == ["Krami", "Ung Malmö (DUA-unga)", "Etableringsprogrammet"]
    assert (moves.every, moves.by, moves.against) == (3, ("span",), "first-half")
    assert isinstance(after, Outcome)
    assert (after.leaving.source, after.to.source) == ("malmo.krami", "af.etablering")
    assert (after.follow, after.k, after.target) == (Follow.AT, 6, Fraction(48))
    assert isinstance(soon, Outcome)
    assert (soon.follow, soon.k, soon.target) == (Follow.WITHIN, 2, None)
    assert isinstance(lasting, Outcome)
    assert (lasting.follow, lasting.k) == (Follow.FOR, 2)
    assert isinstance(length, Duration)
    assert length.duration.label == "Krami"
    assert isinstance(amounts, Change)
    assert (amounts.change, amounts.unit, amounts.before, amounts.after) == ("af.bistand", "kr", 3, 4)
    assert amounts.around.known == 0b111111111110
    assert isinstance(taken, Share)
    assert taken.of == Places(620)


def test_what_is_left_out() -> None:
    flow = parse(changed("every = 3\n", "", WHOLE)).measures[6]
    assert isinstance(flow, Flow)
    assert flow.every == 1
    assert [s.places for s in parse(READY).series] == [None] * 4
    assert [s.expected for s in parse(READY).series] == [None] * 4


def test_places_of_a_group_and_of_all_of_a_party_count_each_series_once() -> None:
    text = changed('title = "Ung Malmö (DUA-unga)"', 'title = "Ung Malmö (DUA-unga)"\nplaces = 7', WHOLE)
    text = changed('known = "window"', 'known = "window"\nplaces = 5', text)
    group = '[[group]]\nname = "both"\ntitle = "x"\nis = "malmo.krami | malmo.ung-malmo"\n'
    text = changed("[[measure]]", group + "[[measure]]", text)
    for share, places in (
        ("both", 427),
        ("malmo.*", 432),
        ("both | malmo.* | malmo.krami", 432),
        ("malmo.krami", 420),
    ):
        taken = parse(changed('"malmo.krami | af.etablering"', f'"{share}"', text)).measures[-1]
        assert isinstance(taken, Share)
        assert taken.of == Places(places), share


def test_all_of_a_party_leaves_its_amounts_out_of_states() -> None:
    flow = parse(
        changed('flow  = ["malmo.krami", ', 'flow  = ["af.*", "malmo.krami", ', WHOLE).replace(
            '"malmo.ung-malmo", "af.etablering"]', '"malmo.ung-malmo"]'
        )
    ).measures[6]
    assert isinstance(flow, Flow)
    assert "bistand" not in repr(flow)


def test_what_is_told_of_a_series_asks_nothing_more_of_a_party() -> None:
    bare = re.sub(
        r"(?m)^(places|expected) = .*\n", "", WHOLE.replace('of    = "places"', 'of = "malmo.krami"')
    )
    assert "expected" not in bare
    for party in ("malmo", "af"):
        assert Layout.of(parse(WHOLE), party) == Layout.of(parse(bare), party)


SAID = {
    Lang.EN: [
        "between each period and the one 3 later: “Krami”; “Ung Malmö (DUA-unga)”; “Etableringsprogrammet”;",
        "Of those who leave “Krami”: how many are, 6 periods after their last one there:",
        "in their last period there or one of the 2 after it:",
        "in every one of the 2 periods after their last one there:",
        "The target is 48 per cent.",
        "How many periods do stays last in: “Krami”?",
        "How much is “Bistånd” per person, as a mean (kr per period), from 3 periods before to 4 after",
        "In per cent of the places there, 620 together.",
        "Places, how many can take part at once: “Krami” 420.",
        "Expected in a period, about, which changes no figure: “Bistånd” 500.",
    ],
    Lang.SV: [
        "mellan varje period och den som kommer 3 senare: ”Krami”;",
        "Av dem som slutar i ”Krami”: hur många är, 6 perioder efter sin sista där:",
        "Målet är 48 procent.",
        "Hur många perioder varar vistelser i: ”Krami”?",
        "Hur mycket är ”Bistånd” per person, som medelvärde (kr per period), från 3 perioder före till 4",
        "I procent av platserna där, 620 tillsammans.",
        "Platser, hur många som kan delta samtidigt: ”Krami” 420.",
        "Väntade i en period, ungefär, vilket inte ändrar något tal: ”Bistånd” 500.",
    ],
}


@pytest.mark.parametrize("lang", list(Lang))
def test_a_jurist_reads_what_is_asked_over_time(lang: Lang, whole: Agreement) -> None:
    page = " ".join(plain(whole, lang).split())
    for said in SAID[lang]:
        assert said in page
    same = " ".join(plain(parse(changed("at      = 6", "at = 0", WHOLE)), lang).split())
    last = {Lang.EN: "how many are, in their last period there:", Lang.SV: "i sin sista period där:"}[lang]
    assert last in same
    assert last not in page


# what follows an event -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("follow", "k", "periods"),
    [
        (Follow.AT, 0, [0, 1, 2, 3, 4]),
        (Follow.AT, 2, [0, 1, 2, 3]),
        (Follow.AT, 5, [0]),
        (Follow.AT, 6, []),
        (Follow.WITHIN, 3, [0, 1, 2]),
        (Follow.FOR, 1, [0, 1, 2, 3, 4]),
        (Follow.FOR, 5, [0]),
        (Follow.FOR, 6, []),
    ],
)
def test_events_whose_outcome_is_known_in_six_periods(follow: Follow, k: int, periods: list[int]) -> None:
    full = 0b111111
    assert events(full, full, follow, k) == sum(1 << p for p in periods)


def test_an_outcome_that_is_known_only_late_has_only_late_events() -> None:
    assert events(0b111111, 0b111000, Follow.AT, 1) == 0b011100
    assert events(0b111111, 0b111000, Follow.WITHIN, 1) == 0b011000
    assert events(0b001111, 0b111111, Follow.AT, 0) == 0b000111


def test_events_with_enough_on_both_sides() -> None:
    assert surrounded(0b111111, 2, 1, 6) == 0b011100
    assert surrounded(0b111111, 1, 5, 6) == 0
    assert surrounded(0b000100, 2, 1, 6) == 0b000100


# rows ----------------------------------------------------------------------------------------------------


def test_rows_are_as_many_as_a_release_has() -> None:
    agreed, release = releases.year()
    spans = len(agreed.window.spans)
    for measure, table in zip(agreed.measures, release.tables, strict=True):
        assert size(measure, len(agreed.window), spans, agreed.dimensions).rows == len(table.rows)


def test_rows_over_time(whole: Agreement) -> None:
    rows = {m.name: size(m, 12, 2, whole.dimensions).rows for m in whole.measures[6:]}
    assert rows == {
        "moves": 4 * 4 * 3,
        "after": 14 * 4,
        "soon": 1,
        "lasting": 1,
        "length": 12 * 4,
        "amounts": (3 + 1 + 4 + 2) * 4,
        "taken": 14,
    }


def test_ten_thousand_rows_are_warned_of_and_a_million_refused(whole: Agreement) -> None:
    states = ", ".join(f'"was({a}, {k})"' for k in range(9) for a in ("malmo.krami", "af.etablering"))
    by = 'every = 3\nby    = ["period", "sex"]\n'
    text = changed('every = 3\nby    = ["span"]\nagainst = "first-half"\n', by, WHOLE)
    told = warned(
        'flow  = ["malmo.krami", "malmo.ung-malmo", "af.etablering"]',
        f'flow = [{states}, "malmo.ung-malmo"]',
        text,
    )
    said = "22400 rows (400 × 14 × 4), more than anybody reads: name fewer states, they make 400 pairs"
    assert any(said in t for t in told), told
    assert not any("anybody reads" in t for t in warned("places = 420", "places = 421"))
    moves = whole.measures[6]
    assert isinstance(moves, Flow)
    one = size(moves, 12, 2, whole.dimensions)
    assert too_many(moves, replace(one, own=MOST // 3)) is None
    assert too_many(moves, replace(one, own=MOST // 3 + 1)) is not None
    assert MANY < MOST


@pytest.mark.parametrize(
    ("own", "time", "sex", "age", "said"),
    [
        (9, 40_000, 4, 4, "fewer periods or spans, they are 40000"),
        (9, 4, 4, 40_000, "wider age bands, they are 40000"),
        (1, 1, 4_000_000, 1, "leave a dimension out of by"),
    ],
)
def test_the_largest_factor_is_what_to_cut(
    own: int, time: int, sex: int, age: int, said: str, whole: Agreement
) -> None:
    found = size(whole.measures[6], 12, 2, whole.dimensions)
    told = too_many(whole.measures[6], replace(found, own=own, time=time, sex=sex, age=age))
    assert said in str(told)


# what check warns of -------------------------------------------------------------------------------------

KRAMI = 'duration = "malmo.krami"'
WARNED = {
    "amounts that nobody asks for": (
        'change = "af.bistand"\naround = "started(malmo.krami)"\nbefore = 3\nafter  = 4\nby     = ["age"]',
        'count = "malmo.krami"',
        "party.af.series.bistand: no measure asks for it",
    ),
    "nobody less itself": (
        KRAMI,
        'duration = "malmo.krami - malmo.krami"',
        "nobody can be in 'malmo.krami - ",
    ),
    "nobody and not itself": (
        KRAMI,
        'duration = "malmo.krami & !malmo.krami"',
        "measure.length: nobody can be",
    ),
    "nobody by sex": (KRAMI, 'duration = "malmo.krami & sex.man & sex.woman"', "nobody can be in"),
    "nobody by age": (KRAMI, 'duration = "age.16-29 & age.30-64"', "nobody can be in"),
    "nobody in a function": (
        KRAMI,
        'duration = "started(af.etablering - af.etablering)"',
        "nobody can be in",
    ),
    "nobody in two of one": (
        KRAMI,
        'duration = "atleast(2, malmo.krami, malmo.krami - malmo.krami)"',
        "nobody can be in",
    ),
    "a share of nobody": (
        'of     = "malmo.krami"',
        'of = "malmo.krami & af.etablering & !malmo.krami"',
        "measure.part: nobody",
    ),
    "places by sex": (
        'of    = "places"\nby    = ["period"]',
        'of = "places"\nby = ["period", "sex"]',
        "divided by the same places",
    ),
    "places without periods": (
        'of    = "places"\nby    = ["period"]',
        'of = "places"',
        "places are of each period",
    ),
    "moves that are never known together": (
        'flow  = ["malmo.krami", "malmo.ung-malmo", "af.etablering"]',
        'flow = ["was(malmo.krami, 10)"]',
        "measure.moves: no two periods 3 apart are known",
    ),
    "stays that are never seen": (KRAMI, 'duration = "was(malmo.krami, 10)"', "no three periods in a row"),
}


@pytest.mark.parametrize("case", WARNED)
def test_what_check_warns_of_over_time(case: str) -> None:
    old, new, said = WARNED[case]
    told = warned(old, new)
    assert any(said in t for t in told), told


@pytest.mark.parametrize(
    "some",
    [
        "malmo.krami - af.etablering",
        "malmo.krami & !af.etablering",
        "malmo.krami - (malmo.krami & af.etablering)",
        "malmo.krami | malmo.krami - malmo.krami",
        "!(malmo.krami & !malmo.krami)",
        "age.18-29 & age.16-29 & malmo.krami",
        "malmo.krami & !started(malmo.krami)",
        "atleast(1, malmo.krami, malmo.krami - malmo.krami)",
    ],
)
def test_somebody_can_be_in_it(some: str) -> None:
    assert not any("nobody can be" in told for told in warned(KRAMI, f'duration = "{some}"'))


def test_what_check_notes_of_how_a_measure_counts() -> None:
    told = [str(what) for what in notes(parse(WHOLE))]
    assert told[:-1] == [
        "measure.new: 'first-half' is compared, and known in 5 of its 6 periods alone, 2020-02 to 2020-06",
        "measure.new: 'jan–feb' is compared, and known in 1 of its 2 periods alone, 2020-02 to 2020-02",
        "measure.moves: 3 periods ahead from every period: over time one lasting step counts up to 3 times",
    ]
    assert told[-1].startswith('measure.taken: counting = "any-day": two people')
    last = changed('"any-day"', '"last-day"', changed("every = 3\n", "", WHOLE))
    assert [str(what).partition(":")[0] for what in notes(parse(last))] == ["measure.new"] * 2


def test_a_span_that_is_compared_and_known_in_part() -> None:
    late = re.sub(r'"jan–feb" = .*?\]', 'end = ["2020-11", "2020-12"]', WHOLE)
    late = changed('["2020-01", "2020-06"]', '["2020-02", "2020-06"]', late)
    (moves,) = [str(what) for what in notes(parse(late)) if "is compared" in str(what)]
    assert moves == "measure.moves: 'end' is compared, and known in none of its periods"
    whole = changed('against = "first-half"\n', "", WHOLE.replace('against = "first-half"\n', "", 1))
    assert not any("is compared" in str(what) for what in notes(parse(whole)))


def test_show_tells_the_notes_too() -> None:
    page = plain(parse(WHOLE), Lang.SV)
    assert "samma bestående steg räknas upp till 3 gånger." in re.sub(r"\s+", " ", page)


STATES = '"malmo.ung-malmo", "af.etablering"]'
LEAVING = 'leaving = "malmo.krami"\nto      = "af.etablering"'
AROUND = 'around = "started(malmo.krami)"'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f'{LEAVING}\nat', f'{LEAVING}\nat'.replace("malmo.krami", "ever(malmo.krami)"),
         "measure.after: nobody leaves 'ever(malmo.krami)'"),
        ('duration = "malmo.krami"', 'duration = "ever(malmo.krami) & sex.man"', "no stay in"),
        (AROUND, 'around = "sex.woman"', "'sex.woman' is no event"),
        (AROUND, 'around = "started(ever(malmo.krami))"', "nobody can be in"),
        (STATES, '"malmo.ung-malmo", "malmo.krami & af.etablering"]', "is counted in the state"),
        (STATES, '"af.etablering", "malmo.krami | af.etablering"]', "is counted in the state"),
        ('on = "2020-12-31"', 'on = "2012-12-31"', "age.on: more than a year from the window, 2020-01-01"),
        ('on = "2020-12-31"', 'on = "2022-01-03"', "more than a year"),
    ],
)  # fmt: skip
def test_what_can_only_be_empty_or_always_so_is_warned_of(old: str, new: str, said: str) -> None:
    assert len([what for what in warned(old, new) if said in what]) == 1, warned(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (AROUND, 'around = "malmo.krami & sex.woman"'),
        ('duration = "malmo.krami"', 'duration = "malmo.krami - ever(malmo.ung-malmo)"'),
        (STATES, '"af.etablering - malmo.krami", "af.etablering"]'),
        ('on = "2020-12-31"', 'on = "2022-01-01"'),
        ('on = "2020-12-31"', 'on = "2019-01-01"'),
    ],
)
def test_what_can_be_meant_is_not(old: str, new: str) -> None:
    said = ("in every period", "is counted in the state", "more than a year", "nobody")
    assert [what for what in warned(old, new) if any(word in what for word in said)] == []
