"""The agreement: parse, check, digest; write, edit, compare and show it.

Everything here takes and gives text and values; files are for `linkage.commands.agreement`.
"""

from __future__ import annotations

from importlib import resources

from linkage.agreement.differences import diff
from linkage.agreement.document import parse
from linkage.agreement.dpia import dpia
from linkage.agreement.editing import fill, following
from linkage.agreement.page import plain, show
from linkage.agreement.stale import stale

__all__ = ["diff", "dpia", "fill", "following", "parse", "plain", "show", "stale", "template"]


def template(lang: str) -> str:
    """A commented agreement with every key, in "en" or "sv"; a valid draft."""
    return resources.files(__name__).joinpath(f"template.{lang}.toml").read_text(encoding="utf-8")
