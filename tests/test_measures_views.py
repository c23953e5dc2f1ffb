"""What a party knows of a fact that needs another party's series too, by hand."""

from __future__ import annotations

import pytest

from linkage.dimensions import Dimensions
from linkage.measures.evaluate import Program
from linkage.measures.expressions import Expression
from linkage.measures.facts import Number, Touches
from linkage.measures.language import Vocabulary, parse
from linkage.measures.model import Frame
from linkage.measures.views import Knowledge, views_of
from linkage.window import Unit, Window

WINDOW = Window(Unit.MONTH, "2020-01", "2020-07")
OWNED = {"a": ["a.x", "a.z"], "b": ["b.y"], "c": ["c.w"]}


def read(source: str) -> Expression:
    series = {key: (key, True) for keys in OWNED.values() for key in keys}
    return parse(source, Vocabulary(series, {}, sex=True, ages=None, periods=len(WINDOW)))


def known(source: str, *view: str) -> set[str]:
    """What the view knows of an expression in 2020-04: parts of it, each with the months it is for."""
    program = Program(Frame(WINDOW, Dimensions(sex=True)))
    step = program.add(read(source))
    knowledge = Knowledge(program, OWNED)
    named = {program.add(read(part)): part for part in ("a.x", "a.x | a.z", "a.x | b.y", "b.y")}
    found = knowledge.parts(knowledge.of(view), Touches(step, 1 << 3))
    return {
        f"{named[fact.step]} " + " ".join(str(p + 1) for p in range(7) if fact.mask >> p & 1)
        for fact in found
    }


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("a.x & b.y", {"a.x 4"}),
        ("(a.x | a.z) - b.y", {"a.x | a.z 4"}),
        ("atleast(2, a.x, b.y, c.w)", {"a.x 4"}),
        ("!(a.x | b.y)", {"a.x 4"}),
        ("started(a.x | b.y)", {"a.x 4", "a.x 3"}),
        ("left(a.x | b.y)", {"a.x 4", "a.x 5"}),
        ("was(a.x | b.y, 2)", {"a.x 2"}),
        ("will(a.x | b.y, 2)", {"a.x 6"}),
        ("within(a.x | b.y, 2)", {"a.x 4 5 6"}),
        ("bridge(a.x | b.y, 1)", {"a.x 4", "a.x 3 4 5"}),
        ("ever(a.x & b.y)", {"a.x 1 2 3 4 5 6 7"}),
        ("was(started(a.x | b.y), 1)", {"a.x 3", "a.x 2"}),
        ("started(b.y) & a.x", {"a.x 4"}),
        ("was(a.x | b.y, 5)", set()),  # not known in 2020-04
        ("b.y | sex.woman", set()),
        ("a.x & sex.woman", set()),  # its own altogether: no parts
    ],
)
def test_parts_of_an_expression(source: str, parts: set[str]) -> None:
    assert known(source, "a") == parts


def test_several_know_together() -> None:
    assert known("(a.x | b.y) & c.w", "a", "b") == {"a.x | b.y 4"}
    assert known("(a.x | b.y) & c.w", "a") == {"a.x 4"}


def test_what_is_a_views_own() -> None:
    program = Program(Frame(WINDOW, Dimensions(sex=True)))
    mine, other = program.add(read("started(a.x) & sex.woman")), program.add(read("b.y"))
    knowledge = Knowledge(program, OWNED)
    series = knowledge.of(["a"])
    assert knowledge.owns(series, Touches(mine, 1))
    assert not knowledge.owns(series, Number(((mine, 1), (other, 1))))
    assert [*knowledge.parts(series, Number(((mine, 2), (other, 2))))] == [Touches(mine, 2)]


def test_views() -> None:
    assert views_of(["a", "b"]) == (("a",), ("b",))
    assert views_of(["a", "b", "c"]) == (("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"))
