"""The edge where an agreement's files are read and written."""

from __future__ import annotations

from pathlib import Path

from keys.atomic import whole_file
from linkage import agreement as agreements
from linkage.agreement.model import Agreement
from linkage.agreement.reading import undecoded
from linkage.errors import AgreementError, FileError

MAX_BYTES = 4 * 1024 * 1024


class NoFileError(FileError):
    """There is no agreement at this path."""

    hint = "name the file with --agreement, or go to its folder"


class NoArgumentFileError(NoFileError):
    """There is no agreement at this path, which stands as a word of its own after the command."""

    hint = "name the file after the command, as agreement/agreement.toml, or go to its folder"


class ExistsError(FileError):
    """A file would be overwritten."""

    hint = "name another file, or move this one away"


class NotTextError(AgreementError):
    """The file is no text, or text in another encoding."""

    hint = "save it as UTF-8 in a text editor: often it is a letter as å, saved by an older program"


class DraftError(AgreementError):
    """Fingerprints are missing, so there is no digest yet and nothing can be done under the agreement."""

    hint = "put everybody's NAME.pub beside it, then: linkage agreement fill"


def read(path: Path, missing: type[NoFileError] = NoFileError) -> str:
    """The text of a file as it is, with its BOM where it has one. Raises FileError, NotTextError.

    missing: what is raised where there is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise missing("no such file: {path}", path=path) from None
    except OSError as error:
        raise FileError("cannot be read ({reason}): {path}", reason=error.strerror, path=path) from None
    if len(data) > MAX_BYTES:
        raise NotTextError("too large for an agreement: {path}", path=path)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line, column = undecoded(error)
        raise NotTextError(
            "not a text file in UTF-8: {path}, first in line {line}, column {column}",
            path=path,
            line=line,
            column=column,
        ) from None


def load(path: Path, missing: type[NoFileError] = NoFileError) -> Agreement:
    """The agreement in a file; perhaps a draft. Raises FileError, AgreementError with all problems."""
    return agreements.parse(read(path, missing), str(path))


def load_ready(path: Path) -> Agreement:
    """The agreement in a file, with its digest. Raises DraftError where fingerprints are missing."""
    return ready(load(path), path)


def ready(agreement: Agreement, path: Path) -> Agreement:
    """The agreement, which has its digest. Raises DraftError where fingerprints are missing."""
    if agreement.digest is None:
        raise DraftError(
            "the agreement is a draft, missing are {missing}: {path}",
            missing=", ".join(agreement.missing),
            path=path,
        )
    return agreement


def write(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Write the file, whole or not at all."""
    try:
        with whole_file(path, replace=replace) as stream:
            stream.write(data)
    except FileExistsError:
        raise ExistsError("there is a file already: {path}", path=path) from None
    except OSError as error:
        raise FileError("cannot be written ({reason}): {path}", reason=error.strerror, path=path) from None


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet."""
    write(path, data, replace=False)
