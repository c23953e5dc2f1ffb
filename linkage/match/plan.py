"""How the people are cut into blocks, and the blocks shared out among the workers. Never changes a figure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from linkage.match.errors import MemoryBudgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.match.package import Package
    from linkage.measures.kinds import Questions

_FEW = 1024
"""Rows of a block below which still smaller blocks save no memory worth their time."""
_STRETCHES = 8
"""Stretches per worker: enough that no worker waits long for the last, and few parts are opened twice."""
_JOIN = 56
"""Bytes per row while a block is joined: its token's words, unsorted and sorted, and its person."""
_WORDS = 16
"""Bytes per row of an open part beside its columns."""


@dataclass(frozen=True)
class Plan:
    """2**blocks blocks; stretches: (first, last excluded) of the blocks that one worker counts in a row."""

    blocks: int
    workers: int
    stretches: tuple[tuple[int, int], ...]


def plan(
    packages: Sequence[Package], questions: Questions, *, memory: int | None, workers: int, blocks: int | None
) -> Plan:
    """memory: bytes for all workers together. blocks: their number, a power of two, where it is prescribed.

    Raises MemoryBudgetError where one part of each package is too much already.
    """
    if workers < 1:
        raise ValueError("no workers")
    finest = max((p.ranges for p in packages), default=0)
    log = finest if blocks is None else _log2(blocks)
    if blocks is None and memory is not None:
        while workers * _bytes(packages, questions, log) > memory and _rows(packages, log) > _FEW:
            log += 1
        needed = workers * _bytes(packages, questions, log)
        if needed > memory:
            raise MemoryBudgetError(
                "{memory} MB of memory are too little: {workers} workers need {needed} MB",
                memory=memory // 1_000_000,
                needed=-(-needed // 1_000_000),
                workers=workers,
            )
    return Plan(log, workers, _stretches(1 << log, workers))


def _log2(blocks: int) -> int:
    if blocks < 1 or blocks & blocks - 1:
        raise ValueError("the number of blocks is a power of two")
    return blocks.bit_length() - 1


def _stretches(blocks: int, workers: int) -> tuple[tuple[int, int], ...]:
    count = min(blocks, workers * _STRETCHES if workers > 1 else 1)
    ends = [blocks * i // count for i in range(count + 1)]
    return tuple(pairwise(ends))


def _part(package: Package) -> int:
    """Bytes of one part: all are padded to the same, and the summary is one too."""
    return package.size // ((1 << package.ranges) + 1)


def _rows(packages: Sequence[Package], log: int) -> float:
    """The most rows that a block is likely to hold: tokens are uniformly random."""
    return sum(p.layout.rows_in(_part(p)) * 2.0 ** (p.ranges - log) for p in packages)


def _bytes(packages: Sequence[Package], questions: Questions, log: int) -> int:
    """Bytes that one worker needs at most: parts while they are opened, what is open, and one block."""
    opened = 0.0
    for p in packages:
        parts = 2.0 ** max(0, p.ranges - log)
        columns = _part(p) + p.layout.rows_in(_part(p)) * _WORDS
        opened += parts * columns
    opening = 2 * max(_part(p) for p in packages)  # sealed and open at a time
    return int(opening + opened + _rows(packages, log) * (_JOIN + questions.bytes_per_person))
