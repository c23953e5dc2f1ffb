"""The kinds on a few drawn people: which cells there are, what they hold, and where they hold nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from linkage.dimensions import Ages, Band, Dimensions
from linkage.measures.expressions import Expression, Presence
from linkage.measures.figures import AxisValue, Cells, Note, People
from linkage.measures.kinds import KINDS, Questions
from linkage.measures.language import Vocabulary, parse
from linkage.measures.model import Count, Frame, HowMany, Measure, Overlap, Places, Share
from linkage.window import Unit, Window

AGES = Ages(
    dt.date(2020, 12, 31), (Band("30-64", 30, 64), Band("16-29", 16, 29)), also=(Band("18-70", 18, 70),)
)
# pieces, ascending from code 1: 16–17, 18–29, 30–64, 65–70
WINDOW = Window(Unit.MONTH, "2020-01", "2020-04", {"winter": (0, 1), "first": (0, 0)})
FRAME = Frame(WINDOW, Dimensions(sex=True, age=AGES))
SERIES = {"city.krami": True, "state.etablering": True, "city.hall": False}

DRAWN = """
            krami     etablering   hall   sex  age
    Anna    █ █ · ·     · · · ·     ·      1    2
    Bo      █ · · ·     █ · · ·     █      2    3
    Cia     · · · ·     · █ · ·     ·      1    4
    Dan     · · · █     · · █ ·     █      0    0
    Eva     · · · ·     · · · ·     █      2    1
"""


def people_of(drawn: str) -> People:
    """The drawn people."""
    lines = [line.split() for line in drawn.strip().splitlines()[1:]]

    def column(first: int, width: int = 4) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        return np.array(
            [sum(1 << p for p in range(width) if line[first + p] == "█") for line in lines], np.uint8
        )

    return People(
        len(lines),
        {"city.krami": column(1), "state.etablering": column(5), "city.hall": column(9, 1) * np.uint8(15)},
        np.array([line[10] for line in lines], np.uint8),
        np.array([line[11] for line in lines], np.uint8),
    )


def read(source: str) -> Expression:
    series = {key: (key, dated) for key, dated in SERIES.items()}
    return parse(source, Vocabulary(series, {}, sex=True, ages=AGES, periods=len(WINDOW)))


def asked(measure: Measure, frame: Frame = FRAME) -> Cells:
    """The cells of one measure over the drawn people, counted in two blocks."""
    questions = Questions([measure], frame)
    tables = questions.zeros()
    people = people_of(DRAWN)
    for some in (slice(0, 2), slice(2, 5)):
        presence = {key: bits[some] for key, bits in people.presence.items()}
        questions.add(tables, People(len(people.sex[some]), presence, people.sex[some], people.age[some]))
    return questions.figures(tables).cells[measure.name]


def told(cells: Cells, **labels: AxisValue) -> list[int | str]:
    """The numbers and notes at these labels, along the one axis that is not named."""
    index = tuple(a.values.index(labels[a.name]) if a.name in labels else slice(None) for a in cells.axes)
    pairs = zip(np.atleast_1d(cells.people[index]), np.atleast_1d(cells.notes[index]), strict=True)
    return [int(n) if note is Note.KNOWN else note.value for n, note in pairs]


def count(source: str, *parts: str, by: Sequence[str] = ()) -> Count:
    return Count("m", "M", tuple(by), None, read(source), tuple(read(part) for part in parts))


def axes(cells: Cells) -> Mapping[str, tuple[AxisValue, ...]]:
    assert cells.people.shape == cells.notes.shape == tuple(len(a.values) for a in cells.axes)
    assert cells.people.dtype == np.int64
    return {a.name: a.values for a in cells.axes}


EITHER = "city.krami | state.etablering"


def test_count_without_anything() -> None:
    cells = asked(count(EITHER))
    assert axes(cells) == {"window": ("all",)}
    assert told(cells) == [4]


def test_count_by_period() -> None:
    cells = asked(count(EITHER, by=["period"]))
    assert axes(cells) == {"period": ("2020-01", "2020-02", "2020-03", "2020-04", "all")}
    assert told(cells) == [2, 2, 1, 1, 4]


def test_count_with_parts() -> None:
    cells = asked(count(EITHER, "city.krami", "state.etablering", by=["period"]))
    assert list(axes(cells)) == ["part", "period"]
    assert axes(cells)["part"] == ("city.krami", "state.etablering", "unique")
    assert told(cells, part="city.krami") == [2, 1, 0, 1, 3]
    assert told(cells, part="state.etablering") == [1, 1, 1, 0, 3]
    assert told(cells, part="unique") == [2, 2, 1, 1, 4]


def test_count_by_span() -> None:
    cells = asked(count(EITHER, by=["span"]))
    assert axes(cells) == {"span": ("winter", "first", "all")}
    assert told(cells) == [3, 2, 4]


def test_dimensions_and_their_totals() -> None:
    cells = asked(count(EITHER, by=["sex", "age"]))
    assert axes(cells) == {
        "window": ("all",),
        "sex": ("woman", "man", "other", "all"),
        "age": ("30-64", "16-29", "other", "all"),
    }
    assert [told(cells, window="all", sex=sex) for sex in ("woman", "man", "other", "all")] == [
        [0, 1, 1, 2],  # Cia is 65–70, which is no band of the table
        [1, 0, 0, 1],
        [0, 0, 1, 1],
        [1, 1, 2, 4],
    ]


def test_axes_stand_in_the_order_of_by() -> None:
    plain = asked(count(EITHER, "city.krami", by=["period", "sex", "age"]))
    turned = asked(count(EITHER, "city.krami", by=["age", "period", "sex"]))
    assert list(axes(turned)) == ["part", "age", "period", "sex"]
    assert np.array_equal(np.transpose(plain.people, (0, 3, 1, 2)), turned.people)
    assert list(axes(asked(count(EITHER, by=["age", "sex"])))) == ["window", "age", "sex"]


def test_edges_have_no_number() -> None:
    assert told(asked(count("started(city.krami)", by=["period"]))) == ["edge", 0, 0, 1, 1]
    assert told(asked(count("left(city.krami)", by=["period"]))) == [1, 1, 0, "edge", 2]
    assert told(asked(count("started(city.krami)", by=["span"]))) == [0, "edge", 1]
    assert told(asked(count("was(city.krami, 3) & will(city.krami, 1)", by=["period"]))) == ["edge"] * 5
    assert told(asked(count("was(city.krami, 3) & will(city.krami, 1)"))) == ["edge"]
    cells = asked(count("started(city.krami)", by=["period"]))
    assert cells.people[0] == 0, "nothing stands behind a note"


def test_without_dates_there_is_only_all() -> None:
    cells = asked(count("city.hall", by=["period"]))
    assert told(cells) == ["no dates"] * 4 + [3]
    assert cells.people.tolist() == [0, 0, 0, 0, 3], "nothing stands behind a note"
    assert told(asked(count("ever(city.hall) & !city.krami", by=["span"]))) == ["no dates"] * 2 + [3]
    assert told(asked(count("city.hall & !ever(city.krami)"))) == [1]
    assert told(asked(count("city.hall & city.krami", by=["sex"])), window="all") == [0, 1, 1, 2]


def test_unique_stands_beside_its_parts_or_not_at_all() -> None:
    cells = asked(count(EITHER, "city.hall", "started(city.krami)", by=["period"]))
    assert told(cells, part="city.hall") == ["no dates"] * 4 + [3]
    assert told(cells, part="started(city.krami)") == ["edge", 0, 0, 1, 1]
    assert told(cells, part="unique") == ["no dates"] * 4 + [4]


def test_overlap() -> None:
    sets = ["city.krami", "state.etablering"]
    cells = asked(Overlap("m", "M", ("period",), None, tuple(map(read, sets))))
    assert axes(cells)["in"] == (("city.krami",), ("state.etablering",), tuple(sets))
    assert told(cells, **{"in": ("city.krami",)}) == [1, 1, 0, 1, 1]
    assert told(cells, **{"in": ("state.etablering",)}) == [0, 1, 1, 0, 1]
    assert told(cells, **{"in": tuple(sets)}) == [1, 0, 0, 0, 2], "Dan was in both, never at once"


def test_overlap_of_sets_that_are_known_at_different_times() -> None:
    sets = ["left(city.krami)", "started(city.krami)"]
    cells = asked(Overlap("m", "M", ("period",), None, tuple(map(read, sets))))
    assert told(cells, **{"in": ("left(city.krami)",)}) == ["edge", 1, 0, "edge", 2]
    assert told(cells, **{"in": ("started(city.krami)",)}) == ["edge", 0, 0, "edge", 1]
    spans = asked(Overlap("m", "M", ("span",), None, tuple(map(read, sets))))
    assert told(spans, **{"in": ("left(city.krami)",)}) == [2, "edge", 2]


def test_overlap_without_dates() -> None:
    cells = asked(Overlap("m", "M", ("period",), None, (read("city.krami"), read("city.hall"))))
    assert told(cells, **{"in": ("city.krami", "city.hall")}) == ["no dates"] * 4 + [2]


@pytest.mark.parametrize("sets", [1, 5, 8])
def test_overlap_of_many_sets(sets: int) -> None:
    twins = ["city.krami" if i % 2 else "state.etablering" for i in range(sets)]
    cells = asked(Overlap("m", "M", ("period",), None, tuple(map(read, twins))))
    assert cells.people.shape == (2**sets - 1, 5)
    assert cells.people.sum(axis=0).tolist() == ([2, 2, 1, 1, 4] if sets > 1 else [1, 1, 1, 0, 3])
    assert cells.people[-1].tolist() == ([1, 0, 0, 0, 2] if sets > 1 else [1, 1, 1, 0, 3])


def test_howmany() -> None:
    lists = tuple(map(read, ["city.krami", "state.etablering", "city.krami | city.krami"]))
    cells = asked(HowMany("m", "M", ("period", "sex"), None, lists))
    assert axes(cells)["lists"] == (1, 2, 3)
    assert told(cells, lists=1, sex="all") == [0, 1, 1, 0, 1]
    assert told(cells, lists=2, sex="all") == [1, 1, 0, 1, 1]
    assert told(cells, lists=3, sex="all") == [1, 0, 0, 0, 2]
    assert told(cells, lists=3, sex="man") == [1, 0, 0, 0, 1]


def test_howmany_of_more_lists_than_a_byte_counts() -> None:
    cells = asked(HowMany("m", "M", (), None, tuple(read("city.krami") for _ in range(300))))
    assert told(cells, lists=300, window="all") == [3]
    assert cells.people.sum() == 3


def test_share() -> None:
    cells = asked(Share("m", "M", ("period",), None, read("city.krami & sex.woman"), read("city.krami")))
    assert axes(cells)["role"] == ("value", "of")
    assert told(cells, role="value") == [1, 1, 0, 0, 1]
    assert told(cells, role="of") == [2, 1, 0, 1, 3]


def test_share_looks_where_both_are_known() -> None:
    cells = asked(Share("m", "M", ("period",), None, read("left(city.krami)"), read("city.krami")))
    assert told(cells, role="value") == [1, 1, 0, "edge", 2]
    assert told(cells, role="of") == [2, 1, 0, "edge", 2], (
        "whoever came in April cannot have been seen leaving"
    )
    cells = asked(Share("m", "M", ("span",), None, read("city.hall"), read("city.krami")))
    assert told(cells, role="of") == ["no dates", "no dates", 3]


def test_share_of_a_number_from_elsewhere() -> None:
    cells = asked(Share("m", "M", ("period",), None, read("city.krami"), 7, "elsewhere"))
    assert axes(cells)["role"] == ("value",)
    assert told(cells, role="value") == [2, 1, 0, 1, 3]
    places = asked(Share("m", "M", ("period",), None, read("city.krami | city.hall"), Places(7)))
    assert axes(places)["role"] == ("value",)
    assert told(places, role="value") == ["no dates"] * 4 + [4]


@pytest.mark.parametrize("periods", [1, 8, 9, 16, 17, 33, 49, 60])
def test_windows_of_every_width(periods: int) -> None:
    """Every period of a long window, by sex and age, against counting one by one."""
    last = f"{2020 + (periods - 1) // 12}-{(periods - 1) % 12 + 1:02}"
    window = Window(Unit.MONTH, "2020-01", last)
    random = np.random.default_rng(periods)
    n = 200
    sexes, ages = (random.integers(0, most, n).astype(np.uint8) for most in (3, 5))
    bits = {key: random.integers(0, window.full + 1, n, np.uint64).astype(window.dtype) for key in SERIES}
    a, b = (
        Expression(key, Presence(key), window.full, True, key) for key in ("city.krami", "state.etablering")
    )
    by = ("sex", "age", "period")
    measures = [Count("c", "C", by, None, a), Overlap("o", "O", by, None, (a, b))]
    questions = Questions(measures, Frame(window, Dimensions(sex=True, age=AGES)))
    tables = questions.zeros()
    questions.add(tables, People(n, bits, sexes, ages))
    cells = questions.figures(tables).cells
    women_of_30 = [i for i in range(n) if sexes[i] == 1 and ages[i] == 3]
    for p in range(periods):
        there = [{i for i in women_of_30 if int(bits[e.source][i]) >> p & 1} for e in (a, b)]
        assert told(cells["c"], sex="woman", age="30-64", period=window.labels[p]) == [len(there[0])]
        parts = [there[0] - there[1], there[1] - there[0], there[0] & there[1]]
        assert told(cells["o"], sex="woman", age="30-64", period=window.labels[p]) == list(map(len, parts))


def test_nobody() -> None:
    questions = Questions([count("!city.krami", EITHER, by=["period", "sex", "age"])], FRAME)
    tables = questions.zeros()
    empty = np.zeros(0, np.uint8)
    questions.add(tables, People(0, dict.fromkeys(SERIES, empty), empty, empty))
    assert not any(table.counts.any() for table in tables.tables)


def test_only_what_is_asked_for_is_needed() -> None:
    questions = Questions([count("city.krami", by=["sex"])], FRAME)
    assert (questions.series, questions.sex, questions.age) == (frozenset({"city.krami"}), True, False)
    questions = Questions([count("state.etablering & age.16-29")], FRAME)
    assert (questions.series, questions.sex, questions.age) == (frozenset({"state.etablering"}), False, True)


def test_every_kind_of_the_model_can_be_counted() -> None:
    assert set(KINDS) == set(Measure.__subclasses__())
