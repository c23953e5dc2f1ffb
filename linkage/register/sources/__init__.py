"""Registers as they come: CSV, Excel, Parquet, databases, a pipe; all give a head and batches of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from linkage.register.sources.batch import Batch, Columns, Head, Origin, Reader, Seen
from linkage.register.sources.delimited import open_csv

__all__ = ["Batch", "Columns", "Head", "Origin", "Reader", "Seen", "open_reader"]

Ask = Callable[[str], str]
"""Asks for a database's password; called with the database's name."""


def open_reader(
    file: str,
    folder: Path,
    origin: Origin | None = None,
    needed: Sequence[str] = (),
    ask: Ask | None = None,
) -> Reader:
    """The source of this name, read as far as its head, which has all columns that are needed.

    file: as the map or the command line names it: a path (a relative one is looked for in folder), or "-".
    Raises RegisterError, FileError.
    """
    return open_csv(folder / file, file, tuple(needed))
