"""Counts under cellkey: the same people always moved alike, others as if drawn anew, few as one mark."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from keys.family import FamilyKey
from linkage.agreement.model import ReleaseRule
from linkage.measures.figures import Axis, Cells, Figures, Note
from linkage.perturbation import PerturbationError, perturbation
from linkage.release import Release, agreeing, parse
from linkage.release.counts import Counts
from linkage.release.methods import cellkey
from linkage.release.protected import Noise
from tests.attacks import derive
from tests.needs import ROOT
from tests.releases import MOVED, Person, agreement, crowd, moved_bytes, over_time_moved, year_moved

RULE = ReleaseRule("cellkey", MOVED)
SIGNIFICANT = 1e-6
"""A test of chance fails so seldom where nothing is wrong; its draws are the same in every run."""
SETS = """
[[measure]]
name = "en"
title = "En"
count = "volym"
parts = ["stad.ung", "stad.vuxen"]
by = ["period", "sex", "age"]
[[measure]]
name = "tva"
title = "Två"
count = "stad.vuxen | af.program | stad.ung"
by = ["period", "sex"]
[[measure]]
name = "andel"
title = "Andel"
share = "stad.ung & volym"
of = "volym | stad.ung"
by = ["period"]
"""
"""One set of people in several words."""


def figures(people: npt.NDArray[np.int64], keys: npt.NDArray[np.uint32]) -> Figures:
    """One measure whose cells have these people."""
    axes = tuple(Axis(f"axis{i}", tuple(range(size))) for i, size in enumerate(people.shape))
    notes = np.full(people.shape, Note.KNOWN, object)
    return Figures((), {"m": Cells(axes, people, notes, keys)})


def as_drawn(message: bytes) -> bytes:
    """Noise for tests that draw cell keys by chance: the key itself."""
    return message[-4:]


def moved(
    people: npt.NDArray[np.int64],
    keys: npt.NDArray[np.uint32],
    rule: ReleaseRule = RULE,
    noise: Noise | None = as_drawn,
) -> Counts:
    return cellkey.protect(figures(people, keys), rule, noise).counts["m"]


def drawn(size: int, seed: int) -> npt.NDArray[np.uint32]:
    return np.random.default_rng(seed).integers(0, 1 << 32, size, np.uint32)


# -- what is told -----------------------------------------------------------------------------------------


def test_numbers_are_right_on_average_and_never_far() -> None:
    """Over a million cells."""
    people = np.random.default_rng(1).integers(10 + 7, 500, (1000, 1000))
    told = moved(people, drawn(1_000_000, 2).reshape(1000, 1000))
    changes = told.values - people
    assert (told.notes == Note.KNOWN).all()
    assert np.abs(changes).max() == 7
    assert abs(changes.mean()) < 4 * 2 / 1000  # four standard errors; the variance is 4
    assert abs(changes.var() - 4) < 0.05
    assert (changes == 0).mean() > 0.499


@pytest.mark.parametrize(
    ("threshold", "d", "variance", "js"),
    [(3, 7, 4, 2), (10, 7, 4, 2), (4, 6, "2.5", 1), (3, 1, "0.4", 0), (10_000, 8, "7.25", 3), (3, 5, 3, 2)],
)
def test_nothing_below_the_threshold_is_told_and_few_is_all_that_is_said_of_it(
    threshold: int, d: int, variance: int | str, js: int
) -> None:
    rule = ReleaseRule("cellkey", MOVED | {"threshold": threshold, "D": d, "variance": variance, "js": js})
    people = np.repeat(np.arange(threshold + 3 * d), 500)
    keys = drawn(len(people), 3)
    told = moved(people, keys, rule)
    truth = people + perturbation(d, float(Fraction(variance)), js).changes(people, keys)
    assert not ((truth > 0) & (truth <= js)).any()
    few = told.notes == Note.FEW
    assert (few == (truth < threshold)).all()
    assert (told.values[~few] == truth[~few]).all()
    assert not told.values[few].any()
    assert few[people == 0].all()
    assert few[people < threshold - d].all()
    assert not few[people >= threshold + d].any()


def test_the_threshold_itself_is_told() -> None:
    table, rule = perturbation(7, 4.0, 2), RULE
    people = np.full(4000, 10)
    keys = drawn(4000, 4)
    told = moved(people, keys, rule)
    stays = table.changes(people, keys) == 0
    assert (told.values[stays] == 10).all()
    below = table.changes(people, keys) == -1
    assert below.any()
    assert (told.notes[below] == Note.FEW).all()


def test_what_is_not_known_is_neither_moved_nor_few() -> None:
    cells = figures(np.array([40, 40, 0]), drawn(3, 5)).cells["m"]
    notes = np.array([Note.EDGE, Note.NO_DATES, Note.KNOWN], object)
    told = cellkey.protect(Figures((), {"m": replace(cells, notes=notes)}), RULE, as_drawn).counts["m"]
    assert list(told.notes) == [Note.EDGE, Note.NO_DATES, Note.FEW]
    assert list(told.values[:2]) == [0, 0]
    assert notes[2] is Note.KNOWN  # the figures are as they were


def test_figures_without_keys_or_noise_and_rules_without_a_table_are_refused() -> None:
    several = figures(np.full(3, 40), drawn(3, 6))
    bare = replace(several.cells["m"], record_keys=None)
    with pytest.raises(ValueError, match="without record keys"):
        cellkey.protect(Figures((), {"m": bare}), RULE, as_drawn)
    with pytest.raises(ValueError, match="without noise"):
        cellkey.protect(several, RULE, None)
    with pytest.raises(PerturbationError):
        cellkey.protect(several, ReleaseRule("cellkey", MOVED | {"variance": 40}), as_drawn)


def test_the_release_says_how_it_was_made_and_agrees_with_itself() -> None:
    for release in (year_moved(), over_time_moved()):
        assert dict(release.method) == {"name": "cellkey", **MOVED}
        assert (release.moved, release.audited, release.exact) == (7, True, False)
        agreeing.check(release)


def test_known_answers_of_moved_counts() -> None:
    """Worked out again by docs/release.md, in which they stand."""
    page = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    key = FamilyKey(bytes(range(32)), "example").noise_key()
    salt = hashlib.sha256(b"linkage-family/1\nexample").digest()
    plain = derive(bytes(range(32)), salt, b"linkage/1/noise", 32)
    cells = np.array([0, 1, 0x11931DCB, 0xFFFFFFFF], np.uint32)
    words = [b"linkage/1/count\n" + cell.to_bytes(4, "big") for cell in cells.tolist()]
    drawn = [hmac.digest(plain, word, "sha256")[:4] for word in words]
    assert all(f"`{each.hex()}`" in page for each in drawn)
    expected = perturbation(7, 4.0, 2).changes(
        np.full(4, 100), np.frombuffer(b"".join(drawn), ">u4").astype(np.uint32)
    )
    found = moved(np.full(4, 100), cells, noise=key.draw).values - 100
    assert found.tolist() == expected.tolist() == [-7, 2, -5, 2]


# -- the same people --------------------------------------------------------------------------------------


def numbers(release: Release, measure: str, part: str | None = None) -> dict[tuple[object, ...], object]:
    """What is told at each period, sex and age: a number, or why there is none."""
    return {
        (row["period"], row.get("sex", "all"), row.get("age", "all")): row["value"] or row["note"]
        for row in release.table(measure).rows
        if part is None or row["part"] == part
    }


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(1, 120))
def test_one_set_in_several_words_has_one_number(seed: int, size: int) -> None:
    release = parse(moved_bytes(agreement(SETS), crowd(size, 12, seed)))
    first, second = numbers(release, "en", "unique"), numbers(release, "tva")
    assert all(first[place] == second[place] for place in second)
    rows = [row for row in release.table("andel").rows if row["period"] != "mean"]
    for row in rows:
        place = (row["period"], "all", "all")
        assert first[place] == (row["of"] or "few")
        assert numbers(release, "en", "stad.ung")[place] == (row["value"] or "few")
    agreeing.check(release)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(1, 200))
def test_a_later_round_tells_the_same_of_the_same_people(seed: int, size: int) -> None:
    people = crowd(size, 12, seed)
    others = crowd(50, 3, seed + 1)  # who come after the first round's window
    later = [
        replace(p, there={s: frozenset(i - 3 for i in at if i >= 3) for s, at in p.there.items()})
        for p in people
    ]
    later += [
        replace(p, there={s: frozenset(i + 9 for i in at) for s, at in p.there.items()}) for p in others
    ]
    random.Random(seed).shuffle(later)  # noqa: S311 - the order of made-up people
    last = agreement(SETS, "2020-04", "2021-03", 'h1 = ["2020-04", "2020-09"]')
    first, second = (parse(moved_bytes(agreement(SETS), people)), parse(moved_bytes(last, later)))
    for part in ("stad.ung", "stad.vuxen", "unique"):
        before, after = numbers(first, "en", part), numbers(second, "en", part)
        shared = [p for p in before if p in after and p[0] not in ("all", "mean")]
        assert len(shared) == 9 * 4 * 4
        assert all(before[place] == after[place] for place in shared)


def test_averaging_all_rounds_of_a_family_gains_nothing_on_unchanged_sets() -> None:
    """And would gain nearly everything if every round drew anew."""
    sizes = np.arange(17, 117)
    people = np.repeat(sizes[:, None], 24, axis=1)
    keys = drawn(100, 7)
    told = moved(people, np.repeat(keys[:, None], 24, axis=1)).values
    assert (told == told[:, :1]).all()
    assert np.abs(told.mean(axis=1) - sizes).max() >= 4
    anew = moved(people, drawn(2400, 8).reshape(100, 24)).values
    assert np.abs(anew.mean(axis=1) - sizes).max() < 2


# -- who does not have the key ----------------------------------------------------------------------------


def set_keys(key: FamilyKey, seeds: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Cell keys of sets. seeds: shape (sets, people, 16)."""
    several = key.record_keys(seeds.reshape(-1, 16)).reshape(seeds.shape[:2])
    summed: npt.NDArray[np.uint32] = several.sum(axis=1, dtype=np.uint32)
    return summed


def family(number: int) -> FamilyKey:
    return FamilyKey(number.to_bytes(32, "big"), "exempel")


def seeds_of(sets: int, people: int, seed: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (sets, people, 16), np.uint8)


def test_record_keys_of_ones_own_people_look_drawn_at_random() -> None:
    """A party has the secret, so it makes its people's seeds; without the family's key they tell nothing."""
    seeds = np.zeros((40_000, 16), np.uint8)
    seeds[:, :4] = np.arange(40_000, dtype="<u4")[:, None].view(np.uint8)  # as alike as seeds can be
    keys = family(1).record_keys(seeds)
    for shift in (0, 8, 16, 24):
        assert chisquare(np.bincount(keys >> shift & 255, minlength=256)).pvalue > SIGNIFICANT
    pairs = np.histogram2d(keys[:-1] >> 28, keys[1:] >> 28, bins=16)[0]  # of neighbours
    assert chi2_contingency(pairs).pvalue > SIGNIFICANT
    own = np.histogram2d(keys >> 28, seeds[:, 0] >> 4, bins=16)[0]  # of a key and its seed
    assert chi2_contingency(own).pvalue > SIGNIFICANT


def test_of_a_set_whose_members_are_known_every_change_is_as_likely_as_the_table_says() -> None:
    """Over all family keys that there could be: knowing the members leaves what was known before."""
    seeds = seeds_of(1, 40, 9)
    keys = np.array([set_keys(family(i), seeds)[0] for i in range(4000)])
    found = moved(np.full(4000, 40), keys).values - 40
    chances = perturbation(7, 4.0, 2).probabilities[-1]
    assert chisquare(np.bincount(found + 7, minlength=15), 4000 * chances).pvalue > SIGNIFICANT


def independent(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> bool:
    """Whether two changes have nothing to do with each other: below, none, above."""
    table = np.array(
        [[((np.sign(a) == i) & (np.sign(b) == j)).sum() for j in (-1, 0, 1)] for i in (-1, 0, 1)]
    )
    return bool(chi2_contingency(table).pvalue > SIGNIFICANT)


def test_two_families_move_the_same_people_independently() -> None:
    seeds = seeds_of(5000, 30, 10)
    first, second = (moved(np.full(5000, 30), set_keys(family(i), seeds)).values - 30 for i in (2, 3))
    again = moved(np.full(5000, 30), set_keys(family(2), seeds[:, ::-1])).values - 30
    assert independent(first, second)
    assert not independent(first, again)
    assert (first == again).all()  # the same people in another order: their difference is nothing


def test_one_person_more_gives_a_change_that_has_nothing_to_do_with_the_one_before() -> None:
    """Whoever takes nested sets from each other is left with two changes, and not with the person."""
    seeds = seeds_of(5000, 31, 11)
    key = family(4)
    less = moved(np.full(5000, 30), set_keys(key, seeds[:, :30])).values - 30
    one_more = moved(np.full(5000, 31), set_keys(key, seeds)).values - 31
    assert independent(less, one_more)
    differences = one_more + 31 - less - 30
    assert ((differences < 0) | (differences > 1)).mean() > 0.6  # neither "not there" nor "there"


def test_whoever_knows_all_of_a_set_but_one_learns_no_more_of_its_key() -> None:
    """The key of a sum with one unknown term is as likely to be any."""
    known = int(set_keys(family(5), seeds_of(1, 50, 12))[0])
    unknown = family(5).record_keys(seeds_of(1, 20_000, 13)[0]).astype(np.uint64)
    whole = (known + unknown) % (1 << 32)
    assert chisquare(np.bincount((whole >> 24).astype(np.intp), minlength=256)).pvalue > SIGNIFICANT


def test_people_of_the_tests_have_keys_of_their_own() -> None:
    """Else the tests above would compare sets that are alike for another reason."""
    keys: defaultdict[int, list[Person]] = defaultdict(list)
    for person in crowd(1000, 12, 2020):
        keys[person.key].append(person)
    assert max(map(len, keys.values())) == 1
