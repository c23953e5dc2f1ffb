"""Identifiers that are text with a pattern: what a pattern may be, and how values are read."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.secret import Secret
from linkage.dimensions import Ages, Band, Dimensions
from linkage.identifiers import Identifiers, NotCanonicalError, scheme
from linkage.patterns import PatternError, lengths
from linkage.tokens import tokens

DAY = dt.date(2021, 1, 15)
CUSTOMER = "(K|KUND-)[0-9]{2,4}[A-F]?"
SPACES = " \t\n\v\f\r\x85\u1680\u2028\u2029\u200b\u2060\ufeff"


def plain(text: str, pattern: str) -> str:
    """The oracle: the canonical form, or nothing."""
    text = unicodedata.normalize("NFKC", text).strip(SPACES).upper()
    return text if re.fullmatch(pattern, text) else ""


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[0-9]{6}", (6, 6)),
        ("K[0-9]{1,8}", (2, 9)),
        (CUSTOMER, (3, 10)),
        ("(A|BB){2,3}C?", (2, 7)),
        ("[A-F0-9-]{64}", (64, 64)),
        (r"[0-9]{3}\.[0-9]{2}/[A-Z]", (8, 8)),
        ("A B", (3, 3)),
        ("((A))", (1, 1)),
    ],
)
def test_a_pattern_has_a_least_and_a_greatest_length(pattern: str, expected: tuple[int, int]) -> None:
    assert lengths(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "where", "what"),
    [
        ("", 1, "nothing stands"),
        ("A?", 1, "nothing at all"),
        ("(A|)B", 4, "nothing stands"),
        ("()", 2, "nothing stands"),
        ("A*", 2, "no end"),
        ("[0-9]+", 6, "no end"),
        ("A{1,}", 2, "written once"),
        ("A{3,2}", 2, "at least 1"),
        ("A{0}", 2, "at least 1"),
        ("A??", 3, "written once"),
        ("A{2}{3}", 5, "written once"),
        ("A{65}", 6, "more than 64"),
        ("((A{8}){8}){2}", 15, "more than 64"),
        ("k[0-9]", 1, "small letter"),
        ("[a-z]", 2, "small letter"),
        ("K.", 2, "any sign"),
        (r"\d{6}", 1, "a digit is [0-9]"),
        (r"\bA", 1, "a digit is [0-9]"),
        ("^A$", 1, "does not use"),
        ("[^A]", 2, "does not use"),
        ("[A-9]", 3, "two letters"),
        ("[Z-A]", 3, "two letters"),
        ("[A-Z-9]", 5, "first or last"),
        ("[]A]", 2, "nothing stands"),
        ("[[:alpha:]]", 2, "does not use"),
        ("[A", 3, "] is missing"),
        ("(A", 3, ") is missing"),
        ("A)", 2, "without its ("),
        ("(?:A)", 2, "does not use"),
        ("(?i)a", 2, "does not use"),
        ("Å", 1, "does not use"),
        ("(" * 9 + "A" + ")" * 9, 9, "inside each other"),
        ("A" * 201, 201, "longer than 200"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_place(pattern: str, where: int, what: str) -> None:
    with pytest.raises(PatternError) as caught:
        lengths(pattern)
    assert caught.value.where == where
    assert what in str(caught.value.what)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Patterns that are allowed, and, from them, some that are not."""
    pieces = st.sampled_from(["A", "K", "7", "-", r"\.", "[0-9]", "[A-F]", "[A-C0-3-]", " ", "_"])
    counts = st.sampled_from(["", "", "?", "{2}", "{1,3}", "{0,2}"])
    one = st.builds(lambda p, c: p + c, pieces, counts)
    row = st.lists(one, min_size=1, max_size=4).map("".join)
    grouped = st.builds(lambda a, b, c: f"({a}|{b}){c}", row, row, counts)
    return draw(st.lists(row | grouped, min_size=1, max_size=3).map("".join))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_what_a_pattern_matches_is_what_python_matches(data: st.DataObject) -> None:
    pattern = data.draw(patterns())
    try:
        least, most = lengths(pattern)
    except PatternError:
        return
    fitting = st.from_regex(rf"\A(?:{pattern})\Z")
    spoiled = st.builds(
        lambda a, b, c: a + b + c, st.text(" x\u200bÅ-", max_size=1), fitting, st.text(max_size=1)
    )
    values = data.draw(st.lists(fitting | spoiled | st.text(max_size=6), max_size=10))
    made = scheme("text", pattern)
    read = made.read(pa.array(values, pa.string()), DAY)
    expected = [plain(text, pattern) for text in values]
    assert [form.decode() for form in read.canonical.tolist()] == expected
    assert all(least <= len(form) <= most for form in expected if form)
    assert [made.kinds[kind] for kind in read.kind] == ["text" if form else "unreadable" for form in expected]


def test_every_way_of_writing_one_gives_one_form_and_one_key() -> None:
    made = scheme("text", CUSTOMER)
    texts = ["KUND-12a", " kund-12A ", "\tＫＵＮＤ－１２Ａ", "\u200bKund-12a\u00a0", "K12"]
    read = made.read(pa.array(texts), DAY)
    assert read.canonical.tolist() == [b"KUND-12A"] * 4 + [b"K12"]
    assert len(set(read.key.tolist())) == 2
    assert read.of_kinds(("text",)).all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), (" \n", "empty"), ("KUND–12", "pattern"), ("KUND 12", "pattern"), ("K12\nK13", "pattern"),
     ("KUND-12345", "pattern"), ("K12\x00", "pattern"), ("xK12", "pattern"), ("K1٢", "pattern")],
)  # fmt: skip
def test_what_the_pattern_does_not_allow_is_unreadable(text: str, reason: str) -> None:
    made = scheme("text", CUSTOMER)
    read = made.read(pa.array([text, "K12"]), DAY)
    assert made.reasons[read.reason[0]][0] == reason
    assert read.of_kinds(("text",)).tolist() == [False, True]


def test_a_pattern_that_takes_python_for_ever_takes_no_time() -> None:
    made = scheme("text", "(A?A?A?A?){8}" + "A{32}")
    read = made.read(pa.array(["A" * 40 + "B"] * 3 + ["A" * 40]), DAY)
    assert read.of_kinds(("text",)).tolist() == [False] * 3 + [True]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 60), max_size=20), max_size=5))
def test_batches_in_any_order_give_the_same_tokens(batches: list[list[int]]) -> None:
    key = Secret(bytes(range(32)), "example", "SHA256:" + "A" * 43).token_key(bytes(32))
    found, everybody = [], {n for batch in batches for n in batch}
    for order in (batches, batches[::-1]):
        made = scheme("text", CUSTOMER)
        keys = [made.read(pa.array([f"k{n:02}" for n in b], pa.string()), DAY).key for b in order]
        people = Identifiers(made, np.unique(np.concatenate([np.empty(0, np.int64), *keys])))
        found.append({bytes(token) for token in tokens(key, people)})
        assert sorted(people.values.tolist()) == [f"K{n:02}".encode() for n in sorted(everybody)]
    assert found[0] == found[1]
    assert len(found[0]) == len(everybody)


def test_the_name_of_the_scheme_is_in_the_token() -> None:
    key = Secret(bytes(range(32)), "example", "SHA256:" + "A" * 43).token_key(bytes(32))
    found = []
    for name in ("text", "dk"):
        made = scheme(name, "[0-9]{10}")
        found.append(tokens(key, Identifiers(made, made.keys(np.array(["0101585000"], "S10")))).tobytes())
    assert found[0] != found[1]


def test_what_is_not_canonical_is_refused_and_not_told() -> None:
    made = scheme("text", CUSTOMER)
    with pytest.raises(NotCanonicalError):
        Identifiers(made, np.array([0]))
    good = made.keys(np.array([b"KUND-77"]))
    for bad in (good + 1, -good - 1, np.array([10**12])):
        with pytest.raises(NotCanonicalError):
            Identifiers(made, bad)
    for form in (b"kund-77", b" K12", b"K1", b"", "K12Å".encode(), b"\xff12"):
        with pytest.raises(NotCanonicalError) as caught:
            made.keys(np.array([form]))
        assert "12" not in f"{caught.value} {caught.value.__cause__}"
    people = Identifiers(made, good)
    assert "77" not in repr(people)
    ages = Ages(DAY, (Band("0-99", 0, 99),))
    sex, age = people.dimensions(Dimensions(sex=True, age=ages))
    assert (sex.tolist(), age.tolist()) == ([0], [0])
