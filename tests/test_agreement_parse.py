"""What a valid agreement says, as typed values."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from linkage.agreement import parse, template
from linkage.agreement.model import Agreement, Group, Known, Matcher, Retention
from linkage.dimensions import Ages, Band
from linkage.measures.model import Count, HowMany, Overlap, Share
from linkage.window import Unit, Window
from tests.agreements import DRAFT, FINGERPRINTS, READY, changed


@pytest.fixture(scope="module")
def ready() -> Agreement:
    return parse(READY)


def test_what_stands_once(ready: Agreement) -> None:
    assert (ready.name, ready.round, ready.slug) == ("malmo-sok", 1, "malmo-sok-1")
    assert (ready.title, ready.basis) == ("Samverkansvolym 2020", "A decision")
    assert ready.window == Window(Unit.MONTH, "2020-01", "2020-12", {"first-half": (0, 5), "jan–feb": (0, 1)})
    assert (ready.counting, ready.scheme) == ("any-day", "se")
    assert ready.accept == ("personnummer", "samordningsnummer")
    assert ready.dimensions.sex
    assert ready.dimensions.age == Ages(
        dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)), (Band("18-29", 18, 29),)
    )
    assert ready.release.method == "exact"
    assert ready.release.parameters == {"agreed": "Both jurists, 2020-11-01"}
    assert ready.retention == Retention(30, "Another decision")


def test_who_holds_keys(ready: Agreement) -> None:
    assert [p.name for p in ready.parties] == ["malmo", "af"]
    assert [p.identity for p in ready.parties] == [FINGERPRINTS["malmo"], FINGERPRINTS["af"]]
    assert [s.key for s in ready.series] == [
        "malmo.krami",
        "malmo.ung-malmo",
        "malmo.aktivitetscenter",
        "af.etablering",
    ]
    assert [s.known for s in ready.series] == [Known.DATES, Known.DATES, Known.WINDOW, Known.DATES]
    matcher = Matcher("matcher", "The third party", FINGERPRINTS["matcher"], FINGERPRINTS["matcher-round"])
    assert ready.matcher == matcher


def test_what_is_asked(ready: Agreement) -> None:
    assert ready.groups[0] == Group("volume", "Samverkansvolymen", "young | af.etablering")
    volume, new, both, lists, part, report = ready.measures
    assert isinstance(volume, Count)
    assert volume.by == ("period", "sex", "age")
    assert [p.label for p in volume.parts] == ["Unga", "Etableringsprogrammet"]
    assert volume.count.label == "Samverkansvolymen"
    assert isinstance(new, Count)
    assert new.against == "first-half"
    assert new.count.known == 0b111111111110
    assert isinstance(both, Overlap)
    assert [s.dated for s in both.sets] == [True, True, False]
    assert isinstance(lists, HowMany)
    assert lists.lists[0].label == "ever(volume)"
    assert isinstance(part, Share)
    assert part.target == Fraction(95, 2)
    assert isinstance(report, Share)
    assert (report.of, report.source) == (26023, "The report")
    assert [m.kind for m in ready.measures] == ["count", "count", "overlap", "howmany", "share", "share"]


def test_ready_has_a_digest_and_nothing_missing(ready: Agreement) -> None:
    assert ready.digest is not None
    assert len(ready.digest) == 32
    assert ready.missing == ()
    assert ready.warnings == ()


@pytest.mark.parametrize("empty", ["", "  ", "SHA256:…", "SHA256:..."])
def test_a_draft_says_what_it_lacks(empty: str) -> None:
    draft = parse(changed(FINGERPRINTS["af"], empty, DRAFT))
    assert draft.digest is None
    assert draft.missing == ("party malmo: identity", "party af: identity", "matcher: round_key")


def test_the_templates_are_valid_drafts() -> None:
    shapes = []
    for lang in ("en", "sv"):
        draft = parse(template(lang))
        assert draft.digest is None
        assert len(draft.missing) == 4
        assert draft.warnings == ()
        shapes.append([(m.kind, m.by, m.against is None) for m in draft.measures])
    assert shapes[0] == shapes[1]


def test_what_may_be_left_out() -> None:
    text = READY
    for old in (
        'spans = { "first-half" = ["2020-01", "2020-06"], "jan–feb" = ["2020-01", "2020-02"] }\n',
        'by    = ["span", "sex"]\nagainst = "first-half"\n',
        ', also = ["18-29"]',
    ):
        text = changed(old, "", text)
    text = changed(" & age.18-29", "", text)
    text = changed('by    = ["period", "sex", "age"]\n', "", text)
    text = text[: text.index("[dimensions]")] + text[text.index("[[party]]") :]
    agreement = parse(text)
    assert agreement.dimensions.age is None
    assert not agreement.dimensions.sex
    assert agreement.measures[0].by == ()


def test_a_byte_order_mark_and_windows_lines_change_nothing() -> None:
    assert parse("\ufeff" + READY.replace("\n", "\r\n")) == parse(READY)


@pytest.mark.parametrize(
    ("unit", "first", "last", "periods"),
    [
        ("quarter", "2020-Q1", "2021-Q4", 8),
        ("tertial", "2020-T3", "2021-T1", 2),
        ("year", "1999", "2020", 22),
    ],
)
def test_other_periods(unit: str, first: str, last: str, periods: int) -> None:
    text = changed('"month"', f'"{unit}"')
    text = changed('"2020-01"', f'"{first}"', changed('"2020-12"', f'"{last}"', text))
    start = text.index("spans = ")
    text = text[:start] + text[text.index("\n", start) + 1 :]
    text = changed('by    = ["span", "sex"]\nagainst = "first-half"\n', "", text)
    assert len(parse(text).window) == periods


WARNED = {
    "an unused series": ("malmo.krami", "af.etablering", "party.malmo.series.krami: no measure asks for it"),
    "a numerator that is no part": (
        "volume & malmo.krami",
        "volume",
        "measure.part: 'volume' is not written",
    ),
    "a numerator that is all": ("volume & malmo.krami", "malmo.krami", "always 100 per cent"),
    "no dates by period": ("volume & malmo.krami", "malmo.krami & malmo.aktivitetscenter", "has no dates"),
    "never known": ("started(malmo.krami)", "was(started(malmo.krami), 11)", "known in no period"),
    "a constant by sex": (
        'source = "The report"\nby     = ["period"]',
        'source = "x"\nby = ["period", "sex"]',
        "sex",
    ),
    "a constant without periods": (
        'source = "The report"\nby     = ["period"]',
        'source = "x"',
        "there is no per cent",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_what_check_warns_of(case: str) -> None:
    old, new, said = WARNED[case]
    text = READY.replace(old, new)
    assert any(said in str(warning) for warning in parse(text).warnings), parse(text).warnings


def test_a_dimension_that_nobody_asks_for() -> None:
    text = READY.replace(', "sex"', "").replace(', "age"', "").replace(" & age.18-29", "")
    told = [str(w) for w in parse(text).warnings]
    assert [t.partition(": ")[0].split()[-1] for t in told] == ["dimensions.sex", "dimensions.age"]


A, B, C = "malmo.krami", "malmo.ung-malmo", "af.etablering"
PARTS = [
    (f"{A} & {B}", A),
    (f"{A} & {B}", B),
    (f"{B} & {A} & {C}", A),
    (f"{A} - {B}", A),
    (f"{A} - {B}", f"!{B}"),
    (f"{A} & !{B} & {C}", f"{A} - {B}"),
    (A, f"{A} | {B}"),
    (f"{A} & {B} | {B} & {C}", B),
    (f"started({A})", A),
    (f"left({A} & {B})", B),
    (f"ever({A}) & !ever({B})", f"ever({A})"),
    (f"{A} & {B} & {C}", f"{A} & {C}"),
]
NO_PARTS = [
    (A, B),
    (f"{A} | {B}", A),
    (A, f"{A} & {B}"),
    (f"ever({A})", A),
    (f"was({A}, 1)", A),
    (f"{B} - {A}", A),
    (A, f"{A} - {B}"),
]


@pytest.mark.parametrize(
    ("share", "of", "is_part"), [(*p, True) for p in PARTS] + [(*p, False) for p in NO_PARTS]
)
def test_when_a_numerator_is_a_part(share: str, of: str, is_part: bool) -> None:
    text = changed('"volume & malmo.krami"', f'"{share}"', changed('of     = "malmo.krami"', f'of = "{of}"'))
    warned = any("not written as a part" in str(w) for w in parse(text).warnings)
    assert warned is not is_part


def test_a_numerator_that_is_too_large_to_compare_ends() -> None:
    many = " & ".join(f"!({A} | {B} | was({C}, {k}))" for k in range(11))
    text = changed('"volume & malmo.krami"', f'"{many}"')
    text = changed('of     = "malmo.krami"', f'of = "!({many})"', text)
    parse(text)
