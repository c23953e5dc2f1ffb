"""Registers with several numbers a row and numbers of before: as plain Python reads them, told row by row."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.dimensions import Dimensions
from linkage.register import Read, Source, Spells, Undated, parse_map, read
from linkage.register.errors import MapError
from linkage.register.numbers import ShortenedError
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from tests.registers import ANNA, BO, bitmaps, plan_of

PEOPLE = [personnummer(dt.date(1990, 1, 1 + i), TEST_SERIALS[0]) for i in range(4)]
PEOPLE += [samordningsnummer(dt.date(1985, 5, 5), serial) for serial in TEST_SERIALS[:3]]
YOUNG = personnummer(dt.date(2001, 1, 5), TEST_SERIALS[0])
LOST = YOUNG[3:]
JANUARY, MARCH = ("2020-01-05", "2020-01-20"), ("2020-03-05", "2020-03-20")
OWN = Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami", previous="Förr")
TABLE = Source("t.csv", "Nytt", Undated(), "", previous="Gammalt")
HOUSEHOLD = Source("r.csv", "Sökande", Spells("Start", "Slut"), "krami", others=("Medsökande",), several=True)


def written(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerows([names, *rows])
    return out.getvalue()


def read_all(folder: Path, *sources: tuple[Source, str]) -> Read:
    for source, text in sources:
        (folder / source.file).write_text(text, encoding="utf-8")
    return read(plan_of(*(source for source, _ in sources)), folder, Dimensions(sex=True))


def months(found: Read) -> dict[str, int]:
    """Canonical form → bitmap of krami."""
    return {person: series["krami"] for person, series in bitmaps(found).items()}


def sent(found: Read) -> set[tuple[str, str]]:
    """The (newest, previous) numbers that go into the package."""
    changed = found.folded.changed
    if changed is None:
        return set()
    values = [value.decode() for value in changed.identifiers.values.tolist()]
    return {
        (values[n], values[p])
        for n, p in zip(changed.newest.tolist(), changed.previous.tolist(), strict=True)
    }


def groups(pairs: set[tuple[str, str]]) -> dict[str, str]:
    """Number → newest, by closure: at most four, and one that is nobody's previous."""
    together = {number: {number} for pair in pairs for number in pair}
    for _ in together:
        for new, old in pairs:
            both = together[new] | together[old]
            together |= dict.fromkeys(both, both)
    last = {n: [x for x in group if x not in {old for _, old in pairs}] for n, group in together.items()}
    return {n: last[n][0] for n, group in together.items() if len(group) <= 4 and len(last[n]) == 1}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from([JANUARY, MARCH]),
        st.lists(st.sampled_from(PEOPLE), max_size=2),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=3))
def test_numbers_of_before_are_replaced_as_plain_sets_say(
    rows: list[tuple[str, tuple[str, str], list[str]]], table: list[tuple[str, str]]
) -> None:
    sources = [
        (OWN, written(["Pnr", "Start", "Slut", "Förr"], [(p, *when, ", ".join(o)) for p, when, o in rows]))
    ]
    if table:
        sources.append((TABLE, written(["Nytt", "Gammalt"], table)))
    with tempfile.TemporaryDirectory() as folder:
        found = read_all(Path(folder), *sources)
    pairs = {(p, o) for p, _, old in rows for o in old if o != p} | {(n, o) for n, o in table if n != o}
    newest = groups(pairs)
    expected: dict[str, int] = {}
    for person, when, _ in rows:
        bit = 1 if when == JANUARY else 4
        expected[newest.get(person, person)] = expected.get(newest.get(person, person), 0) | bit
    assert months(found) == expected
    known = {(new, old) for new, old in pairs if new not in newest}
    known |= {(new, old) for old, new in newest.items() if new != old}
    assert sent(found) == {(new, old) for new, old in known if new in expected}
    summary = found.folded.summary
    assert summary.changed == sum(new != old for old, new in newest.items())
    assert (summary.people_counted, summary.rows_read, summary.rows_used) == (
        len(expected),
        len(rows),
        len(rows),
    )


def test_sex_is_that_of_the_newest_number(tmp_path: Path) -> None:
    man, woman = (personnummer(dt.date(1990, 1, 1), serial) for serial in (239, 238))
    found = read_all(
        tmp_path,
        (OWN, written(["Pnr", "Start", "Slut", "Förr"], [(woman, *JANUARY, man), (man, *MARCH, "")])),
    )
    assert months(found) == {woman: 5}
    assert found.folded.sex.tolist() == [1]


def test_previous_numbers_that_cannot_be_linked_are_told_and_the_row_is_used(tmp_path: Path) -> None:
    text = written(
        ["Pnr", "Start", "Slut", "Förr"], [(ANNA, *JANUARY, f"900101-T238, {BO}"), (BO, *JANUARY, "nobody")]
    )
    found = read_all(tmp_path, (OWN, text))
    summary = found.folded.summary
    assert (summary.rows_used, summary.refused, summary.changes_left_out) == (2, {}, 2)
    assert months(found) == {ANNA: 1}
    problems = found.files[0].problems.first(9)
    assert [(record, column) for record, column, _ in problems] == [(2, "Förr"), (3, "Förr")]
    assert sent(found) == {(ANNA, BO)}


def test_numbers_of_which_nobody_knows_the_newest_stay_and_are_counted(tmp_path: Path) -> None:
    text = written(["Pnr", "Start", "Slut", "Förr"], [(ANNA, *JANUARY, BO), (BO, *MARCH, ANNA)])
    found = read_all(tmp_path, (OWN, text))
    assert months(found) == {ANNA: 1, BO: 4}
    assert (found.folded.summary.changed, found.folded.summary.changes_unclear) == (0, 1)
    assert sent(found) == {(ANNA, BO), (BO, ANNA)}, "the matcher has to know that it is unclear"


def test_a_table_of_numbers_has_rows_of_its_own(tmp_path: Path) -> None:
    own = written(["Pnr", "Start", "Slut", "Förr"], [(BO, *JANUARY, "")])
    table = written(["Nytt", "Gammalt"], [(ANNA, BO), ("nobody", BO), (PEOPLE[1], PEOPLE[2])])
    found = read_all(tmp_path, (OWN, own), (TABLE, table))
    assert months(found) == {ANNA: 1}
    assert sent(found) == {(ANNA, BO)}, "whose newest is in no row of its own does not travel"
    summary = found.folded.summary
    assert (summary.rows_read, summary.rows_used, summary.changes_left_out) == (1, 1, 1)
    assert [file.rows for file in found.files] == [1, 3]


# -- several numbers a row ----------------------------------------------------------------------------------

HOUSEHOLDS: dict[str, tuple[tuple[str, str], dict[str, int], Mapping[str, int], int]] = {
    "two people": ((ANNA, BO), {ANNA: 1, BO: 1}, {}, 0),
    "alone": ((ANNA, " "), {ANNA: 1}, {}, 0),
    "the first cell empty": (("", BO), {BO: 1}, {}, 0),
    "nobody": (("", ""), {}, {"empty": 1}, 0),
    "twice the same": ((ANNA, f"{ANNA[:8]}-{ANNA[8:]}"), {ANNA: 1}, {}, 0),
    "several in a cell": ((f"{ANNA}; {BO}", ""), {ANNA: 1, BO: 1}, {}, 0),
    "one that is not linked": ((ANNA, "900101-T238"), {ANNA: 1}, {}, 1),
    "none that is linked": (("900101-T238", "nobody"), {}, {"interim": 1}, 0),
    "two in a cell, none linked": (("900101-T238, nobody", ""), {}, {"interim": 1}, 0),
    "the second one readable": (("nobody", BO), {BO: 1}, {}, 1),
}


@pytest.mark.parametrize("case", HOUSEHOLDS)
def test_a_row_is_about_everybody_in_it(tmp_path: Path, case: str) -> None:
    cells, expected, refused, partly = HOUSEHOLDS[case]
    found = read_all(
        tmp_path, (HOUSEHOLD, written(["Sökande", "Medsökande", "Start", "Slut"], [(*cells, *JANUARY)]))
    )
    summary = found.folded.summary
    assert months(found) == expected
    assert (summary.refused, summary.rows_partly) == (refused, partly)
    assert summary.rows_used + sum(summary.refused.values()) == summary.rows_read == 1
    assert found.repeated.rows == 0, "nobody is in a row twice, so no amount is added twice"


# -- broken numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [0, 3])
def test_a_file_with_shortened_numbers_is_refused_without_showing_one(tmp_path: Path, column: int) -> None:
    row = [BO, *JANUARY, ""]
    row[column] = "1,99001E+11"
    found = read_all(
        tmp_path, (OWN, written(["Pnr", "Start", "Slut", "Förr"], [(ANNA, *JANUARY, ""), row, row]))
    )
    assert type(found.fault) is ShortenedError
    assert "2 in all: r.csv" in str(found.fault)
    assert "record 3" in str(found.fault)
    assert "99001" not in str(found.fault)
    assert found.folded.summary.refused == ({"shortened": 2} if column == 0 else {})


def test_lost_zeros_are_refused_by_name_or_repaired_and_counted(tmp_path: Path) -> None:
    text = written(["Pnr", "Start", "Slut", "Förr"], [(LOST, *JANUARY, ""), (ANNA, *JANUARY, "")])
    refused = read_all(tmp_path, (OWN, text)).folded
    assert (refused.summary.refused, refused.summary.repaired, len(refused)) == ({"lost-zeros": 1}, 0, 1)
    mended = Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami", repair=True)
    repaired = read_all(tmp_path, (mended, text))
    assert (repaired.folded.summary.refused, repaired.folded.summary.repaired) == ({}, 1)
    assert months(repaired) == {YOUNG: 1, ANNA: 1}


# -- the map ------------------------------------------------------------------------------------------------

FORMAT = 'format = "linkage-register/1"\n[[source]]\nfile = "r.csv"\n'


def test_the_map_names_them() -> None:
    text = FORMAT + 'ids = ["A", "B"]\nseries = "krami"\nperiod = "M"\nrepair = "leading-zeros"\n'
    text += '[[source]]\nfile = "t.csv"\nid = "Nytt"\nprevious = "Gammalt"\n'
    first, second = parse_map(text).sources
    assert (first.ids, first.several, first.repair, first.columns.texts) == (
        ("A", "B"),
        True,
        True,
        ("A", "B"),
    )
    assert second == TABLE
    assert second.names == ()


WRONG = {
    'id = "A"\nids = ["B"]\nseries = "krami"': "either id or ids",
    'ids = []\nseries = "krami"': "an empty list",
    'ids = ["A", "A"]\nseries = "krami"': "the same column twice",
    'ids = ["A"]\nprevious = "B"\nseries = "krami"': "goes with id",
    'id = "A"\nprevious = "A"\nseries = "krami"': "the same column as id",
    'id = "A"\nrepair = "all"\nseries = "krami"': "unknown 'all'",
    'id = "A"\nprevious = "B"\nperiod = "M"': "series",
    'ids = "A"\nseries = "krami"': "expected a list of texts",
}


@pytest.mark.parametrize("lines", WRONG)
def test_what_does_not_go_together_is_refused(lines: str) -> None:
    with pytest.raises(MapError) as caught:
        parse_map(FORMAT + lines + "\n")
    assert any(WRONG[lines] in str(detail) for detail in caught.value.details)
