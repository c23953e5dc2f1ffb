"""What is installed, which `link` is found, clock, permissions, synchronised folders. Called by `cli`."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from linkage import __version__
from linkage.errors import Text

NEEDED = (
    "alembic",
    "altair",
    "click",
    "cryptography",
    "numpy",
    "pandas",
    "pyarrow",
    "sqlalchemy",
    "xlsxwriter",
)
OPTIONAL = {"psycopg": "a ledger in PostgreSQL"}
KEY_FILES = ("identity.key", "secret.key", "round.key", "family.key")
SYNCHRONISED = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud",
    "nextcloud",
    "owncloud",
    "box sync",
)
RELEASED = dt.date(2026, 11, 1)  # no clock that runs right can stand before this


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. name: stable, for programs."""

    name: str
    level: Level
    text: Text


def examine(folder: Path, *, windows: bool = os.name == "nt") -> list[Finding]:
    """Look at this machine and at `folder`, where keys and registers lie."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _program,
        _packages,
        lambda: _shell(windows),
        _clock,
        lambda: _permissions(folder, windows),
        lambda: _synchronised(folder),
    )
    return [finding for look in looks for finding in look()]


def _program() -> Iterator[Finding]:
    yield Finding(
        "program",
        Level.OK,
        Text(
            "linkage {version}, Python {python}, {system}",
            {"version": __version__, "python": sys.version.split()[0], "system": sys.platform},
        ),
    )


def _packages() -> Iterator[Finding]:
    for name in NEEDED:
        try:
            values: dict[str, object] = {"name": name, "version": metadata.version(name)}
            yield Finding(f"package {name}", Level.OK, Text("{name} {version}", values))
        except metadata.PackageNotFoundError:
            yield Finding(
                f"package {name}",
                Level.PROBLEM,
                Text("{name} is missing: install linkage again", {"name": name}),
            )
    for name, purpose in OPTIONAL.items():
        try:
            values = {"name": name, "version": metadata.version(name)}
            yield Finding(f"package {name}", Level.OK, Text("{name} {version}", values))
        except metadata.PackageNotFoundError:
            yield Finding(
                f"package {name}",
                Level.OK,
                Text(
                    "{name} is not installed; needed only for {purpose}",
                    {"name": name, "purpose": Text(purpose)},
                ),
            )


def _shell(windows: bool) -> Iterator[Finding]:
    """Coreutils has a `link` of its own: `link a.csv export` would then make a hard link, silently."""
    ours = Path(sys.executable).parent
    found = shutil.which("link")
    if found is None:
        yield Finding("link", Level.OK, Text("the shell finds no link; call linkage instead"))
    elif Path(found).parent == ours:
        yield Finding("link", Level.OK, Text("link is this program: {path}", {"path": found}))
    else:
        yield Finding(
            "link",
            Level.WARNING,
            Text("link is another program here: {path}; call linkage instead", {"path": found}),
        )
    if shutil.which("linkage") is None:
        where = ours / ("linkage.exe" if windows else "linkage")
        yield Finding(
            "linkage",
            Level.WARNING,
            Text("the shell does not find linkage; call it as {path}", {"path": where}),
        )


def _clock() -> Iterator[Finding]:
    now = dt.datetime.now(dt.UTC)
    if now.date() < RELEASED:
        yield Finding(
            "clock",
            Level.PROBLEM,
            Text("the clock stands at {day}: packages would look old; set it", {"day": now.date()}),
        )
    else:
        yield Finding(
            "clock", Level.OK, Text("the clock stands at {time} UTC", {"time": f"{now:%Y-%m-%d %H:%M}"})
        )


def _permissions(folder: Path, windows: bool) -> Iterator[Finding]:
    if windows:
        yield Finding(
            "permissions",
            Level.WARNING,
            Text("on Windows, file modes protect nothing: every key file needs a passphrase"),
        )
        return
    here = [name for name in KEY_FILES if (folder / name).exists()]
    if not here:
        yield Finding(
            "permissions",
            Level.OK,
            Text("no key file lies in {path}: nothing to protect here", {"path": folder.resolve()}),
        )
    for name in here:
        path = folder / name
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            wide = bool(mode & 0o077)
            yield Finding(
                f"permissions {name}",
                Level.PROBLEM if wide else Level.OK,
                Text(
                    "{path} can be read by others (mode {mode}): chmod 600 {path}"
                    if wide
                    else "{path} is for its owner alone (mode {mode})",
                    {"path": path, "mode": f"{mode:o}"},
                ),
            )


def _synchronised(folder: Path) -> Iterator[Finding]:
    where = folder.resolve()
    parts = [part.lower() for part in where.parts]
    if any(part.startswith(name) for part in parts for name in SYNCHRONISED):
        yield Finding(
            "synchronised",
            Level.WARNING,
            Text(
                "{path} looks like a folder that is copied to a cloud: keep keys and registers elsewhere",
                {"path": where},
            ),
        )
    else:
        yield Finding(
            "synchronised", Level.OK, Text("{path} is not in a known cloud folder", {"path": where})
        )
