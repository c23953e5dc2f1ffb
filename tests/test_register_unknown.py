"""Values that no map names: told with counts when they are programmes, never when they may be people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from linkage.errors import RegisterError
from linkage.register import ByColumn, Source, Spells, parse_map
from linkage.register.errors import UnknownValueError
from tests.registers import ANNA, bitmaps, read_text

SOURCE = Source(
    "r.csv", "Pnr", Spells("Start", "Slut"), ByColumn("Insats", {"Krami": "krami"}, frozenset({"Vägledning"}))
)


def register(*values: str) -> str:
    return "Pnr;Insats;Start;Slut\n" + "".join(f"{ANNA};{value};2020-01-01;2020-01-31\n" for value in values)


def fault_of(folder: Path, *values: str) -> RegisterError:
    found = read_text(folder, register(*values), SOURCE)
    assert isinstance(found.fault, UnknownValueError)
    return found.fault


def test_unnamed_values_are_listed_with_their_rows_and_refused(tmp_path: Path) -> None:
    error = fault_of(tmp_path, "Krami", "Krami 2.0", "Avanti", "Krami 2.0 ", "Vägledning", "krami", "")
    assert str(error) == "values in 'Insats' that the map does not name, 4 in all: r.csv"
    assert [str(detail) for detail in error.details] == [
        "'Krami 2.0': 2",
        "'': 1",
        "'Avanti': 1",
        "'krami': 1",
    ]
    assert "ignore" in str(error.advice)


def test_ignored_values_are_left_out_and_counted(tmp_path: Path) -> None:
    found = read_text(tmp_path, register("Krami", "Vägledning", " Vägledning"), SOURCE)
    assert found.fault is None
    assert bitmaps(found) == {ANNA: {"krami": 1}}
    assert found.folded.summary.rows_ignored == 2
    assert found.folded.summary.identifiers["personnummer"] == 1


def test_values_of_rows_that_are_not_chosen_need_no_name(tmp_path: Path) -> None:
    source = replace(SOURCE, where={"Start": frozenset({"2020-01-01"})})
    text = register("Krami") + f"{ANNA};Avanti;2020-02-01;\n"
    found = read_text(tmp_path, text, source)
    assert found.fault is None
    assert found.folded.summary.rows_ignored == 1
    assert found.files[0].problems.count == 0


def test_rows_with_unnamed_values_are_refused_ones(tmp_path: Path) -> None:
    found = read_text(tmp_path, register("Krami", "x", "y", "x"), SOURCE)
    assert found.folded.summary.refused == {"unknown-value": 3}
    assert [record for record, _, _ in found.files[0].problems.first(9)] == [3, 4, 5]


@pytest.mark.parametrize(
    "values",
    [
        [f"Insats {n}" for n in range(51)],
        ["Avanti", ANNA],
        ["Avanti", "900101-2385"],
        ["2020-01-31"],
        ["anna@example.se"],
        ["x" * 81],
    ],
    ids=["many", "twelve digits", "ten digits", "a date", "an address", "long"],
)
def test_what_may_be_people_is_only_counted(values: list[str], tmp_path: Path) -> None:
    error = fault_of(tmp_path, *values)
    assert (
        str(error) == f"rows with values in 'Insats' that the map does not name, {len(values)} in all: r.csv"
    )
    assert error.details == ()
    assert "right column" in str(error.advice)
    assert not [value for value in values if value in f"{error} {error.advice}"]


def test_a_column_of_names_is_only_counted(tmp_path: Path) -> None:
    """The map names another column than it meant: what stands there may be people."""
    people = ["Anna A", "Bo B", "Cecilia C, skyddad adress"]
    found = read_text(tmp_path, register(*people), SOURCE)
    assert found.fault is not None
    told = f"{found.fault} {found.fault.advice} {found.fault.details}"
    assert not [name for name in people if name in told]
    renamed = read_text(tmp_path, register(*["Nya Krami"] * 5), SOURCE)
    assert renamed.fault is not None
    assert [str(detail) for detail in renamed.fault.details] == ["'Nya Krami': 5"]


def test_empty_cells_can_be_ignored(tmp_path: Path) -> None:
    text = (
        'format = "linkage-register/1"\n'
        '[[source]]\nfile = "r.csv"\nid = "Pnr"\nstart = "Start"\nend = "Slut"\n'
        'series = { column = "Insats", values = { "Krami" = "krami" }, ignore = [""] }\n'
    )
    (source,) = parse_map(text).sources
    found = read_text(tmp_path, register("Krami", "", "  "), source)
    assert found.fault is None
    assert found.folded.summary.rows_ignored == 2
