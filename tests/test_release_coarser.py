"""A number that cannot be told safely costs a breakdown, then its measure, and not the whole release."""

from __future__ import annotations

import pytest

from linkage.release.audit.solver import AuditError
from linkage.release.matrix.problem import Rule
from linkage.report import html
from linkage.texts import Lang
from tests.attacked_rounds import agreement, released
from tests.attacks import family_key
from tests.test_release_attacked import QUESTIONS, SERIES, narrow, registers, truth

OVERLAP = QUESTIONS.split("[[measure]]")[1]
WIDER = Rule(10, 40, 41)
"""The noise keeps worlds 2 apart and seldom 40."""


def test_one_measure_too_narrow_is_withheld_and_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    people, agreed = registers(1), agreement("cellkey", SERIES, QUESTIONS)
    before = released(agreed, people, family_key(1))
    monkeypatch.setattr("linkage.release.attacked.rule_of", lambda _: WIDER)
    release = released(agreed, people, family_key(1))
    assert {row["note"] for row in release.table("sets").rows} == {"withheld"}
    assert {row["value"] for row in release.table("sets").rows} == {None}
    for name in ("parts", "both", "lists"):
        assert release.table(name).rows == before.table(name).rows
    assert narrow(release, truth(people)) == []
    assert "withheld" in html(release, Lang.EN)
    assert "withheld" not in html(before, Lang.EN)


def test_a_release_that_would_tell_nothing_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.release.attacked.rule_of", lambda _: WIDER)
    with pytest.raises(AuditError, match="did not pass"):
        released(agreement("cellkey", SERIES, "[[measure]]" + OVERLAP), registers(1), family_key(1))
