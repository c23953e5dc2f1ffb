"""Every function of the language, drawn: one person's series above the line, what follows from them below it.

█ is there, · is not, ? is not known. Where a line holds two people, each has a column group of its own.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from linkage.dimensions import MAN, WOMAN, Ages, Band, Dimensions
from linkage.measures import evaluate
from linkage.measures.expressions import Expression
from linkage.measures.figures import People
from linkage.measures.language import Vocabulary, parse
from linkage.measures.model import Frame
from linkage.window import Unit, Window

AGES = Ages(
    dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)), also=(Band("18-29", 18, 29),)
)
YOUNG = 2  # the piece 18–29

DRAWN = {
    "either, both, difference, not": """
        x.a              █ █ · ·
        x.b              █ · █ ·
        ---
        x.a | x.b        █ █ █ ·
        x.a & x.b        █ · · ·
        x.a - x.b        · █ · ·
        !x.a             · · █ █
        !!x.a            █ █ · ·
        !(x.a | x.b)     · · · █
        x.*              █ █ █ ·
    """,
    "precedence": """
        x.a              █ █ █ █ · · · ·
        x.b              █ █ · · █ █ · ·
        x.c              █ · █ · █ · █ ·
        ---
        x.a | x.b & x.c    █ █ █ █ █ · · ·
        (x.a | x.b) & x.c  █ · █ · █ · · ·
        !x.a & x.b         · · · · █ █ · ·
        x.a - x.b & x.c    · · █ · · · · ·
        x.a & x.b - x.c    · █ · · · · · ·
        x.a - x.b | x.c    █ · █ █ █ · █ ·
    """,
    "sex and age": """
        x.a              █ █ · ·
        ---
        sex.woman        █ █ █ █
        sex.man          · · · ·
        sex.woman & x.a  █ █ · ·
        !sex.man         █ █ █ █
        age.16-29        █ █ █ █
        age.18-29        █ █ █ █
        age.30-64        · · · ·
        !age.30-64 & x.a █ █ · ·
    """,
    "ever, over what is known": """
        x.a              █ · · ·
        x.b              · · · █
        x.c              · · · ·
        ---
        ever(x.a)        █ █ █ █
        ever(x.b)        █ █ █ █
        ever(x.c)        · · · ·
        ever(x.a) - x.a  · █ █ █
        ever(started(x.a))  · · · ·
        ever(started(x.b))  █ █ █ █
        ever(left(x.b))     · · · ·
        ever(!x.c)          █ █ █ █
        ever(x.a) & ever(x.b)  █ █ █ █
        ever(x.a & x.b)        · · · ·
    """,
    "atleast": """
        x.a              █ █ · ·
        x.b              █ · █ ·
        x.c              █ █ █ ·
        ---
        atleast(1, x.a, x.b, x.c)  █ █ █ ·
        atleast(2, x.a, x.b, x.c)  █ █ █ ·
        atleast(3, x.a, x.b, x.c)  █ · · ·
        atleast(2, x.a, x.b)       █ · · ·
        atleast(2, x.a, x.a)       █ █ · ·
        atleast(2, x.a, started(x.b), x.c)   ? █ █ ·
    """,
    "started and left": """
        x.a              █ █ · █ █ █ · █
        ---
        started(x.a)     ? · · █ · · · █
        left(x.a)        · █ · · · █ · ?
        started(!x.a)    ? · █ · · · █ ·
        started(started(x.a))  ? ? · █ · · · █
        left(left(x.a))        · █ · · · █ ? ?
        started(left(x.a))     ? █ · · · █ · ?
    """,
    "was and will": """
        x.a              █ █ · █ · ·
        ---
        was(x.a, 0)      █ █ · █ · ·
        was(x.a, 1)      ? █ █ · █ ·
        was(x.a, 3)      ? ? ? █ █ ·
        was(x.a, 5)      ? ? ? ? ? █
        will(x.a, 0)     █ █ · █ · ·
        will(x.a, 1)     █ · █ · · ?
        will(x.a, 3)     █ · · ? ? ?
        was(will(x.a, 2), 2)   ? ? · █ · ·
        x.a | was(x.a, 1)      ? █ █ █ █ ·
        x.a & !will(x.a, 1)    · █ · █ · ?
    """,
    "within": """
        x.a              █ · · · █ · ·
        ---
        within(x.a, 0)   █ · · · █ · ·
        within(x.a, 1)   █ · · █ █ · ?
        within(x.a, 2)   █ · █ █ █ ? ?
        within(x.a, 3)   █ █ █ █ ? ? ?
        within(x.a, 6)   █ ? ? ? ? ? ?
        !within(x.a, 1)  · █ █ · · █ ?
    """,
    "bridge": """
        x.a              █ · █ · · █ █ · · · █ ·
        ---
        bridge(x.a, 0)   █ · █ · · █ █ · · · █ ·
        bridge(x.a, 1)   ? █ █ · · █ █ · · · █ ?
        bridge(x.a, 2)   ? ? █ █ █ █ █ · · · ? ?
        bridge(x.a, 3)   ? ? ? █ █ █ █ █ █ ? ? ?
        left(bridge(x.a, 2))  ? ? · · · · █ · · ? ? ?
    """,
    "one period": """
        x.a              █
        ---
        x.a              █
        started(x.a)     ?
        left(x.a)        ?
        ever(x.a)        █
        ever(left(x.a))  ?
        was(x.a, 0)      █
    """,
}
SERIES = ("x.a", "x.b", "x.c")


def read(line: str) -> tuple[str, str]:
    """A drawn line: what, and its signs."""
    signs = line.rstrip()
    cut = len(signs)
    while signs[cut - 1] in "█·? ":
        cut -= 1
    return signs[:cut].strip(), signs[cut:].replace(" ", "")


def cases() -> list[tuple[str, dict[str, str], str, str]]:
    """(title, the person's series, expression, what follows), of all that is drawn."""
    found = []
    for title, text in DRAWN.items():
        above, below = text.strip().split("---")
        given = dict(read(line) for line in above.strip().splitlines())
        found += [(title, given, *read(line)) for line in below.strip().splitlines()]
    return found


def frame_of(periods: int) -> Frame:
    """A window of so many months."""
    last = f"{2020 + (periods - 1) // 12}-{(periods - 1) % 12 + 1:02}"
    return Frame(Window(Unit.MONTH, "2020-01", last), Dimensions(sex=True, age=AGES))


def read_as(source: str, frame: Frame) -> Expression:
    """The expression that the language makes of it."""
    series = {key: (key, True) for key in SERIES}
    return parse(source, Vocabulary(series, {}, sex=True, ages=AGES, periods=len(frame.window)))


def bits_of(signs: str) -> int:
    return sum(1 << p for p, sign in enumerate(signs) if sign == "█")


@pytest.mark.parametrize(("title", "given", "source", "drawn"), cases())
def test_drawn(title: str, given: dict[str, str], source: str, drawn: str) -> None:
    frame = frame_of(len(drawn))
    dtype = frame.window.dtype
    presence = {key: np.array([0, bits_of(given.get(key, ""))], dtype) for key in SERIES}
    people = People(2, presence, np.array([MAN, WOMAN], np.uint8), np.array([0, YOUNG], np.uint8))
    expression = read_as(source, frame)
    found = evaluate.bits(expression, people, frame)
    assert found.dtype == dtype
    told = "".join(
        "?" if not expression.known >> p & 1 else "█" if int(found[1]) >> p & 1 else "·"
        for p in range(len(drawn))
    )
    assert told == drawn
    assert int(found[1]) & ~expression.known == 0


@pytest.mark.parametrize("periods", [1, 8, 9, 16, 17, 32, 33, 60])
def test_nothing_beyond_the_window(periods: int) -> None:
    frame = frame_of(periods)
    full = frame.window.full
    people = People(
        1,
        {key: np.array([full], frame.window.dtype) for key in SERIES},
        np.zeros(1, np.uint8),
        np.zeros(1, np.uint8),
    )
    for source in ("!x.a", "x.a", "ever(x.a)", "!(x.a & x.b)", "was(x.a, 0)", "bridge(!x.a, 0)"):
        (found,) = evaluate.bits(read_as(source, frame), people, frame)
        assert int(found) in (0, full), source
    if periods > 1:
        (found,) = evaluate.bits(read_as("was(x.a, 1)", frame), people, frame)
        assert int(found) == full & ~1


def test_a_subexpression_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_of(12)
    program = evaluate.Program(frame)
    sources = ["bridge(x.a, 2) | x.b", "bridge(x.a, 2) & x.b", "left(bridge(x.a, 2))", "bridge(x.a, 2)"]
    steps = [program.add(read_as(source, frame)) for source in sources]
    people = People(
        1,
        {key: np.array([5], frame.window.dtype) for key in SERIES},
        np.zeros(1, np.uint8),
        np.zeros(1, np.uint8),
    )
    worked: list[str] = []
    plain = evaluate.Block._work_out

    def noted(self: evaluate.Block, tree: object, *rest: object) -> object:
        worked.append(type(tree).__name__)
        return plain(self, tree, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluate.Block, "_work_out", noted)
    block = evaluate.Block(program, people)
    kept = []
    for step in steps:
        block.bits(step)
        kept.append(len(block._held))
    assert max(kept) <= program.most_held() <= max(kept) + 1
    assert sorted(worked) == ["And", "Bridge", "Left", "Or", "Presence", "Presence"]
    assert block._held == {}, "what nobody asks for again is forgotten"


def test_people_are_not_shown() -> None:
    people = People(1, {"x.a": np.array([5], "<u2")}, np.zeros(1, np.uint8), np.zeros(1, np.uint8))
    assert repr(people) == "<People of one block: 1 series>"
