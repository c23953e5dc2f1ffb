"""Whatever stands where in an agreement: it is read, or refused with its places, and nothing breaks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import Text
from keys.names import BadNameError, check_name
from linkage.agreement import diff, fill, following, parse, plain, show
from linkage.agreement.estimate import estimates
from linkage.agreement.names import fault
from linkage.errors import AgreementError
from linkage.texts import Lang, say
from tests.agreements import WHOLE
from tests.test_agreement_digest import DOCUMENT, Path, put

KEYS = st.sampled_from(["name", "unit", "max", "is", "mean", "period", "volume", "on", "", "å", "first-half"])
OTHER_WORDS = [
    "period",
    "span",
    "all",
    "se",
    "exact",
    "con",
    "month",
    "window",
    "places",
    "af.bistand",
    "malmo.krami | af.etablering",
    "malmo.krami - malmo.krami",
    "SHA256:",
    "x" * 70,
    "å",
    "{0}",
]
WORDS = st.sampled_from(
    [
        "",
        "malmo",
        "volume",
        "young",
        "malmo.krami",
        "malmo.*",
        "ever(volume)",
        "2020-01",
        "2020",
        "16-29",
        *OTHER_WORDS,
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    WORDS
    | st.booleans()
    | st.integers(-1, 2**60)
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def everywhere(value: object, path: Path = ()) -> Iterator[Path]:
    """The path of every value, tables and lists too."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in pairs:
        yield from everywhere(item, (*path, step))


def toml(value: Any) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(sign):08x}" for sign in value) + '"'
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
        case int() | float():
            return repr(value)
        case _:
            return str(value.isoformat())


def text_of(document: dict[str, Any]) -> str:
    return "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items())


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(list(everywhere(DOCUMENT))), VALUES)
def test_any_value_anywhere(path: Path, value: Any) -> None:
    text = text_of(put(path, value))
    refused: AgreementError | None = None
    try:
        agreement = parse(text)
    except AgreementError as error:
        refused = error
    if refused:
        for detail in (refused.message, *refused.details):
            assert say(detail, Lang.SV)
            assert say(detail, Lang.EN)
        return
    for lang in Lang:
        assert show(agreement, lang)
        assert plain(agreement, lang)
    assert tomllib.loads(fill(text, {})) == tomllib.loads(text)
    assert parse(following(text)).round == agreement.round + 1
    assert (diff(WHOLE, text) == []) == (agreement.digest == parse(WHOLE).digest)


GOOD = (
    *(
        "malmo.krami",
        "malmo.ung-malmo",
        "af.etablering",
        "af.*",
        "volume",
        "sex.man",
        "!young",
        "ever(volume)",
    ),
    *("malmo.krami | af.etablering", "left(af.etablering)", "was(malmo.krami, 3)", "volume - volume"),
)
BAD = (
    *(
        "malmo.*",
        "malmo.aktivitetscenter",
        "af.bistand",
        "places",
        "malmo.krami-volume",
        "was(malmo.krami, 11)",
    ),
    "bridge(malmo.krami, 70)",
)
EXPRESSIONS = st.sampled_from(GOOD * 4 + BAD)
KEYS_OF_QUESTIONS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("count", "share", "of", "leaving", "to", "duration", "around"), EXPRESSIONS),
    **dict.fromkeys(("parts", "overlap", "howmany", "flow"), st.lists(EXPRESSIONS, max_size=3, unique=True)),
    **dict.fromkeys(("every", "at", "within", "for", "before", "after", "target"), st.integers(-1, 9)),
    "change": st.sampled_from(["af.bistand"] * 5 + [*GOOD]),
    "by": st.lists(st.sampled_from(["period", "span", "sex", "age"]), max_size=3, unique=True),
    "against": st.sampled_from(["first-half", "all"]),
}
ASKED = (
    *(("count",), ("count", "parts"), ("overlap",), ("howmany",), ("share", "of"), ("flow",)),
    *(("flow", "every"), ("leaving", "to", "at"), ("leaving", "to", "within"), ("leaving", "to", "for")),
    *(("duration",), ("change", "around", "before", "after")),
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A question with the keys of its kind, and sometimes others."""
    wanted = {*draw(st.sampled_from(ASKED))}
    if draw(st.booleans()):
        wanted.add("by")
    if draw(st.integers(0, 5)) == 0:
        wanted.add(draw(st.sampled_from(sorted(KEYS_OF_QUESTIONS))))
    return {"name": "m", "title": "M"} | {k: draw(KEYS_OF_QUESTIONS[k]) for k in sorted(wanted)}


@settings(max_examples=300, deadline=None)
@given(questions())
def test_any_question(question: dict[str, Any]) -> None:
    text = text_of({**DOCUMENT, "measure": [question]})
    told: tuple[Text | str, ...] = ()
    try:
        agreement = parse(text)
    except AgreementError as error:
        told = error.details
    if told:
        assert all(say(detail, lang) for detail in told for lang in Lang)
        return
    (found,) = estimates(agreement)
    assert found.rows >= (found.inhabited or 0) >= (found.small or 0) >= 0
    assert (found.small is None) == (found.inhabited is None)
    for lang in Lang:
        assert show(agreement, lang)
        assert all(say(warning, lang) for warning in agreement.warnings)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(everywhere(DOCUMENT))))
def test_anything_left_out(path: Path) -> None:
    document: Any = tomllib.loads(WHOLE)
    here = document
    for step in path[:-1]:
        here = here[step]
    del here[path[-1]]
    told = ""
    try:
        parse(text_of(document))
    except AgreementError as error:
        told = str(error)
    assert told == "" or "problem" in told


NAMES = (
    st.text(max_size=12)
    | st.text("abz09-", max_size=70)
    | st.sampled_from(["con", "com0", "lpt9", "x-round"])
)


@settings(deadline=None)
@given(NAMES)
def test_names_are_those_that_keys_can_have(name: str) -> None:
    allowed = True
    try:
        check_name(name)
    except BadNameError:
        allowed = False
    assert (fault(name) is None) == allowed


@settings(deadline=None)
@given(st.text(max_size=12))
def test_a_name_that_is_proposed_has_the_form_of_one(name: str) -> None:
    what = fault(name)
    if what and "like" in what.values:
        again = fault(str(what.values["like"]))
        assert again is None or "is no name:" not in str(again)
