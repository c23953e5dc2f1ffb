"""The method that adds noise with a proven bound (docs/release.md, "dp").

Neighbours are two sets of registers that differ in one person, whom they have with all rows of all parties
or not at all. What is drawn is one vector of whole numbers for the whole round: the histograms of all
measures in all rows of time, and the amounts of changes in units of the largest one. How far one person can
move it follows from the questions alone, and so does the noise. Whatever happens then looks at drawn numbers
only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.model import Change
from linkage.release.counts import Counts
from linkage.release.drawn import Drawn
from linkage.release.margins import Noise
from linkage.release.methods.dp import noise as noises
from linkage.release.methods.dp.consistent import clamped, fitted
from linkage.release.methods.dp.histograms import Histogram, histogram
from linkage.release.methods.dp.layout import Layout, Whole
from linkage.release.methods.dp.noise import Reach
from linkage.release.protected import Protected

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule
    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Cells, Figures
    from linkage.measures.model import Frame, Measure


@dataclass(frozen=True, repr=False)
class Plan:
    """What is drawn of one measure. most: the largest amount of one person, of a change; else None."""

    layout: Layout
    histogram: Histogram
    amounts: Whole | None
    most: int

    @property
    def reach(self) -> Reach:
        """How far one person can change all that is drawn; amounts in units of the largest."""
        people = Reach(sum(self.histogram.touched), sum(self.histogram.squares))
        if self.amounts is None or not self.histogram.told.any():
            return people
        offsets = len(self.amounts)
        return people.plus(Reach(offsets, offsets))


def cost(rule: ReleaseRule) -> tuple[Fraction, Fraction]:
    """(ε, δ) of one release, to be taken from the budget before anything is drawn.

    It is what the rule says, whatever is asked: how much is asked sets the noise.
    """
    return rule.epsilon, rule.delta


def protect(figures: Figures, rule: ReleaseRule, frame: Frame, atoms: Atoms | None = None) -> Protected:
    """Every count and sum with noise, made to fit. frame: of the agreement, with its largest amounts.

    atoms: the parts of a count are drawn by combination where there are any. Raises NoSamplerError.
    """
    plans = {m.name: _plan(m, figures.cells[m.name], rule, frame, atoms) for m in figures.measures}
    reach = Reach(0, 0)
    for plan in plans.values():
        reach = reach.plus(plan.reach)
    noise = noises.fitting(rule, reach)
    counts = {name: _drawn(figures.cells[name], plan, noise) for name, plan in plans.items()}
    accounting = _accounting(rule, noise, {name: plan.reach for name, plan in plans.items()})
    return Protected(
        {"name": rule.method, **rule.parameters}, counts, {"audited": False, "accounting": accounting}
    )


def _plan(measure: Measure, cells: Cells, rule: ReleaseRule, frame: Frame, atoms: Atoms | None) -> Plan:
    found = histogram(measure, cells, frame, atoms, gaussian=rule.mechanism == "gaussian")
    layout = Layout(cells.axes)
    if cells.sums is None or not isinstance(measure, Change):
        return Plan(layout, found, None, 0)
    return Plan(layout, found, layout.inner(cells.sums.total), frame.amounts[measure.change])


def _accounting(rule: ReleaseRule, noise: Noise, reaches: Mapping[str, Reach]) -> dict[str, object]:
    """What stands in the release: all that is needed to check that the bound holds."""
    gaussian = rule.mechanism == "gaussian"
    return {
        "scale": repr(noise.scale),
        "cells": {name: reach.squares if gaussian else reach.cells for name, reach in reaches.items()},
    }


# -- drawing ----------------------------------------------------------------------------------------------


def _drawn(cells: Cells, plan: Plan, noise: Noise) -> Counts:
    found, layout = plan.histogram, plan.layout
    asked = _asked(found)
    drawn = np.where(asked[:, :, None, None], noises.draw(found.cells, noise), 0)
    fit = np.zeros_like(drawn)
    for place in _together(found):
        for time in range(drawn.shape[1]):
            fit[place, time] = fitted(drawn[place, time])
    raw, values = _made(found, drawn), _made(found, fit)
    counts = layout.whole(values)
    summed = max(1, int(found.told[0, :-1].sum())) if found.summed else 1
    people = Drawn(layout.whole(raw), found.made, noise, summed)
    if plan.amounts is None:
        return Counts(cells.axes, counts, cells.notes.copy(), drawn=people)
    sums, amounts = _amounts(plan, values, noise)
    return Counts(cells.axes, counts, cells.notes.copy(), sums, drawn=people, drawn_sums=amounts)


def _asked(found: Histogram) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which base cells and rows of time are drawn: those that something told is made of. (base, time)."""
    asked = (found.made.T @ found.told.astype(np.int64)) > 0
    if found.summed:
        asked[:, -1] = False
    return asked


def _together(found: Histogram) -> list[slice]:
    """Which base cells are made to fit together: those of one histogram; else each by itself."""
    return [slice(i, i + 1) for i in range(len(found.cells))] if found.each else [slice(None)]


def _made(found: Histogram, base: Whole) -> Whole:
    """The places of the kind's own axes, from the base cells. Shape (own, time, sex, age)."""
    made: Whole = np.einsum("ob,btsa->otsa", found.made, base)
    made = np.where(found.told[:, :, None, None], made, 0)
    if found.summed:
        made[:, -1] = np.where(found.told[:, -1, None, None], made[:, :-1].sum(axis=1), 0)
    return made


def _amounts(plan: Plan, people: Whole, noise: Noise) -> tuple[Whole, Drawn]:
    """Sums as published, and as drawn: no more than so many people can have."""
    if plan.amounts is None:
        raise ValueError("a change without amounts")
    told = plan.histogram.told[:, :, None, None]
    larger = Noise(noise.mechanism, math.nextafter(noise.scale * plan.most, math.inf))
    drawn = np.where(told, noises.draw(np.where(told, plan.amounts, 0), larger), 0)
    sums = clamped(drawn, people * plan.most)
    own = np.eye(len(drawn), dtype=np.int64)
    return plan.layout.whole(sums), Drawn(plan.layout.whole(drawn), own, larger, most=plan.most)
