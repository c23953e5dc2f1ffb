"""CSV as a stream of batches of columns, each with the number of its first record.

Everything that pyarrow passes over in silence, or tells with a row's contents, is caught here: NUL bytes,
text that is not UTF-8 in any column, records with too many or too few columns, a quotation mark that is never
closed. Its own errors hold cells, so they are replaced and never chained, not even as a context.
"""

from __future__ import annotations

import codecs
import csv
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NoReturn

import pyarrow as pa
import pyarrow.csv

from linkage.register.errors import EmptyError, EncodingError, NoRegisterError, NotTextError, RecordError
from linkage.register.sources.batch import Batch, Columns, Head, Seen
from linkage.register.sources.header import BOM, HEAD, look

BLOCK = 1 << 22  # bytes read at a time; no record is longer


def open_file(path: Path, file: str) -> BinaryIO:
    """The file's bytes. file: its name for messages. Raises NoRegisterError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise NoRegisterError("not a file: {file}", file=file, hint="save the register in a file")
        return path.open("rb")
    except FileNotFoundError:
        raise NoRegisterError("no such register: {file}", file=file) from None
    except OSError as error:
        raise NoRegisterError("cannot be read ({reason}): {file}", reason=error.strerror, file=file) from None


class CsvReader:
    """A CSV file."""

    def __init__(self, path: Path, file: str, head: Head, size: int) -> None:
        self.head = head
        self.size = size
        self._path = path
        self._file = file

    def batches(self, columns: Columns, seen: Seen) -> Iterator[Batch]:
        """As Reader.batches. Raises EmptyError, NotTextError, EncodingError, RecordError."""
        return _batches(self._path, self.head, columns, self._file, seen)


def open_csv(path: Path, file: str, needed: tuple[str, ...]) -> CsvReader:
    """A file that has all columns that are needed. Raises what `header.look` raises."""
    with open_file(path, file) as stream:
        size = os.fstat(stream.fileno()).st_size
        return CsvReader(path, file, look(_read(stream, HEAD, file), needed, file), size)


def _batches(path: Path, header: Head, columns: Columns, file: str, seen: Seen) -> Iterator[Batch]:
    fault, said = None, None
    reading = _Reading(header)
    with open_file(path, file) as stream:
        watched = _Watched(stream, reading.last_record(), seen, file)
        try:
            yield from reading.rows(watched, columns)
        except _Fault as found:
            fault = found
        except pa.ArrowInvalid as error:
            said = str(error)
    if fault is not None:
        _refuse(fault, _record_at(path, fault.offset, header.delimiter), file)
    if said is not None:
        reading.refuse(said, file)
    reading.refuse_what_is_unfinished(file)


def _refuse(fault: _Fault, record: int, file: str) -> NoReturn:
    if fault.nul:
        raise NotTextError(
            "a NUL byte, so this is no text: {file}, about record {record}", file=file, record=record
        )
    raise EncodingError("not UTF-8: {file}, record {record}", file=file, record=record)


def _read(stream: BinaryIO, size: int, file: str) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise NoRegisterError("cannot be read ({reason}): {file}", reason=error.strerror, file=file) from None


class _Fault(Exception):  # noqa: N818 - never leaves this module
    """Something in the bytes that no text has, and where."""

    def __init__(self, offset: int, *, nul: bool) -> None:
        self.offset = offset
        self.nul = nul


class _Watched:
    """The file's bytes on their way to pyarrow, looked at, with a known last record after them."""

    closed = False

    def __init__(self, stream: BinaryIO, end: bytes, seen: Seen, file: str) -> None:
        self._stream = stream
        self._rest = b"\n" + end + b"\n"
        self._seen = seen
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._offset = 0
        self._begun = False

    def readable(self) -> bool:
        """Asked by pyarrow."""
        return True

    def close(self) -> None:
        """Asked by pyarrow; whoever opened the file closes it."""

    def read(self, size: int) -> bytes:
        """The next bytes; empty at the end. Raises _Fault."""
        while data := _read(self._stream, size, self._file):
            self._look(data)
            self._seen(len(data))
            if not self._begun:  # blank lines in front of the header are none of pyarrow's rows
                data = data.removeprefix(BOM).lstrip(b"\r\n")
            if data:
                self._begun = True
                return data
        self._look(b"")
        rest, self._rest = self._rest, b""
        return rest

    def _look(self, data: bytes) -> None:
        if (place := data.find(b"\0")) >= 0:
            raise _Fault(self._offset + place, nul=True)
        kept, wrong = len(self._decoder.getstate()[0]), None
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:  # it holds the bytes: it must not become a context
            wrong = error.start
        if wrong is not None:
            raise _Fault(self._offset - kept + wrong, nul=False)
        self._offset += len(data)


class _Reading:
    """One pass of pyarrow over a file, counting records."""

    def __init__(self, header: Head) -> None:
        self._header = header
        self._last = secrets.token_hex(16)
        self._rows = 0
        self._ended = False
        self._ragged: tuple[int, int] | None = None

    def last_record(self) -> bytes:
        """A record that no register has: if it does not come out again, a quotation mark swallowed it."""
        return self._header.delimiter.join([self._last] * len(self._header.names)).encode()

    def rows(self, stream: _Watched, wanted: Columns) -> Iterator[Batch]:
        """Batches without the last record; raises what pyarrow raises."""
        columns = {name: str(self._header.index(name)) for name in wanted.all}
        types = {columns[name]: pa.string() for name in wanted.all}
        types |= {columns[name]: _CODED for name in wanted.coded if name not in wanted.texts}
        reader = pa.csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            read_options=pa.csv.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                column_names=[str(place) for place in range(len(self._header.names))],
                skip_rows_after_names=1,
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=self._header.delimiter, newlines_in_values=True, invalid_row_handler=self._note
            ),
            convert_options=pa.csv.ConvertOptions(
                include_columns=list(dict.fromkeys(columns.values())),
                column_types=types,
                strings_can_be_null=False,
            ),
        )
        for record_batch in reader:
            yield from self._batch(record_batch, columns, wanted)

    def _batch(self, rows: pa.RecordBatch, columns: Mapping[str, str], wanted: Columns) -> Iterator[Batch]:
        n = rows.num_rows
        if not n:
            return
        if rows.column(0)[n - 1].as_py() == self._last:
            self._ended, n = True, n - 1
        first = self._rows + 2
        self._rows += n
        if n:
            kept = rows.slice(0, n)
            texts = {name: kept.column(columns[name]) for name in wanted.texts}
            coded = {name: kept.column(columns[name]) for name in wanted.coded}
            coded |= {name: texts[name].dictionary_encode() for name in coded if name in texts}
            yield Batch(first, n, texts, coded)

    def _note(self, row: pa.csv.InvalidRow) -> str:
        """Keep the numbers of a ragged record, and nothing of what it holds."""
        self._ragged = (row.number or self._rows + 2, row.actual_columns)
        return "error"

    def refuse(self, said: str, file: str) -> NoReturn:
        """Raise what pyarrow found, in our own words."""
        if self._ragged:
            record, found = self._ragged
            raise RecordError(
                "columns: {found}, in the header {expected}: {file}, record {record}",
                found=found,
                expected=len(self._header.names),
                file=file,
                record=record,
            )
        if "straddling" in said:
            raise RecordError(
                "longer than {limit} bytes, or a quotation mark is not closed: {file}, after record {record}",
                limit=BLOCK,
                file=file,
                record=self._rows + 1,
            )
        raise RecordError(
            "cannot be read as CSV: {file}, after record {record}", file=file, record=self._rows + 1
        )

    def refuse_what_is_unfinished(self, file: str) -> None:
        """Raise where the last record did not come out alone, or where there was no other."""
        if not self._ended:
            raise RecordError(
                "a quotation mark is not closed: {file}, record {record}", file=file, record=self._rows + 1
            )
        if not self._rows:
            raise EmptyError("no record after the header: {file}", file=file)


_CODED = pa.dictionary(pa.int32(), pa.string())


def _record_at(path: Path, offset: int, delimiter: str) -> int:
    """Number of the record that the byte at the offset lies in: slow, and only for a message."""

    def lines() -> Iterator[str]:
        place = 0
        with path.open("rb") as stream:
            for line in stream:
                place += len(line)
                yield line.decode("latin-1").replace("\0", " ")
                if place > offset:
                    return

    records = 0
    try:
        for row in csv.reader(lines(), delimiter=delimiter):
            records += bool(row)
    except csv.Error:
        records += 1
    return records
