"""Readers of a release who subtract, compare, average: they succeed against `exact`, not against `cellkey`.

The figures are those of a few made-up people; method and audit are the program's. Where these attacks succeed
against `cellkey` too, it is said in the name of the test, and in test_attacks_rows.py.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from linkage.release.audit.verdict import Verdict, audit
from tests.attacks import CELLKEY, EXACT, Counts, Reader, Told, Truth, chance, family_key, group, release

Rounds: TypeAlias = list[tuple[Verdict, dict[int, float], int]]
ROUNDS = 60
OF_EXACT, OF_CELLKEY = Reader(EXACT), Reader(CELLKEY)
WIDTH = CELLKEY.js + 1
"""How many whole numbers must stay possible, as the audit asks."""


def two_registers(number: int) -> tuple[frozenset[int], frozenset[int]]:
    """The people of the attacker's register, and of the other one."""
    draw = chance(number)
    return group(draw, draw.randint(15, 60), range(200)), group(draw, draw.randint(15, 60), range(200))


# -- insider subtraction ----------------------------------------------------------------------------------


def together(own: frozenset[int], other: frozenset[int]) -> Truth:
    """A count with its parts, and an overlap: what a first agreement asks."""
    return {
        "own": own,
        "other": other,
        "either": own | other,
        "both": own & other,
        "own alone": own - other,
        "other alone": other - own,
    }


def insider_worlds(own: int, most: int = 90) -> dict[int, list[Counts]]:
    """What a party that knows its own register must reckon with, by how many of its own are in the other."""

    def world(both: int, other: int) -> Counts:
        return {
            "own": own,
            "other": other,
            "either": own + other - both,
            "both": both,
            "own alone": own - both,
            "other alone": other - both,
        }

    return {both: [world(both, other) for other in range(both, most)] for both in range(own + 1)}


def test_a_party_subtracts_its_own_people_and_has_the_overlap_under_exact() -> None:
    for number in range(10):
        own, other = two_registers(number)
        told = dict(release(together(own, other), EXACT, family_key(number)))
        del told["both"]  # withheld alone, it is still the difference of two others
        assert list(OF_EXACT.left(insider_worlds(len(own)), told)) == [len(own & other)]


def insider(truth: Truth, number: int) -> tuple[Verdict, dict[int, float]]:
    """What the audit says of a release under `cellkey`, and which overlaps the first party has left."""
    told = release(truth, CELLKEY, family_key(number))
    anybody = together(frozenset([-1, -2]), frozenset([-2, -3]))
    verdict = audit(OF_CELLKEY.problem(truth, told, ["own"], anybody))
    return verdict, OF_CELLKEY.left(insider_worlds(len(truth["own"])), told)


@pytest.fixture(scope="module")
def rounds() -> Rounds:
    """Of every round what the audit says, what the first party has left, and the truth."""
    found = []
    for number in range(ROUNDS):
        own, other = two_registers(number)
        found.append((*insider(together(own, other), number), len(own & other)))
    return found


def test_under_cellkey_the_overlap_stays_open_in_all_that_passes_the_audit(rounds: Rounds) -> None:
    assert all(true in left for _, left, true in rounds)
    assert all(len(left) >= WIDTH for verdict, left, _ in rounds if verdict.passed)
    assert sum(verdict.passed for verdict, _, _ in rounds) > ROUNDS / 2


def test_of_what_stays_open_the_likeliest_is_often_the_truth(rounds: Rounds) -> None:
    """A limit, said openly: most counts stay as they are, so several cells of one set point at it."""
    right = sum(max(left, key=lambda answer: left[answer]) == true for _, left, true in rounds)
    assert ROUNDS / 3 < right < ROUNDS * 3 / 4


# -- a group that is made to be read from a zero, or from a full cell --------------------------------------


@pytest.mark.parametrize("inside", [0, 12])
def test_a_zero_or_a_full_cell_tells_of_everybody_in_a_group_under_exact_alone(inside: int) -> None:
    own = frozenset(range(12))
    other = frozenset(range(inside)) | frozenset(range(100, 140))
    truth = together(own, other)
    assert release(truth, EXACT, family_key(0))["both"] == inside  # all of them, or none: each one is known
    verdicts = [insider(truth, number) for number in range(ROUNDS)]
    assert all(len(left) >= WIDTH for verdict, left in verdicts if verdict.passed)
    assert any(verdict.passed for verdict, _ in verdicts)


def test_noise_at_its_end_gives_a_full_cell_away_and_the_audit_refuses_it() -> None:
    """Noise alone is not enough: where it is as large as it can be, nothing below is possible any more."""
    own = frozenset(range(12))
    truth = together(own, own | frozenset(range(100, 140)))
    told = {number: release(truth, CELLKEY, family_key(number)) for number in range(2000)}
    narrow = [number for number, seen in told.items() if seen["both"] == 12 + CELLKEY.d]
    assert narrow
    for number in narrow:
        verdict, left = insider(truth, number)
        assert list(left) == [12]
        assert not verdict.passed


def test_a_group_of_one_is_a_mark_whatever_is_true() -> None:
    for other in (frozenset(range(30)), frozenset(range(1, 30))):
        both = frozenset([0]) & other
        assert release({"both": both}, EXACT, family_key(0)) == {"both": len(both)}
        assert release({"both": both}, CELLKEY, family_key(0)) == {"both": None}


# -- differencing -----------------------------------------------------------------------------------------

STAYED = frozenset(range(40))
ONE = frozenset([77])
DIFFERENCES: dict[str, Truth] = {
    "months": {"2020-01": STAYED, "2020-02": STAYED | ONE},
    "rounds": {"first round": STAYED, "late correction": STAYED | ONE},
    "measures": {"16-63": STAYED, "16-64": STAYED | ONE},
}


def differences(told: Told, reader: Reader, low: str, high: str) -> set[int]:
    """How many people the one can have more than the other."""
    can = {name: [n for n in range(90) if told[name] in reader.marks(n)] for name in (low, high)}
    return {b - a for a in can[low] for b in can[high]}


@pytest.mark.parametrize("between", DIFFERENCES)
def test_two_numbers_that_differ_in_one_person(between: str) -> None:
    truth = DIFFERENCES[between]
    low, high = truth
    assert differences(release(truth, EXACT, family_key(0)), OF_EXACT, low, high) == {1}
    for number in range(ROUNDS):
        found = differences(release(truth, CELLKEY, family_key(number)), OF_CELLKEY, low, high)
        assert {-1, 0, 1, 2} <= found


def test_a_yearly_mean_beside_eleven_months_gives_the_twelfth_under_exact_alone() -> None:
    months = {f"{m}": frozenset(range(20 + m)) for m in range(12)}
    for rule, width in ((EXACT, 1), (CELLKEY, WIDTH)):
        told = dict(release(months, rule, family_key(3)))
        mean = sum(n or 0 for n in told.values())  # the mean is made of what is told of all twelve
        twelfth = mean - sum(told[f"{m}"] or 0 for m in range(11))
        assert twelfth == told["11"]
        assert len([n for n in range(90) if twelfth in Reader(rule).marks(n)]) >= width
    assert told["11"] is not None


# -- averaging --------------------------------------------------------------------------------------------


def asked(times: int, keys: Callable[[int], int]) -> list[int]:
    """The same set of people, told again and again."""
    told = (release({"a": STAYED}, CELLKEY, family_key(keys(n)))["a"] for n in range(times))
    return [mark for mark in told if mark is not None]


def test_noise_that_is_drawn_anew_is_averaged_away() -> None:
    assert round(statistics.mean(asked(300, lambda n: n))) == len(STAYED)


def test_the_same_people_are_moved_alike_in_every_round_and_question() -> None:
    moved = [number for number in range(40) if asked(1, lambda _: number)[0] != len(STAYED)]  # noqa: B023 - called at once
    assert moved
    for number in moved:
        rounds = asked(24, lambda _: number)  # noqa: B023 - called at once
        assert set(rounds) == {rounds[0]}
        assert statistics.mean(rounds) != len(STAYED)


def partitions(people: frozenset[int], times: int) -> Iterator[Truth]:
    """The same people, cut in two in ever new ways."""
    draw = chance(1)
    for n in range(times):
        half = frozenset(p for p in sorted(people) if draw.random() < 0.5)
        yield {f"{n} yes": half, f"{n} no": people - half}


def test_many_ways_to_cut_the_same_people_average_to_their_number() -> None:
    """A limit, said openly: each cut is a new draw. The agreement must not ask for the same people often."""
    people = frozenset(range(120))
    sums = []
    for truth in partitions(people, 200):
        told = [mark for mark in release(truth, CELLKEY, family_key(5)).values() if mark is not None]
        assert len(told) == 2
        sums.append(sum(told))
    assert len(set(sums)) > 5  # each alone is off
    assert round(statistics.mean(sums)) == len(people)
