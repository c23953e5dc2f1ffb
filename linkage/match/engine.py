"""Blocks counted by workers, tables added: the local engine.

Workers are threads: numpy, hashing and opening release the interpreter's lock, the round key exists once, and
it is the same on every system (docs/decisions/threads-for-workers.md).
"""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Event, Lock
from typing import TYPE_CHECKING

import numpy as np

from linkage.match.aside import SetAside
from linkage.match.join import join
from linkage.match.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keys.family import FamilyKey
    from keys.identity import RoundKey
    from linkage.match.groups import Aside
    from linkage.match.package import Package
    from linkage.match.plan import Plan
    from linkage.match.reader import Piece
    from linkage.measures.figures import People
    from linkage.measures.kinds import Questions
    from linkage.measures.kinds.table import Tables

_LOOK = 0.1
"""Seconds between two looks at the workers; also how soon an interrupt is noticed on every system."""


_LARGE = 16 << 20
"""Bytes. Below the most that the C library takes as an example."""


def _keep_freed_memory() -> None:
    """Let glibc keep what a block frees for the next one, up to twice _LARGE.

    It gives free memory back to the system, unless it has seen larger pieces freed; to get the pages again
    takes as long as to join a block. Means nothing elsewhere, and takes no memory.
    """
    np.empty(_LARGE, np.uint8)


class Engine:
    """Asks the questions of all people of the packages, once."""

    def __init__(
        self,
        packages: Sequence[Package],
        round_key: RoundKey,
        questions: Questions,
        plan: Plan,
        aside: Aside,
        progress: Callable[[int, int], None] | None,
        family_key: FamilyKey | None = None,
    ) -> None:
        """family_key: where the questions ask for record keys."""
        self._packages = packages
        self._round_key = round_key
        self._family_key = family_key
        self._questions = questions
        self._plan = plan
        self._aside = SetAside(aside, len(packages), questions)
        self._progress = progress or (lambda done, total: None)  # noqa: ARG005  named as the callback's
        self._tables = questions.zeros()
        self._adding = Lock()
        self._done = [0] * len(plan.stretches)
        self._stop = Event()

    def run(self) -> Tables:
        """The tables of everybody. Raises what a worker raises, that of the lowest token range first."""
        _keep_freed_memory()
        pool = ThreadPoolExecutor(self._plan.workers)
        try:
            futures = [pool.submit(self._stretch, i) for i in range(len(self._plan.stretches))]
            self._watch(futures)
        finally:
            self._stop.set()
            pool.shutdown(cancel_futures=True)
        for future in futures:
            if not future.cancelled():
                future.result()
        for pieces in self._aside.blocks(self._plan.rows_aside):
            self._questions.add(self._tables, self._joined(pieces))
        return self._tables

    @property
    def joined(self) -> int:
        """People with rows under several numbers, after `run`."""
        return self._aside.joined

    def _watch(self, futures: Sequence[Future[None]]) -> None:
        """Until all are done or one has failed; tells the progress."""
        while True:
            ended = wait(futures, timeout=_LOOK, return_when=FIRST_EXCEPTION)
            self._progress(sum(self._done), 1 << self._plan.blocks)
            if not ended.not_done or any(future.exception() for future in ended.done):
                return

    def _stretch(self, number: int) -> None:
        """Count one stretch of blocks, so far as nobody stops it. Whole numbers add up in any order."""
        readers = [Reader(package, self._round_key) for package in self._packages]
        tables = self._questions.zeros()
        for block in range(*self._plan.stretches[number]):
            if self._stop.is_set():
                return
            self._questions.add(tables, self._people(readers, block))
            self._done[number] += 1
        with self._adding:
            self._tables.add(tables)

    def _people(self, readers: Sequence[Reader], block: int) -> People:
        pieces = [
            self._aside.without(party, piece)
            for party, reader in enumerate(readers)
            for piece in reader.pieces(block, self._plan.blocks)
        ]
        return self._joined(pieces)

    def _joined(self, pieces: Sequence[Piece]) -> People:
        return join(pieces, self._questions, self._family_key)
