"""Canonical JSON: one text for one value, the same as the agreement's digest has."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import canonical
from linkage.agreement import digest

TEXT = st.text(st.sampled_from('aZ09åé"\\\n/ €😀\u2028-_<'), max_size=8)
VALUES = st.recursive(
    TEXT | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
TABLES = st.dictionaries(TEXT, VALUES, max_size=4)


@given(TABLES)
def test_a_value_comes_back_and_has_one_text(value: dict[str, Any]) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value
    assert canonical.encode(dict(reversed(value.items()))) == data
    assert json.loads(data) == value


@given(TABLES)
def test_package_and_agreement_write_the_same_text(value: dict[str, Any]) -> None:
    assert canonical.encode(value) == digest.canonical(value)


def test_known_answer() -> None:
    value = MappingProxyType({"ö": [1, True, "a\nb"], "a": {"\\": '"'}, "Z": -1})
    assert canonical.encode(value) == '{"Z":-1,"a":{"\\\\":"\\""},"ö":[1,true,"a\\nb"]}'.encode()


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '{"b":1,"a":1}',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":1e0}',
        '{"a":-0}',
        '{"a":null}',
        '{"a":NaN}',
        '{"a":9007199254740992}',
        '{"a":"\\u0061"}',
        '{"a":"\\/"}',
        '{"a":"\\t"}',
        '{"a":"\t"}',
        '{"a":"\\u0085"}',
        '{"a":"\x7f"}',
        '{"a":"e\u0301"}',
        '{"e\u0301":1}',
        '{"a":"\\ud800"}',
        '\ufeff{"a":1}',
        '{"a":1}\n',
        "{" * 10,
        '{"a":' + "[" * 100_000,
        '{"a":' + "[" * 40 + "]" * 40 + "}",
        '{"a":' + "9" * 10_000 + "}",
        "",
    ],
)
def test_every_other_way_to_write_it_is_refused(text: str) -> None:
    with pytest.raises(canonical.NotCanonical) as refused:
        canonical.decode(text.encode())
    assert refused.value.__cause__ is None


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.decode(b'{"a":"\xff"}')


@pytest.mark.parametrize("value", [1.5, None, b"a", {1: 1}, {"a": {1, 2}}, {"a": [float("nan")]}])
def test_what_has_no_canonical_text_is_refused(value: object) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)
