"""The drawn examples of docs/measures.md are what the program counts."""

from __future__ import annotations

import re

import pytest

from linkage.release.tables import KINDS
from tests.drawn_page import Example, agreement_of, answer, examples
from tests.needs import ROOT

PAGE = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
EXAMPLES = list(examples(PAGE))


def name(example: Example) -> str:
    found = re.search(r'name += "(.*?)"', example.asked)
    assert found
    return found[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_a_drawn_example_is_what_is_counted(example: Example) -> None:
    told = answer(example)
    for row in example.table:
        labels = {key: value for key, value in row.items() if key not in {"value", "of", "percent", "people"}}
        found = [
            r for r in told if all(r.get(key) == value for key, value in labels.items() if key != "note")
        ]
        found = [r for r in found if r.get("sex", "all") == labels.get("sex", "all")]
        assert len(found) == 1, labels
        for key, value in row.items():
            assert found[0].get(key, "") == value, (labels, key)


def test_every_kind_is_drawn() -> None:
    drawn = {agreement_of(example).measures[0].kind for example in EXAMPLES}
    assert drawn == set(KINDS)
    assert len(EXAMPLES) >= len(KINDS) + 3  # outcome in its three forms, and places


def test_every_kind_has_the_question_that_somebody_asks() -> None:
    for kind in KINDS:
        section = PAGE.partition(f"### {kind}\n")[2].partition("\n### ")[0]
        assert re.search(r"^\*.*\?\*$", section, re.MULTILINE), kind
