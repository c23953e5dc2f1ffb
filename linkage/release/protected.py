"""What a method is given, and what it hands to the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule
    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Figures
    from linkage.measures.model import Frame
    from linkage.release.audit.problem import Problem
    from linkage.release.counts import Counts
    from linkage.release.matrix.history import Before, Cell
    from linkage.release.matrix.rows import Matrix, Piece

Noise: TypeAlias = Callable[[bytes], bytes]
"""A family's own: a message → 32 bytes, which nobody who lacks its key can tell from chance."""


@dataclass(frozen=True, repr=False)
class Task:
    """True figures, to be protected by a rule.

    frame: of the agreement, with its largest amounts. atoms, matrix: where the method asks for them: whom the
    figures are sums of, and how. exactly: what readers would see if every number were told as it is, beside
    all earlier releases; untold: if none were, beside the same. narrow: numbers that an audit of the method's
    last answer found too narrow. last: what the latest release that told of a cell said of it. key: secret,
    by which ties are broken where the method breaks any. noise: the family's, where the method moves amounts.
    """

    figures: Figures
    rule: ReleaseRule
    frame: Frame
    atoms: Atoms | None = None
    matrix: Matrix | None = None
    exactly: Problem | None = None
    untold: Problem | None = None
    narrow: frozenset[tuple[Piece, ...]] = frozenset()
    last: Mapping[Cell, Before] = field(default_factory=dict)
    key: bytes = b""
    noise: Noise | None = None

    def __repr__(self) -> str:
        return f"<Task by {self.rule.method}>"


@dataclass(frozen=True)
class Protected:
    """method: its name and parameters as published; counts: by measure name; audit: what was attacked."""

    method: Mapping[str, str | int]
    counts: Mapping[str, Counts]
    audit: Mapping[str, object]
