"""Addresses of databases: how they are shown, what they may not hold, and where their passwords are."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from linkage.errors import FileError

_SECRET = ("password", "passwd", "pwd", "secret", "token", "key")


class PasswordFileError(FileError):
    """The file with a database's password cannot be used."""

    hint = "a text file that only its owner may read; its first line is the password"


def shown(url: str) -> str | None:
    """The address without user and options, for messages; None where it is none."""
    try:
        parsed = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        return None
    return sa.URL.create(
        parsed.get_backend_name(), host=parsed.host, port=parsed.port, database=parsed.database
    ).render_as_string()


def holds_password(url: str) -> bool:
    """Whether a password, or something like it, stands in the address."""
    parsed = sa.make_url(url)
    return parsed.password is not None or any(
        word in name.lower() for name in parsed.query for word in _SECRET
    )


def address(url: str, folder: Path) -> sa.URL:
    """The address, with a relative SQLite file looked for in the folder."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed.set(database=str(folder / parsed.database))
    return parsed


def password_in(path: Path) -> str:
    """The first line of a file. Raises PasswordFileError."""
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PasswordFileError("others may read the password file: {path}", path=path)
        line = path.read_text("utf-8-sig").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError):
        raise PasswordFileError("the password file cannot be read: {path}", path=path) from None
    if not line:
        raise PasswordFileError("the password file is empty: {path}", path=path)
    return line
