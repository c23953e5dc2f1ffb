"""One thing after the other beside the main thread: hashing a whole file while its parts are made."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Background(Generic[T]):
    """Calls `work` on each value, in order, in a thread of its own, at most one value behind.

    hashlib lets other threads run while it works, so a second core takes the slowest hash off the way.
    """

    def __init__(self, work: Callable[[T], object]) -> None:
        self._work = work
        self._pool = ThreadPoolExecutor(1)
        self._last: Future[object] | None = None

    def __enter__(self) -> Self:
        return self

    def do(self, value: T) -> None:
        """Hand over the next value; waits for the one before it. Raises what `work` raised on that one."""
        self._wait()
        self._last = self._pool.submit(self._work, value)

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._wait()
        finally:
            self._pool.shutdown()
