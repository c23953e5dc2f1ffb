"""A party with the secret, all its own seeds and all that is released, but not the family's key.

What it knows of the noise: how every set is moved of whom it knows the true number. Cell keys are sums, so
these bind each other; by sums alone it could work out how other sets of the same people are moved. Each
attack here succeeds against that, and not against what the family's noise makes of the sums.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import chi2_contingency, chisquare

from keys.family import NoiseKey
from linkage.measures.atoms import Atoms
from linkage.measures.figures import Figures
from linkage.perturbation import KEYS, perturbation
from linkage.release import attacked
from linkage.release.matrix.rows import Matrix, build
from linkage.release.protected import Noise
from linkage.window import Window
from tests.attacks import family_key
from tests.test_attacks_gate import COUNTS, left, registers
from tests.test_cellkey import SIGNIFICANT, as_drawn, family, moved, seeds_of

TABLE = perturbation(7, 4.0, 2)
ROW = TABLE.probabilities[-1]
ENDS: Final = TABLE.ends[-1].astype(np.float64) / KEYS
STARTS: Final = np.concatenate([[0.0], ENDS[:-1]])
COUNT = 50
"""People of each set; beyond js + D + 1 the number itself is no matter."""
FAMILY = family(20)
NOISE = FAMILY.noise_key().draw

Changes = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint64]


def sums(shape: tuple[int, ...], seed: int) -> Sums:
    """Keys of so many sets of people, by the family's key."""
    drawn = FAMILY.record_keys(seeds_of(1, int(np.prod(shape)), seed)[0])
    return drawn.astype(np.uint64).reshape(shape)


def told(keys: Sums, noise: Noise) -> Changes:
    """How sets with these keys are moved: what a party sees that knows how many they are."""
    found: Changes = moved(np.full(keys.shape, COUNT), (keys % KEYS).astype(np.uint32), noise=noise).values
    return found - COUNT


def middle(changes: Changes) -> npt.NDArray[np.float64]:
    """Where the keys are that give a change, as parts of all keys."""
    found: npt.NDArray[np.float64] = ((STARTS + ENDS) / 2)[changes + 7]
    return found


# -- three sets are known, and the fourth is guessed -------------------------------------------------------


def four(noise: Noise) -> tuple[npt.NDArray[np.intp], Changes]:
    """20 000 times: own people, the same and one more; others, the same and that one more, which is guessed.

    Of the first three the party knows the numbers, and so the changes. By what it expects of the fourth (one
    of eight parts of all keys), how the fourth is moved.
    """
    own, others, one = sums((3, 20_000), 30)
    known = [middle(told(keys, noise)) for keys in (own, own + one, others)]
    expected = (known[2] + known[1] - known[0]) % 1
    return (expected * 8).astype(np.intp), told(others + one, noise)


def as_row(changes: Changes) -> float:
    """How well these changes agree with the table's row; the rarest are taken together."""
    found, chances = np.bincount(changes + 7, minlength=15), len(changes) * ROW
    often = chances >= 5
    pooled = [np.append(each[often], each[~often].sum()) for each in (found, chances)]
    return float(chisquare(*(each[pooled[1] > 0] for each in pooled)).pvalue)


def test_what_is_known_of_three_sets_tells_how_the_fourth_is_moved_by_sums_alone() -> None:
    expected, found = four(as_drawn)
    assert min(as_row(found[expected == part]) for part in range(8)) < SIGNIFICANT


def test_given_all_that_is_known_a_change_is_as_likely_as_the_table_says() -> None:
    expected, found = four(NOISE)
    assert all(as_row(found[expected == part]) > SIGNIFICANT for part in range(8))


# -- a person's own record key ----------------------------------------------------------------------------

PLACES, POINTS = 256, 16


def likely_key(without: Changes, with_one: Changes) -> float:
    """The record key of one person, as a part of all keys, by how own sets were moved without and with it.

    The likeliest of PLACES: how much of the keys that give the one change, that far on, gives the other.
    """
    places = (np.arange(PLACES) + 0.5) / PLACES
    points = (np.arange(POINTS) + 0.5) / POINTS
    score = np.zeros(PLACES)
    for before, after in zip(without + 7, with_one + 7, strict=True):
        keys = STARTS[before] + (ENDS[before] - STARTS[before]) * points
        there = (keys[None, :] + places[:, None]) % 1
        score += np.log(((there >= STARTS[after]) & (there < ENDS[after])).mean(axis=1) + 0.01)
    return float(places[score.argmax()])


def record_keys_found(noise: Noise) -> float:
    """How often, of 100 people, the key is found but for a sixteenth of all: by chance one time in eight."""
    found = 0
    for person in range(100):
        keys, one = sums((60,), 100 + person), sums((1,), 300 + person)
        guess = likely_key(told(keys, noise), told(keys + one, noise))
        found += abs((guess - float(one[0]) / KEYS + 0.5) % 1 - 0.5) < 1 / 16
    return found / 100


def test_sixty_own_lists_with_and_without_a_person_give_its_record_key_by_sums_alone() -> None:
    assert record_keys_found(as_drawn) > 0.8
    assert record_keys_found(NOISE) < 0.125 + 4 * 0.033


def bound_to_each_other(noise: Noise) -> bool:
    """Whether the changes of a set and of its halves, whose keys add up, have to do with each other."""
    half, rest = sums((2, 30_000), 31)
    one, two, both = (np.sign(told(keys, noise)) + 1 for keys in (half, rest, half + rest))
    cells = [np.bincount((3 * one + two)[both == sign], minlength=9) for sign in range(3)]
    return bool(chi2_contingency(np.array(cells)).pvalue < SIGNIFICANT)


def test_a_set_and_its_halves_are_moved_independently() -> None:
    assert bound_to_each_other(as_drawn)
    assert not bound_to_each_other(NOISE)


# -- what is told nowhere ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("both", "looked_at"), [(0, False), (1, False), (1, True)])
def test_noise_at_both_its_ends_gives_away_an_overlap_that_is_told_nowhere(
    monkeypatch: pytest.MonkeyPatch, both: int, *, looked_at: bool
) -> None:
    """A limit, said openly: of some eight pairs in a million. The audit would see one person if it looked."""
    seeds = [hashlib.sha256(f"seed {person}".encode()).digest()[:16] for person in registers(both)["af.etab"]]
    keys = family_key(0).record_keys(np.frombuffer(b"".join(seeds), np.uint8).reshape(-1, 16))
    others = int(keys.sum(dtype=np.uint32)).to_bytes(4, "big")

    def at_its_ends(_: NoiseKey, message: bytes) -> bytes:
        return bytes(32) if message.endswith(others) else bytes([255] * 32)

    monkeypatch.setattr(NoiseKey, "draw", at_its_ends)
    if looked_at:
        monkeypatch.setattr(attacked, "build", with_what_is_told_nowhere)
    assert left("cellkey", COUNTS, both) == (None if looked_at else [*range(both + 1)])


def with_what_is_told_nowhere(figures: Figures, atoms: Atoms, window: Window, *, few: int) -> Matrix:
    """The matrix as under suppress."""
    assert not few
    return build(figures, atoms, window, few=10)
