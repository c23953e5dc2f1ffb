"""docs/release.md says what the code does: members, keys, notes, and every error by name."""

from __future__ import annotations

import re

import pytest

from linkage.errors import PackageError
from linkage.release import disagreements, document, reading_method, reading_tables, tables, verify
from linkage.release.reading import BadReleaseError
from linkage.release.rows import VALUES
from tests.needs import ROOT

TEXT = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")


def errors() -> set[str]:
    """Every error with which a release file can be refused."""
    found = {BadReleaseError.__name__}
    for module in (disagreements, document, reading_method, verify):
        found |= {
            name
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, PackageError) and value is not PackageError
        }
    return found - {"DisagreementError"}  # a family, raised by nobody


def test_every_error_is_documented_and_every_documented_error_exists() -> None:
    assert set(re.findall(r"`(\w+Error)`", TEXT)) == errors()


@pytest.mark.parametrize(
    "words",
    [
        document._MEMBERS,
        tables.NOTES,
        tables.PART_TOTALS,
        tables.DIMENSIONS,
        tables.KINDS,
        tables.FOLLOWS,
        tables.LENGTH_TOTALS,
        tables.OFFSET_TOTALS,
        (tables.ELSEWHERE,),
        VALUES,
        ("in", "lists", "from", "to", "length", "offset"),
        tuple({name for kind in reading_tables._MEMBERS.values() for names in kind for name in names}),
    ],
)
def test_every_word_of_the_file_is_documented(words: tuple[str, ...]) -> None:
    for word in words:
        assert f"`{word}`" in TEXT or f'`"{word}"`' in TEXT or f"| {word}" in TEXT or f", {word} |" in TEXT, (
            word
        )


def test_checks_are_numbered_alike() -> None:
    source = (ROOT / "linkage" / "release" / "verify.py").read_text(encoding="utf-8")
    assert re.findall(r"# \((\d)\)", source) == re.findall(r"(?m)^\| \((\d)\) \|", TEXT) == list("12345")
