"""Drawn examples: people as rows, months as columns, a measure, and the table that it gives.

A page holds them one after the other: a block of TOML with a measure, a block that begins with the word
"people", and a Markdown table. What is asked and who is there is read from the page, and from nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from linkage.agreement import parse
from linkage.agreement.model import Agreement
from linkage.measures.figures import Figures, People
from linkage.measures.kinds import Questions
from linkage.measures.model import Frame
from linkage.release.kinds.table import rows
from linkage.release.methods import exact
from tests.agreements import FINGERPRINTS

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun")
SEXES = {"": 0, "woman": 1, "man": 2}
_EXAMPLE = re.compile(
    r"```toml\n(?P<asked>.*?)```\n+```\npeople(?P<drawn>.*?)```\n+(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL
)

AGREEMENT = """\
format  = "linkage-agreement/1"
name    = "drawn"
round   = 1
title   = "Drawn"
purpose = "Show what each kind of measure means."
basis   = "A decision"
[period]
unit  = "month"
first = "2020-01"
last  = "2020-{last:02}"
counting = "any-day"
[identifier]
scheme = "se"
accept = ["personnummer"]
[dimensions]
sex = true
{parties}
[matcher]
name      = "matcher"
title     = "The matcher"
identity  = "{matcher}"
round_key = "{round_key}"
[release]
method = "exact"
agreed = "These people are drawn."
[retention]
days  = 30
basis = "A decision"
"""


@dataclass(frozen=True)
class Example:
    """asked: TOML; people: as drawn; table: its rows, values as written."""

    asked: str
    drawn: str
    table: tuple[Mapping[str, str], ...]


def examples(page: str) -> Iterator[Example]:
    """Every example of a page."""
    for found in _EXAMPLE.finditer(page):
        lines = [
            [cell.strip() for cell in line.strip("|\n ").split("|")] for line in found["table"].splitlines()
        ]
        head, body = lines[0], lines[2:]
        table = tuple(dict(zip(head, cells, strict=True)) for cells in body)
        yield Example(found["asked"], found["drawn"], table)


@dataclass(frozen=True)
class Drawn:
    """What a picture says: for each series what stands under each month, and the sex of each person."""

    months: int
    series: Mapping[str, list[list[str]]]
    sexes: list[str]


def read(drawn: str) -> Drawn:
    """Read a picture. A line without a name goes on with the person above it."""
    lines = [line for line in drawn.splitlines() if line.strip()]
    months = len(lines[0].split())
    people: list[str] = []
    series: dict[str, list[list[str]]] = {}
    for line in lines[1:]:
        words = line.split()
        if not line[0].isspace():
            people.append(words.pop(0))
            sex = words.pop(0).strip("()") if words[0].startswith("(") else ""
            people[-1] = sex
        key, cells = words[0], words[1:]
        assert len(cells) == months, line
        series.setdefault(key, []).extend([["·"] * months] * (len(people) - len(series.get(key, ())) - 1))
        series[key].append(cells)
    for of in series.values():
        of.extend([["·"] * months] * (len(people) - len(of)))
    return Drawn(months, series, people)


def agreement_of(example: Example) -> Agreement:
    """The agreement that asks it: a party for each first word of a series."""
    drawn = read(example.drawn)
    parties: dict[str, list[str]] = {}
    for key, of in drawn.series.items():
        party, _, name = key.partition(".")
        amounts = any(cell.isdigit() for cells in of for cell in cells)
        places = re.search(rf"# {re.escape(key)} has (\d+) places", example.asked)
        parties.setdefault(party, []).append(
            f'[[party.series]]\nname = "{name}"\ntitle = "{name}"\n'
            + ('value = { unit = "kr", max = 60000 }\n' if amounts else "")
            + (f"places = {places[1]}\n" if places else "")
        )
    if len(parties) == 1:
        parties["other"] = ['[[party.series]]\nname = "nobody"\ntitle = "nobody"\n']
    prints = iter(v for k, v in FINGERPRINTS.items() if not k.startswith("matcher"))
    written = "".join(
        f'[[party]]\nname = "{party}"\ntitle = "{party}"\nidentity = "{next(prints)}"\n' + "".join(several)
        for party, several in parties.items()
    )
    text = AGREEMENT.format(
        last=drawn.months,
        parties=written,
        matcher=FINGERPRINTS["matcher"],
        round_key=FINGERPRINTS["matcher-round"],
    )
    return parse(text + example.asked)


def answer(example: Example) -> list[dict[str, str]]:
    """The rows that the engine and the release give, as they would be written on the page."""
    agreement, drawn = agreement_of(example), read(example.drawn)
    dtype = agreement.window.dtype
    maxima = {s.key: s.value.max for s in agreement.series if s.value}
    n = len(drawn.sexes)
    presence = {s.key: np.zeros(n, dtype) for s in agreement.series if not s.value}
    amounts = {key: np.zeros((n, drawn.months), np.uint32) for key in maxima}
    for key, of in drawn.series.items():
        for person, cells in enumerate(of):
            if key in amounts:
                amounts[key][person] = [int(cell) if cell != "·" else 0 for cell in cells]
            else:
                presence[key][person] = sum(1 << p for p, cell in enumerate(cells) if cell == "█")
    sexes = np.array([SEXES[sex] for sex in drawn.sexes], np.uint8)
    frame = Frame(agreement.window, agreement.dimensions, maxima)
    questions = Questions(agreement.measures, frame)
    tables = questions.zeros()
    asked = {key: bits for key, bits in presence.items() if key in questions.series}
    wanted = {key: amounts[key] for key in questions.amounts}
    questions.add(tables, People(n, asked, sexes, np.zeros(n, np.uint8), wanted))
    figures: Figures = questions.figures(tables)
    counts = exact.protect(figures, agreement.release).counts
    (measure,) = agreement.measures
    return [
        {key: _written(value) for key, value in row.items()}
        for row in rows(measure, counts[measure.name], frame)
    ]


def _written(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Fraction):
        return str(float(value))
    return str(value)
