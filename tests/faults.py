"""Striking at a chosen step: every place where a flow leaves something behind is a point to be killed at.

Points: before and after each move, removal and new folder, each commit of a database; where room runs out,
each new folder and each sync of a file; where it is looked at closely, each sync, and every few steps of what
SQLite does inside a transaction that writes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy.engine.default import DefaultDialect

from linkage.ledger import database

PATHS = ("replace", "rename", "unlink", "mkdir", "rmdir")


class Points:
    """Counts points; at number `at`, from 1, it strikes. at 0: never."""

    def __init__(self, at: int = 0, strike: Callable[[], None] = lambda: None) -> None:
        self.at, self.strike, self.passed = at, strike, 0

    def reach(self) -> None:
        """One point."""
        self.passed += 1
        if self.passed == self.at:
            self.strike()


@contextlib.contextmanager
def watched(points: Points, *, after: bool = True, room: bool = False, closely: int = 0) -> Iterator[Points]:
    """Count everything lasting that is done in the block.

    after: also once it is done. room: only what needs room on the disk of files. closely: so many steps of
    SQLite to a point; 0: none.
    """

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            if getattr(args[-1], "total_changes", 1) == 0:
                return real(*args, **kwargs)  # a transaction that only read
            points.reach()
            result = real(*args, **kwargs)
            if after:
                points.reach()
            return result

        return step

    careful = database._careful

    def careless(connection: sqlite3.Connection, record: object) -> None:
        careful(connection, record)
        connection.execute("PRAGMA synchronous = OFF")
        if closely:  # a step of reading leaves nothing behind
            connection.set_progress_handler(
                lambda: points.reach() if connection.total_changes else None, closely
            )

    with pytest.MonkeyPatch.context() as patch:
        for name in ("mkdir",) if room else PATHS:
            patch.setattr(Path, name, around(getattr(Path, name)))
        # a process that is killed loses nothing that it wrote; only losing power asks for the real thing
        patch.setattr(os, "fsync", around(lambda _: None) if room or closely else lambda _: None)
        patch.setattr(database, "_careful", careless)
        if not room:
            patch.setattr(DefaultDialect, "do_commit", around(DefaultDialect.do_commit))
        yield points


def interrupt() -> NoReturn:
    """Ctrl-C."""
    raise KeyboardInterrupt


def full_disk() -> NoReturn:
    """What the system says when there is no room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def killed(work: Callable[[], object], at: int, *, closely: int = 0) -> bool:
    """Do the work in a process of its own and kill it at point `at`; False where it ended before that.

    POSIX only: the process is a fork, so that it need not import everything again.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pytest may have threads; the child uses none
        child = os.fork()
    if child == 0:
        try:
            # dead after a step is dead before the next one
            points = Points(at, lambda: os.kill(os.getpid(), signal.SIGKILL))
            with watched(points, after=False, closely=closely):
                work()
        except BaseException:  # the child may not return into the test
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work failed before it was killed"
    return os.WIFSIGNALED(status)
