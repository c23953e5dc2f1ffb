"""Flows, outcomes, durations and changes of a few drawn people: every answer is counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from linkage.measures.figures import Bits, Note
from linkage.measures.kinds.duration import _first_lengths
from linkage.measures.model import Change, Duration, Flow, Follow, Outcome
from linkage.measures.operators import ago, ahead
from tests.drawn import Drawn, told

# -- flow -------------------------------------------------------------------------------------------------

STEPS = Drawn("""
        x.first   x.second   x.work
 Anna   ██····    ··██··     ····██
 Bo     ███···    ·██···     ······
 Cia    ······    ······     █·····
 Dan    ······    ······     ······
""")


def flow(every: int = 1, by: tuple[str, ...] = ("period",), *states: str) -> Flow:
    asked = states or ("x.first", "x.second", "x.work")
    return Flow("m", "M", by, None, tuple(map(STEPS.read, asked)), every)


def test_flow_counts_the_first_listed_state() -> None:
    cells = STEPS.ask(flow())
    states = ("x.first", "x.second", "x.work", "elsewhere")
    assert [(a.name, a.values) for a in cells.axes[:2]] == [("from", states), ("to", states)]
    assert cells.axes[2].values[-1] == "all"
    assert told(cells, from_="x.first", to="x.first") == [2, 1, 0, 0, 0, "edge", 3], "Bo is in both, twice"
    assert told(cells, from_="x.first", to="x.second") == [0, 1, 0, 0, 0, "edge", 1]
    assert told(cells, from_="x.first", to="elsewhere") == [0, 0, 1, 0, 0, "edge", 1]
    assert told(cells, from_="x.second", to="x.work") == [0, 0, 0, 1, 0, "edge", 1]
    assert told(cells, from_="x.work", to="x.work") == [0, 0, 0, 0, 1, "edge", 1]
    assert told(cells, from_="x.work", to="elsewhere") == [1, 0, 0, 0, 0, "edge", 1]
    assert told(cells, from_="elsewhere", to="elsewhere") == [1, 2, 2, 3, 3, "edge", 11]


def test_everybody_makes_one_move_in_every_known_period() -> None:
    cells = STEPS.ask(flow(2, ("sex", "period")))
    women = cells.people[:, :, 0]
    assert women.sum(axis=(0, 1)).tolist() == [2, 2, 2, 2, 0, 0, 8]
    assert np.all(cells.notes[:, :, :, 4:6] == Note.EDGE)


def test_flow_over_several_periods_and_in_spans() -> None:
    cells = STEPS.ask(flow(2, ("span",)))
    assert cells.axes[2].values == ("early", "late", "all")
    assert told(cells, from_="x.first", to="x.second") == [2, 0, 2], "Anna in January and February"
    assert told(cells, from_="x.second", to="x.work") == [1, 2, 2], "March is in both spans"
    assert told(STEPS.ask(flow(2, ())), from_="x.second", to="x.work") == [2]


def test_a_move_is_known_where_all_states_are() -> None:
    cells = STEPS.ask(flow(1, ("period",), "started(x.first)", "left(x.second)"))
    assert told(cells, from_="started(x.first)", to="elsewhere") == ["edge", 0, 0, 0, "edge", "edge", 0]
    assert told(cells, from_="left(x.second)", to="elsewhere") == ["edge", 0, 1, 1, "edge", "edge", 2]
    assert told(cells, from_="elsewhere", to="elsewhere") == ["edge", 3, 2, 3, "edge", "edge", 8]
    cells = STEPS.ask(flow(5, ("period",), "started(x.first)"))
    assert set(told(cells, from_="elsewhere", to="elsewhere")) == {"edge"}
    assert not cells.people.any()


@pytest.mark.parametrize("states", [1, 4, 15, 16, 20])
def test_flow_of_many_states(states: int) -> None:
    """More than a byte holds pairs of; all but the second are empty or come too late."""
    listed = ["x.work & x.first", "x.first", *["x.first & x.second"] * (states - 2)][:states]
    cells = STEPS.ask(flow(1, ("period",), *listed))
    assert cells.people.shape == (states + 1, states + 1, 7)
    assert cells.people.sum(axis=(0, 1)).tolist() == [4, 4, 4, 4, 4, 0, 20]
    if states > 1:
        assert cells.people[1, 1].tolist() == [2, 1, 0, 0, 0, 0, 3]
        assert cells.people[1, -1].tolist() == [0, 1, 1, 0, 0, 0, 2]


# -- outcome ----------------------------------------------------------------------------------------------

LEAVERS = Drawn("""
        x.programme   x.work
 Anna   ██·█···       ··█··██
 Bo     █······       ···█···
 Cia    ██·····       ·██████
 Dan    ····███       ·······
 Eva    ███████       ███████
 Fia    ·██████       ·······
 Gun    █·█····       ····███
""")


def outcome(follow: Follow, k: int, by: tuple[str, ...] = ("period",)) -> Outcome:
    leaving, to = map(LEAVERS.read, ("x.programme", "x.work"))
    return Outcome("m", "M", by, None, leaving, to, follow, k)


# leave: Anna in February and April, Bo in January, Cia in February, Gun in January and March
@pytest.mark.parametrize(
    ("follow", "k", "value", "of"),
    [
        (Follow.AT, 0, [0, 1, 0, 0, 0, 0, "edge", 1], [2, 2, 1, 1, 0, 0, "edge", 4]),
        (Follow.AT, 2, [0, 1, 1, 1, 0, "edge", "edge", 1], [2, 2, 1, 1, 0, "edge", "edge", 4]),
        (Follow.AT, 4, [1, 2, 1, "edge", "edge", "edge", "edge", 3], [2, 2, 1] + ["edge"] * 4 + [4]),
        (Follow.WITHIN, 0, [0, 1, 0, 0, 0, 0, "edge", 1], [2, 2, 1, 1, 0, 0, "edge", 4]),
        (Follow.WITHIN, 3, [1, 2, 1, 1] + ["edge"] * 3 + [3], [2, 2, 1, 1] + ["edge"] * 3 + [4]),
        (Follow.FOR, 1, [0, 2, 0, 0, 0, 0, "edge", 2], [2, 2, 1, 1, 0, 0, "edge", 4]),
        (Follow.FOR, 2, [0, 1, 0, 0, 0, "edge", "edge", 1], [2, 2, 1, 1, 0, "edge", "edge", 4]),
        (Follow.AT, 6, [1] + ["edge"] * 6 + [1], [2] + ["edge"] * 6 + [2]),
        (Follow.FOR, 7, ["edge"] * 8, ["edge"] * 8),
    ],
)
def test_outcome(follow: Follow, k: int, value: list[int | str], of: list[int | str]) -> None:
    cells = LEAVERS.ask(outcome(follow, k))
    assert [(a.name, len(a.values)) for a in cells.axes] == [("role", 2), ("period", 8)]
    assert told(cells, role="of") == of
    assert told(cells, role="value") == value


def test_over_a_stretch_the_first_event_in_it_decides() -> None:
    """Anna is not in work two months after February, but after April; Gun after March, not after January."""
    cells = LEAVERS.ask(outcome(Follow.AT, 2, ("span", "sex")))
    assert told(cells, role="of", sex="all") == [4, 2, 4]
    assert told(cells, role="value", sex="all") == [1, 2, 1]
    assert told(cells, role="value", sex="woman") == [1, 1, 1]
    assert told(cells, role="of", sex="woman") == [2, 1, 2]


def test_an_outcome_looks_only_where_leaving_and_follow_up_are_known() -> None:
    leaving, to = LEAVERS.read("was(x.programme, 1)"), LEAVERS.read("left(started(x.work))")
    cells = LEAVERS.ask(Outcome("m", "M", ("period",), None, leaving, to, Follow.AT, 1))
    assert told(cells, role="of") == ["edge", 2, 2, 1, 1, "edge", "edge", 4]
    assert told(cells, role="value") == ["edge", 0, 0, 1, 1, "edge", "edge", 0]


# -- duration ---------------------------------------------------------------------------------------------

STAYS = Drawn("""
        x.programme
 Anna   ·███·█·
 Bo     ██·█···
 Cia    ··█████
 Dan    ███████
 Eva    ·█████·
 Fia    ·······
 Gun    █····█·
 Hana   ·█·█·██
""")


def duration(source: str, by: tuple[str, ...] = ()) -> Duration:
    return Duration("m", "M", by, None, STAYS.read(source))


def test_duration_of_the_first_whole_stay() -> None:
    cells = STAYS.ask(duration("x.programme"))
    assert cells.axes[0].values == (1, 2, 3, 4, 5)
    assert told(cells, window="all") == [3, 0, 1, 0, 1]
    by_sex = STAYS.ask(duration("x.programme", ("sex",)))
    assert told(by_sex, sex="woman", window="all") == [1, 0, 1, 0, 1]
    assert told(by_sex, sex="man", window="all") == [2, 0, 0, 0, 0]


def test_a_stay_is_whole_where_its_ends_are_known() -> None:
    """was(…, 1) is known from February, so what begins there may have begun before."""
    assert told(STAYS.ask(duration("was(x.programme, 1)")), window="all") == [2, 0, 1, 0, 0]
    assert told(STAYS.ask(duration("bridge(x.programme, 1)")), window="all") == [0, 0, 0, 0, 0]
    assert told(STAYS.ask(duration("was(x.programme, 4)")), window="all") == [1, 0, 0, 0, 0], "three months"
    assert told(STAYS.ask(duration("was(x.programme, 5)")), window="all") == ["edge"] * 5, "two"
    assert told(STAYS.ask(duration("bridge(x.programme, 3)")), window="all") == ["edge"] * 5


@pytest.mark.parametrize("periods", [8, 9, 16, 17, 32, 33, 60])
def test_the_longest_stay_that_a_window_shows(periods: int) -> None:
    longest = (1 << periods - 1) - 2
    dtype = next(np.dtype(f"<u{width}") for width in (1, 2, 4, 8) if periods <= 8 * width)
    a: Bits = np.array([longest, 2, longest & ~4, 0], dtype)
    lengths = _first_lengths(a & ~ago(a, 1), a & ~ahead(a, 1))
    assert lengths.tolist() == [periods - 2, 1, 1, 0]


def test_a_window_too_short_for_a_stay() -> None:
    drawn = Drawn("x.a\nAnna ██")
    cells = drawn.ask(Duration("m", "M", ("sex",), None, drawn.read("x.a")))
    assert cells.people.shape == cells.notes.shape == (0, 1, 4)


# -- change -----------------------------------------------------------------------------------------------

PAID = Drawn(
    """
        x.exit
 Anna   ··█·█·
 Bo     █··█··
 Cia    ·····█
 Dan    ···█··
 Eva    ······
 Fia    ··█···
""",
    {
        "x.aid": {
            "Anna": [10, 20, 30, 40, 50, 60],
            "Bo": [1, 2, 3, 4, 5, 6],
            "Cia": [9000] * 6,
            "Dan": [0, 500, 500, 0, 0, 0],
            "Eva": [7000] * 6,
        }
    },
)


def change(before: int, after: int, source: str = "x.exit", by: tuple[str, ...] = ()) -> Change:
    return Change("m", "M", by, None, "x.aid", "kr", PAID.read(source), before, after)


def test_change_around_the_first_event_that_the_window_holds() -> None:
    """Anna and Fia in March, Bo and Dan in April: Bo's January has no month before."""
    cells = PAID.ask(change(2, 1))
    assert cells.sums is not None
    assert cells.axes[0].values == (-2, -1, 0, 1)
    assert told(cells, window="all") == [4, 4, 4, 4]
    assert cells.sums.total[:, 0].tolist() == [10 + 0 + 2 + 500, 20 + 0 + 3 + 500, 30 + 4, 40 + 5]
    assert cells.sums.largest[:, :, 0].tolist() == [[500, 500, 30, 40], [10, 20, 4, 5]]


def test_change_by_sex() -> None:
    cells = PAID.ask(change(2, 1, by=("sex",)))
    assert cells.sums is not None
    assert cells.axes[2].values == ("woman", "man", "other", "all")
    assert cells.people[0, 0].tolist() == [2, 2, 0, 4]
    assert cells.sums.total[0, 0].tolist() == [10, 502, 0, 512]
    assert cells.sums.largest[:, 0, 0].tolist() == [[10, 500, 0, 500], [0, 2, 0, 10]]


def test_change_where_no_event_can_be_known() -> None:
    assert set(told(PAID.ask(change(3, 3)), window="all")) == {"edge"}, "seven months"
    cells = PAID.ask(change(1, 1, "was(x.exit, 4)"))
    assert cells.people[:, 0].tolist() == [1, 1, 1]
    assert cells.sums is not None
    assert cells.sums.total[:, 0].tolist() == [4, 5, 6], "of Bo, whose January was four months before May"
    assert set(told(PAID.ask(change(1, 1, "will(x.exit, 5)")), window="all")) == {"edge"}


def test_two_people_with_the_same_amount_are_two() -> None:
    drawn = Drawn(
        "x.exit\nAnna ·█·\nBo ·█·\nCia ·█·", {"x.aid": {"Anna": [5] * 3, "Bo": [7] * 3, "Cia": [7] * 3}}
    )
    around = drawn.read("x.exit")
    cells = drawn.ask(Change("m", "M", (), None, "x.aid", "kr", around, 1, 1), blocks=3)
    assert cells.sums is not None
    assert cells.sums.largest[:, 0, 0].tolist() == [7, 7]
    assert cells.sums.total[0, 0] == 19
