"""The party's own counts, there and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import canonical
from linkage.program.terminal import exit_code
from linkage.register import Summary
from linkage.register.summary import SummaryError

numbers = st.integers(0, 10**9)
counts = st.dictionaries(st.sampled_from(["check-digit", "empty", "lma"]), numbers)
summaries = st.builds(Summary, numbers, numbers, numbers, numbers, counts, counts, numbers, numbers)


@given(summaries)
def test_a_summary_comes_back_as_it_went(summary: Summary) -> None:
    document = json.loads(json.dumps(summary.to_json()))
    assert Summary.from_json(document) == summary
    assert canonical.decode(canonical.encode(summary.to_json())) == document


@pytest.mark.parametrize(
    ("counted", "total", "percent"), [(0, 0, 100), (0, 1, 0), (1, 1, 100), (2, 3, 66), (999, 1000, 99)]
)
def test_coverage_is_rounded_down(counted: int, total: int, percent: int) -> None:
    assert Summary(0, 0, 0, 0, {}, {}, counted, total).counted_percent == percent


GOOD: dict[str, Any] = Summary(1, 1, 0, 0, {"empty": 1}, {"tf": 0}, 1, 1).to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"rows_read": -1},
        {"rows_read": True},
        {"rows_read": "1"},
        {"rows_read": 1.0},
        {"refused": []},
        {"refused": {"empty": -1}},
        {"refused": {"empty": None}},
        {"identifiers": None},
        {"more": 1},
    ],
)
def test_a_summary_of_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SummaryError):
        Summary.from_json(GOOD | change)
    with pytest.raises(SummaryError):
        Summary.from_json({key: value for key, value in GOOD.items() if key != next(iter(change))} | {"x": 1})


def test_a_wrong_summary_is_the_fault_of_the_package_that_it_came_with() -> None:
    with pytest.raises(SummaryError) as caught:
        Summary.from_json({})
    assert exit_code(caught.value) == 11
    assert "update it" in str(caught.value.advice)
