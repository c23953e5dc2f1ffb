"""What differs between two agreements: everything that their digests tell apart, in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement import diff, parse
from linkage.agreement.differences import _tables
from linkage.agreement.digest import digest
from tests.agreements import FINGERPRINTS, READY, WHOLE, changed
from tests.test_agreement_digest import DOCUMENT, LEAVES, Path, layouts, put

WORDS = {
    "a value": (("round   = 1", "round = 2"), ["round was 1, is 2"]),
    "a title": (('"Krami"', '"Krami 2"'), ['party malmo, series krami, title was "Krami", is "Krami 2"']),
    "a flag": (('sex = true', 'sex = false'), ["dimensions, sex was true, is false"]),
    "a list": (('["16-29", "30-64"]', '["16-29"]'), [
        'dimensions, age, bands was ["16-29", "30-64"], is ["16-29"]']),
    "a span": (('"jan–feb"', '"start"'), [
        'only in the first: period, spans, jan–feb = ["2020-01", "2020-02"]',
        'only in the second: period, spans, start = ["2020-01", "2020-02"]',
    ]),
    "a key": (('target = "47.5"\n', ""), ['only in the first: measure part, target = "47.5"']),
    "a kind of value": (
        ("of     = { mean = 26023 }", 'of = "volume"'),
        ['measure report, of was { mean = 26023 }, is "volume"'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WORDS)
def test_in_words(case: str) -> None:
    (old, new), said = WORDS[case]
    assert [str(t) for t in diff(READY, changed(old, new))] == said


OVER_TIME = {
    "places": (("places = 420", "places = 421"), ["party malmo, series krami, places was 420, is 421"]),
    "expected": (("expected = 400\n", ""), ["only in the first: party malmo, series krami, expected = 400"]),
    "a state": (('flow  = ["malmo.krami", ', "flow  = ["), [
        'measure moves, flow was ["malmo.krami", "malmo.ung-malmo", "af.etablering"], '
        'is ["malmo.ung-malmo", "af.etablering"]']),
    "how far apart": (("every = 3", "every = 2"), ["measure moves, every was 3, is 2"]),
    "how people are followed": (("at      = 6", "within = 6"), [
        "only in the first: measure after, at = 6", "only in the second: measure after, within = 6"]),
    "before": (("before = 3", "before = 2"), ["measure amounts, before was 3, is 2"]),
    "of places": (('of    = "places"', 'of = "af.etablering"'), [
        'measure taken, of was "places", is "af.etablering"']),
}  # fmt: skip


@pytest.mark.parametrize("case", OVER_TIME)
def test_over_time_in_words(case: str) -> None:
    (old, new), said = OVER_TIME[case]
    other = changed(old, new, WHOLE)
    assert [str(t) for t in diff(WHOLE, other)] == said
    assert parse(other).digest != parse(WHOLE).digest


def test_parties_and_measures_are_found_again_by_their_names() -> None:
    start, end = READY.index('[[measure]]\nname  = "new"'), READY.index('[[measure]]\nname    = "both"')
    without = READY[:start] + READY[end:]
    assert [str(t) for t in diff(READY, without)] == ["only in the first: measure new"]
    assert [str(t) for t in diff(without, READY)] == ["only in the second: measure new"]
    moved = without.replace("[release]", READY[start:end] + "[release]")
    assert [str(t) for t in diff(READY, moved)] == [
        "each measure is there in both, and they stand in another order"
    ]
    assert parse(READY).digest != parse(moved).digest


def test_series_in_another_order() -> None:
    start, middle = READY.index("[[party.series]]"), READY.index('[[party.series]]\nname  = "ung-malmo"')
    end = READY.index('[[party.series]]\nname  = "aktivitetscenter"')
    moved = READY[:start] + READY[middle:end] + READY[start:middle] + READY[end:]
    assert [str(t) for t in diff(READY, moved)] == [
        "party malmo: each series is there in both, and they stand in another order"
    ]


def test_another_key_is_told_with_both_fingerprints() -> None:
    other = "SHA256:" + "Z" * 42 + "E"
    (told,) = diff(READY, changed(FINGERPRINTS["af"], other))
    assert str(told) == f'party af, identity was "{FINGERPRINTS["af"]}", is "{other}"'


@settings(max_examples=30, deadline=None)
@given(layouts())
def test_layout_is_no_difference(text: str) -> None:
    assert diff(WHOLE, text) == []


@settings(deadline=None)
@given(st.sampled_from(LEAVES), st.integers(0, 9) | st.text("ab", max_size=3))
def test_there_is_a_difference_exactly_where_the_digests_differ(
    leaf: tuple[Path, object], value: Any
) -> None:
    path, old = leaf
    if isinstance(old, bool):  # Python takes true for 1
        value = not old
    elif path[-1] == "name":  # a name without a form is no agreement's
        value = f"{value}-name"
    other = put(path, value)
    told = list(_tables(None, DOCUMENT, other))
    assert bool(told) == (digest(other) != digest(DOCUMENT)) == (value != old or type(value) is not type(old))
