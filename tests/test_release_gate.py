"""The gate: what becomes a release, by which method, and what never does."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from keys.errors import Error
from linkage.agreement.model import ReleaseRule
from linkage.errors import ReleaseError
from linkage.measures.figures import Axis, Figures, Note
from linkage.release import Release, control, parse
from linkage.release.counts import Counts
from linkage.release.gate import DraftError
from linkage.release.methods import exact
from linkage.release.methods.exact import NotAgreedError
from linkage.release.reading_method import AuditFacts
from tests.releases import AGREED, MADE, MOVED, agreement, crowd, figures, packages, year

AGREEMENT, RELEASE = year()
FIGURES = figures(AGREEMENT, crowd(40, 12, seed=1))


def made(rule: ReleaseRule) -> Release:
    agreed = replace(AGREEMENT, release=rule)
    return control(FIGURES, agreed, packages(agreed), MADE)


def test_moved_figures_are_not_told_before_somebody_tried_to_see_through_them() -> None:
    with pytest.raises((ReleaseError, ValueError), match="audit"):
        made(ReleaseRule("cellkey", MOVED))


@pytest.mark.parametrize(
    "parameters", [{}, {"agreed": ""}, {"agreed": "  \n"}, {"agreed": True}, {"agreed": 1}]
)
def test_exact_is_refused_without_a_decision(parameters: dict[str, str | int | bool]) -> None:
    with pytest.raises(NotAgreedError):
        made(ReleaseRule("exact", parameters))


def test_exact_names_its_decision_and_says_that_nothing_was_audited() -> None:
    assert dict(RELEASE.method) == {"name": "exact", "agreed": AGREED}
    assert RELEASE.exact
    assert RELEASE.audited is False
    assert b'"audit": {"audited": false}' in RELEASE.to_bytes()


def test_a_draft_has_no_release() -> None:
    draft = replace(AGREEMENT, digest=None)
    with pytest.raises(DraftError, match="exempel-1 is a draft"):
        control(FIGURES, draft, packages(draft), MADE)


def test_a_release_cannot_be_made_by_hand() -> None:
    members = {f.name: getattr(RELEASE, f.name) for f in dataclasses.fields(Release)}
    with pytest.raises(TypeError):
        Release(**members)
    with pytest.raises(TypeError):
        Release(**members, made_by=object())
    with pytest.raises((TypeError, ValueError)):
        replace(RELEASE, audit=AuditFacts(("outsider",), 3), made_by=None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        RELEASE.audit = None  # type: ignore[misc]
    assert copy.copy(RELEASE) == RELEASE


def test_what_control_makes_is_what_parse_reads() -> None:
    assert parse(RELEASE.to_bytes()) == RELEASE
    assert repr(RELEASE) == "<Release exempel-1: 11 tables, exact>"


def test_the_same_figures_give_the_same_bytes() -> None:
    again = [control(FIGURES, AGREEMENT, packages(AGREEMENT), MADE).to_bytes() for _ in range(2)]
    assert again[0] == again[1]


def test_packages_stand_in_the_order_of_the_agreement() -> None:
    turned = packages(AGREEMENT)[::-1]
    found = control(FIGURES, AGREEMENT, turned, MADE)
    assert [(p.party, p.title, p.counted_percent) for p in found.packages] == [
        ("stad", "Staden", 98),
        ("af", "Arbetsförmedlingen", 99),
    ]


def test_time_is_told_in_utc_and_whole_seconds() -> None:
    zone = dt.timezone(dt.timedelta(hours=1))
    found = control(FIGURES, AGREEMENT, packages(AGREEMENT), MADE.astimezone(zone))
    assert found.made == dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
    assert b'"made": "2026-11-21T20:00:00Z"' in found.to_bytes()


@pytest.mark.parametrize("wrong", ["one short", "stranger", "doubled"])
def test_packages_that_are_not_one_of_each_party_are_a_bug(wrong: str) -> None:
    given = packages(AGREEMENT)
    changed = {
        "one short": given[:1],
        "stranger": [given[0], replace(given[1], party="fk")],
        "doubled": [given[0], given[1], given[1]],
    }
    with pytest.raises(ValueError, match="not one package of each party"):
        control(FIGURES, AGREEMENT, changed[wrong], MADE)


def test_figures_of_other_measures_are_a_bug() -> None:
    with pytest.raises(ValueError, match="not those of the agreement"):
        control(Figures(FIGURES.measures[:-1], FIGURES.cells), AGREEMENT, packages(AGREEMENT), MADE)
    fewer = {name: cells for name, cells in FIGURES.cells.items() if name != "volym"}
    with pytest.raises(ValueError, match="not those of the agreement"):
        control(Figures(FIGURES.measures, fewer), AGREEMENT, packages(AGREEMENT), MADE)


def test_figures_that_are_laid_out_otherwise_are_a_bug() -> None:
    cells = FIGURES.cells["nya"]
    turned = replace(cells, axes=(Axis("period", cells.axes[0].values[::-1]),))
    with pytest.raises(ValueError, match="nya are not laid out"):
        control(
            Figures(FIGURES.measures, {**FIGURES.cells, "nya": turned}), AGREEMENT, packages(AGREEMENT), MADE
        )


def test_dimensions_may_stand_in_any_order_in_the_figures() -> None:
    cells = FIGURES.cells["volym"]
    order = (0, 3, 1, 2)
    turned = replace(
        cells,
        axes=tuple(cells.axes[i] for i in order),
        people=cells.people.transpose(order),
        notes=cells.notes.transpose(order),
    )
    other = Figures(FIGURES.measures, {**FIGURES.cells, "volym": turned})
    made_of = [control(f, AGREEMENT, packages(AGREEMENT), MADE).to_bytes() for f in (FIGURES, other)]
    assert made_of[0] == made_of[1]


def test_a_number_behind_a_note_does_not_come_through() -> None:
    """A cell that has a note and, against the rule, a number: nobody must see the number."""
    cells = FIGURES.cells["nya"]
    people, notes = cells.people.copy(), cells.notes.copy()
    people[3], notes[3] = 98765, Note.EDGE
    hidden = Figures(FIGURES.measures, {**FIGURES.cells, "nya": replace(cells, people=people, notes=notes)})
    found = control(hidden, AGREEMENT, packages(AGREEMENT), MADE)
    assert b"98765" not in found.to_bytes()
    assert found.table("nya").rows[3] == {"period": "2020-04", "value": None, "note": "edge"}


def test_the_method_exact_passes_on_no_number_behind_a_note() -> None:
    cells = FIGURES.cells["nya"]
    people = np.full_like(cells.people, 98765)
    hidden = Figures(FIGURES.measures, {"nya": replace(cells, people=people)})
    counts = exact.protect(hidden, AGREEMENT.release).counts["nya"]
    assert set(counts.values[counts.notes != Note.KNOWN]) == {0}


def test_counts_have_the_shape_of_their_axes() -> None:
    with pytest.raises(ValueError, match="shape"):
        Counts((Axis("sex", ("woman", "all")),), np.zeros(3, np.int64), np.full(3, Note.KNOWN, object))


def test_titles_of_parties_series_groups_and_expressions_are_labels() -> None:
    labels = RELEASE.labels
    assert labels["stad"] == "Staden"
    assert labels["stad.center"] == "Centret"
    assert labels["volym"] == "Samverkansvolymen"
    assert labels["volym | stad.center"] == "volym | stad.center"
    assert RELEASE.title("nowhere") == "nowhere"


def test_a_group_may_be_called_as_a_party_is() -> None:
    measures = """
[[group]]
name = "af"
title = "Gruppen"
is = "af.program"
[[measure]]
name = "a"
title = "A"
count = "af"
by = ["sex"]
"""
    agreed = agreement(measures)
    found = control(figures(agreed, []), agreed, packages(agreed), MADE)
    assert found.labels["af"] == "Gruppen"
    assert [p.title for p in found.packages] == ["Staden", "Arbetsförmedlingen"]


def test_a_table_says_what_was_asked() -> None:
    volume, fixed, half = (RELEASE.table(name) for name in ("volym", "andel-av-fast", "halvar"))
    assert (volume.asked, volume.items, volume.covered) == (
        "volym", ("stad.ung", "stad.vuxen", "af.program"), True,
    )  # fmt: skip
    assert (fixed.asked, fixed.of, fixed.source) == ("volym", 900, "Någon annans statistik")
    assert (half.against, half.covered, half.time) == ("h1", False, "span")
    assert RELEASE.table("andel").target == 40


def test_errors_of_the_gate_are_errors_that_a_user_can_read() -> None:
    for kind in (NotAgreedError, DraftError):
        assert issubclass(kind, Error)
        assert kind.hint
        assert not kind.hint.endswith(".")
