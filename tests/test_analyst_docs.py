"""The analyst's page has the words that stand in the report, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import pytest

from tests.needs import ROOT

TEXTS = json.loads((ROOT / "linkage" / "texts" / "sv" / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("page", "texts"), [("analyst.md", TEXTS.keys()), ("sv/analyst.md", TEXTS.values())], ids=["en", "sv"]
)
def test_every_word_of_the_report_in_it_is_one_of_the_report(page: str, texts: Collection[str]) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    words = [w for line in text.splitlines() if line[:1] == "|" for w in re.findall(r"\*\*(.+?)\*\*", line)]
    assert len(words) > 20
    strange = [w for w in words if not any(t.startswith(w.removesuffix("…")) for t in texts)]
    assert strange == []
