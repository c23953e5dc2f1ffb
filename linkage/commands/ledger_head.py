"""How far the ledger had come, noted beside the packages: so that an older copy of it is noticed.

One line in the store's folder. It is written after the ledger's own step, and before anybody can have seen
what the step was for; so where the two differ, it is the ledger that must be ahead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from keys.atomic import whole_file
from linkage.commands import leftovers
from linkage.errors import FileError
from linkage.ledger import Head

if TYPE_CHECKING:
    from pathlib import Path

    from linkage.ledger import Ledger

FILE = "ledger.head"
_FORMAT = "linkage-ledger-head/1"
_LINE = re.compile(_FORMAT + r" ([0-9]{1,15}) ([0-9a-f]{64}) ([0-9]{1,15})\n")


class HeadError(FileError):
    """The note beside the packages cannot be read or written, or is none."""

    hint: ClassVar[str] = (
        "see that the file may be read and written and that there is room, and run the same command again"
    )


def check(folder: Path, ledger: Ledger) -> None:
    """Compare the ledger with the note in the store's folder, if there is one.

    Raises RolledBackError where the ledger lacks what it had, HeadError, LedgerError.
    """
    if (head := _read(folder / FILE)) is not None:
        ledger.check_head(head)


def write(folder: Path, ledger: Ledger) -> None:
    """Note how far the ledger has come. Raises HeadError, LedgerError."""
    head, path = ledger.head(), folder / FILE
    line = f"{_FORMAT} {head.releases} {head.chain} {head.spendings}\n".encode()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        leftovers.clear(path)
        with whole_file(path, private=True) as stream:
            stream.write(line)
    except OSError as error:
        raise HeadError("cannot write {path}: {reason}", path=path, reason=error.strerror) from None


def _read(path: Path) -> Head | None:
    """The note, None where there is none."""
    try:
        with path.open("rb") as stream:
            data = stream.read(1 << 10)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HeadError("cannot read {path}: {reason}", path=path, reason=error.strerror) from None
    found = _LINE.fullmatch(data.decode("ascii", "replace"))
    if found is None:
        raise HeadError(
            "not a note of a ledger: {path}",
            path=path,
            hint="it was written by another program, or altered; see docs/ledger.md",
        )
    return Head(int(found[1]), found[2], int(found[3]))
