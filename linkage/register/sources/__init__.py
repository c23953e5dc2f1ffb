"""Registers as they come: CSV, Excel, Parquet, databases, a pipe; all give a head and batches of columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linkage.register.errors import NotYetError
from linkage.register.sources.batch import Ask, Batch, Columns, Head, Origin, Reader, Seen
from linkage.register.sources.content import PIPE, InFile, InPipe, read
from linkage.register.sources.delimited import open_csv
from linkage.register.sources.header import HEAD

__all__ = ["Ask", "Batch", "Columns", "Head", "Origin", "Reader", "Seen", "open_reader"]

_EXCEL, _PARQUET = b"PK\x03\x04", b"PAR1"
_NOT_YET = {b"\xd0\xcf\x11\xe0": "old Excel", b"\x1f\x8b": "gzip"}


def open_reader(
    file: str,
    folder: Path,
    origin: Origin | None = None,
    needed: Sequence[str] = (),
    ask: Ask | None = None,
) -> Reader:
    """The source of this name, read as far as its head, which has all columns that are needed.

    file: as the map or the command line names it: a path (a relative one is looked for in folder), or "-" for
    the standard input; of a database, its name for messages. What a file is, its first bytes tell. ask: for
    a database's password. Raises RegisterError, FileError.
    """
    origin, needed = origin or Origin(), tuple(needed)
    if origin.url is not None:
        from linkage.register.sources.sql import open_sql  # late: few registers need SQLAlchemy

        return open_sql(file, folder, origin, needed, ask)
    if file == PIPE:
        pipe = InPipe()
        head = pipe.head(HEAD)
        _refuse_in_pipe(head)
        return open_csv(pipe, head, origin, needed)
    content = InFile(folder / file, file)
    with content.open() as stream:
        head = read(stream, HEAD, file)
    for magic, kind in _NOT_YET.items():
        if head.startswith(magic):
            raise NotYetError("not yet: {file} is {format}", file=file, format=kind)
    if head.startswith(_EXCEL):
        from linkage.register.sources.excel import open_excel  # late, as above

        return open_excel(content, origin, needed)
    if head.startswith(_PARQUET):
        from linkage.register.sources.parquet import open_parquet  # late, as above

        return open_parquet(content, needed)
    return open_csv(content, head, origin, needed)


def _refuse_in_pipe(head: bytes) -> None:
    if head.startswith((_EXCEL, _PARQUET, *_NOT_YET)):
        raise NotYetError("not yet: {file} is no text", file=PIPE, hint="save the register in a file")
