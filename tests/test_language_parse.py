"""The language of expressions: what is understood, as what, and where it points when it is not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.dimensions import Ages, Band
from linkage.measures import language
from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Expression,
    Left,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Tree,
    Was,
    Will,
    Within,
)
from linkage.measures.language import ExpressionError, Vocabulary
from linkage.measures.trees import leaves, shape

AGES = Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)), (Band("18-29", 18, 29),))
SERIES = {
    "m.a": ("A", True),
    "m.a-b": ("A to B", True),
    "m.b": ("B", True),
    "m.list": ("A list", False),
    "af.x": ("X", True),
}
PLAIN = Vocabulary(SERIES, {}, sex=True, ages=AGES, periods=12)
GROUP = Expression(
    "m.a | af.x", Or(Presence("m.a"), Presence("af.x")), (1 << 12) - 1, dated=True, label="The group"
)
WORDS = Vocabulary(SERIES, {"g": GROUP, "2650": GROUP}, sex=True, ages=AGES, periods=12)
BARE = Vocabulary(SERIES, {}, sex=False, ages=None, periods=1)

A, B, X, LIST = (Presence(key) for key in ("m.a", "m.b", "af.x", "m.list"))

UNDERSTOOD: dict[str, Tree] = {
    "m.a": A,
    "  m.a\n": A,
    "m.a-b": Presence("m.a-b"),
    "m.a - m.b": Minus(A, B),
    "m.a | m.b": Or(A, B),
    "m.a|m.b": Or(A, B),
    "m.a & m.b": And(A, B),
    "!m.a": Not(A),
    "! m.a": Not(A),
    "!!m.a": Not(Not(A)),
    "m.a | m.b & af.x": Or(A, And(B, X)),
    "m.a & m.b | af.x": Or(And(A, B), X),
    "!m.a & m.b": And(Not(A), B),
    "m.a & m.b - af.x": Minus(And(A, B), X),
    "m.a - m.b & af.x": And(Minus(A, B), X),
    "m.a - (m.b & af.x)": Minus(A, And(B, X)),
    "m.a -\nm.b": Minus(A, B),
    "m.a | m.b | af.x": Or(Or(A, B), X),
    "m.a | m.b | af.x | m.a-b": Or(Or(A, B), Or(X, Presence("m.a-b"))),
    "((m.a))": A,
    "m.*": Or(Or(A, Presence("m.a-b")), Or(B, LIST)),
    "af.*": X,
    "sex.woman": OfSex(1),
    "sex.man": OfSex(2),
    "age.16-29": OfAge((1, 2)),
    "age.18-29": OfAge((2,)),
    "g": GROUP.tree,
    "2650": GROUP.tree,
    "ever(m.a)": Ever(A),
    "ever (m.a)": Ever(A),
    "atleast(2, m.a, m.b, af.x)": AtLeast(2, (A, B, X)),
    "started(m.a)": Started(A),
    "left(m.a)": Left(A),
    "was(m.a, 0)": Was(A, 0),
    "will(m.a, 11)": Will(A, 11),
    "within(m.a | m.b, 3)": Within(Or(A, B), 3),
    "bridge(m.a, 1)": Bridge(A, 1),
    "ever(m.list)": Ever(LIST),
}


@pytest.mark.parametrize("source", UNDERSTOOD)
def test_what_is_understood(source: str) -> None:
    read = language.parse(source, WORDS)
    assert read.tree == UNDERSTOOD[source]
    assert read.source == source


# an expression, the column that it is refused at, what is said
REFUSED = [
    ("", 1, "ends too early"),
    ("   ", 1, "ends too early"),
    ("m.a &", 6, "ends too early"),
    ("ever(m.a", 9, "ends too early, expected ')'"),
    ("m.a m.b", 5, "expected | & - or the end"),
    ("(m.a", 5, "expected ')'"),
    ("m.a)", 4, "found ')'"),
    ("& m.a", 1, "found '&'"),
    ("m.a || m.b", 6, "found '|'"),
    ("m.a-m.b", 1, "perhaps 'm.a - m.b' with spaces"),
    ("m.b-m.a-b", 1, "perhaps 'm.b - m.a-b' with spaces"),
    ("m.a -m.b", 5, "a space on each side"),
    ("m.a- m.b", 1, "a space on each side"),
    ("(m.a)-(m.b)", 6, "a space on each side"),
    ("-m.a", 1, "a space on each side"),
    ("m.a – m.b", 5, "write ' - ' instead of '–'"),
    ("m.a and m.b", 5, "write '&' instead of 'and'"),
    ("m.a eller m.b", 5, "write '|' instead of 'eller'"),
    ("not m.a", 1, "write '!' instead of 'not'"),
    ("m.c", 1, "no series 'm.c'"),
    ("m.lsit", 1, "did you mean 'm.list'?"),
    ("list", 1, "did you mean 'm.list'?"),
    ("n.a", 1, "no party 'n', allowed are m, af"),
    ("k", 1, "no group 'k'"),
    ("sex.woman | k", 13, "no group 'k'"),
    ("Malmö.krami", 1, "is no name"),
    ("m.a.b", 1, "is no name"),
    ("m.", 1, "is no name"),
    ("*.a", 1, "is no name"),
    ("n.*", 1, "no party 'n'"),
    ("sex.other", 1, "sex.woman and sex.man"),
    ("age.20-25", 1, "allowed are age.16-29, age.30-64, age.18-29"),
    ("ever", 1, "write ever(…)"),
    ("ever()", 6, "found ')'"),
    ("evr(m.a)", 1, "no group 'evr'"),
    ("was(m.a)", 8, "expected ','"),
    ("was(m.a, x)", 10, "expected a whole number"),
    ("was(m.a, -1)", 10, "space on each side"),
    ("was(m.a, 12)", 10, "allowed are 0 to 11"),
    ("within(m.a, 1234567)", 13, "expected a whole number"),
    ("was(m.a, ١)", 10, "expected a whole number"),
    ("atleast(0, m.a)", 9, "allowed are 1 to 1"),
    ("atleast(3, m.a, m.b)", 9, "allowed are 1 to 2"),
    ("atleast(m.a)", 9, "expected a whole number"),
    ("atleast(1)", 10, "expected ','"),
    ("started(m.list)", 1, "needs dates"),
    ("m.a | left(m.a & ever(m.list))", 7, "needs dates"),
    ("was(m.*, 1)", 1, "needs dates"),
    ("will(m.list, 1)", 1, "needs dates"),
    ("within(m.list, 1)", 1, "needs dates"),
    ("bridge(m.list, 1)", 1, "needs dates"),
    ("(" * 10_000 + "m.a", 10_001, "longer than 10000"),
    ("(" * 5_000 + "m.a", 51, "nested deeper"),
    ("!" * 5_000 + "m.a", 51, "nested deeper"),
    ("ever(" * 1_500 + "m.a", 251, "nested deeper"),
    ("m.a & " * 1_500 + "m.a", 1, "too large"),
    ("m.a | " * 10_000, 10_001, "longer than"),
]


@pytest.mark.parametrize(("source", "column", "said"), REFUSED, ids=lambda v: str(v)[:20])
def test_what_is_refused_points_at_the_column(source: str, column: int, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        language.parse(source, WORDS)
    assert said in str(caught.value)
    assert caught.value.column == column
    assert f"column {column}" in str(caught.value)
    line, caret = (str(detail) for detail in caught.value.details)
    assert caret.strip() == "^"
    if column <= len(source):
        assert line[caret.index("^")] == source[column - 1]


@pytest.mark.parametrize("source", ["sex.woman", "sex.man", "age.16-29"])
def test_dimensions_that_are_not_agreed(source: str) -> None:
    with pytest.raises(ExpressionError, match="the agreement has no dimension"):
        language.parse(source, BARE)


def test_one_period_reaches_nowhere() -> None:
    assert language.parse("within(m.a, 0)", BARE).known == 1
    with pytest.raises(ExpressionError, match="allowed are 0 to 0"):
        language.parse("was(m.a, 1)", BARE)


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("m.a", "A"),
        (" m.a ", "A"),
        ("g", "The group"),
        ("sex.woman", "women"),
        ("sex.man", "men"),
        ("age.18-29", "18–29"),
        ("m.*", "m.*"),
        ("!m.a", "!m.a"),
        ("ever(g)", "ever(g)"),
    ],
)
def test_labels(source: str, label: str) -> None:
    assert language.parse(source, WORDS).label == label


def test_hundreds_of_series_are_joined_flat() -> None:
    many = Vocabulary({f"m.s{i}": ("S", True) for i in range(900)}, {}, sex=False, ages=None, periods=1)
    star = language.parse("m.*", many).tree
    assert shape(star).depth == 11
    assert [leaf for leaf in leaves(star) if isinstance(leaf, Presence)] == [
        Presence(f"m.s{i}") for i in range(900)
    ]
    written = language.parse(" | ".join(f"m.s{i}" for i in range(900)), many)
    assert written.tree == star


def test_only_what_is_inside_each_other_is_nested() -> None:
    side_by_side = " | ".join(["(m.a & !ever(m.b))"] * 90)
    assert language.parse(side_by_side, WORDS).dated


def written(tree: Tree) -> str:
    """A tree as an expression, with all its parentheses: the inverse of the parser."""
    match tree:
        case Presence(series):
            return series
        case OfSex(code):
            return f"sex.{('other', 'woman', 'man')[code]}"
        case OfAge(codes):
            return {(1, 2): "age.16-29", (3,): "age.30-64", (2,): "age.18-29"}[codes]
        case Not(a):
            return f"!{_closed(a)}"
        case And(a, b):
            return f"{_closed(a)} & {_closed(b)}"
        case Or(a, b):
            return f"{_closed(a)} | {_closed(b)}"
        case Minus(a, b):
            return f"{_closed(a)} - {_closed(b)}"
        case AtLeast(count, items):
            return f"atleast({count}, {', '.join(written(item) for item in items)})"
        case Ever(a) | Started(a) | Left(a):
            return f"{type(tree).__name__.lower()}({written(a)})"
        case Was(a, k) | Will(a, k) | Within(a, k) | Bridge(a, k):
            return f"{type(tree).__name__.lower()}({written(a)}, {k})"


def _closed(tree: Tree) -> str:
    return f"({written(tree)})" if isinstance(tree, And | Or | Minus) else written(tree)


ATOMS: st.SearchStrategy[Tree] = st.sampled_from(
    [A, B, X, Presence("m.a-b"), OfSex(1), OfSex(2), OfAge((1, 2)), OfAge((2,)), OfAge((3,))]
)
REACH = st.integers(0, 11)


def _larger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    items = st.lists(trees, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        *(st.builds(one, trees) for one in (Not, Ever, Started, Left)),
        *(st.builds(two, trees, trees) for two in (And, Or, Minus)),
        *(st.builds(far, trees, REACH) for far in (Was, Will, Within, Bridge)),
        items.flatmap(lambda items: st.builds(AtLeast, st.integers(1, len(items)), st.just(items))),
    )


TREES = st.recursive(ATOMS, _larger, max_leaves=12)


@settings(deadline=None)
@given(TREES)
def test_what_is_written_is_read_back(tree: Tree) -> None:
    assert language.parse(written(tree), PLAIN).tree == tree


@settings(deadline=None)
@given(TREES)
def test_spaces_mean_nothing_but_around_a_minus(tree: Tree) -> None:
    source = written(tree)
    wide = source.replace("(", "( ").replace(",", " ,\n").replace("&", " & ").replace("!", "! ")
    assert language.parse(wide, PLAIN).tree == tree


PIECES = st.sampled_from([*WORDS.names(), "ever", "was", "atleast", "m.*", "x", "2", "é", *"(),&|-! ", " - "])


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_whatever_is_written_is_read_or_refused_with_a_column(source: str) -> None:
    column, bits = 1, 0
    try:
        bits = language.parse(source, WORDS).known
    except ExpressionError as error:
        column = error.column
    assert 1 <= column <= len(source) + 1
    assert 0 <= bits < 1 << 12
