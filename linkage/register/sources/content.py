"""Where the bytes of a register come from: a file, or the standard input."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from linkage.register.errors import ChangedError, NoRegisterError

PIPE = "-"
AT_ONCE = 1 << 22


class Content(Protocol):
    """Where bytes come from. file: the name for messages; size: 0 where nobody knows."""

    file: str
    size: int
    again: bool

    def open(self) -> BinaryIO:
        """The bytes from the beginning; more than once only where `again`."""
        ...

    def check(self, count: int, *, ended: bool) -> None:
        """So many bytes were read. Raises ChangedError where the file is not what it was."""
        ...


class InFile:
    """The bytes of a file."""

    again = True

    def __init__(self, path: Path, file: str) -> None:
        """Raises NoRegisterError."""
        self.file = file
        self.path = path
        with self.open() as stream:
            self._stamp = self._now(stream)
        self.size = self._stamp[0]

    def open(self) -> BinaryIO:
        """As Content.open. Raises NoRegisterError."""
        try:
            if not stat.S_ISREG(self.path.stat().st_mode):  # opening a pipe would wait for ever
                raise NoRegisterError(
                    "not a file: {file}", file=self.file, hint="save the register in a file"
                )
            return self.path.open("rb")
        except FileNotFoundError:
            raise NoRegisterError("no such register: {file}", file=self.file) from None
        except OSError as error:
            raise _unreadable(self.file, error) from None

    @staticmethod
    def _now(stream: BinaryIO) -> tuple[int, int]:
        facts = os.fstat(stream.fileno())
        return facts.st_size, facts.st_mtime_ns

    def check(self, count: int, *, ended: bool) -> None:
        """As Content.check: a file that grows is half of what it will be."""
        if count > self.size or (ended and count != self.size):
            raise ChangedError("the file changes while it is read: {file}", file=self.file)
        if ended:
            with self.open() as stream:
                if self._now(stream) != self._stamp:
                    raise ChangedError("the file changes while it is read: {file}", file=self.file)


class InPipe:
    """The bytes of the standard input: they come once."""

    again = False
    size = 0
    file = PIPE

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream
        self._head = b""

    def head(self, size: int) -> bytes:
        """The first bytes; open() gives them too."""
        self._stream = self._stream or sys.stdin.buffer
        self._head = read(cast("BinaryIO", self._stream), size, PIPE)
        return self._head

    def open(self) -> BinaryIO:
        """As Content.open."""
        return cast("BinaryIO", _Chained(self._head, cast("BinaryIO", self._stream)))

    def check(self, count: int, *, ended: bool) -> None:
        """As Content.check: a pipe has no size to hold it to."""


class _Chained:
    """Bytes that were read already, and then the rest of a stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def __enter__(self) -> _Chained:
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever opened the stream closes it."""

    def read(self, size: int) -> bytes:
        """The next bytes."""
        return self._head.read(size) or self._rest.read(size)


def read(stream: BinaryIO, size: int, file: str) -> bytes:
    """The next bytes. Raises NoRegisterError."""
    try:
        return stream.read(size)
    except OSError as error:
        raise _unreadable(file, error) from None


def blocks(content: Content) -> Iterator[bytes]:
    """All bytes, in blocks."""
    with content.open() as stream:
        while data := read(stream, AT_ONCE, content.file):
            yield data


def _unreadable(file: str, error: OSError) -> NoRegisterError:
    return NoRegisterError("cannot be read ({reason}): {file}", reason=error.strerror, file=file)
