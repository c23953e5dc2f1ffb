"""A file is there whole or not at all: whatever fails, whenever Ctrl-C comes, whoever else writes."""

from __future__ import annotations

import errno
import gc
import os
import stat
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

import pytest

from keys import atomic
from keys.atomic import leftovers, remove, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import TraceFunction

posix = pytest.mark.skipif(os.name == "nt", reason="modes, links and limits of POSIX")
OLD, NEW = b"old", b"new" * 1000


def write(path: Path, data: bytes, *, private: bool = False, replace: bool = True) -> None:
    with whole_file(path, private=private, replace=replace) as stream:
        stream.write(data)


def names(folder: Path) -> list[str]:
    return sorted(f.name for f in folder.iterdir())


def test_what_was_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, OLD)
    assert path.read_bytes() == OLD
    write(path, NEW)
    assert path.read_bytes() == NEW
    write(path, b"")
    assert path.read_bytes() == b""
    assert names(tmp_path) == ["a.txt"]


def test_until_the_end_the_old_file_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, OLD)
    with whole_file(path) as stream:
        stream.write(NEW)
        stream.flush()
        assert path.read_bytes() == OLD
        assert len(leftovers(path)) == 1
    assert leftovers(path) == []


class Stop(BaseException):
    pass


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, Stop, OSError, SystemExit])
@pytest.mark.parametrize("existed", [True, False])
def test_an_error_in_the_block_leaves_nothing(
    tmp_path: Path, kind: type[BaseException], existed: bool
) -> None:
    path = tmp_path / "a.txt"
    if existed:
        write(path, OLD)
    with pytest.raises(kind), whole_file(path, private=True) as stream:  # noqa: PT012 - the block is the matter
        stream.write(NEW)
        raise kind
    assert names(tmp_path) == (["a.txt"] if existed else [])
    assert not existed or path.read_bytes() == OLD


@posix
@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("replace", [True, False])
def test_a_private_file_is_the_users_alone_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: bool, replace: bool
) -> None:
    made: list[int] = []
    plain = os.open

    def spy(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        handle = plain(path, flags, mode, **more)
        if flags & os.O_CREAT:
            assert flags & os.O_EXCL  # never a file or a link that somebody put there before
            made.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    monkeypatch.setattr(os, "open", spy)
    before = os.umask(0)
    try:
        with whole_file(tmp_path / "a.key", private=private, replace=replace) as stream:
            made.append(stat.S_IMODE(os.fstat(stream.fileno()).st_mode))
            stream.write(NEW)
    finally:
        os.umask(before)
    wanted = 0o600 if private else 0o666
    assert made == [wanted, wanted]
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == wanted


@posix
def test_replacing_a_wide_file_by_a_private_one_narrows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(OLD)
    path.chmod(0o644)
    write(path, NEW, private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def interrupted(path: Path, at: int, *, replace: bool) -> bool:
    """Write NEW to path with Ctrl-C at the at-th line that runs; whether it came before the end."""
    lines = 0

    def trace(frame: FrameType, event: str, _: object) -> TraceFunction | None:
        nonlocal lines
        if not frame.f_code.co_filename.endswith(("atomic.py", "contextlib.py")):
            return None
        if event in {"line", "call"}:  # Python runs signal handlers where calls and loops begin
            lines += 1
            if lines == at:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        write(path, NEW, private=True, replace=replace)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.fixture
def few_objects() -> Iterator[None]:
    """What the whole suite has loaded is not looked through at each of hundreds of collections."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a stream that Ctrl-C took before it had a name
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("existed", [True, False])
@pytest.mark.skipif(sys.gettrace() is not None, reason="a debugger or a coverage tool is tracing")
@pytest.mark.usefixtures("few_objects")
def test_ctrl_c_at_any_line_leaves_the_old_file_or_the_new(tmp_path: Path, existed: bool) -> None:
    path = tmp_path / "a.key"
    seen = set()
    for at in range(1, 10_000):
        path.unlink(missing_ok=True)
        if existed:
            path.write_bytes(OLD)
        hit = interrupted(path, at, replace=existed)
        gc.collect()
        found = path.read_bytes() if path.exists() else None
        assert found in {OLD if existed else None, NEW}
        assert leftovers(path) == [], at
        seen.add((hit, found))
        if not hit:
            break
    assert seen == {(True, OLD if existed else None), (True, NEW), (False, NEW)}


@pytest.mark.parametrize("call", ["fsync", "replace", "link"])
def test_a_system_call_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    if not hasattr(os, call):
        pytest.skip(f"this system has no os.{call}")
    path = tmp_path / "a.txt"
    replace = call != "link"
    if replace:
        write(path, OLD)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(os, call, fail)
    if call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="broken"):
        write(path, NEW, replace=replace)
    assert names(tmp_path) == (["a.txt"] if replace else [])
    assert not replace or path.read_bytes() == OLD


def test_data_reach_the_disk_before_the_name_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def spy_fsync(handle: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def spy_replace(self: Path, target: Path) -> Path:
        calls.append("replace")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(Path, "replace", spy_replace)
    write(tmp_path / "a.txt", NEW)
    assert calls == (["file", "replace"] if os.name == "nt" else ["file", "replace", "folder"])


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.fsync

    def refuse_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no")
        plain(handle)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    write(tmp_path / "a.txt", NEW)
    assert (tmp_path / "a.txt").read_bytes() == NEW


def test_no_replacing_of_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    write(path, OLD, replace=False)
    with pytest.raises(FileExistsError) as caught:
        write(path, NEW, replace=False)
    assert caught.value.filename == str(path)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a.key"]


@posix
@pytest.mark.parametrize("number", sorted({errno.EPERM, errno.ENOTSUP, errno.ENOSYS}))
def test_no_replacing_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "no hard links here")

    monkeypatch.setattr(os, "link", fail)
    path = tmp_path / "a.key"
    write(path, OLD, replace=False)
    with pytest.raises(FileExistsError) as caught:
        write(path, NEW, replace=False)
    assert caught.value.filename == str(path)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["a.key"])


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    won: list[bytes] = []
    start = threading.Barrier(8)

    def run(data: bytes) -> None:
        start.wait()
        try:
            write(path, data, replace=False)
        except FileExistsError:
            return
        won.append(data)

    threads = [threading.Thread(target=run, args=(bytes([n]) * 100,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_bytes()] == won
    assert names(tmp_path) == ["a.key"]


@posix
def test_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(OLD)
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        write(link, NEW, replace=False)
    write(link, NEW)
    assert not link.is_symlink()
    assert (link.read_bytes(), target.read_bytes()) == (NEW, OLD)


@posix
def test_a_dangling_link_is_something_that_is_there(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        write(link, NEW, replace=False)
    assert names(tmp_path) == ["link"]


def test_errors_name_the_file_that_was_asked_for(tmp_path: Path) -> None:
    missing = tmp_path / "no" / "a.txt"
    with pytest.raises(FileNotFoundError) as caught:
        write(missing, NEW)
    assert caught.value.filename == str(missing)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder") as other:
        write(tmp_path / "folder", NEW)
    assert ".part" not in str(other.value)
    assert names(tmp_path) == ["folder"]


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, *_: int) -> int:
        raise PermissionError(errno.EACCES, "not allowed", path)

    monkeypatch.setattr(os, "open", refuse)  # for root, too, no folder is closed
    with pytest.raises(PermissionError) as caught:
        write(tmp_path / "a.txt", NEW)
    assert caught.value.filename == str(tmp_path / "a.txt")


def fill(stream: BinaryIO) -> None:
    stream.writelines(bytes(100_000) for _ in range(100))


@posix
def test_a_disk_without_room_leaves_the_old_file_and_says_which(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.txt"
    write(path, OLD)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"a\.txt") as caught, whole_file(path) as stream:
            fill(stream)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(path))
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["a.txt"])


def test_leftovers_are_those_of_this_file_alone(tmp_path: Path) -> None:
    mine = [tmp_path / f".a.key.{n:024x}.part" for n in (1, 2)]
    others = [
        "a.key",
        ".a.key.part",
        f".b.key.{1:024x}.part",
        f".a.key.{1:023x}.part",
        f".axkey.{1:024x}.part",
    ]
    for file in (*mine, *(tmp_path / name for name in others)):
        file.write_bytes(b"")
    assert leftovers(tmp_path / "a.key") == mine


def test_what_is_removed_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, OLD)
    remove(path)
    assert names(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        remove(path)


def test_hidden_names_cannot_be_foreseen(tmp_path: Path) -> None:
    assert len({atomic._part(tmp_path / "a") for _ in range(100)}) == 100
