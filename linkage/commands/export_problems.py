"""Which rows of the registers have problems, as files beside the map: for the party's own eyes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from keys.atomic import whole_file
from linkage.errors import Text
from linkage.register.sources.content import PIPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkage.errors import RegisterError
    from linkage.register import Read


def write_problems(read: Read, folder: Path) -> tuple[Path, ...]:
    """Write FILE.problems.csv for each register that has rows with problems, readable for the user alone.

    folder: the map's own, or the current one; never the package's, which may be where others fetch it.
    Raises OSError.
    """
    named: Counter[str] = Counter()
    paths = []
    for file in read.files:
        if file.problems.count:
            name = "stdin" if file.file == PIPE else Path(file.file).name
            named[name] += 1
            again = f"-{named[name]}" if named[name] > 1 else ""
            paths.append(folder / f"{name}{again}.problems.csv")
            with whole_file(paths[-1], private=True) as stream:
                stream.write(file.problems.to_csv())
    return tuple(paths)


def told(paths: Iterable[Path]) -> tuple[Text, ...]:
    """Where the files are, a line each."""
    return tuple(
        Text("{path}: which rows have problems, for you alone: it stays here", {"path": path})
        for path in paths
    )


def with_problems(fault: RegisterError, read: Read, folder: Path) -> RegisterError:
    """The fault that stops an export, with the places of the problem files as its last lines.

    Where they cannot be written, the fault is told all the same: it is why nothing was exported.
    """
    try:
        fault.details += told(write_problems(read, folder))
    except OSError as error:
        why = Text("which rows have problems could not be written: {reason}", {"reason": error.strerror})
        fault.details += (why,)
    return fault
