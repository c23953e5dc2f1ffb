"""Count the people of a round: from sealed packages to figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from linkage.match.engine import Engine
from linkage.match.errors import CoverageError
from linkage.match.groups import Aside
from linkage.match.plan import plan
from linkage.measures.figures import Figures
from linkage.measures.kinds import Questions
from linkage.measures.model import Frame
from linkage.measures.packed import TooManyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from keys.family import FamilyKey
    from keys.identity import RoundKey
    from linkage.agreement.model import Agreement
    from linkage.match.package import Package
    from linkage.measures.atoms import Atoms


_HISTORIES: Final = 1_000
"""Different people whom an audit holds apart in all stretches of time together, at most."""
_AUDITED: Final = ("suppress", "cellkey")


@dataclass(frozen=True)
class Counted:
    """The true answers, and for each party the per cent of its people that could be counted, rounded down.

    joined: people whose rows stood under several numbers. It tells of rows of several packages together: no
    party and no release is told. atoms: for the methods that protect, what their audit attacks; else None.
    """

    figures: Figures
    coverage: Mapping[str, int]
    joined: int = 0
    atoms: Atoms | None = None


def count(
    packages: Sequence[Package],
    agreement: Agreement,
    round_key: RoundKey,
    family_key: FamilyKey | None = None,
    *,
    memory: int | None = None,
    workers: int = 1,
    blocks: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Counted:
    """The answers to all measures of the agreement, in one pass over the people.

    packages: one of each party, in the agreement's order. family_key: where the method is cellkey, and only
    there: it makes record keys of the people's seeds. memory: bytes that the blocks of all workers may take
    together, beside the program and its tables. blocks: their number, a power of two; left out, as many as
    the finest package has ranges, more where memory is short. progress: called with the blocks done and their
    number, on the caller's thread. The figures are the same whatever memory, workers and blocks are.
    Raises PackageError where what was sealed is not as it must be; MemoryBudgetError; under `suppress`
    TooManyError where people differ too much for anything to be withheld safely.
    """
    most = _HISTORIES if agreement.release.method in _AUDITED else None
    options = {"memory": memory, "workers": workers, "blocks": blocks, "progress": progress}
    try:
        return _count(packages, agreement, round_key, family_key, _questions(agreement, most), options)
    except TooManyError:
        if agreement.release.method == "suppress":
            raise
    # too many for all stretches of time together: by stretch then, each with what binds it to others
    return _count(packages, agreement, round_key, family_key, _questions(agreement), options)


def _count(
    packages: Sequence[Package],
    agreement: Agreement,
    round_key: RoundKey,
    family_key: FamilyKey | None,
    questions: Questions,
    options: Mapping[str, Any],
) -> Counted:
    """See count. options: memory, workers, blocks, progress."""
    if (family_key is not None) != questions.record_keys:
        raise ValueError("a family key belongs to the method cellkey, and to no other")
    progress = options["progress"]
    planned = {name: options[name] for name in ("memory", "workers", "blocks")}
    shared_out = plan(packages, questions, **planned)
    coverage = {package.party: _covered(package, round_key) for package in packages}
    aside = Aside.of([package.open_pairs(round_key) for package in packages])
    engine = Engine(packages, round_key, questions, shared_out, aside, progress, family_key)
    tables = engine.run()
    questions.imagine(tables, pairs=agreement.release.method == "suppress")
    return Counted(questions.figures(tables), coverage, engine.joined, questions.atoms(tables))


def check_memory(
    packages: Sequence[Package], agreement: Agreement, *, memory: int | None, workers: int = 1
) -> None:
    """Raises MemoryBudgetError where count would. Opens nothing."""
    plan(packages, _questions(agreement), memory=memory, workers=workers, blocks=None)


def _questions(agreement: Agreement, histories: int | None = None) -> Questions:
    """histories: see Questions."""
    amounts = {s.key: s.value.max for s in agreement.series if s.value}
    frame = Frame(agreement.window, agreement.dimensions, amounts)
    method = agreement.release.method
    owned = {party.name: [series.key for series in party.series] for party in agreement.parties}
    return Questions(
        agreement.measures,
        frame,
        record_keys=method == "cellkey",
        atoms=None if method == "exact" else owned,
        histories=histories,
    )


def _covered(package: Package, round_key: RoundKey) -> int:
    """Per cent of the party's people that could be counted, rounded down; 100 of nobody."""
    summary = package.summary(round_key)
    counted, total = summary.get("people_counted"), summary.get("people_total")
    if not (type(counted) is int and type(total) is int and 0 <= counted <= total):
        raise CoverageError(
            "the summary of {party} does not say how many of its people could be counted", party=package.party
        )
    return 100 * counted // total if total else 100
