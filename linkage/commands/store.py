"""The matcher's folder of packages, each sealed as it came; and how a file that somebody sent is opened.

Nothing here is ever opened in the other sense: tokens never touch this folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from keys import atomic
from keys.atomic import whole_file
from linkage.commands import leftovers
from linkage.errors import FileError, PackageError

if TYPE_CHECKING:
    from linkage.ledger import RoundId

CHUNK = 1 << 20


class NotAFileError(PackageError):
    """What was named is no regular file."""

    hint: ClassVar[str] = "name the package itself: a file, usually NAME-ROUND-PARTY.link"


class ChangedFileError(PackageError):
    """The file changed between its check and its copy."""

    hint: ClassVar[str] = "wait until it has arrived whole, and run the same command again"


class LostPackageError(PackageError):
    """A sealed package that was received is no longer in the store, or was altered there."""

    hint: ClassVar[str] = "name the party's package once more: the same bytes are put back"


class UnreadPackageError(LostPackageError):
    """A sealed package is in the store and cannot be read now."""

    hint: ClassVar[str] = "nothing is lost: see that it may be read, and run the same command again"


class StoreError(FileError):
    """The store cannot be written."""

    hint: ClassVar[str] = "make room, or name another folder with --store; nothing was received"


def open_sent(path: Path) -> BinaryIO:
    """A stream of a file that somebody sent. Raises NotAFileError for whatever is no regular file."""
    try:
        if path.is_symlink():
            raise NotAFileError("{path} is a link, not a file", path=path)
        flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)  # a pipe would wait for ever
        stream = open(path, "rb", opener=lambda name, own: os.open(name, own | flags))  # noqa: SIM115 - Path.open has no opener; the caller closes
    except FileNotFoundError:
        raise NotAFileError("no such file: {path}", path=path) from None
    except IsADirectoryError:
        raise NotAFileError("{path} is a folder, not a file", path=path) from None
    except OSError as error:
        raise NotAFileError("cannot read {path}: {reason}", path=path, reason=error.strerror) from None
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise NotAFileError("{path} is neither a file nor a folder", path=path)
    return stream


def sha512(path: Path) -> str:
    """Of a file's bytes, in hex. Raises NotAFileError."""
    with open_sent(path) as stream:
        found = hashlib.sha512()
        while chunk := stream.read(CHUNK):
            found.update(chunk)
        return found.hexdigest()


@dataclass(frozen=True)
class Store:
    """The folder; a package lies in NAME-ROUND/PARTY-ID.link, readable by its owner alone."""

    folder: Path

    @staticmethod
    def name(round_id: RoundId, party: str, package_id: str) -> str:
        """Where a package lies, as the ledger notes it."""
        return f"{round_id}/{party}-{package_id}.link"

    def path(self, file: str) -> Path:
        """The path of a file that the ledger notes."""
        return self.folder.joinpath(*file.split("/"))

    def keep(self, sent: Path, file: str, digest: str) -> None:
        """Copy a package that was checked. digest: SHA-512 of what was checked, hex.

        Raises ChangedFileError where other bytes are there now, StoreError where they cannot be written.
        """
        target = self.path(file)
        found = hashlib.sha512()
        try:
            for folder in (self.folder, target.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open_sent(sent) as source, whole_file(target, private=True) as copy:
                while chunk := source.read(CHUNK):
                    found.update(chunk)
                    copy.write(chunk)
                if found.hexdigest() != digest:
                    raise ChangedFileError("{path} changed while it was received", path=sent)
        except OSError as error:
            raise StoreError("cannot keep {path}: {reason}", path=sent, reason=error.strerror) from None

    def holds(self, file: str, digest: str) -> bool:
        """Whether the package is there, byte for byte."""
        with contextlib.suppress(NotAFileError):
            return sha512(self.path(file)) == digest
        return False

    def open(self, file: str, party: str) -> BinaryIO:
        """A stream of a package of the store. Raises LostPackageError."""
        try:
            return open_sent(self.path(file))
        except NotAFileError as error:
            if self.path(file).exists():  # the system refuses, now: nothing is said of the package
                raise UnreadPackageError(
                    "the package of {party} cannot be read: {why}", party=party, why=error.message
                ) from None
            raise LostPackageError(
                "the package of {party} is no longer in {folder}", party=party, folder=self.folder
            ) from None

    def remove(self, file: str) -> None:
        """Remove one package, if it is there; and its folder, if that is empty now. Raises StoreError."""
        path = self.path(file)
        leftovers.clear(path)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _stays(path, error) from None
        _tidy(path.parent)

    def clear(self, round_id: RoundId) -> None:
        """Remove every file of a round, also what was lost on the way into the folder. Raises StoreError."""
        folder = self.folder / str(round_id)
        for path in list(_files(folder)):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise _stays(path, error) from None
        _tidy(folder)

    def mark(self, round_id: RoundId) -> None:
        """Say, until it is unmarked, that all packages of a round were here when `clear` began on them.

        Raises StoreError.
        """
        try:
            with whole_file(self._mark(round_id), private=True):
                pass
        except OSError as error:
            raise _stays(self.folder / str(round_id), error) from None

    def marked(self, round_id: RoundId) -> bool:
        """Whether the round is marked."""
        return self._mark(round_id).exists()

    def unmark(self, round_id: RoundId) -> None:
        """Take the mark away, and what a lost one left. Raises StoreError."""
        mark = self._mark(round_id)
        for path in [*atomic.leftovers(mark), mark]:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise _stays(path, error) from None

    def _mark(self, round_id: RoundId) -> Path:
        return self.folder / f"{round_id}.destroyed"


def _tidy(folder: Path) -> None:
    """Remove a round's folder where it is empty."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _files(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        yield from (path for path in folder.iterdir() if not path.is_dir() or path.is_symlink())


def _stays(path: Path, error: OSError) -> StoreError:
    return StoreError(
        "cannot remove {path}: {reason}",
        path=path,
        reason=error.strerror,
        hint="see that it may be removed, and run the same command again",
    )
