"""The digest: all values and nothing else."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import partial
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement import parse
from linkage.agreement.digest import CanonicalError, canonical, digest
from tests.agreements import READY, WHOLE, changed

DOCUMENT: dict[str, Any] = tomllib.loads(WHOLE)
Path = tuple[str | int, ...]


def plain_json(value: object) -> str:
    """Canonical JSON as 2-formats says it, written out by hand."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case list():
            return "[" + ",".join(plain_json(item) for item in value) + "]"
        case dict():
            pairs = (
                plain_json(key) + ":" + plain_json(value[key])
                for key in sorted(value, key=lambda k: [*map(ord, k)])
            )
            return "{" + ",".join(pairs) + "}"
    raise TypeError


def test_known_answer() -> None:
    assert canonical({"b": [1, True, 'å\n"\\'], "a": {"é": 0, "z": "/"}}) == (
        '{"a":{"z":"/","é":0},"b":[1,true,"å\\n\\"\\\\"]}'.encode()
    )
    assert digest({}).hex() == hashlib.sha256(b"linkage-agreement/1\n{}").hexdigest()


def test_of_an_agreement() -> None:
    expected = hashlib.sha256(b"linkage-agreement/1\n" + plain_json(DOCUMENT).encode()).digest()
    assert parse(WHOLE).digest == digest(DOCUMENT) == expected


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=5)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS.map(partial(normalize, "NFC")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcåÅ𝄞_-", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.text("abc_-", max_size=3), VALUES, max_size=3))
def test_canonical_json_is_as_it_is_written_by_hand(value: dict[str, object]) -> None:
    assert canonical(value).decode() == plain_json(value)


@pytest.mark.parametrize("value", [0.5, 1e9, None, b"x", 2**53, -(2**53), "\t", "a\u0308", "\x7f", "\x9f"])
def test_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical({"a": [value]})


# -- layout -----------------------------------------------------------------------------------------------


def toml(value: object, draw: st.DrawFn) -> str:
    """A value as TOML, in one of the ways in which it can be written."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return draw(st.sampled_from([str(value), f"+{value}", hex(value), bin(value)]))
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            coded = "".join(f"\\U{ord(sign):08x}" for sign in value)
            ways = [f'"{escaped}"', f'"""\n{escaped}"""', f'"{coded}"']
            if "'" not in value and "\n" not in value:
                ways += [f"'{value}'", f"'''{value}'''"]
            return draw(st.sampled_from(ways))
        case list():
            gap = draw(st.sampled_from(["", " ", "\n  # why\n"]))
            return "[" + ",".join(gap + toml(item, draw) for item in value) + gap + "]"
        case dict():
            pairs = draw(st.permutations(list(value.items())))
            return "{ " + ", ".join(f"{_key(k, draw)} = {toml(v, draw)}" for k, v in pairs) + " }"
    raise TypeError


def _key(key: str, draw: st.DrawFn) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return draw(st.sampled_from([key, f'"{key}"', f"'{key}'"] if bare else [f'"{key}"']))


def _noise(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["", "\n", "# a comment = [x]\n", "   \t# [[party]]\n", "\r\n"]))


def lines(table: dict[str, Any], path: str, draw: st.DrawFn) -> Iterator[str]:
    """A table's keys and then its sub-tables, in some order and layout."""
    items = draw(st.permutations(list(table.items())))
    inner = [
        (key, value)
        for key, value in items
        if (isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)))
        and draw(st.booleans())
    ]
    apart = {key for key, _ in inner}
    for key, value in items:
        if key not in apart:
            yield _noise(draw)
            yield f"{_key(key, draw)} = {toml(value, draw)}  # said\n"
    for key, value in inner:
        here = f"{path}{key}"
        for one in value if isinstance(value, list) else [value]:
            yield _noise(draw)
            yield f"[[{here}]]\n" if isinstance(value, list) else f"[ {here} ]\n"
            yield from lines(one, f"{here}.", draw)


@st.composite
def layouts(draw: st.DrawFn) -> str:
    return "".join(lines(DOCUMENT, "", draw))


@settings(max_examples=50, deadline=None)
@given(layouts())
def test_layout_comments_and_the_order_of_keys_change_nothing(text: str) -> None:
    assert tomllib.loads(text) == DOCUMENT
    assert parse(text) == parse(WHOLE)


# -- values -----------------------------------------------------------------------------------------------


def leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every single value of a document, with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


LEAVES = list(leaves(DOCUMENT))


def put(path: Path, value: object) -> dict[str, Any]:
    """The document with one value replaced."""
    copy: dict[str, Any] = tomllib.loads(WHOLE)
    here: Any = copy
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return copy


@settings(deadline=None)
@given(st.sampled_from(LEAVES), st.data())
def test_every_change_of_a_value_changes_it(leaf: tuple[Path, object], data: st.DataObject) -> None:
    path, old = leaf
    other: st.SearchStrategy[object] = st.integers(0, 99)
    if isinstance(old, bool):
        other = st.just(not old)
    elif isinstance(old, str):
        other = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9)
    new = data.draw(other.filter(lambda value: value != old))
    assert digest(put(path, new)) != digest(DOCUMENT)


@pytest.mark.parametrize(
    "path", [("party",), ("measure",), ("group",), ("party", 0, "series"), ("identifier", "accept")]
)
def test_the_order_of_a_list_is_a_value(path: Path) -> None:
    here: Any = DOCUMENT
    for step in path:
        here = here[step]
    assert digest(put(path, here[::-1])) != digest(DOCUMENT)


def test_a_value_left_out_and_the_same_said_are_two_digests() -> None:
    without = changed("sex = true\n", "", READY.replace(', "sex"', ""))
    said = changed("sex = true\n", "sex = false\n", READY.replace(', "sex"', ""))
    assert parse(without).dimensions == parse(said).dimensions
    assert parse(without).digest != parse(said).digest
