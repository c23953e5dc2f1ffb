"""Real packages, sealed and taken in: what the match makes of them, and of one that does not open."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest

from linkage import intake
from linkage.match import count
from linkage.match.package import Package
from linkage.measures.expressions import And, Expression, Presence
from linkage.measures.model import Count, Overlap
from linkage.package.errors import DamagedPartError
from linkage.package.rows import Rows
from tests.builders import Scene, scene
from tests.fake_package import FakePackage

KRAMI, STATE = Presence("malmo.krami"), Presence("af.etablering")
SUMMARY = {"people_counted": 2, "people_total": 3}
SIZES = {"malmo": 9000, "af": 700}


@cache
def played() -> Scene:
    """Two parties, some of whose people are the same."""
    made = scene()
    full = made.agreement.window.full
    both = Expression("both", And(KRAMI, STATE), full, True, "both")
    sets = tuple(Expression(tree.series, tree, full, True, "") for tree in (KRAMI, STATE))
    measures = (
        Count("m", "M", ("period", "sex", "age"), None, both, sets),
        Overlap("o", "O", ("period",), None, sets),
    )
    return replace(made, agreement=replace(made.agreement, measures=measures))


@cache
def rows() -> Mapping[str, Rows]:
    made = played()
    found = {party: made.rows(party, n, seed=i) for i, (party, n) in enumerate(SIZES.items())}
    tokens = found["af"].tokens.copy()
    tokens[:300] = found["malmo"].tokens[100:400]
    return found | {"af": replace(found["af"], tokens=tokens)}


@cache
def sealed(party: str, target: int) -> bytes:
    return played().package(party, rows()[party], target=target, summary_json=SUMMARY)


def taken_in(data: bytes) -> Package:
    return intake.check(partial(io.BytesIO, data), played().agreement, played().keys)


def sorted_rows(party: str) -> Rows:
    mine = rows()[party]
    return mine.take(np.lexsort(mine.tokens.T[::-1]))


@pytest.mark.parametrize(("malmo", "af"), [(1 << 21, 1 << 21), (1 << 16, 1 << 21), (1 << 15, 1 << 12)])
@pytest.mark.parametrize("workers", [1, 2])
def test_sealing_changes_nothing(malmo: int, af: int, workers: int) -> None:
    made = played()
    plain = [FakePackage(party, made.layout(party), sorted_rows(party)) for party in SIZES]
    expected = count(plain, made.agreement, made.round_key).figures.cells
    packages = [taken_in(sealed("malmo", malmo)), taken_in(sealed("af", af))]
    counted = count(packages, made.agreement, made.round_key, workers=workers)
    for name in ("m", "o"):
        assert np.array_equal(counted.figures.cells[name].people, expected[name].people)
    assert expected["m"].people[2, -1, -1, -1] > 0, "some people are in both"
    assert counted.coverage == {"malmo": 66, "af": 66}


def test_a_file_that_changed_since_it_was_received() -> None:
    """The digest of a part is checked again when it is opened, whatever the disk did meanwhile."""
    made = played()
    data = bytearray(sealed("malmo", 1 << 16))
    packages = [
        intake.check(lambda: io.BytesIO(data), made.agreement, made.keys),
        taken_in(sealed("af", 1 << 21)),
    ]
    data[len(data) // 2] ^= 1
    with pytest.raises(DamagedPartError):
        count(packages, made.agreement, made.round_key, workers=2)
