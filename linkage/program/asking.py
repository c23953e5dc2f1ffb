"""Questions at a terminal: passphrases, and "are you sure". Never asked with --no-input."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from linkage.errors import KeysError, Text, UsageError
from linkage.program.terminal import may_ask, note
from linkage.texts import say


def passphrase_for_reading(file: Path | None) -> Callable[[], str] | None:
    """Asks for the passphrase of an existing key file: from --passphrase-file, or at the terminal."""
    if file is not None:
        return lambda: _first_line(file)
    if not may_ask():
        return None
    return lambda: str(click.prompt(say("passphrase of the key file"), hide_input=True, err=True))


def password_of_database() -> Callable[[str], str] | None:
    """Asks for the password of a database, at the terminal."""
    if not may_ask():
        return None

    def ask(database: str) -> str:
        question = say(Text("password for {database}", {"database": database}))
        return str(click.prompt(question, hide_input=True, err=True))

    return ask


def passphrase_for_writing(file: Path | None, without: bool) -> str | None:
    """The passphrase for a new key file; None only where --no-passphrase says so."""
    if without and file is not None:
        raise UsageError(
            "--no-passphrase and --passphrase-file exclude each other", hint="leave one of them out"
        )
    if without:
        note("warning: without a passphrase, whoever can read this file or its backup has the key")
        return None
    if file is not None:
        return _first_line(file)
    if not may_ask():
        raise KeysError(
            "a passphrase is needed, and nobody can be asked",
            hint="use --passphrase-file FILE, or --no-passphrase and keep the file safe by other means",
        )
    from keys.files import SHORTEST_PASSPHRASE  # late: it loads cryptography

    question = say(Text("new passphrase (at least {length} characters)", {"length": SHORTEST_PASSPHRASE}))
    again = say("the same again")
    while True:
        value = str(click.prompt(question, hide_input=True, err=True, confirmation_prompt=again))
        if len(value) >= SHORTEST_PASSPHRASE:
            return value
        note(Text("too short: at least {length} characters", {"length": SHORTEST_PASSPHRASE}))


def _first_line(file: Path) -> str:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            exposed = os.name == "posix" and os.fstat(stream.fileno()).st_mode & 0o077
            line = stream.read().split("\n", 1)[0]
    except (OSError, UnicodeDecodeError):
        raise KeysError(
            "cannot read the passphrase file {path}", path=file, hint="a text file; its first line counts"
        ) from None
    if not line:
        raise KeysError("the passphrase file {path} is empty", path=file, hint="its first line counts")
    if exposed:
        note(Text("warning: others can read the passphrase file {path}: chmod 600 {path}", {"path": file}))
    return line


def passphrase_like(identity: Path, secret: Path, file: Path | None, without: bool) -> str | None:
    """A new secret is protected as the identity beside it is, unless the user says otherwise."""
    from linkage.commands.identities import is_protected

    if secret.exists():
        return None
    if not without and file is None and identity.exists() and not is_protected(identity):
        note("warning: the identity has no passphrase, so the secret gets none")
        return None
    return passphrase_for_writing(file, without)


def sure(yes: bool, question: Text) -> None:
    """Ask before what cannot be undone. Raises UsageError where nobody can be asked; click.Abort on no."""
    if yes:
        return
    if not may_ask():
        raise UsageError("this cannot be undone, and nobody can be asked", hint="add --yes to mean it")
    click.confirm(say(question), abort=True, err=True)
