"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from keys import primitives

_SUFFIX = ".part"
_RANDOM = 12  # bytes of a hidden file's name
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else [])}
_NO_HARD_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False, replace: bool = True) -> Iterator[BinaryIO]:
    """A stream to write; at the end of the block everything written is at `path`, safe against losing power.

    Until then `path` is untouched: the bytes go to a hidden file in the same folder, which is removed when
    the block ends in any exception, Ctrl-C included. private: only the user may read it, from the first byte
    on (mode 0600; on Windows modes mean nothing). replace=False: an existing `path`, a dangling link too,
    is left as it is. A link at `path` is replaced itself; what it points to is not touched.

    Raises FileExistsError where replace=False and `path` exists, else OSError as the system gives it, naming
    `path` and never the hidden file.
    """
    path = Path(path)
    part = _part(path)
    mode = 0o600 if private else 0o666
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            part.replace(path)
        else:
            _place_new(part, path)
        _fsync_folder(path.parent)
    except OSError as error:
        if error.errno in _NO_ROOM or error.filename in {part, str(part)}:
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        with contextlib.suppress(OSError):  # what stopped the writing says more than what stops the tidying
            part.unlink()


def leftovers(path: Path) -> list[Path]:
    """Hidden files that an earlier write of `path` left because power or process was lost midway, sorted.

    Raises OSError where the folder cannot be read.
    """
    form = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{{2 * _RANDOM}}}{re.escape(_SUFFIX)}")
    return sorted(file for file in path.parent.iterdir() if form.fullmatch(file.name))


def remove(path: Path) -> None:
    """Unlink `path` such that it stays removed when power is lost. Raises OSError."""
    path.unlink()
    _fsync_folder(path.parent)


def _part(path: Path) -> Path:
    """A name beside `path` that nobody can foresee, so nobody can have put a file or a link there."""
    return path.with_name(f".{path.name}.{primitives.random(_RANDOM).hex()}{_SUFFIX}")


def _place_new(part: Path, path: Path) -> None:
    """Move part to path unless path exists, in one step where the system has such a step."""
    if os.name == "nt":
        part.rename(path)  # fails where path exists, there and only there
        return
    try:
        os.link(part, path, follow_symlinks=False)
        part.unlink()
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # a file system without hard links (FAT, some network folders): look, then move; two writers at the
        # same moment could both pass the look, and the later one wins
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.replace(path)


def _fsync_folder(folder: Path) -> None:
    """Make the new name itself durable, where folders can be synced (not on Windows)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the file itself is synced
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
