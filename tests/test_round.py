"""The whole way, by the commands alone, gives what plain Python sets give."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.commands.agreement_files import load
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from linkage.window import Unit, label, ordinal
from tests import oracle
from tests.rounds import Round, Spell

FIRST = "2019-01"
PEOPLE = [
    make(dt.date(year, month, day), serial)
    for year, month, day in [
        (1955, 3, 1),
        (1979, 12, 31),
        (1990, 7, 1),
        (1991, 1, 1),
        (2003, 2, 28),
        (2004, 2, 29),
    ]
    for serial in TEST_SERIALS
    for make in (personnummer, samordningsnummer)
]
PARTIES = {"malmo": ["krami", "avanti", "lista"], "af": ["etablering", "arbetslos"], "region": ["rehab"]}
UNDATED = frozenset({"malmo.lista"})


def written(person: str, form: int) -> str:
    """One of the ways in which a register writes an identity number."""
    if form == 0:
        return person
    if form == 1:
        return f"{person[:8]}-{person[8:]}"
    if form == 2:
        return person[2:]
    return f" {person[2:8]}-{person[8:]} "


@st.composite
def expressions(draw: st.DrawFn, series: Sequence[str], periods: int, depth: int = 3) -> str:
    """The source of an expression over these series."""
    leaves = [*series, "sex.woman", "age.16-29", "age.18-40"]
    if depth == 0:
        return draw(st.sampled_from(leaves))
    inner = expressions(series, periods, depth - 1)
    dated = expressions([s for s in series if s not in UNDATED], periods, depth - 1)
    k = draw(st.integers(0, min(2, periods - 1)))
    kind = draw(st.sampled_from(["leaf", "leaf", "|", "&", "-", "!", "ever", "atleast", "edge", "k", "*"]))
    if kind == "leaf":
        return draw(st.sampled_from(leaves))
    if kind in {"|", "&", "-"}:
        return f"({draw(inner)} {kind} {draw(inner)})"
    if kind == "!":
        return f"!({draw(inner)})"
    if kind == "ever":
        return f"ever({draw(inner)})"
    if kind == "atleast":
        return f"atleast(2, {draw(inner)}, {draw(inner)}, {draw(inner)})"
    if kind == "edge":
        return f"{draw(st.sampled_from(['started', 'left']))}({draw(dated)})"
    if kind == "k":
        return f"{draw(st.sampled_from(['was', 'will', 'within', 'bridge']))}({draw(dated)}, {k})"
    return "af.*"


@st.composite
def measures(draw: st.DrawFn, series: Sequence[str], periods: int) -> str:
    """The text of a few measures, one of each kind."""
    by = draw(
        st.sampled_from(
            [[], ["period"], ["sex"], ["period", "sex"], ["period", "sex", "age"], ["span"], ["span", "age"]]
        )
    )
    against = '\nagainst = "early"' if "span" in by else ""
    tail = f"by = {json.dumps(by)}{against}\n"
    e = [draw(expressions(series, periods)) for _ in range(7)]
    parts = list(dict.fromkeys(e[1:3]))
    sets = list(dict.fromkeys(e[3:6]))
    text = f'[[measure]]\nname = "one"\ntitle = "One"\ncount = "{e[0]}"\nparts = {json.dumps(parts)}\n{tail}'
    text += (
        f'[[measure]]\nname = "share"\ntitle = "Share"\nshare = "{e[0]}"\nof = "{e[6]}"\ntarget = 48\n{tail}'
    )
    if len(sets) > 1:
        text += f'[[measure]]\nname = "over"\ntitle = "Over"\noverlap = {json.dumps(sets)}\n{tail}'
        text += f'[[measure]]\nname = "many"\ntitle = "Many"\nhowmany = {json.dumps(sets)}\n{tail}'
    return text


def agreement_text(parties: Sequence[str], periods: int, questions: str) -> str:
    """A whole agreement, still without fingerprints."""
    last = label(Unit.MONTH, ordinal(Unit.MONTH, FIRST) + periods - 1)
    blocks = "".join(
        f'[[party]]\nname = "{p}"\ntitle = "{p.title()}"\nidentity = ""\n'
        + "".join(
            f'[[party.series]]\nname = "{s}"\ntitle = "{s.title()}"\n'
            + ('known = "window"\n' if f"{p}.{s}" in UNDATED else "")
            for s in PARTIES[p]
        )
        for p in parties
    )
    return f"""format = "linkage-agreement/1"
name = "reach"
round = 3
title = "A round"
purpose = "Test the whole way."
basis = "Nobody exists."
[period]
unit = "month"
first = "{FIRST}"
last = "{last}"
counting = "any-day"
spans = {{ "early" = ["{FIRST}", "{FIRST}"], "late" = ["{last}", "{last}"] }}
[identifier]
scheme = "se"
accept = ["personnummer", "samordningsnummer"]
[dimensions]
sex = true
age = {{ on = "2020-12-31", bands = ["16-29", "30-64"], also = ["18-40"] }}
{blocks}[matcher]
name = "matcher"
title = "The matcher"
identity = ""
round_key = ""
{questions}[release]
method = "exact"
agreed = "Nobody exists; decided in this test."
[retention]
days = 30
basis = "Nobody exists."
"""


@st.composite
def rounds(draw: st.DrawFn, parties: int, periods: int) -> tuple[str, dict[str, list[Spell]], dict[str, Any]]:
    """An agreement, the registers as they are written, and the same for the oracle."""
    names = list(PARTIES)[:parties]
    series = [f"{p}.{s}" for p in names for s in PARTIES[p]]
    text = agreement_text(names, periods, draw(measures(series, periods)))
    start = dt.date(2018, 12, 1)
    days = st.integers(0, 31 * (periods + 2)).map(lambda n: start + dt.timedelta(days=n))
    registers: dict[str, list[Spell]] = {p: [] for p in names}
    plain: dict[str, list[oracle.Spell]] = {s: [] for s in series}
    people = PEOPLE[: draw(st.integers(1, len(PEOPLE)))]
    for key in series:
        party, name = key.split(".")
        for _ in range(draw(st.integers(0, 12))):
            person = draw(st.sampled_from(people))
            first = draw(days)
            length = draw(st.none() | st.integers(0, 90))
            last = None if length is None else first + dt.timedelta(days=length)
            shown = written(person, draw(st.integers(0, 3)))
            if key in UNDATED:  # a list without dates says: there at some time of the window
                first, last = dt.date(2019, 1, 1), None
            registers[party].append(Spell(shown, name, first, last))
            plain[key].append(oracle.Spell(person, first, last))
    for party in names:  # a register has a record at least; this one lies before the window
        before = dt.date(2018, 12, 1)
        registers[party].append(Spell(PEOPLE[0], PARTIES[party][0], before, before))
        plain[f"{party}.{PARTIES[party][0]}"].append(oracle.Spell(PEOPLE[0], before, before))
    return text, registers, plain


def compare(text: str, registers: dict[str, list[Spell]], plain: dict[str, Any], *options: str) -> None:
    """Play the round in a fresh folder and hold release.json against the oracle."""
    folder = Path(tempfile.mkdtemp())
    try:
        empty = {p: PARTIES[p] for p in registers}
        round_ = Round(folder, text, registers, UNDATED, empty)
        release = round_.play("reach", 3, *options)
        agreement = load(round_.agreement)
        told = {t["measure"]: t["rows"] for t in release["tables"]}
        for measure in agreement.measures:
            assert told[measure.name] == oracle.rows(measure, plain, agreement), measure.name
    finally:
        shutil.rmtree(folder)


ROUND = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize(("parties", "periods"), [(2, 1), (2, 12), (3, 5), (3, 60)])
def test_the_release_is_what_plain_sets_give(parties: int, periods: int) -> None:
    @ROUND
    @given(rounds(parties, periods), st.sampled_from([(), ("--workers", "2"), ("--memory", "20M")]))
    def check(made: tuple[str, dict[str, list[Spell]], dict[str, Any]], options: tuple[str, ...]) -> None:
        compare(*made, *options)

    check()
