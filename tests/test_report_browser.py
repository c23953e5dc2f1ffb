"""The page in a browser: on paper every page has the red line, and what was folded is open."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from linkage.release import Release
from linkage.report import html
from linkage.texts import Lang
from tests.needs import missing
from tests.releases import over_time, year

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

pytestmark = pytest.mark.slow


@cache
def program(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found or missing(" or ".join(names))


def browse(folder: Path, *options: str, made: Release | None = None) -> subprocess.CompletedProcess[str]:
    """Opens the page in a browser of its own."""
    page = folder / "report.html"
    page.write_text(html(made or year()[1], Lang.SV), encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [program(*NAMES), *QUIET, profile, "--enable-logging=stderr", *options, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def printed(folder: Path, made: Release | None = None) -> list[str]:
    """The text of each page of the printed report."""
    reader = program("pdftotext")
    target = folder / "report.pdf"
    done = browse(folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", made=made)
    assert "Refused to" not in done.stderr
    text = subprocess.run([reader, "-layout", target, "-"], capture_output=True, text=True, check=True).stdout
    return text.rstrip("\f").split("\f")


def test_every_printed_page_has_the_red_line_and_every_row_is_printed(tmp_path: Path) -> None:
    pages = printed(tmp_path)
    assert len(pages) > 5
    assert all("Exakta tal, utan skydd." in page for page in pages)
    whole = " ".join(pages)
    rows = year()[1].table("volym").pick(period="2020-07", part="unique", sex="woman", age="30-64")
    assert "juli 2020" in whole  # stands in a table that is folded on the screen
    assert str(rows[0]["value"]) in whole


def test_the_page_is_drawn_at_the_width_of_a_telephone(tmp_path: Path) -> None:
    target = tmp_path / "report.png"
    done = browse(tmp_path, f"--screenshot={target}", "--window-size=400,2000")
    assert "Refused to" not in done.stderr
    assert target.stat().st_size > 20_000


def test_what_becomes_of_people_is_printed_with_its_charts_and_tables(tmp_path: Path) -> None:
    pages = printed(tmp_path, over_time()[1])
    assert all("Exakta tal, utan skydd." in page for page in pages)
    moves = next(page for page in pages if "Var personer finns" in page)
    assert "till Annanstans" in moves  # the matrix stands on the page of its picture
    amounts = next(page for page in pages if "kr per person, före och efter" in page)
    assert "händelsens månad" in amounts
    assert "Ändrat medel" in " ".join(amounts.split())
