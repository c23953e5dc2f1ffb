"""docs/dpia.md and docs/sv/dpia.md are the program's words, with links: `python -m tests.dpia_pages`."""

from __future__ import annotations

import re
from pathlib import Path

from linkage.agreement.dpia import general
from tests.needs import ROOT

HEADS = {
    "en": "*A form. `linkage agreement show --dpia` puts an agreement's own facts in, in the reader's "
    "language, and leaves out what is about other methods. [På svenska](sv/dpia.md): the one in use.*\n\n",
    "sv": "*Ett formulär. `linkage agreement show --dpia` för in en överenskommelses egna uppgifter och "
    "utelämnar det som rör andra metoder. [In English](../dpia.md).*\n\n",
}


def path(lang: str) -> Path:
    """Where the page of a language lies."""
    return ROOT / "docs" / ("sv" if lang == "sv" else "") / "dpia.md"


def page(lang: str) -> str:
    """The page as it is to be: the heading, what it is, the form with links to the other pages."""
    heading, _, form = general(lang).text.partition("\n\n")
    linked = re.sub(r"`docs/([\w-]+\.md)`", lambda found: _link(lang, found[1]), form)
    return f"{heading}\n\n{HEADS[lang]}{linked}"


def _link(lang: str, name: str) -> str:
    return f"[{name}]({'../' if lang == 'sv' else ''}{name})"


if __name__ == "__main__":
    for lang in HEADS:
        path(lang).write_text(page(lang), encoding="utf-8")
