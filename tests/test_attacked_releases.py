"""Random small releases, attacked by somebody who has their bytes, a register, and whole histories.

The rounds: tests/attacked_random.py. More of them: benchmarks/attacks.py.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from linkage.agreement.model import ReleaseRule
from linkage.errors import ReleaseError
from tests.attacked_random import METHODS, Round, a_round, released, short_searches
from tests.attacker import attack

EACH = (200 if os.environ.get("LINKAGE_REQUIRE") == "all" else 24) // len(METHODS)
"""Rounds of each method."""
COLUMNS = 100
SEVERAL = 10
"""Rounds that one test plays."""

LEAKED = {("suppress", False): (91, 133, 174)}
"""Played beside: an attacker gained by these before whole histories were looked at together."""

pytestmark = pytest.mark.usefixtures(short_searches.__name__)
some = pytest.mark.parametrize("first", range(0, EACH, SEVERAL))
each = pytest.mark.parametrize(("method", "months"), METHODS)


def rounds(first: int, method: str, *, months: bool) -> list[tuple[int, Round]]:
    seeds = [*range(first, min(first + SEVERAL, EACH))]
    if first + SEVERAL >= EACH:
        seeds += LEAKED.get((method, months), ())
    return [(seed, a_round(seed, method, months=months, columns=COLUMNS)) for seed in seeds]


@some
@each
def test_nobody_narrows_what_must_not_be_narrowed(method: str, months: bool, first: int) -> None:
    played = 0
    for seed, one in rounds(first, method, months=months):
        try:
            release = released(one, seed)
        except ReleaseError:
            continue
        played += 1
        assert attack(release.data, *one).leaks == (), seed
    assert played


def test_numbers_told_as_they_are_are_found_out() -> None:
    """Else the test above would say nothing: the same attacker, before a release of exact numbers."""
    found = 0
    some = rounds(0, "suppress", months=True)[: SEVERAL // 2]
    for _, one in some:
        exact = ReleaseRule("exact", {"agreed": "for this test"})
        document = json.loads(released(one._replace(agreement=replace(one.agreement, release=exact))).data)
        document["method"] = {"name": "suppress", **one.agreement.release.parameters}
        found += bool(attack(json.dumps(document).encode(), *one).leaks)
    assert found > len(some) // 2
