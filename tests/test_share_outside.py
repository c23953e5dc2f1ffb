"""A share whose numerator is no part of its denominator says so: to a jurist, in the release and report."""

from __future__ import annotations

import pytest

from linkage.agreement import plain
from linkage.release.verify import check
from linkage.report import html
from linkage.report.answers import question
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import agreement, crowd, matcher, release, signed

SHARE = '[[measure]]\nname = "a"\ntitle = "A"\nshare = "{}"\nof = "{}"\nby = ["period"]\n'
SAID = {
    Lang.EN: "who is in the first alone is counted too.",
    Lang.SV: "den som bara är i det första räknas också.",
}


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize(
    ("share", "of", "outside"),
    [
        ("af.program", "af.arbetslos", True),
        ("volym", "stad.ung", True),
        ("stad.ung", "volym", False),
        ("af.program & af.arbetslos", "af.arbetslos", False),
    ],
)
def test_it_is_said_where_it_is_so_and_nowhere_else(share: str, of: str, outside: bool, lang: Lang) -> None:
    agreed = agreement(SHARE.format(share, of))
    assert ("räknas också" in " ".join(plain(agreed, Lang.SV).split())) == outside
    found = release(agreed, crowd(40, 12, seed=1))
    assert found.tables[0].outside == outside
    assert (SAID[lang] in question(found.tables[0], Words(found, lang))) == outside
    assert (SAID[lang] in html(found, lang)) == outside
    assert check(*signed(found), matcher().public, agreed).release.tables[0].outside == outside
