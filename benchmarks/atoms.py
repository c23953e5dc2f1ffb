"""What the atoms of a round cost, beside its tables: CPU time, memory, and how many there are.

    python benchmarks/atoms.py                    # the demos; then 1 M people, 15 measures, 13 stretches

Counts blocks in memory, so that neither keys nor files are measured: each figure is CPU time of one core.
Target: fifteen measures of a million people in 3 s. figures: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import tempfile
import time
import tracemalloc
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import numpy.typing as npt

from benchmarks.measures import MOST, Asked, dimensions_of, window_of
from linkage.agreement.model import Series
from linkage.commands import demo
from linkage.measures.figures import People
from linkage.measures.joint import Joint
from linkage.measures.kinds import Questions
from linkage.measures.model import Frame
from linkage.synthetic.demos import DEMOS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from linkage.agreement.model import Agreement
    from linkage.measures.atoms import Atoms
    from linkage.measures.packed import Found

MEASURES = 15
MONTHS = 12
BLOCK = 1 << 17
TARGET = 3.0
"""Seconds of CPU for a million people."""


@dataclass
class Cost:
    """Seconds of CPU, people, and the atoms that they make."""

    seconds: float = 0.0
    people: int = 0
    atoms: Atoms | None = None

    def line(self, what: str) -> str:
        assert self.atoms
        several = [len(stretch) for stretch in self.atoms.stretches]
        told = f"{self.people:,} people, {len(several)} stretches, {max(several):,} atoms at most"
        return f"{what:<26} {self.seconds:6.2f} s of CPU   {told}"


class Timed(Joint):
    """Tells what it costs."""

    cost = Cost()

    def add(self, found: Sequence[Found], people: People) -> None:
        start = time.thread_time()
        super().add(found, people)
        type(self).cost.seconds += time.thread_time() - start
        type(self).cost.people += people.n

    def atoms(self, found: Sequence[Found]) -> Atoms:
        start = time.thread_time()
        atoms = super().atoms(found)
        type(self).cost.seconds += time.thread_time() - start
        type(self).cost.atoms = atoms
        return atoms


# -- the demos --------------------------------------------------------------------------------------------


def of_demo(name: str) -> Cost:
    """The round of a demo, as if its method protected something."""
    Timed.cost = Cost()
    counting = importlib.import_module("linkage.match.count")  # the package gives its name to a function
    plain: Callable[[Agreement], Questions] = counting._questions

    def protected(agreement: Agreement) -> Questions:
        return plain(replace(agreement, release=replace(agreement.release, method="suppress")))

    with (
        tempfile.TemporaryDirectory() as folder,
        patch("linkage.measures.kinds.Joint", Timed),
        patch.object(counting, "_questions", protected),
    ):
        demo.demo(name, Path(folder) / "demo", method="exact")
    return Timed.cost


# -- many people ------------------------------------------------------------------------------------------


def asked() -> Questions:
    """Fifteen measures of two parties with ten series each."""
    series = [Series(party, f"s{i}", f"s{i}") for party in "ab" for i in range(10)]
    window = window_of(MONTHS)
    frame = Frame(window, dimensions_of(window), {"a.s9": MOST})
    measures = Asked(window, [s for s in series if s.key != "a.s9"]).all()[:MEASURES]
    owned = {party: [s.key for s in series if s.party == party] for party in "ab"}
    return Questions(measures, frame, atoms=owned)


def some_people(n: int, questions: Questions, there: float, random: np.random.Generator) -> People:
    """Everybody at one party or both, and in each of its series with the chance `there`."""
    in_a = random.random(n) < 0.7
    members = {"a": in_a, "b": ~in_a | (random.random(n) < 0.4)}

    def bits(key: str) -> npt.NDArray[np.unsignedinteger]:
        start, length = random.integers(0, MONTHS, (2, n), np.uint16)
        stay = (np.uint16(2) << length) - np.uint16(1) << start & np.uint16(questions.frame.window.full)
        return np.asarray(stay * (members[key[0]] & (random.random(n) < there)), np.uint16)

    sex, age = random.integers(1, 3, n).astype(np.uint8), random.integers(0, 3, n).astype(np.uint8)
    amounts = {key: np.zeros((n, MONTHS), np.uint32) for key in questions.amounts}
    return People(n, {key: bits(key) for key in sorted(questions.series)}, sex, age, amounts, None, members)


def of_many(people: int, there: float) -> Cost:
    Timed.cost = Cost()
    random = np.random.default_rng(1)
    with patch("linkage.measures.kinds.Joint", Timed):
        questions = asked()
        tables = questions.zeros()
        for _ in range(0, people, BLOCK):
            questions.add(tables, some_people(min(BLOCK, people), questions, there, random))
        questions.atoms(tables)
    return Timed.cost


def memory(there: float) -> tuple[int, int]:
    """Bytes that the atoms of one block take at most, and what the plan reckons with."""
    questions = asked()
    joint, tables = questions._joint, questions.zeros()
    assert joint
    people = some_people(BLOCK, questions, there, np.random.default_rng(1))
    tracemalloc.start()
    joint.add(tables.found, people)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, joint.bytes_of_block(BLOCK)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--people", type=int, default=1_000_000)
    given = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", end="")
    print(f", numpy {np.__version__}")
    for name in DEMOS:
        print(of_demo(name).line(name), flush=True)
    limit = TARGET * given.people / 1_000_000
    for there in (0.02, 0.15):
        cost = of_many(given.people, there)
        what = f"{MEASURES} measures, {there:.0%} in each"
        print(cost.line(what), f"  <= {limit:.3g} s", "yes" if cost.seconds <= limit else "NO")
        taken, planned = memory(there)
        print(f"  a block of {BLOCK:,}: {taken / 1e6:.1f} MB, planned {planned / 1e6:.1f} MB", end="")
        print("   yes" if taken <= planned else "   NO", flush=True)


if __name__ == "__main__":
    main()
