"""fill and next: only the values change, and every comment and space stays."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement import fill, following, parse, stale, template
from linkage.agreement.editing import OtherFingerprintError, TooLateError, UneditableError
from linkage.agreement.places import scan
from linkage.errors import AgreementError
from tests.agreements import DRAFT, FINGERPRINTS, READY, WHOLE, changed
from tests.test_agreement_digest import Path, layouts, leaves


def test_fill_makes_a_draft_ready() -> None:
    assert parse(DRAFT).digest is None
    assert parse(fill(DRAFT, FINGERPRINTS)) == parse(READY)


def test_fill_changes_the_lines_of_the_fingerprints_and_no_other() -> None:
    before, after = DRAFT.splitlines(), fill(DRAFT, FINGERPRINTS).splitlines()
    assert [line for line in after if line not in before] == [
        f'identity = "{FINGERPRINTS["malmo"]}"',
        f'round_key = "{FINGERPRINTS["matcher-round"]}"',
    ]
    assert [line for line in before if line not in after] == ['identity = ""']


def test_fill_puts_in_what_is_given_and_leaves_the_rest() -> None:
    filled = fill(DRAFT, {"malmo": FINGERPRINTS["malmo"], "stranger": FINGERPRINTS["matcher-round"]})
    assert parse(filled).missing == ("matcher: round_key",)
    assert fill(READY, FINGERPRINTS) == READY
    assert fill(DRAFT, {}) == DRAFT


def test_fill_replaces_no_other_fingerprint() -> None:
    with pytest.raises(OtherFingerprintError, match=r"af\.pub is"):
        fill(READY, FINGERPRINTS | {"af": "SHA256:" + "Z" * 42 + "E"})


def test_fill_refuses_what_has_problems() -> None:
    with pytest.raises(AgreementError, match="has a problem"):
        fill(changed('"month"', '"week"', DRAFT), FINGERPRINTS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('identity = ""\n', ""),
        ('identity = ""', "identity = ''  # soon"),
        ('identity = ""', 'identity = """SHA256:…"""'),
        ('title    = "Malmö stad"\nidentity = ""', 'title = """Malmö\nstad"""   # on two lines'),
        ('name     = "malmo"', '"name"\t=\t"malmo"'),
        ("\n", "\r\n"),
    ],
)
def test_fill_in_other_layouts(old: str, new: str) -> None:
    text = DRAFT.replace(old, new)
    filled = fill(text, FINGERPRINTS)
    assert parse(filled).digest is not None
    assert filled.count("#") == text.count("#")
    assert ("\r\n" in filled) == ("\r\n" in text)
    assert filled.count("\n") - filled.count("\r\n") in (0, filled.count("\n"))


def test_fill_in_inline_tables_and_keys_with_dots() -> None:
    parties = DRAFT[DRAFT.index("[[party]]") : DRAFT.index("[matcher]")]
    rest = DRAFT.replace(parties, "")
    rest = rest[: rest.index("[matcher]")] + rest[rest.index("[[group]]") :]
    inline = (
        'party = [ { name = "malmo", title = "Malmö stad", series = [{ name = "krami", title = "K" }, # one\n'
        ' { name = "ung-malmo", title = "U" },\n'
        ' { name = "aktivitetscenter", title = "A", known = "window" }] },\n'
        '  { series = [{ name = "etablering", title = "E" }], name = "af", title = "AF" } ]\n'
        'matcher.name = "matcher"\nmatcher . title = "The third"  # dots\n'
    )
    text = inline + rest
    assert parse(text).missing == (
        "party malmo: identity",
        "party af: identity",
        "matcher: identity",
        "matcher: round_key",
    )
    filled = fill(text, FINGERPRINTS)
    assert parse(filled).missing == ()
    assert "# one" in filled
    assert "# dots" in filled


def test_a_byte_order_mark_stays() -> None:
    assert fill("\ufeff" + DRAFT, FINGERPRINTS) == "\ufeff" + fill(DRAFT, FINGERPRINTS)


@settings(max_examples=30, deadline=None)
@given(layouts(), st.sets(st.sampled_from(sorted(FINGERPRINTS))))
def test_fill_changes_nothing_else_in_any_layout(text: str, gone: set[str]) -> None:
    for name in gone:
        text = text.replace(FINGERPRINTS[name], "")
        text = text.replace("".join(f"\\U{ord(sign):08x}" for sign in FINGERPRINTS[name]), "")
    filled = fill(text, FINGERPRINTS)
    assert tomllib.loads(filled) == tomllib.loads(WHOLE)
    assert filled.count("# ") == text.count("# ")


def test_an_edit_in_the_wrong_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    # no layout is known that cannot be edited; so the places are made wrong
    monkeypatch.setattr("linkage.agreement.editing.scan", lambda text: scan(text.replace("\n", " \n")))
    with pytest.raises(UneditableError):
        fill(DRAFT, FINGERPRINTS)


# -- places -----------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(layouts())
def test_every_value_is_found_where_it_stands(text: str) -> None:
    places = scan(text)
    for path, value in leaves(tomllib.loads(text)):
        spot = places.values[path]
        assert tomllib.loads(f"x = {text[spot.start : spot.end]}")["x"] == value
        assert places.line(path) == text.count("\n", 0, spot.key) + 1


SCANNED: dict[str, dict[Path, str]] = {
    'a = """x"""""': {("a",): '"""x"""""'},
    "a = '''it's'''''": {("a",): "'''it's'''''"},
    'a = "\\"" # "': {("a",): '"\\""'},
    "a = 1979-05-27 07:32:00  # when": {("a",): "1979-05-27 07:32:00"},
    'a."b.c".d = 1': {("a", "b.c", "d"): "1"},
    '["x y".z]\n[["x y".w]]\nq = 1': {("x y", "w", 0, "q"): "1"},
    "[[a]]\n[[a.b]]\n[[a.b]]\nc = 1\n[[a]]\n[a.d]\ne=2": {
        ("a", 0, "b", 1, "c"): "1",
        ("a", 1, "d", "e"): "2",
    },
    "a = [\n 1, # ,2\n [ ], {b = 2} ,\n]": {("a", 0): "1", ("a", 1): "[ ]", ("a", 2, "b"): "2"},
    '"\\u0061" = 1': {("a",): "1"},
}


@pytest.mark.parametrize("text", SCANNED)
def test_places_of_unusual_toml(text: str) -> None:
    places = scan(text)
    tomllib.loads(text)
    for path, value in SCANNED[text].items():
        spot = places.values[path]
        assert text[spot.start : spot.end] == value


# -- the next round ---------------------------------------------------------------------------------------


def test_the_next_round() -> None:
    old, new = parse(READY), parse(following(READY))
    assert (new.round, new.name) == (2, old.name)
    assert (new.window.first, new.window.last) == ("2021-01", "2021-12")
    assert new.window.spans == old.window.spans
    assert new.missing == ("matcher: round_key",)
    assert [p.identity for p in new.parties] == [p.identity for p in old.parties]
    assert new.measures == old.measures


def test_the_next_round_changes_these_lines_and_no_other() -> None:
    before, after = READY.splitlines(), following(READY).splitlines()
    assert len(before) == len(after)
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        "round   = 2",
        'first = "2021-01"',
        'last  = "2021-12"',
        'spans = { "first-half" = ["2021-01", "2021-06"], "jan–feb" = ["2021-01", "2021-02"] }',
        'round_key = ""',
    ]


@settings(max_examples=30, deadline=None)
@given(layouts())
def test_the_next_round_in_any_layout(text: str) -> None:
    assert tomllib.loads(following(text)) == tomllib.loads(following(WHOLE))


def test_a_draft_has_a_next_round_too() -> None:
    assert parse(following(DRAFT)).missing == ("party malmo: identity", "matcher: round_key")
    for lang in ("en", "sv"):
        assert parse(following(template(lang))).round == 2


@pytest.mark.parametrize(
    ("unit", "first", "last", "expected"),
    [
        ("month", "2019-11", "2020-01", ("2020-02", "2020-04")),
        ("quarter", "2020-Q2", "2020-Q4", ("2021-Q1", "2021-Q3")),
        ("tertial", "2020-T3", "2020-T3", ("2021-T1", "2021-T1")),
        ("year", "2018", "2020", ("2021", "2023")),
    ],
)
def test_windows_move_by_their_own_length(
    unit: str, first: str, last: str, expected: tuple[str, str]
) -> None:
    text = changed('"month"', f'"{unit}"')
    text = changed('"2020-01"', f'"{first}"', changed('"2020-12"', f'"{last}"', text))
    start = text.index("spans = ")
    text = text[:start] + text[text.index("\n", start) + 1 :]
    text = changed('by    = ["span", "sex"]\nagainst = "first-half"\n', "", text)
    window = parse(following(text)).window
    assert (window.first, window.last) == expected


def test_the_end_of_time() -> None:
    text = READY.replace('"2020-', '"2199-')
    with pytest.raises(TooLateError, match="2199"):
        following(text)


def test_what_may_still_speak_of_the_old_round_is_told() -> None:
    told = [str(t) for t in stale(parse(READY), parse(following(READY)))]
    assert told == [
        "ages are still those on 2020-12-31: dimensions.age.on",
        "span 'first-half' is now 2021-01 to 2021-06: does its name still fit?",
        "span 'jan–feb' is now 2021-01 to 2021-02: does its name still fit?",
        "measure report: still divided by 26023 (The report)",
        "title still says 2020",
        "purpose still says 2020",
        "release.agreed still says 2020",
    ]
    whole = [str(t) for t in stale(parse(WHOLE), parse(following(WHOLE)))]
    assert set(whole) - set(told) == {
        "series malmo.krami: still 420 places",
        "series af.etablering: still 200 places",
    }
