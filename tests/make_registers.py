# ruff: noqa: E501 - a table of quirks reads best with one quirk a line
"""Makes tests/registers/: one register per quirk, and in expected.json what must come of it.

Run it as `python -m tests.make_registers`. Everybody in it is made up.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from linkage.synthetic.numbers import personnummer, samordningsnummer
from tests.registers import ANNA, BO

FOLDER = Path(__file__).with_name("registers")
HEAD = ("Pnr", "Start", "Slut", "Ort")
ROWS = (
    (ANNA, dt.date(2020, 1, 1), dt.date(2020, 2, 28), "Malmö"),
    (BO, dt.date(2020, 12, 31), None, "Åstorp; Östra"),
    (ANNA, dt.date(2020, 6, 1), dt.date(2020, 6, 1), "Ängelholm"),
)
GOOD = {"people": 2, "used": 3}


@dataclass(frozen=True)
class Case:
    """A register, what the map says of how it is written, and what must come of it.

    source: the map's lines on this source, where they are not the usual ones (start and end, series krami).
    """

    data: bytes
    expected: dict[str, Any]
    origin: str = ""
    source: str = ""


def csv(encoding: str = "utf-8", sign: str = ";", end: str = "\r\n") -> bytes:
    """The usual register as CSV."""
    lines = [sign.join(HEAD), *(sign.join(_cell(cell, sign) for cell in row) for row in ROWS)]
    return (end.join(lines) + end).encode(encoding)


def _cell(cell: object, sign: str) -> str:
    text = "" if cell is None else str(cell)
    return f'"{text}"' if sign in text else text


def excel(
    fill: Callable[[Any, Any], None], *, sheets: tuple[str, ...] = ("Blad1",), **options: object
) -> bytes:
    """A workbook whose first sheet is filled."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    book.set_properties({"created": dt.datetime(2021, 1, 15)})  # noqa: DTZ001 - Excel knows no zones
    made = [book.add_worksheet(name) for name in sheets]
    fill(made[0], book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    return out.getvalue()


def usual(sheet: Any, day: Any) -> None:
    """Days as days, identity numbers as text."""
    sheet.write_row(0, 0, HEAD)
    for at, row in enumerate(ROWS, 1):
        sheet.write_string(at, 0, row[0])
        sheet.write_datetime(at, 1, row[1], day)
        if row[2]:
            sheet.write_datetime(at, 2, row[2], day)
        sheet.write_string(at, 3, row[3])


def numbers(sheet: Any, day: Any) -> None:
    """Identity numbers as numbers, days as serials without a format, under a title."""
    sheet.write_row(2, 0, HEAD)
    for at, row in enumerate(ROWS, 3):
        sheet.write_number(at, 0, float(row[0]))
        sheet.write_string(at, 3, row[3])
        for place in (1, 2):
            if value := row[place]:
                assert isinstance(value, dt.date)
                sheet.write_number(at, place, (value - dt.date(1899, 12, 30)).days)
    sheet.write_blank(9, 0, None, day)


def no_days(sheet: Any, day: Any) -> None:
    """Serials that are no day, with and without a format, and "open end"."""
    sheet.write_row(0, 0, HEAD)
    for at, (serial, how) in enumerate([(60, day), (60, None), (0, day), (0, None), ("1900-01-00", None)], 1):
        sheet.write_string(at, 0, ANNA)
        sheet.write(at, 1, serial, how)
    sheet.write_string(6, 0, BO)
    sheet.write_number(6, 1, 44196, day)
    sheet.write_number(6, 2, 2_958_465, day)


def error(sheet: Any, day: Any) -> None:
    """An end that could not be looked up."""
    usual(sheet, day)
    sheet.write_formula(2, 2, "=NA()", None, "#N/A")


def parquet(**types: pa.DataType) -> bytes:
    """The usual register as Parquet, each column of a type."""
    out = io.BytesIO()
    columns = dict(zip(HEAD, zip(*ROWS, strict=True), strict=True))
    cells = {}
    for name, values in columns.items():
        kind = types.get(name)
        if kind is not None and pa.types.is_list(kind):
            cells[name] = pa.array([[str(value)] for value in values])
        elif name == "Pnr" and kind is not None:
            cells[name] = pa.array([int(str(value)) for value in values]).cast(kind)
        else:
            found = pa.array(values)
            cells[name] = found if kind is None else found.cast(kind)
    pq.write_table(pa.table(cells), out)
    return out.getvalue()


def wide() -> bytes:
    """The usual register among 5 000 columns."""
    more = [f"k{n}" for n in range(5_000 - len(HEAD))]
    lines = [";".join([*HEAD, *more])]
    lines += [";".join([ANNA, str(row[1]), str(row[2] or ""), "", *["" for _ in more]]) for row in ROWS]
    return ("\n".join(lines) + "\n").encode()


def cases() -> dict[str, Case]:
    """File name → case."""
    found = {
        f"{name}.csv": Case(csv(encoding), {**GOOD, "encoding": encoding})
        for name, encoding in {
            "utf-8": "utf-8",
            "bom": "utf-8-sig",
            "utf-16": "utf-16",
            "cp1252": "cp1252",
            "cp850": "cp850",
            "mac-roman": "mac-roman",
        }.items()
    }
    found |= {
        f"{name}.csv": Case(csv(sign=sign), {**GOOD, "delimiter": sign})
        for name, sign in {"commas": ",", "tabs": "\t", "bars": "|"}.items()
    }
    usual_text = csv().decode()
    found |= {
        "latin1-said.csv": Case(csv("latin-1"), {**GOOD, "encoding": "iso8859-1"}, 'encoding = "latin1"'),
        "wrongly-said.csv": Case(csv("cp1252"), {"error": "not UTF-8: wrongly-said.csv, record 2"}, 'encoding = "utf-8"'),
        "line-breaks-in-quotes.csv": Case(usual_text.replace("Malmö", '"Mal\r\nmö"').encode(), GOOD),
        "old-mac-lines.csv": Case(csv(end="\r"), GOOD),
        "nul.csv": Case(usual_text.replace("Malmö", "Mal\0mö").encode(), {"error": "a NUL byte, so this is no text: nul.csv, about record 2"}),
        "two-columns-of-one-name.csv": Case(usual_text.replace("Ort", "Slut").encode(), {"error": "two columns have the name 'Slut': two-columns-of-one-name.csv"}),
        "ragged.csv": Case((usual_text + f"{ANNA};2020-01-01\r\n").encode(), {"error": "columns: 2, in the header 4: ragged.csv, record 5"}),
        "header-twice.csv": Case((usual_text * 2).encode(), {"error": "the header stands again: header-twice.csv, record 5"}),
        "header-only.csv": Case(usual_text.split("\r\n", 1)[0].encode(), {"error": "no record after the header: header-only.csv"}),
        "empty.csv": Case(b"", {"error": "the file is empty: empty.csv"}),
        "one-column.csv": Case(f"Pnr\n{ANNA}\n{BO}\n".encode(), {"error": "2 columns are not there: one-column.csv"}),
        "five-thousand-columns.csv": Case(wide(), {"people": 1, "used": 3}),
        "broken-utf-8.csv": Case(usual_text.encode() + f"{ANNA};2020-01-01;;Ort ".encode() + b"\xe5\r\n", {"error": "not UTF-8: broken-utf-8.csv, record 5"}),
        "usual.xlsx": Case(excel(usual), GOOD),
        "numbers-and-serials.xlsx": Case(excel(numbers), GOOD),
        "second-sheet.xlsx": Case(excel(usual, sheets=("Data", "Om")), GOOD, 'sheet = "Data"'),
        "which-sheet.xlsx": Case(excel(usual, sheets=("Data", "Om")), {"error": "which sheet of Data, Om: which-sheet.xlsx"}),
        "no-such-sheet.xlsx": Case(excel(usual), {"error": "no sheet 'Blad2' (did you mean 'Blad1'?), there are Blad1: no-such-sheet.xlsx"}, 'sheet = "Blad2"'),
        "no-days.xlsx": Case(excel(no_days), {"people": 1, "used": 1, "refused": {"broken-date": 5}}),
        "from-1904.xlsx": Case(excel(usual, date_1904=True), {"error": "not yet: from-1904.xlsx counts days from 1904"}),
        "error-value.xlsx": Case(excel(error), {"error": "an error of Excel such as #N/A: error-value.xlsx, record 3, column 'Slut'"}),
        "damaged.xlsx": Case(excel(usual)[:-200], {"error": "cannot be read as Excel: damaged.xlsx"}),
        "usual.parquet": Case(parquet(), GOOD),
        "numbers.parquet": Case(parquet(Pnr=pa.int64(), Start=pa.timestamp("ns"), Slut=pa.date64()), GOOD),
        "floats.parquet": Case(parquet(Pnr=pa.float64()), GOOD),
        "decimals.parquet": Case(parquet(Pnr=pa.decimal128(21, 2)), GOOD),
        "lists.parquet": Case(parquet(Pnr=pa.list_(pa.string())), {"error": "'Pnr' holds values of the type list, which are no text: lists.parquet"}),
        "damaged.parquet": Case(parquet()[:-60], {"error": "cannot be read as Parquet: damaged.parquet"}),
    }  # fmt: skip
    return found


CIA = personnummer(dt.date(2005, 5, 5), 238)  # ten digits begin with a zero
BEFORE = samordningsnummer(dt.date(1985, 5, 5), 239)
STAY = 'id = "Pnr"\nstart = "Start"\nend = "Slut"\nseries = "krami"\n'
PAID = 'id = "Pnr"\nperiod = "Månad"\namount = "Belopp"\nseries = "bistand"\n'


def table(*rows: str) -> bytes:
    """Lines of a CSV."""
    return ("\n".join(rows) + "\n").encode()


def meanings() -> dict[str, Case]:
    """Quirks of what cells say: numbers, days, amounts, people."""
    stays = "Pnr;Start;Slut"
    forms = table(stays, f"{ANNA};2020-01-01;", f"{BO};01.02.2020;", f"{CIA};20200301;")
    lost = table(stays, f"{ANNA};2020-01-01;", f"{CIA[2:].lstrip('0')};2020-01-01;")
    amounts = table(
        "Pnr;Månad;Belopp",
        f"{ANNA};2020-01;1 234,50 kr",
        f"{ANNA};2020-01;-200",
        f"{BO};2020-02;61 000",
        f"{CIA};2020-03;1.234",
        f"{CIA};2020-03;",
    )
    return {
        "three-forms-of-days.csv": Case(forms, {"people": 1, "used": 1, "refused": {"broken-date": 2}}),
        "three-forms-that-are-named.csv": Case(forms, {"people": 3, "used": 3}, source=f'{STAY}dates = ["%d.%m.%Y", "%Y%m%d"]\n'),
        "open-end-in-9999.csv": Case(table(stays, f"{ANNA};2020-01-01;9999-12-31"), {"people": 1, "used": 1}),
        "day-1900-01-00.csv": Case(table(stays, f"{ANNA};1900-01-00;", f"{BO};2020-01-01;"), {"people": 1, "used": 1, "refused": {"broken-date": 1}}),
        "shortened-by-a-spreadsheet.csv": Case(table(stays, "1,99001E+11;2020-01-01;", f"{BO};2020-01-01;"), {"people": 1, "used": 1, "refused": {"shortened": 1}, "fault": True}),
        "lost-zeros.csv": Case(lost, {"people": 1, "used": 1, "refused": {"lost-zeros": 1}}),
        "lost-zeros-put-back.csv": Case(lost, {"people": 2, "used": 2, "repaired": 1}, source=f'{STAY}repair = "leading-zeros"\n'),
        "several-numbers-in-a-cell.csv": Case(table(stays, f'"{ANNA}, {BO}";2020-01-01;', f"{CIA} {ANNA};2020-02-01;"), {"people": 3, "used": 2}, source=STAY.replace('id = "Pnr"', 'ids = ["Pnr"]')),
        "household.csv": Case(table("Sökande;Medsökande;Månad;Belopp", f"{ANNA};{BO};2020-01;1 000", f"{CIA};;2020-01;500,50"), {"people": 3, "used": 2, "amounts": {ANNA: [1000], BO: [1000], CIA: [501]}}, source=PAID.replace('id = "Pnr"', 'ids = ["Sökande", "Medsökande"]')),
        "previous-number.csv": Case(table(f"{stays};Förra", f"{BO};2020-01-01;;{BEFORE}", f"{BEFORE};2019-01-01;2020-01-31;"), {"people": 1, "used": 2, "joined": 1}, source=f'{STAY}previous = "Förra"\n'),
        "amounts.csv": Case(amounts, {"people": 2, "used": 3, "refused": {"no-amount": 1, "unclear-amount": 1}, "amounts": {ANNA: [1035], BO: [0, 60000]}, "clamped": 1}, source=PAID),
    }  # fmt: skip


def every() -> dict[str, Case]:
    """All cases, by file name."""
    return cases() | meanings()


def told_of(case: Case) -> dict[str, Any]:
    """What expected.json says of a case."""
    return {"origin": case.origin, **({"source": case.source} if case.source else {}), **case.expected}


def main() -> None:
    """Write the corpus."""
    FOLDER.mkdir(exist_ok=True)
    made = every()
    for name, case in made.items():
        (FOLDER / name).write_bytes(case.data)
    told = {name: told_of(case) for name, case in sorted(made.items())}
    (FOLDER / "expected.json").write_text(
        json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
