"""docs/register.md and docs/identifiers.md say what the code does."""

from __future__ import annotations

import datetime as dt
import re

import pyarrow as pa
import pytest

from linkage.identifiers import scheme
from linkage.register import parse_map
from linkage.register.map import _LATER_KEYS
from linkage.register.reasons import UNKNOWN_VALUE
from linkage.register.when import NO_DATE, NO_DAY, NO_PERIOD, REVERSED
from tests.needs import ROOT

SE = scheme("se")
IDENTIFIERS = (ROOT / "docs" / "identifiers.md").read_text(encoding="utf-8")
REGISTER = (ROOT / "docs" / "register.md").read_text(encoding="utf-8")
ENGLISH, SWEDISH = REGISTER, (ROOT / "docs" / "sv" / "register.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    found = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return found[2:]


def test_every_kind_has_an_example_that_is_of_it() -> None:
    told = [(kind.strip("`"), example.strip("`")) for kind, _, example in rows(section(IDENTIFIERS, "Kinds"))]
    assert {kind for kind, _ in told} == set(SE.kinds)
    reading = SE.read(pa.array([example for _, example in told]), dt.date(2021, 1, 15))
    assert [SE.kinds[kind] for kind in reading.kind] == [kind for kind, _ in told]


def test_every_reason_is_told_in_its_order() -> None:
    told = [row[0].strip("`") for row in rows(section(IDENTIFIERS, "Why a value is unreadable"))]
    assert told == [slug for slug, _ in SE.reasons if slug]


def test_the_examples_of_centuries_are_right() -> None:
    for text, year in {
        "900101-2385": 1990,
        "200101-2380": 2020,
        "220101-2388": 1922,
        "210101+2389": 1921,
    }.items():
        assert f"`{text}`" in IDENTIFIERS
        reading = SE.read(pa.array([text]), dt.date(2021, 1, 15))
        assert reading.canonical[0][:4] == str(year).encode()
    reading = SE.read(pa.array(["210301-2387"]), dt.date(2021, 1, 15))
    assert SE.reasons[reading.reason[0]][0] == "after-extraction"


@pytest.mark.parametrize("text", [ENGLISH, SWEDISH], ids=["en", "sv"])
def test_the_maps_in_the_docs_are_maps(text: str) -> None:
    whole, *parts = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(parse_map(whole).sources) == 2
    for part in parts:  # one source of a map
        assert len(parse_map(f'format = "linkage-register/1"\n{part}').sources) == 1


def test_what_comes_later_and_what_rows_are_refused_for_is_told() -> None:
    later = section(REGISTER, "Keys")
    assert [key for key in _LATER_KEYS if f"`{key}`" not in later] == []
    refused = section(REGISTER, "Machine-readable")
    faults = [fault.slug for fault in (NO_DAY, NO_DATE, REVERSED, NO_PERIOD)]
    assert [slug for slug in [*faults, UNKNOWN_VALUE] if f"`{slug}`" not in refused] == []
