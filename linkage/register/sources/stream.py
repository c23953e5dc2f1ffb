"""The bytes of a CSV on their way to pyarrow: made UTF-8, looked at, with a known end."""

from __future__ import annotations

import codecs
import csv
import io
from typing import BinaryIO, NoReturn, cast

import numpy as np

from linkage.register.errors import EncodingError, NotTextError
from linkage.register.sources.batch import Seen
from linkage.register.sources.content import AT_ONCE, Content, read

_FEEDS = b"\r\n"
_LEAST = 1 << 12


class Fault(Exception):  # noqa: N818 - never leaves the reading of CSV
    """Something in the bytes that no text has, and where among the bytes of the file."""

    def __init__(self, offset: int, *, nul: bool) -> None:
        self.offset = offset
        self.nul = nul

    def refuse(self, content: Content, encoding: str, delimiter: str, known: int) -> NoReturn:
        """Raise it in words. known: number of a record not far before it."""
        record = known
        if content.again:
            record = _record_at(content, self.offset, encoding, delimiter)
        if self.nul:
            raise NotTextError(
                "a NUL byte, so this is no text: {file}, about record {record}",
                file=content.file,
                record=record,
            )
        raise EncodingError(
            "not {encoding}: {file}, record {record}"
            if content.again
            else "not {encoding}: {file}, after record {record}",
            encoding=shown(encoding),
            file=content.file,
            record=record,
        )


def shown(encoding: str) -> str:
    """The name of an encoding as people write it."""
    return "UTF-8" if encoding in ("utf-8", "utf-8-sig") else encoding


def _record_at(content: Content, offset: int, encoding: str, delimiter: str) -> int:
    """Number of the record that the byte at the offset lies in: slow, and only for a message."""
    records = 0
    with content.open() as stream:
        start = io.BytesIO(stream.read(offset + 1)) if offset < AT_ONCE else _Start(stream, offset + 1)
        text = io.TextIOWrapper(cast("BinaryIO", start), encoding, errors="replace", newline="")
        try:
            for row in csv.reader((line.replace("\0", " ") for line in text), delimiter=delimiter):
                records += bool(row)
        except csv.Error:
            records += 1
    return records


class _Start(io.RawIOBase):
    """The first bytes of a stream."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io hands over
        data = self._stream.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


class Watched:
    """Bytes on their way to pyarrow: UTF-8, without blank lines in front, with a known record after them."""

    closed = False

    def __init__(self, content: Content, stream: BinaryIO, encoding: str, end: bytes, seen: Seen) -> None:
        self._content = content
        self._stream = stream
        self._end = b"\n" + end + b"\n"
        self._seen = seen
        self._encoding = encoding
        self._plain = encoding in ("utf-8", "utf-8-sig")
        self._decoder = codecs.getincrementaldecoder("utf-8" if self._plain else encoding)()
        self._offset = 0
        self._begun = False
        self._ended = False
        self._held = b""

    def readable(self) -> bool:
        """Asked by pyarrow."""
        return True

    def close(self) -> None:
        """Asked by pyarrow; whoever opened the file closes it."""

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; empty at the end. Raises Fault, ChangedError, NoRegisterError."""
        parts, have = [self._held], len(self._held)
        while have < size and not self._ended:  # short blocks would cut records in two
            parts.append(self._next(size - have))
            have += len(parts[-1])
        text = b"".join(parts)
        self._held = text[size:]
        return text[:size]

    def _next(self, size: int) -> bytes:
        data = read(self._stream, min(max(size, _LEAST), AT_ONCE), self._content.file)
        text = self._text(data)
        self._offset += len(data)
        self._content.check(self._offset, ended=not data)
        self._seen(len(data))
        if not self._begun:  # blank lines in front of the header are none of pyarrow's rows
            text = text.removeprefix(codecs.BOM_UTF8).lstrip(_FEEDS)
        self._begun = self._begun or bool(text)
        self._ended = not data
        return text if data else text + self._end

    def _text(self, data: bytes) -> bytes:
        """UTF-8 of the next bytes. Raises Fault."""
        if self._encoding == "cp1252" and _is_latin_1(data):
            text = data.decode("latin-1").encode()  # ten times as fast, and the same
        elif self._plain and data.isascii() and not self._decoder.getstate()[0]:
            text = data
        else:
            text = self._decoded(data)
        if (place := text.find(b"\0")) >= 0:
            exact = place if len(text) == len(data) else 0
            raise Fault(self._offset + exact, nul=True)
        return text

    def _decoded(self, data: bytes) -> bytes:
        kept, wrong = len(self._decoder.getstate()[0]), None
        decoded = ""
        try:
            decoded = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:  # it holds the bytes: it must not become a context
            wrong = error.start
        if wrong is not None:
            raise Fault(self._offset - kept + wrong, nul=False)
        return data if self._plain else decoded.encode("utf-8", "surrogatepass")


def _is_latin_1(data: bytes) -> bool:
    """Whether Windows and Latin-1 agree on these bytes: they differ from 128 to 159."""
    return data.isascii() or not ((np.frombuffer(data, np.uint8) - np.uint8(128)) < 32).any()
