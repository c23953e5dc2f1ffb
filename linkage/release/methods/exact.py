"""The method that protects nothing: only where the parties agreed that no figure is sensitive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.errors import ReleaseError
from linkage.measures.figures import Cells, Note
from linkage.release.counts import Counts
from linkage.release.protected import Protected

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule
    from linkage.measures.figures import Figures


class NotAgreedError(ReleaseError):
    """Exact figures are told only where somebody has decided it, and the decision is shown."""

    hint = 'write agreed = "who decided it, and where it is written" under [release] in the agreement'


def protect(figures: Figures, rule: ReleaseRule) -> Protected:
    """Every count as it is. Raises NotAgreedError where the rule names no decision."""
    agreed = rule.parameters.get("agreed")
    if not isinstance(agreed, str) or not agreed.strip():
        raise NotAgreedError("method exact without agreed")
    counts = {name: _as_they_are(cells) for name, cells in figures.cells.items()}
    return Protected({"name": "exact", "agreed": agreed}, counts, {"audited": False})


def _as_they_are(cells: Cells) -> Counts:
    known = cells.notes == Note.KNOWN
    sums = None if cells.sums is None else np.where(known, cells.sums.total, 0)
    return Counts(cells.axes, np.where(known, cells.people, 0), cells.notes.copy(), sums)
