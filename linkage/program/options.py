"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from linkage.program.conventions import Option

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


def option(*names: str, **kwargs: Any) -> Callable[[F], F]:
    """click.option, translated."""
    return click.option(*names, cls=Option, **kwargs)


agreement_option = option(
    "--agreement", type=FILE, default=Path("agreement.toml"), show_default=True, help="The agreement."
)
identity_option = option(
    "--identity", type=FILE, default=Path("identity.key"), show_default=True, help="One's own identity."
)
secret_option = option(
    "--secret", type=FILE, default=Path("secret.key"), show_default=True, help="The secret of the parties."
)
round_key_option = option(
    "--round-key", type=FILE, default=Path("round.key"), show_default=True, help="The key of this round."
)
family_key_option = option(
    "--family-key", type=FILE, default=Path("family.key"), show_default=True, help="The key of the family."
)
ledger_option = option(
    "--ledger", default="sqlite:///ledger.db", show_default=True, help="The matcher's ledger, a database URL."
)
store_option = option(
    "--store", type=FILE, default=Path("packages"), show_default=True, help="Where sealed packages are kept."
)
passphrase_option = option("--passphrase-file", type=FILE, help="A file whose first line is the passphrase.")
no_passphrase_option = option("--no-passphrase", is_flag=True, help="Leave the key file unprotected.")
