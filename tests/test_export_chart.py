"""The table with bars at the end of an export, and the line that tells how far it has come."""

from __future__ import annotations

import pytest

from linkage.commands.chart import Paper, chart
from linkage.program.progress import line

LABELS = [f"2020-{month:02}" for month in range(1, 13)]


def test_known_answer() -> None:
    drawn = chart(LABELS[:3], {"krami": [1234, 617, 1]}, {"krami": frozenset({1})}, Paper(40, blocks=False))
    assert drawn == [
        "         krami",
        "2020-01  1 234  ########################",
        "2020-02    617! ############",
        "2020-03      1  #",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("many", [1, 2, 5, 9])
def test_no_line_is_wider_than_the_terminal_and_every_number_is_there(width: int, many: int) -> None:
    series = {f"a-series-with-a-name-{i}": [i * 1000 + month for month in range(12)] for i in range(many)}
    drawn = chart(LABELS, series, {}, Paper(width))
    assert max(map(len, drawn)) <= width
    text = "\n".join(drawn).replace(" ", "").replace("█", " ")
    for counts in series.values():
        assert all(str(n) in text for n in counts)


def test_colour_only_where_it_is_wanted() -> None:
    odd = {"krami": frozenset({0})}
    assert "\x1b" in "".join(chart(LABELS[:1], {"krami": [0]}, odd, Paper(colour=True)))
    assert "\x1b" not in "".join(chart(LABELS[:1], {"krami": [0]}, odd, Paper()))


def test_nothing_to_draw() -> None:
    assert chart(LABELS, {}, {}, Paper()) == []
    assert len(chart(LABELS, {"krami": [0] * 12}, {}, Paper())) == 13


def test_a_progress_line_tells_share_speed_and_time_left() -> None:
    assert line("reading", 50, 200, 90_000, 30.0) == (
        "reading  [#####---------------]   25 %  90 000 rows, 3 000 a second  1:30 left"
    )
    assert line("reading", 50, 0, 90_000, 30.0) == "reading  90 000 rows, 3 000 a second"
    assert line("counting", 3, 4, None, 3.0) == "counting  [###############-----]   75 %  0:01 left"
