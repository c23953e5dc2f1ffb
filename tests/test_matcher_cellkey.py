"""A whole round by cellkey, from packages to reports: few people and many, twice, and with its history."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage.agreement.release_rule import TRUST
from linkage.commands import leftovers, matcher, matcher_match
from linkage.ledger import RoundId
from linkage.ledger.errors import TooManyReleasesError
from linkage.release import Release, control, parse
from linkage.texts import Lang, say
from tests.agreements import RULES
from tests.matchers import NAME, NOW, PARTIES, Table


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "STALE", 0)


def table(folder: Path, number: int = 1) -> Table:
    """A round of the family; its key lies beside the others."""
    found = Table(folder, number, rule=RULES["cellkey"])
    key = found.home / "family.key"
    if not key.exists():
        matcher.family_key(NAME, key=key, passphrase=None, ledger=found.ledger_url, now=NOW)
    return found


def matched(folder: Path, number: int, people: int) -> Table:
    found = table(folder, number)
    packages = [found.package(party, minute=number * 100 + people, people=people) for party in PARTIES]
    found.match(packages, family_key=found.home / "family.key", out=found.home / f"release-{number}")
    return found


@pytest.mark.parametrize("people", [1, 10, 400])
def test_a_release_is_audited_signed_reported_and_given_back(tmp_path: Path, people: int) -> None:
    found = matched(tmp_path, 1, people)
    out = found.home / "release-1"
    release = parse((out / "release.json").read_bytes())
    assert release.audited
    assert release.rule.parameters == {"threshold": 10, "D": 7, "variance": 4, "js": 2, "trust": TRUST}
    for lang in Lang:
        assert say(TRUST, lang) in (out / f"report.{lang}.html").read_text(encoding="utf-8")
    rows = json.loads(release.to_bytes())["tables"][0]["rows"]
    told = [row["value"] for row in rows if row["part"] != "surplus" and row["value"] is not None]
    assert bool(told) is (people > 1)
    assert all(value >= 10 for value in told)
    before = (out / "release.json").read_bytes()
    again = found.match(out=out)  # needs no key
    assert again.already
    assert (out / "release.json").read_bytes() == before
    (made,) = found.ledger.releases()
    assert made.release == before
    assert made.scope is not None
    assert made.scope.method == "cellkey"


def test_all_rounds_of_a_family_are_moved_by_its_own_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def watched(*args: Any, noise: Callable[[bytes], bytes], **more: Any) -> Release:
        seen.append(noise(b"message"))
        return control(*args, noise=noise, **more)

    monkeypatch.setattr(matcher_match, "control", watched)
    for folder, number in (("one", 1), ("one", 2), ("another", 1)):
        (tmp_path / folder).mkdir(exist_ok=True)
        matched(tmp_path / folder, number, 10)
    assert seen[0] == seen[1] != seen[2]


def test_three_rounds_of_the_same_days_are_audited_together_and_a_fourth_is_refused(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        matched(tmp_path, number, 200)
    with pytest.raises(TooManyReleasesError):
        matched(tmp_path, 4, 200)
    found = table(tmp_path)
    assert [made.id for made in found.ledger.releases()] == [RoundId(NAME, n) for n in (1, 2, 3)]
