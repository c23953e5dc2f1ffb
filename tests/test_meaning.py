"""Questions that say the same in other words are known to be the same; others are not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.agreement import parse
from linkage.measures import language
from linkage.measures.meaning import Meaning, exactly, meaning, number, over
from linkage.measures.vocabulary import Vocabulary
from linkage.release.matrix.asked import Asked, Reading
from linkage.window import Unit, Window
from tests.agreements import READY

NAMES = ("a.a", "a.b", "b.a", "b.b")
WORDS = Vocabulary({name: (name, True) for name in NAMES}, {}, True, None, 4)
WINDOW = ("2020-01", "2020-04")


def read(source: str, at: str | None = "2020-02") -> Meaning:
    return meaning(language.parse(source, WORDS).tree, WINDOW, at)


SAME = {
    "order": ("a.a & b.a", "b.a & a.a"),
    "parentheses and spaces": ("(a.a&(b.a))", "a.a  &  b.a"),
    "double negation": ("!!a.a | b.a", "b.a | a.a"),
    "less, and not": ("a.a - b.a", "a.a & !b.a"),
    "not in either": ("!(a.a | b.a)", "!a.a & !b.a"),
    "said twice": ("a.a & (a.a | b.a)", "a.a"),
    "nobody": ("a.a & !a.a", "b.b - b.b"),
    "at least one": ("atleast(1, a.a, a.b)", "a.a | a.b"),
    "at least two of three": ("atleast(2, a.a, a.b, b.a)", "(a.a & a.b) | (a.b | a.a) & b.a"),
    "all of a party": ("a.*", "a.b | a.a"),
    "over time": ("ever(b.a & a.a)", "ever(!(!a.a | !b.a))"),
    "a function of the same": ("within(a.a & b.a, 1)", "within(b.a & a.a, 1)"),
}


@pytest.mark.parametrize("case", SAME)
def test_other_words_of_the_same_people_mean_the_same(case: str) -> None:
    one, other = SAME[case]
    assert read(one) == read(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.a & b.a", "a.a | b.a"),
        ("a.a - b.a", "b.a - a.a"),
        ("within(a.a, 1)", "within(a.a, 2)"),
        ("ever(a.a)", "a.a"),
        ("started(a.a)", "left(a.a)"),
    ],
)
def test_other_people_do_not(one: str, other: str) -> None:
    assert read(one) != read(other)
    assert read(one, "2020-01") != read(one) or "ever" in one


TREES = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        inner.map(lambda a: f"!({a})"),
        st.tuples(inner, st.sampled_from([" & ", " | ", " - "]), inner).map(
            lambda t: f"({t[0]}{t[1]}{t[2]})"
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda several: f"atleast(2, {', '.join(several)})"),
    ),
    max_leaves=6,
)


@given(one=TREES, other=TREES)
def test_a_meaning_is_of_whom_it_is_true(one: str, other: str) -> None:
    """The oracle: everybody there can be, asked one by one."""
    everybody = [{name for i, name in enumerate(NAMES) if j >> i & 1} for j in range(1 << len(NAMES))]
    answers = [[_holds(language.parse(each, WORDS).tree, who) for who in everybody] for each in (one, other)]
    assert (read(one) == read(other)) == (answers[0] == answers[1])
    assert read(one).inside(read(other)) == all(b or not a for a, b in zip(*answers, strict=True))


def _holds(tree: Any, who: set[str]) -> bool:
    match type(tree).__name__:
        case "Presence":
            return str(tree.series) in who
        case "Not":
            return not _holds(tree.a, who)
        case "And":
            return _holds(tree.a, who) and _holds(tree.b, who)
        case "Or":
            return _holds(tree.a, who) or _holds(tree.b, who)
        case "Minus":
            return _holds(tree.a, who) and not _holds(tree.b, who)
    return sum(_holds(each, who) for each in tree.items) >= int(tree.count)


def test_of_more_than_can_be_looked_at_only_the_same_tree_means_the_same() -> None:
    many = tuple(f"a.s{i}" for i in range(12))
    words = Vocabulary({name: (name, True) for name in many}, {}, False, None, 4)
    one, spaced, turned = (
        meaning(language.parse(text, words).tree, WINDOW, "2020-01")
        for text in (" | ".join(many), "|".join(many), " | ".join(reversed(many)))
    )
    assert one == spaced != turned


def test_over_a_time_or_is_what_it_is_in_a_period_and_and_is_not() -> None:
    time = ("2020-01", "2020-02")
    a, b, either, both_then, woman = (
        over(language.parse(text, WORDS).tree, WINDOW, time)
        for text in ("a.a", "b.a", "b.a | a.a", "a.a & b.a", "a.a & sex.woman")
    )
    assert exactly([], [a, b]) == exactly([], [either])
    assert exactly([a, b], []) != both_then
    assert woman.inside(a)
    assert number([a, b], 2) == exactly([b, a], [])


# -- rows of tables ----------------------------------------------------------------------------------------

AGREED = parse(READY)
MONTHS = AGREED.window


def whom(question: dict[str, Any], **labels: Any) -> Asked | None:
    return Reading(AGREED, MONTHS).asked(question, labels)


KRAMI, ETABLERING = "malmo.krami", "af.etablering"
OVERLAP = {"kind": "overlap", "overlap": [KRAMI, ETABLERING]}
BOTH = {"kind": "count", "count": f"{ETABLERING} & {KRAMI}"}


@pytest.mark.parametrize("at", [{"period": "2020-03"}, {"period": "all"}, {"span": "first-half"}])
def test_the_same_people_are_known_in_tables_of_every_kind(at: dict[str, str]) -> None:
    either = whom(
        {"kind": "count", "count": f"{KRAMI} | {ETABLERING}", "parts": [KRAMI]}, part="unique", **at
    )
    alone = whom({"kind": "count", "count": "volume", "parts": [KRAMI]}, part=KRAMI, **at)
    assert either is not None
    assert whom({"kind": "count", "count": KRAMI}, **at) == alone
    share = {"kind": "share", "share": KRAMI, "of": f"{ETABLERING} | {KRAMI}"}
    assert whom(share, role="of", **at) == either
    assert whom(share, role="value", **at) == alone
    lists = {"kind": "howmany", "howmany": [KRAMI, ETABLERING]}
    assert whom(lists, lists=2, **at) == whom(OVERLAP, **{"in": [ETABLERING, KRAMI]}, **at)
    if "2020" in str(at):
        assert whom(OVERLAP, **{"in": [KRAMI, ETABLERING]}, **at) == whom(BOTH, **at)


def test_at_some_time_in_both_is_not_in_both_at_some_time() -> None:
    assert whom(OVERLAP, **{"in": [KRAMI, ETABLERING]}) != whom(BOTH)


def test_a_row_by_sex_or_age_is_what_an_expression_with_it_counts() -> None:
    plain = {"kind": "count", "count": KRAMI}
    women = {"kind": "count", "count": f"sex.woman & {KRAMI}"}
    young = {"kind": "count", "count": f"{KRAMI} & age.16-29"}
    at = {"period": "2020-05"}
    assert whom(plain, sex="woman", age="all", **at) == whom(women, **at)
    assert whom(plain, age="16-29", **at) == whom(young, **at)
    assert whom(plain, sex="man", **at) != whom(plain, **at)
    assert Reading(AGREED, MONTHS, ages=False).asked(plain, {"age": "16-29", **at}) is None
    assert Reading(AGREED, MONTHS, ages=False).asked(young, at) is None


def test_a_group_is_what_it_stands_for_and_strange_words_are_nothing() -> None:
    young = {"kind": "count", "count": "young"}
    assert whom(young) == whom({"kind": "count", "count": "age.18-29 & malmo.ung-malmo"})
    assert whom({"kind": "count", "count": "lund.krami"}) is None
    assert whom({"kind": "count", "count": KRAMI}, period="mean") is None


def test_a_month_is_the_same_month_in_another_window_and_ever_is_not() -> None:
    other = Reading(AGREED, Window(Unit.MONTH, "2020-02", "2020-06", {"two": (1, 2)}))
    for source, same in ((KRAMI, True), (f"started({KRAMI})", True), (f"ever({KRAMI})", False)):
        question, at = {"kind": "count", "count": source}, {"period": "2020-03"}
        assert (other.asked(question, at) == whom(question, **at)) is same
    count = {"kind": "count", "count": KRAMI}
    spring = Reading(AGREED, Window(Unit.MONTH, "2020-01", "2020-04", {"spring": (2, 3)}))
    assert spring.asked(count, {"span": "spring"}) == other.asked(count, {"span": "two"})
    assert other.asked(count, {"period": "all"}) != whom(count, period="all")


def test_who_moves_leaves_or_stays_is_known_by_what_the_words_mean() -> None:
    at = {"period": "2020-03"}
    flow = {"kind": "flow", "every": 1, "flow": [f"{KRAMI} & {ETABLERING}", KRAMI]}
    turned = {**flow, "flow": [f"{ETABLERING} & {KRAMI}", KRAMI]}
    move = {"from": f"{KRAMI} & {ETABLERING}", "to": "elsewhere"}
    assert whom(flow, **move, **at) == whom(turned, **{**move, "from": f"{ETABLERING} & {KRAMI}"}, **at)
    assert whom(flow, **{**move, "to": KRAMI}, **at) != whom(flow, **move, **at)
    outcome = {"kind": "outcome", "leaving": KRAMI, "to": ETABLERING, "at": 1}
    left = {"kind": "count", "count": f"left({KRAMI})"}
    assert whom(outcome, role="of", **at) == whom(left, **at)
    well = {"kind": "count", "count": f"will({ETABLERING}, 1) & left({KRAMI})"}
    assert whom(outcome, role="value", **at) == whom(well, **at)
    assert whom(outcome, role="of", period="all") != whom(left, period="all")
    stay = {"kind": "duration", "duration": KRAMI}
    assert whom(stay, length=2) not in (None, whom(stay, length=3))
