"""A party that selects or invents rows, and what equal numbers tell: here noise alone loses to the party.

Each attack succeeds against `exact` and against `cellkey`; that is why both ask for `trust`, and why
docs/attacks.md says so.
"""

from __future__ import annotations

import math
import statistics

from tests.attacks import CELLKEY, EXACT, Told, chance, family_key, group, release

VICTIM = 0
OTHERS = frozenset(range(1, 60))
KEYS = 400


def register(inside: bool) -> frozenset[int]:
    """The other party's people; with the victim, or not."""
    return OTHERS | {VICTIM} if inside else OTHERS


def beside(inside: bool, rule: str, key: int) -> Told:
    """A party has the victim alone in a series, and the agreement asks for that series or the other's."""
    truth = {"other": register(inside), "either": register(inside) | {VICTIM}}
    return release(truth, {"exact": EXACT, "cellkey": CELLKEY}[rule], family_key(key))


def test_two_numbers_that_differ_say_that_the_victim_is_not_there() -> None:
    assert beside(True, "exact", 0)["other"] == beside(True, "exact", 0)["either"]
    assert beside(False, "exact", 0)["other"] != beside(False, "exact", 0)["either"]
    for key in range(KEYS):  # equal people have equal noise
        told = beside(True, "cellkey", key)
        assert told["other"] == told["either"]
    differ = sum(
        beside(False, "cellkey", key)["other"] != beside(False, "cellkey", key)["either"]
        for key in range(KEYS)
    )
    assert (
        differ > KEYS / 2
    )  # and then it is certain; where they are equal, being there is several times likelier
    assert differ < KEYS


def test_what_a_party_knows_of_its_own_noise_it_knows_of_equal_sets_alone() -> None:
    """It knows how its own number was moved. Where the other has all its people, theirs is moved alike."""
    own = frozenset(range(40))
    whole, less = own | frozenset(range(50, 70)), own - {7} | frozenset(range(50, 70))
    for key in range(60):
        told = release({"own": own, "both": own & whole}, CELLKEY, family_key(key))
        assert told["own"] == told["both"]
    moved = []
    for key in range(KEYS):
        told = release({"own": own, "both": own & less}, CELLKEY, family_key(key))
        assert told["own"] is not None
        assert told["both"] is not None
        moved.append((told["own"] - 40, told["both"] - 39))
    ours, theirs = zip(*moved, strict=True)
    assert abs(statistics.correlation(ours, theirs)) < 4 / math.sqrt(KEYS)  # one person apart: drawn anew


def selected(inside: bool, series: int, key: int) -> float:
    """How far above what the party knows the overlaps of so many series are, on average.

    Each series is some people whom the party knows to be with the other, and the victim.
    """
    draw = chance(key)
    known = [group(draw, 20, range(1, 60)) for _ in range(series)]
    truth = {f"{n}": (some | {VICTIM}) & register(inside) for n, some in enumerate(known)}
    told = release(truth, CELLKEY, family_key(key))
    return statistics.mean((told[f"{n}"] or 0) - 20 for n in range(series))


def right(series: int, tries: int = 100) -> float:
    """In what part of the tries the party says rightly whether the victim is there."""
    guesses = [(selected(key % 2 == 0, series, key) > 0.5) == (key % 2 == 0) for key in range(tries)]
    return statistics.mean(guesses)


def test_one_selected_series_is_right_seven_times_of_ten_and_sixty_nearly_always() -> None:
    assert 0.6 < right(1) < 0.85
    assert right(60) > 0.95
