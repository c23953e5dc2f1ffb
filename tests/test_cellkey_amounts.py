"""Amounts under cellkey, worked out by hand: who must be hidden, how a sum is moved, what is told of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.family import FamilyKey
from linkage.measures.figures import Axis, Cells, Figures, Note, Sums
from linkage.measures.model import Frame
from linkage.perturbation import perturbation
from linkage.release import agreeing, parse
from linkage.release.counts import Counts
from linkage.release.disagreements import AmountsError
from linkage.release.kinds.table import rows
from linkage.release.methods import cellkey
from linkage.release.methods.cellkey_amounts import dominated, even, moved, reach
from linkage.release.protected import Noise
from tests.attacks import derive
from tests.needs import ROOT
from tests.releases import OVER_TIME_MEASURES, agreement, over_time_moved
from tests.test_cellkey import RULE

VARIANCE = Fraction(4)
SERIES = "stad.bistand"
FAMILY = FamilyKey(bytes(range(32)), "example")
NOISE = FAMILY.noise_key().draw
KEYS = st.integers(0, (1 << 32) - 1)


@pytest.mark.parametrize(
    ("total", "largest", "second", "hidden"),
    [
        (100_000, 60_000, 34_000, False),  # the rest is 6 000, which is 10 % of the largest
        (99_999, 60_000, 34_000, True),
        (60_000, 60_000, 0, True),  # one alone
        (120_000, 60_000, 60_000, True),  # two alone: each knows the other
        (126_000, 60_000, 60_000, False),
        (10_000, 1_000, 1_000, False),
        (0, 0, 0, True),  # all are zero, and the sum would tell each of them
        (11, 10, 0, False),
        (10, 10, 0, True),
    ],
)
def test_nobody_comes_within_ten_per_cent_of_the_largest(
    total: int, largest: int, second: int, *, hidden: bool
) -> None:
    assert dominated(total, largest, second) is hidden


@given(st.lists(st.integers(0, 50_000), min_size=2, max_size=12))
def test_what_is_told_leaves_ten_per_cent_to_the_second(amounts: list[int]) -> None:
    """The second takes its own from the sum: what it then thinks of the largest is too much by a tenth."""
    largest, second = sorted(amounts, reverse=True)[:2]
    if not dominated(sum(amounts), largest, second):
        assert sum(amounts) - second >= Fraction(11, 10) * largest


KNOWN = [
    (0x00000000, -1, "stad.bistand", 75_270),
    (0x00000000, 0, "stad.bistand", 88_231),
    (0x00000001, 3, "stad.bistand", 91_161),
    (0xFFFFFFFF, -3, "stad.bistand", 108_990),
    (0xFFFFFFFF, -3, "af.ersattning", 78_942),
]


@pytest.mark.parametrize(("key", "offset", "series", "told"), KNOWN)
def test_known_answers_of_a_moved_sum(key: int, offset: int, series: str, told: int) -> None:
    assert reach(VARIANCE) == Fraction(346, 100)
    drawn = even(NOISE, key, offset=offset, series=series)
    assert moved(100_000, 10_000, VARIANCE, drawn) == told


def test_known_answers_follow_from_the_words_of_the_page() -> None:
    """Worked out again by docs/release.md and docs/token.md, in which they stand."""
    salt = hashlib.sha256(b"linkage-family/1\nexample").digest()
    noise_key = derive(bytes(range(32)), salt, b"linkage/1/noise", 32)
    assert f"`{noise_key.hex()}`" in (ROOT / "docs" / "token.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    for key, offset, series, told in KNOWN:
        words = b"linkage/1/amount\n" + key.to_bytes(4, "big") + offset.to_bytes(2, "big", signed=True)
        k = int.from_bytes(hmac.digest(noise_key, words + series.encode(), "sha256")[:4], "big")
        assert round(100_000 + 10_000 * 3.46 * (2 * k + 1 - 2**32) / 2**32) == told
        assert f"| `0x{key:08x}` | {offset} | `{series}` | {told:,} |".replace(",", " ") in page.replace(
            "−", "-"
        )


@given(
    st.binary(min_size=4), st.integers(0, 10**9), st.integers(0, 10**6), st.fractions(Fraction(1, 10), 100)
)
def test_a_sum_is_moved_by_its_reach_at_most_and_never_below_zero(
    noise: bytes, total: int, largest: int, variance: Fraction
) -> None:
    told = moved(total, largest, variance, even(lambda _: noise, 0, offset=0, series=SERIES))
    assert told >= 0
    assert told - total <= largest * reach(variance) + Fraction(1, 2)
    assert total - told <= largest * reach(variance) + Fraction(1, 2)
    assert reach(variance) ** 2 <= 3 * variance < (reach(variance) + Fraction(1, 100)) ** 2


def changes(
    keys: npt.NDArray[Any], offset: int = 1, series: str = SERIES, noise: Noise = NOISE
) -> npt.NDArray[np.float64]:
    """Of sums with a largest amount of 10 000, in largest amounts."""
    drawn = (even(noise, int(key), offset=offset, series=series) for key in keys)
    return (np.array([moved(10**9, 10_000, VARIANCE, each) for each in drawn]) - 10**9) / 10_000


def test_sums_are_right_on_average_and_as_uncertain_as_counts() -> None:
    found = changes(np.random.default_rng(1).integers(0, 1 << 32, 40_000))
    assert abs(found.mean()) < 4 * 2 / 200
    assert abs(found.var() - 4) < 0.1


def test_what_one_period_or_series_shows_says_nothing_of_another() -> None:
    """A party that knows one of the sums of some people sees how it was moved, and no more than that."""
    keys = np.random.default_rng(3).integers(0, 1 << 32, 40_000)
    known = changes(keys)
    others = [changes(keys, offset) for offset in (-1, 0, 2)] + [changes(keys, series="af.ersattning")]
    for other in others:
        assert abs(np.corrcoef(known, other)[0, 1]) < 4 / 200
        assert abs(other[known > 3].std() - other.std()) < other.std() / 10


def test_the_change_of_the_people_does_not_tell_that_of_the_sum() -> None:
    """A party that knows how many there are sees the change of the count."""
    keys = np.random.default_rng(2).integers(0, 1 << 32, 40_000, np.uint32)
    counts = perturbation(7, 4.0, 2).changes(np.full(40_000, 50), keys)
    sums = changes(keys)
    assert abs(np.corrcoef(counts, sums)[0, 1]) < 4 / 200
    for change in (-2, 0, 3):
        assert abs(sums[counts == change].std() - sums.std()) < sums.std() / 10


# -- who tries all cell keys ------------------------------------------------------------------------------

TRIED = 1 << 12
"""Cell keys that are tried: as good as all 2**32, which take an hour."""


def fitting(known: list[Fraction], noise: Noise) -> list[int]:
    """The cell keys that draw what a reader has seen of the first periods."""
    return [
        key
        for key in range(TRIED)
        if all(even(noise, key, offset=i, series=SERIES) == seen for i, seen in enumerate(known))
    ]


def test_whoever_tries_all_cell_keys_reads_the_other_series_if_the_noise_is_public_and_else_nothing() -> None:
    """A reader knows three true sums of the same people, and so what was drawn for them."""

    def public(message: bytes) -> bytes:
        return hashlib.sha256(message).digest()

    own = FamilyKey(bytes(32), "example").noise_key().draw  # a key that such a reader makes up
    for key in (1, 77, TRIED - 1):
        open_to_all, hidden = (
            [even(noise, key, offset=i, series=SERIES) for i in range(3)] for noise in (public, NOISE)
        )
        assert fitting(open_to_all, public) == [key]  # and by it all other periods and series
        assert fitting(hidden, NOISE) == [key]  # so few keys are tried soon: it is the noise that hides them
        assert not fitting(hidden[:1], public)
        assert not fitting(hidden[:1], own)


def test_amounts_are_moved_alike_in_every_run_of_a_family_and_otherwise_in_another() -> None:
    keys = np.random.default_rng(4).integers(0, 1 << 32, 20_000)
    again = FamilyKey.from_bytes(FAMILY.to_bytes()).noise_key().draw
    assert (changes(keys) == changes(keys, noise=again)).all()
    for other in (FamilyKey(bytes(32), "example"), FamilyKey(bytes(range(32)), "another")):
        found = changes(keys, noise=other.noise_key().draw)
        assert abs(np.corrcoef(changes(keys), found)[0, 1]) < 4 / np.sqrt(len(keys))


# -- through the method -----------------------------------------------------------------------------------

PEOPLE = np.array([40, 40, 40, 40, 40, 9, 10, 0])
"""Of each class, in each of the periods around the event."""
OFFSETS = 3


def changes_of(people: list[int], key: int) -> list[int]:
    """How counts of this cell key are moved."""
    drawn = int.from_bytes(NOISE(b"linkage/1/count\n" + key.to_bytes(4, "big"))[:4], "big")
    found = perturbation(7, 4.0, 2).changes(np.array(people), np.full(len(people), drawn, np.uint32))
    return [int(change) for change in found]


KEY = next(  # of a set of 10 or more that is moved by two, and of one of 9 that is told as 11
    k for k in range(0, 1 << 32, 1 << 20) if changes_of([40, 9], k) == [2, 2]
)


def protected(sums: list[list[int]]) -> Counts:
    """sums: total, largest and second of each class, in all periods but the last, where nobody dominates."""
    measure = next(m for m in agreement(OVER_TIME_MEASURES).measures if m.name == "bistandet")
    shape = (OFFSETS, len(PEOPLE))
    axes = (Axis("offset", (-1, 0, 1)), Axis("window", tuple(range(len(PEOPLE)))))
    people, notes = np.broadcast_to(PEOPLE, shape), np.full(shape, Note.KNOWN, object)
    amounts = np.array([sums, sums, [[1_000 * n, 1_000, 1_000] for n in PEOPLE]])
    found = Sums(amounts[..., 0], np.moveaxis(amounts[..., 1:], -1, 0))
    cells = Cells(axes, people, notes, np.full(shape, KEY, np.uint32), found)
    return cellkey.protect(Figures((measure,), {measure.name: cells}), RULE, NOISE).counts[measure.name]


def test_amounts_are_told_of_enough_people_who_are_enough_alike() -> None:
    told = protected(
        [
            [400_000, 12_000, 11_000],
            [400_000, 390_000, 10_000],  # one is nearly all of it
            [0, 0, 0],
            [20_000, 19_000, 1_000],
            [300_000, 20_000, 20_000],
            [90_000, 10_000, 9_000],  # nine are moved to eleven, and are too few all the same
            [90_000, 10_000, 9_000],
            [0, 0, 0],
        ]
    )
    known, withheld = Note.KNOWN, Note.WITHHELD
    assert told.sum_notes is not None
    assert told.sums is not None
    for offset in range(OFFSETS):  # in the last period none is dominated: it is withheld with the others
        assert list(told.notes[offset]) == [known] * 7 + [Note.FEW]
        assert list(told.values[offset]) == [42, 42, 42, 42, 42, 11, 12, 0]
        notes = [known, withheld, withheld, withheld, known, withheld, known, Note.FEW]
        assert list(told.sum_notes[offset]) == notes
        assert not told.sums[offset][[1, 2, 3, 5, 7]].any()
    for offset, total, first in ((-1, 400_000, 12_000), (0, 400_000, 12_000), (1, 40_000, 1_000)):
        assert told.sums[offset + 1, 0] == moved(
            total, first, VARIANCE, even(NOISE, KEY, offset=offset, series=SERIES)
        )
    assert told.step == 100


def test_rows_are_told_in_hundreds_and_of_one_number_of_people() -> None:
    table = over_time_moved().table("bistandet")
    for sex in ("woman", "man", "other", "all"):
        several = table.pick(sex=sex)
        assert len(several) == 7 + 2
        assert len({row["people"] for row in several}) == 1
        assert all(isinstance(row["value"], int) and row["value"] % 100 == 0 for row in several) is (
            sex != "other"  # of whom there are none
        )


def counts(sums: list[int], notes: list[Note] | None = None) -> Counts:
    """Of a change with three periods on each side, for everybody: 42 people."""
    axes = (Axis("offset", tuple(range(-3, 4))), Axis("window", ("all",)))
    known = np.full((7, 1), Note.KNOWN, object)
    amounts = known if notes is None else np.array(notes, object)[:, None]
    return Counts(axes, np.full((7, 1), 42), known, np.array(sums)[:, None], amounts, 100)


def told(sums: list[int], notes: list[Note] | None = None) -> list[Any]:
    agreed = agreement(OVER_TIME_MEASURES)
    measure = replace(next(m for m in agreed.measures if m.name == "bistandet"), by=())
    frame = Frame(agreed.window, agreed.dimensions)
    return [(row["value"], row.get("note")) for row in rows(measure, counts(sums, notes), frame)]


def test_level_and_mean_are_the_differences_of_told_means() -> None:
    """42 people: 210 000 is 5 000 each, 5 049.9 → 5 000, 5 050 → 5 100, 3 999 → 4 000, 3 333 → 3 300."""
    found = told([210_000, 212_095, 212_100, 0, 167_958, 139_986, 21_000])
    assert [value for value, _ in found] == [
        5_000, 5_000, 5_100, 0, 4_000, 3_300, 500,
        -4_500,
        -2_400,  # 7 800 / 3 less 15 100 / 3 is 2 600 - 5 033.3 = -2 433.3
    ]  # fmt: skip


def test_a_withheld_amount_withholds_what_needs_it() -> None:
    notes = [Note.KNOWN] * 6 + [Note.WITHHELD]
    found = told([210_000] * 7, notes)
    assert found[:6] == [(5_000, None)] * 6
    assert found[6:] == [(None, "withheld")] * 3


def changed(offset: int | str, **members: object) -> bytes:
    document = json.loads(over_time_moved().to_bytes())
    table = next(t for t in document["tables"] if t["measure"] == "bistandet")
    row = next(r for r in table["rows"] if r["sex"] == "woman" and r["offset"] == offset)
    row.update({k: row[k] + v if isinstance(v, int) else v for k, v in members.items()})
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("offset", "members"),
    [
        (1, {"value": 50}),  # no hundred
        (3, {"value": 100}),  # the level is another
        ("level", {"value": 100}),
        ("mean", {"value": 100}),
        (0, {"people": 1}),
    ],
)
def test_what_derives_from_told_amounts_must_be_exact(offset: int | str, members: dict[str, object]) -> None:
    with pytest.raises(AmountsError):
        agreeing.check(parse(changed(offset, **members)))
