"""HMACs of many people on all cores: processes, because Python's lock does not let go for so short a hash.

Started as on Windows, by a new interpreter that inherits nothing. A worker's key and identifiers reach it
through its own pipe, never by arguments, environment or files, and what it sends back are tokens. A worker
that does not start, or that dies, leaves its piece to the others, and the last pieces to this process: the
result is the same.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from keys.primitives import hmac_column

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from linkage.identifiers import Canonical, Identifiers

_Piece: TypeAlias = tuple[int, int]

MANY = 2_000_000  # identifiers; below it, starting workers costs more than they save
_AT_ONCE = 1 << 17  # identifiers that a worker has at a time: bounds memory
_MOST = 8
_WHOLE = 32  # bytes of an HMAC


def cores() -> int:
    """How many processes can work at a time; one where no worker may be started."""
    if multiprocessing.current_process().daemon:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def column(key: bytes, prefix: bytes, identifiers: Identifiers, size: int, workers: int) -> bytearray:
    """HMAC-SHA256 of prefix and identifier, the first `size` bytes of each, in the identifiers' order.

    workers: how many processes beside this one; 0: it does all itself.
    """
    n = len(identifiers)
    out = bytearray(n * size)
    todo = [(start, min(start + _AT_ONCE, n)) for start in range(0, n, _AT_ONCE)][::-1]
    with contextlib.closing(_Workers(key, prefix, size, min(workers, _MOST, len(todo)))) as team:
        while todo or team.busy:
            team.give(todo, identifiers)
            if not team.busy:  # nobody is left
                break
            for (start, stop), done in team.take(todo):
                out[start * size : stop * size] = done
    for start, stop in todo:
        out[start * size : stop * size] = _made(key, prefix, identifiers.some(start, stop), size)
    return out


def _made(key: bytes, prefix: bytes, values: Canonical, size: int) -> bytes:
    """Of one piece. Cutting all at once is much faster than one by one."""
    whole = np.frombuffer(hmac_column(key, values.tolist(), _WHOLE, prefix), np.uint8)
    return whole.reshape(-1, _WHOLE)[:, :size].tobytes()


class _Workers:
    """Processes, each with its pipe, and the piece that it is at."""

    def __init__(self, key: bytes, prefix: bytes, size: int, count: int) -> None:
        self.busy: dict[Connection, _Piece] = {}
        self._free: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for _ in range(count):
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs,), daemon=True)
            try:
                process.start()
                ours.send((key, prefix, size))
            except OSError:
                ours.close()
            else:
                self._processes.append(process)
                self._free.append(ours)
            finally:
                theirs.close()

    def give(self, todo: list[_Piece], identifiers: Identifiers) -> None:
        """A piece to everybody who is free."""
        while todo and self._free:
            pipe, piece = self._free.pop(), todo.pop()
            values = identifiers.some(*piece)
            try:
                pipe.send(values.dtype.str)
                pipe.send_bytes(values.tobytes())
                self.busy[pipe] = piece
            except OSError:
                self._lose(pipe, piece, todo)

    def take(self, todo: list[_Piece]) -> Iterator[tuple[_Piece, bytes]]:
        """What is done; waits for the first. A piece of somebody who is gone is to be done again."""
        for pipe in cast("list[Connection]", wait(list(self.busy))):
            piece = self.busy.pop(pipe)
            try:
                done = pipe.recv_bytes()
            except (EOFError, OSError):
                self._lose(pipe, piece, todo)
            else:
                self._free.append(pipe)
                yield piece, done

    @staticmethod
    def _lose(pipe: Connection, piece: _Piece, todo: list[_Piece]) -> None:
        pipe.close()
        todo.append(piece)

    def close(self) -> None:
        """Ends all workers."""
        for pipe in (*self._free, *self.busy):
            pipe.close()
        for process in self._processes:
            process.terminate()
            process.join()


def _work(pipe: Connection) -> None:
    """A worker: pieces until the pipe is closed. An interrupt is the parent's, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        key, prefix, size = pipe.recv()
        while True:
            form = np.dtype(pipe.recv())
            values = np.frombuffer(pipe.recv_bytes(), form)
            pipe.send_bytes(_made(key, prefix, values, size))
