"""How the people are cut into blocks, and the blocks shared out among the workers. Never changes a figure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from linkage.match.errors import MemoryBudgetError
from linkage.package.pairs import fitting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.match.package import Package
    from linkage.measures.kinds import Questions

_FEW = 1024
"""Rows of a block below which still smaller blocks save no memory worth their time."""
_STRETCHES = 8
"""Stretches per worker: enough that no worker waits long for the last, and few parts are opened twice."""
_ASIDE = 1 << 16
"""Rows that were set aside and are counted at a time: more of them save no time worth their memory."""
_PAIR = 1000
"""Bytes per pair: tokens, their words and places, and the group while it is found in plain Python."""
_JOIN = 56
"""Bytes per row while a block is joined: its token's words, unsorted and sorted, and its person."""
_SEEDS = 20
"""Bytes per row while seeds become record keys: a block of each, and the word of it that is kept."""
_WORDS = 16
"""Bytes per row of an open part beside its columns."""


@dataclass(frozen=True)
class Plan:
    """2**blocks blocks; stretches: (first, last excluded) of the blocks that one worker counts in a row.

    rows_aside: about how many of the rows that were set aside are counted at a time.
    """

    blocks: int
    workers: int
    stretches: tuple[tuple[int, int], ...]
    rows_aside: int


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
        pairs = _pairs(packages)
        while pairs + workers * _bytes(packages, questions, log) > memory and _rows(packages, log) > _FEW:
            log += 1
        needed = pairs + workers * _bytes(packages, questions, log)
        if needed > memory:
            raise MemoryBudgetError(
                "{memory} MB of memory are too little: {workers} workers need {needed} MB",
                memory=memory // 1_000_000,
                needed=-(-needed // 1_000_000),
                workers=workers,
            )
    return Plan(
        log, workers, _stretches(1 << log, workers), max(_FEW, min(_ASIDE, int(_rows(packages, log))))
    )


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
    return package.size // (package.pairs + (1 << package.ranges) + 1)


def _pairs(packages: Sequence[Package]) -> int:
    """Bytes of all pairs that the packages can hold, and of the rows that are set aside for them."""
    pairs = sum(p.pairs * fitting(_part(p)) for p in packages)
    rows = 2 * pairs * sum(p.layout.row_bytes + _WORDS for p in packages)
    return pairs * _PAIR + rows


def _rows(packages: Sequence[Package], log: int) -> float:
    """The most rows that a block is likely to hold: tokens are uniformly random."""
    return sum(p.layout.rows_in(_part(p)) * 2.0 ** (p.ranges - log) for p in packages)


def _bytes(packages: Sequence[Package], questions: Questions, log: int) -> int:
    """Bytes that one worker needs at most: parts while they are opened, what is open, and one block.

    An open part is there as it was opened, and as columns that are aligned.
    """
    opened = 0.0
    any_pairs = any(p.pairs for p in packages)  # then a block is copied without what is set aside
    for p in packages:
        parts = 2.0 ** max(0, p.ranges - log)
        columns = _part(p) * (2 + any_pairs) + p.layout.rows_in(_part(p)) * _WORDS
        opened += parts * columns
    opening = 2 * max(_part(p) for p in packages)  # sealed and open at a time
    rows = _rows(packages, log)
    joining = _JOIN + (_SEEDS if questions.record_keys else 0)
    return int(opening + opened + rows * joining) + questions.bytes_of_block(rows)
