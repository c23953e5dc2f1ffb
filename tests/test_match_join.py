"""Rows of several parties become people: each once, whatever the tokens look like and whoever disagrees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.dimensions import Ages, Band, Dimensions
from linkage.match.join import join
from linkage.match.reader import Piece
from linkage.measures.expressions import Expression, OfAge, OfSex, Or, Presence
from linkage.measures.figures import People
from linkage.measures.kinds import Questions
from linkage.measures.model import Count, Frame
from linkage.package.layout import Layout
from linkage.tokens import words
from linkage.window import Unit, Window
from tests.fake_package import rows_of

WINDOW = Window(Unit.MONTH, "2020-01", "2020-12")
AGES = Ages(WINDOW.last_day, (Band("16-29", 16, 29),))
SERIES = ("a.x", "b.x", "c.x")
TREE = Or(Or(Presence("a.x"), Presence("b.x")), Or(Presence("c.x"), Or(OfSex(1), OfAge((1,)))))
EXPRESSION = Expression("all", TREE, WINDOW.full, dated=True, label="all")
QUESTIONS = Questions([Count("m", "M", (), None, EXPRESSION)], Frame(WINDOW, Dimensions(sex=True, age=AGES)))

Register = Mapping[bytes, tuple[int, int, int]]
"""Token → presence, sex, age."""


def piece(series: str, register: Register) -> Piece:
    layout = Layout(WINDOW, (series,), sex=True, ages=1)
    names = (series, "sex", "age")
    columns = {name: [row[i] for row in register.values()] for i, name in enumerate(names)}
    rows = rows_of(list(register), layout, columns)
    return Piece(*words(rows.tokens), rows)


def plain(registers: list[Register]) -> list[tuple[int, ...]]:
    """What join does, person by person, ascending by token: presence in each series, sex, age."""
    found = []
    for token in sorted(set().union(*registers)):
        rows = [register.get(token) for register in registers]
        codes = [{row[i] for row in rows if row is not None} for i in (1, 2)]
        agreed = [code.pop() if len(code) == 1 else 0 for code in codes]
        found.append((*(row[0] if row else 0 for row in rows), *agreed))
    return found


def seen(people: People, series: int) -> list[tuple[int, ...]]:
    columns = [people.presence[key] for key in SERIES[:series]] + [people.sex, people.age]
    assert all(len(column) == people.n for column in columns)
    return list(zip(*(column.tolist() for column in columns), strict=True))


HALVES = st.sampled_from(
    [b"\0" * 8, b"\0" * 7 + b"\1", b"\x7f" + b"\xff" * 7, b"\x80" + b"\0" * 7, b"\xff" * 8]
)
TOKENS = st.builds(bytes.__add__, HALVES, HALVES)
ROWS = st.tuples(st.integers(1, WINDOW.full), st.integers(0, 2), st.integers(0, 1))


@given(st.lists(st.dictionaries(TOKENS, ROWS, max_size=12), min_size=1, max_size=3))
def test_join_is_a_dictionary_by_token(registers: list[Register]) -> None:
    pieces = [piece(series, register) for series, register in zip(SERIES, registers, strict=False)]
    assert seen(join(pieces, QUESTIONS), len(registers)) == plain(registers)


def test_tokens_that_share_their_first_half() -> None:
    """Sorted by party the second halves are out of order: what a sort of first halves alone would mix up."""
    first = bytes(8)
    a = {first + bytes([0] * 7 + [i]): (1, 1, 0) for i in (1, 3)}
    b = {first + bytes([0] * 7 + [i]): (2, 1, 0) for i in (1, 2, 3)}
    people = join([piece("a.x", a), piece("b.x", b)], QUESTIONS)
    assert people.presence["a.x"].tolist() == [1, 0, 1]
    assert people.presence["b.x"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("codes", "agreed"),
    [((1, 1, 1), 1), ((1, 2, 1), 0), ((2, 2, 1), 0), ((0, 1, 1), 0), ((1, 2, 0), 0), ((0, 0, 0), 0)],
)
def test_parties_that_disagree_on_somebody(codes: tuple[int, int, int], agreed: int) -> None:
    """The person counts as other there, in that dimension alone, and nothing is said."""
    registers = [{bytes(16): (1, code, 1)} for code in codes]
    people = join([piece(s, r) for s, r in zip(SERIES, registers, strict=True)], QUESTIONS)
    assert people.n == 1
    assert people.sex.tolist() == [agreed]
    assert people.age.tolist() == [1]


def test_nobody_anywhere() -> None:
    people = join([piece("a.x", {}), piece("b.x", {})], QUESTIONS)
    assert people.n == 0
    assert np.array_equal(people.presence["a.x"], np.zeros(0, WINDOW.dtype))


def test_what_nobody_asks_for_is_left_where_it_is() -> None:
    only = Questions(
        [Count("m", "M", (), None, Expression("a", Presence("a.x"), WINDOW.full, dated=True, label="a"))],
        QUESTIONS.frame,
    )
    people = join([piece("a.x", {bytes(16): (1, 2, 1)}), piece("b.x", {bytes(16): (1, 2, 1)})], only)
    assert people.presence.keys() == {"a.x"}
    assert (people.sex.tolist(), people.age.tolist()) == ([0], [0])


def test_a_series_that_no_package_has_is_empty() -> None:
    people = join([piece("a.x", {bytes(16): (1, 2, 1)})], QUESTIONS)
    assert people.presence["c.x"].tolist() == [0]


def test_what_a_piece_shows_of_itself_holds_no_token() -> None:
    token = bytes(range(7, 23))
    made = piece("a.x", {token: (1, 1, 1)})
    assert repr(made) == str(made) == f"{made}" == "<Piece of 1 rows>"
    assert str(int.from_bytes(token[:8])) not in repr([made])


def test_whoever_sent_a_row_under_any_number_has_the_person() -> None:
    asked = Count("m", "M", (), None, EXPRESSION)
    frame = Frame(WINDOW, Dimensions(sex=True, age=AGES))
    owned = {"a": ["a.x"], "b": ["b.x"], "c": ["c.x"]}
    anna, bert = b"\1" * 16, b"\2" * 16
    pieces = [
        piece("a.x", {anna: (1, 1, 1)})._replace(party="a"),
        piece("b.x", {bert: (1, 2, 1)})._replace(party="b"),
        piece("b.x", {anna: (0, 1, 1)})._replace(party="b", more=True),
    ]
    people = join(pieces, Questions([asked], frame, atoms=owned))
    assert {party: there.tolist() for party, there in people.members.items()} == {
        "a": [True, False],
        "b": [True, True],
        "c": [False, False],
    }
    assert join(pieces, QUESTIONS).members == {}
