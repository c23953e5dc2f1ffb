"""The one gate: true figures → a release. Nothing else turns the one into the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from linkage.dimensions import OTHER
from linkage.errors import ReleaseError
from linkage.measures.expressions import Expression
from linkage.measures.model import Change, Count, Duration, Flow, Frame, HowMany, Outcome, Overlap, Share
from linkage.release.attacked import attacked
from linkage.release.counts import ALL, MEAN
from linkage.release.document import FORMAT, MADE, Release, parse
from linkage.release.facts import asked_of, framed
from linkage.release.kinds.table import rows
from linkage.release.matrix.history import earlier
from linkage.release.methods import cellkey, dp, exact, suppress
from linkage.release.methods.again import again
from linkage.release.protected import Protected, Task
from linkage.release.rows import SEXES, combinations, times
from linkage.release.tables import ELSEWHERE
from linkage.release.writing import write

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement, ReleaseRule
    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Cells, Figures
    from linkage.measures.model import Measure
    from linkage.release.audit.verdict import Verdict
    from linkage.release.protected import Noise

METHODS: Mapping[str, Callable[[Task], Protected]] = {
    "exact": lambda task: exact.protect(task.figures, task.rule),
    "suppress": suppress.protect,
    "cellkey": lambda task: again(
        cellkey.protect(task.figures, task.rule, task.noise), task.figures, task.last
    ),
    "dp": lambda task: dp.protect(task.figures, task.rule, task.frame, task.atoms),
}
AUDITED = ("suppress", "cellkey")
"""Methods of which a release is attacked first. exact protects nothing; what dp promises is an account."""


class DraftError(ReleaseError):
    """A release is bound to an agreement by its digest, and a draft has none."""

    hint = "fill in the fingerprints: see `linkage agreement check`"


@dataclass(frozen=True)
class PackageFact:
    """What a release tells of one party's package.

    id: 32 hex characters; sha512: 128; counted_percent: 0..100, of the register's people, rounded down.
    """

    party: str
    id: str
    sha512: str
    counted_percent: int


def control(
    figures: Figures,
    agreement: Agreement,
    packages: Sequence[PackageFact],
    made: dt.datetime,
    history: Sequence[Release] = (),
    *,
    atoms: Atoms | None = None,
    on_audit: Callable[[Verdict], None] | None = None,
    key: bytes = b"",
    noise: Noise | None = None,
) -> Release:
    """The release of a round, by the method of its agreement.

    figures: of all the agreement's measures, in its order; packages: one of each party; made: with its zone.
    history: earlier releases, whatever their name, that share a party and a day with this one. atoms: of the
    figures, for the methods that are audited. on_audit: told how the audit went, for the matcher's eyes.
    key: for the method that withholds: random, of this run alone, kept by nobody. noise: for the method that
    moves numbers: of this family alone, the same in every run.
    Raises DraftError, AuditError, and what the method raises.
    """
    protect = _method(agreement.release.method)
    if agreement.digest is None:
        raise DraftError("the agreement {agreement} is a draft", agreement=agreement.slug)
    if figures.measures != agreement.measures or figures.cells.keys() != {m.name for m in agreement.measures}:
        raise ValueError("the figures are not those of the agreement's measures")
    if any((r.agreement.name, r.agreement.round) == (agreement.name, agreement.round) for r in history):
        raise ValueError("the round has been released")
    amounts = {series.key: series.value.max for series in agreement.series if series.value}
    frame = Frame(agreement.window, agreement.dimensions, amounts)
    for measure in figures.measures:
        _check_layout(measure, figures.cells[measure.name], frame)
    task = Task(figures, agreement.release, frame, atoms, key=key, noise=noise)

    def published(protected: Protected) -> Release:
        return parse(write(_document(agreement, protected, frame, packages, made)))

    if agreement.release.method not in AUDITED:
        return published(protect(task))
    before = earlier(figures, agreement, history)
    passed = attacked(replace(task, last=before.last), protect, published, agreement.window, before)
    if on_audit is not None:
        on_audit(passed.verdict)
    return passed.release


def _method(name: str) -> Callable[[Task], Protected]:
    return METHODS[name]  # the agreement knows no other name


def _check_layout(measure: Measure, cells: Cells, frame: Frame) -> None:
    """Raises ValueError where a table is not laid out as the measure asks: then something is badly wrong."""
    age = frame.dimensions.age
    time = next((d for d in measure.by if d in ("period", "span")), "window")
    labels = times(measure.by, frame.window.labels, tuple(frame.window.spans))
    own = _own_axes(measure, frame)
    expected: dict[str, tuple[Any, ...]] = {**own}
    expected[time] = tuple(ALL if t is None else t for t in labels if t != MEAN)
    if "sex" in measure.by:
        expected["sex"] = SEXES
    if "age" in measure.by and age is not None:
        expected["age"] = (*(b.name for b in age.bands), OTHER, ALL)
    found = {axis.name: axis.values for axis in cells.axes}
    same = found == expected and len(cells.axes) == len(expected)
    if not same or [*found][: len(own)] != [*own]:
        raise ValueError(f"the figures of {measure.name} are not laid out as it asks")
    if (cells.sums is not None) != isinstance(measure, Change):
        raise ValueError(f"the figures of {measure.name} lack its amounts, or have some that it does not ask")


def _own_axes(measure: Measure, frame: Frame) -> dict[str, tuple[Any, ...]]:
    """The kind's own axes, as `Cells` says, in their order."""
    match measure:
        case Count(parts=parts) if parts:
            return {"part": (*(part.source for part in parts), "unique")}
        case Overlap(sets=sets):
            return {"in": combinations(tuple(s.source for s in sets))}
        case HowMany(lists=lists):
            return {"lists": tuple(range(1, len(lists) + 1))}
        case Share(of=of):
            return {"role": ("value", "of") if isinstance(of, Expression) else ("value",)}
        case Outcome():
            return {"role": ("value", "of")}
        case Flow(flow=flow):
            states = (*(state.source for state in flow), ELSEWHERE)
            return {"from": states, "to": states}
        case Duration():
            return {"length": tuple(range(1, len(frame.window) - 1))}
        case Change(before=before, after=after):
            return {"offset": tuple(range(-before, after + 1))}
        case _:
            return {}


def _document(
    agreement: Agreement,
    protected: Protected,
    frame: Frame,
    packages: Sequence[PackageFact],
    made: dt.datetime,
) -> dict[str, object]:
    asked = asked_of(agreement)
    by_party = {p.party: p for p in packages}
    if len(packages) != len(agreement.parties) or by_party.keys() != {p.name for p in agreement.parties}:
        raise ValueError("not one package of each party")
    return {
        "format": FORMAT,
        "agreement": asked["agreement"],
        "matcher": asked["matcher"],
        "method": protected.method,
        "packages": [
            {"party": p.name, "title": p.title} | _delivered(by_party[p.name], agreement.release)
            for p in agreement.parties
        ],
        "made": made.astimezone(dt.UTC).strftime(MADE),
        "window": asked["window"],
        "dimensions": asked["dimensions"],
        "labels": asked["labels"],
        "tables": [
            framed(m, agreement) | {"rows": rows(m, protected.counts[m.name], frame)}
            for m in agreement.measures
        ],
        "audit": protected.audit,
    }


def _delivered(package: PackageFact, rule: ReleaseRule) -> dict[str, object]:
    """Coverage is a true number: where all others have noise it is not told."""
    covered = None if rule.method == "dp" else package.counted_percent
    return {"id": package.id, "sha512": package.sha512, "counted_percent": covered}
