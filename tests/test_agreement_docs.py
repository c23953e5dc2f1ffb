"""docs/agreement.md names every key, and nothing that is no key."""

from __future__ import annotations

import re
import tomllib

import pytest

from linkage.agreement import parse, template
from tests.agreements import READY, RULES, WHOLE, under
from tests.needs import ROOT

PAGE = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")


def keys(value: object, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every key of a document that is not a free name."""
    if isinstance(value, list):
        return {key for item in value for key in keys(item, path)}
    if not isinstance(value, dict) or path == ("period", "spans"):
        return set()
    return {(*path, key) for key in value} | {
        found for key, item in value.items() for found in keys(item, (*path, key))
    }


def test_every_key_is_in_the_table() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|")]
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", "\n".join(rows)))))
    for path in keys(tomllib.loads(WHOLE)):
        assert path[-1] in told, path


def test_every_parameter_of_every_method_is_in_the_table() -> None:
    for rule in RULES.values():
        for key in tomllib.loads(rule):
            assert re.search(rf"^\|.*`{key}`.*\|", PAGE, re.MULTILINE), key


def test_the_template_and_the_example_have_the_same_keys() -> None:
    for lang in ("en", "sv"):
        ours = keys(tomllib.loads(template(lang)))
        example = keys(tomllib.loads(under("cellkey")))
        assert example - ours == {("measure", "of", "mean"), ("measure", "source")}
        assert ours - example == set()
        assert "of = { mean = 26023 }" in template(lang)


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_what_stands_in_the_template_as_an_example_can_be_used(lang: str) -> None:
    used = re.sub(r"(?m)^#   (?=\[\[|[a-z]+ +=)", "", template(lang))
    agreement = parse(used)
    assert {m.kind for m in agreement.measures} == {
        *("count", "overlap", "howmany", "share"),
        *("flow", "outcome", "duration", "change"),
    }
    left_out = keys(tomllib.loads(under("cellkey", WHOLE))) - keys(tomllib.loads(used))
    assert left_out == {("measure", "of", "mean"), ("measure", "source")} | {
        ("measure", key) for key in ("every", "within", "for")
    }
    assert [w for w in agreement.warnings if "rows that anybody can be in" not in str(w)] == []


def test_what_is_said_of_the_limits_is_so() -> None:
    assert "at most 60 periods" in PAGE
    assert "at most 64 signs" in PAGE
    digest = parse(READY).digest
    assert digest is not None
    assert len(digest.hex()) == 64
