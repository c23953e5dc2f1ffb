"""No release without an audit: protect, write, read, attack; and again, coarser, where something was narrow.

The attack is made on the bytes that would be published, not on what the method meant to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from linkage.release.audit.room import room, with_room
from linkage.release.audit.solver import AuditError
from linkage.release.audit.verdict import SECONDS, Verdict, audit
from linkage.release.coarser import coarser, cuts, narrow_numbers, tells_nothing
from linkage.release.matrix.bounds import UNTOLD, Bounds
from linkage.release.matrix.cells import numbered
from linkage.release.matrix.problem import Told, problem, rule_of, told_anew, told_of
from linkage.release.matrix.rows import build

if TYPE_CHECKING:
    from linkage.measures.figures import Figures
    from linkage.release.coarser import Cut
    from linkage.release.document import Release
    from linkage.release.matrix.history import Earlier
    from linkage.release.matrix.rows import Piece
    from linkage.release.protected import Protected, Task
    from linkage.window import Window

_ROUNDS: Final = 12
"""How often a release is made coarser before it is refused."""
_PROTECT_MORE: Final = ("suppress",)
"""Methods that can be told what was too narrow; of the others a breakdown or a measure is withheld."""


class NotPassedError(AuditError):
    """Somebody could work out what the release must not tell; nobody but the matcher may know what."""


@dataclass(frozen=True)
class Attacked:
    """A release that passed. verdict: of the last audit; rounds: how many audits it took."""

    release: Release
    verdict: Verdict
    rounds: int


def attacked(
    task: Task,
    protect: Callable[[Task], Protected],
    published: Callable[[Protected], Release],
    window: Window,
    earlier: Earlier,
    seconds: float = SECONDS,
) -> Attacked:
    """The first release of this task that passes its audit.

    published: the release that says what a method lets through. earlier: what former releases tell of the
    same numbers. Raises NotPassedError, TimeError, and what the method raises.
    """
    if task.atoms is None:
        raise ValueError("figures without atoms cannot be audited")
    rule = rule_of({"name": task.rule.method, **task.rule.parameters})
    few = rule.threshold if task.rule.method in _PROTECT_MORE else 0
    matrix = build(task.figures, task.atoms, window, few=few)
    task = replace(task, matrix=matrix)
    exactly = problem(matrix, task.figures, rule, _as_they_are(task.figures), earlier)
    untold = problem(matrix, task.figures, rule, _untold(task.figures), earlier)
    # of whole histories the matrix knows it already, but for what former releases told
    known_before = matrix.whole and not (earlier.told or earlier.changed)
    before = () if known_before else room(untold)
    task = replace(task, exactly=with_room(exactly, before), untold=untold)
    withheld: set[Cut] = set()
    narrow: frozenset[tuple[Piece, ...]] = frozenset()
    axes = {name: cells.axes for name, cells in task.figures.cells.items()}
    for number in range(1, _ROUNDS + 1):
        protected = protect(replace(task, narrow=narrow))
        summary = {"audited": True, "views": [*matrix.views], "width": rule.told}
        counts = coarser(protected.counts, withheld)
        release = published(replace(protected, counts=counts, audit=summary))
        told = [*told_of(release, task.figures)]
        told = [*told, *told_anew(told, task.figures, earlier)]
        seen = with_room(problem(matrix, task.figures, rule, told, earlier), before)
        verdict = audit(seen, seconds)
        if verdict.passed:
            return Attacked(release, verdict, number)
        found = narrow_numbers(seen, verdict)
        if task.rule.method in _PROTECT_MORE and not found <= narrow:
            narrow |= found
            continue
        more = cuts(matrix, axes, found, withheld)
        if more is None:
            break
        withheld |= more
        if tells_nothing(coarser(protected.counts, withheld)):
            break
    raise NotPassedError("the release did not pass its audit")


def _as_they_are(figures: Figures) -> list[Told]:
    """Every number told exactly."""
    return [
        Told(name, index, Bounds(int(cells.people[index]), int(cells.people[index])))
        for name, cells in figures.cells.items()
        for index in numbered(cells)
    ]


def _untold(figures: Figures) -> list[Told]:
    """No number told at all."""
    return [Told(name, index, UNTOLD) for name, cells in figures.cells.items() for index in numbered(cells)]
