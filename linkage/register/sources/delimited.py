"""CSV as a stream of batches of columns, each with the number of its first record.

Everything that pyarrow passes over in silence, or tells with a row's contents, is caught here: NUL bytes,
text that is not UTF-8 in any column, records with too many or too few columns, a quotation mark that is never
closed. Its own errors hold cells, so they are replaced and never chained, not even as a context.
"""

from __future__ import annotations

import codecs
import secrets
from collections.abc import Iterator, Mapping
from typing import NoReturn

import pyarrow as pa
import pyarrow.csv

from linkage.register.errors import EmptyError, EncodingError, NotTextError, RecordError
from linkage.register.sources import encoding as encodings
from linkage.register.sources.batch import Batch, Columns, Head, Origin, Seen
from linkage.register.sources.content import Content, blocks
from linkage.register.sources.header import HEAD, look
from linkage.register.sources.stream import Fault, Watched
from linkage.register.sources.table import without_headers

BLOCK = 1 << 22  # bytes read at a time; no record is longer


class CsvReader:
    """A CSV, in a file or from a pipe."""

    def __init__(self, content: Content, head: Head) -> None:
        self.head = head
        self.size = content.size
        self._content = content

    def batches(self, columns: Columns, seen: Seen) -> Iterator[Batch]:
        """As Reader.batches. Raises EmptyError, NotTextError, EncodingError, RecordError, ChangedError."""
        content, head = self._content, self.head
        fault, said = None, None
        reading = _Reading(head, content.file)
        with content.open() as stream:
            watched = Watched(content, stream, head.encoding, reading.last_record(), seen)
            try:
                yield from without_headers(reading.rows(watched, columns), columns, content.file)
            except Fault as found:
                fault = found
            except pa.ArrowInvalid as error:
                said = str(error)
        if fault is not None:
            fault.refuse(content, head.encoding, head.delimiter, reading.records)
        if said is not None:
            reading.refuse(said)
        reading.refuse_what_is_unfinished()


def open_csv(content: Content, head: bytes, origin: Origin, needed: tuple[str, ...]) -> CsvReader:
    """A CSV that has all columns that are needed. head: its first HEAD bytes.

    Raises EmptyError, NotTextError, EncodingError, HeaderError, ColumnError.
    """
    encoding = _encoding(content, head, origin)
    decoder = codecs.getincrementaldecoder(encoding)("replace" if "utf-16" in encoding else "surrogateescape")
    text = decoder.decode(head).removeprefix("\ufeff")
    if "\0" in text:
        raise NotTextError(
            "a NUL byte, so this is no text: {file}, about record {record}",
            file=content.file,
            record=text[: text.index("\0")].count("\n") + 1,
        )
    return CsvReader(content, look(text, needed, content.file, origin, encoding, cut=len(head) >= HEAD))


def _encoding(content: Content, head: bytes, origin: Origin) -> str:
    """What the map says, or a mark; else what is found, where it can be looked for."""
    mark = encodings.marked(head)
    if origin.encoding is not None:
        return "utf-8-sig" if origin.encoding == "utf-8" and mark == "utf-8-sig" else origin.encoding
    if mark is not None or not content.again or b"\0" in head:
        return mark or "utf-8"
    found = encodings.found(lambda: blocks(content))
    if found is None:
        raise EncodingError("letters that no encoding explains: {file}", file=content.file)
    return found


class _Reading:
    """One pass of pyarrow over a file, counting records."""

    def __init__(self, header: Head, file: str) -> None:
        self._header = header
        self._file = file
        self._last = secrets.token_hex(16)
        self._rows = 0
        self._ended = False
        self._ragged: tuple[int, int] | None = None

    @property
    def records(self) -> int:
        """The number of the last record that was read."""
        return self._rows + 1

    def last_record(self) -> bytes:
        """A record that no register has: if it does not come out again, a quotation mark swallowed it."""
        return self._header.delimiter.join([self._last] * len(self._header.names)).encode()

    def rows(self, stream: Watched, wanted: Columns) -> Iterator[Batch]:
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

    def refuse(self, said: str) -> NoReturn:
        """Raise what pyarrow found, in our own words."""
        if self._ragged:
            record, found = self._ragged
            raise RecordError(
                "columns: {found}, in the header {expected}: {file}, record {record}",
                found=found,
                expected=len(self._header.names),
                file=self._file,
                record=record,
            )
        if "straddling" in said:
            raise RecordError(
                "longer than {limit} bytes, or a quotation mark is not closed: {file}, after record {record}",
                limit=BLOCK,
                file=self._file,
                record=self._rows + 1,
            )
        raise RecordError(
            "cannot be read as CSV: {file}, after record {record}", file=self._file, record=self._rows + 1
        )

    def refuse_what_is_unfinished(self) -> None:
        """Raise where the last record did not come out alone, or where there was no other."""
        if not self._ended:
            raise RecordError(
                "a quotation mark is not closed: {file}, record {record}",
                file=self._file,
                record=self._rows + 1,
            )
        if not self._rows:
            raise EmptyError("no record after the header: {file}", file=self._file)


_CODED = pa.dictionary(pa.int32(), pa.string())
