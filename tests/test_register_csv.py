# ruff: noqa: E501 - a table of faults reads best with one fault a line
"""Files that are no register as they should be: each is refused by name, with the record, and no cell."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage.dimensions import Dimensions
from linkage.errors import Error, RegisterError
from linkage.register import ByColumn, Source, Spells, Undated, read
from linkage.register.errors import (
    ColumnError,
    EmptyError,
    EncodingError,
    HeaderError,
    NoRegisterError,
    NotReadableError,
    NotTextError,
    NotYetError,
    RecordError,
)
from linkage.register.sources import delimited as csv_module
from linkage.synthetic.numbers import luhn
from tests.registers import ANNA, BO, SPELLS, bitmaps, plan_of, read_text

HEAD = "Pnr;Start;Slut\n"
ROW = f"{ANNA};2020-01-01;2020-02-28\n"
CANARIES = {ANNA, ANNA[2:], f"{ANNA[2:8]}-{ANNA[8:]}", BO, BO[2:], "2020-01-01", "2020-02-28", "hemlig"}


def everything_of(error: BaseException) -> Iterator[str]:
    """All that an error could show: texts, causes, contexts, tracebacks with notes."""
    yield "".join(traceback.format_exception(error))
    seen: BaseException | None = error
    while seen is not None:
        yield f"{seen} {seen!r} {seen.args}"
        if isinstance(seen, Error):
            yield f"{seen.message} {seen.advice} {' '.join(map(str, seen.details))}"
        seen = seen.__cause__ or seen.__context__


def refused(folder: Path, text: str | bytes, source: Source = SPELLS) -> RegisterError:
    error: BaseException | None = None
    try:
        error = read_text(folder, text, source).fault
    except RegisterError as raised:
        error = raised
    assert isinstance(error, RegisterError)
    shown = " ".join(everything_of(error))
    assert not [canary for canary in CANARIES if canary in shown]
    assert str(error.advice)
    return error


GOOD = {
    "semicolons": HEAD + ROW,
    "commas": (HEAD + ROW).replace(";", ","),
    "BOM": "\ufeff" + HEAD + ROW,
    "BOM and quotes": '\ufeff"Pnr";"Start";"Slut"\n' + ROW,
    "carriage returns": (HEAD + ROW).replace("\n", "\r\n"),
    "no newline at the end": (HEAD + ROW).rstrip("\n"),
    "blank lines": "\n\r\n" + HEAD + "\n" + ROW + "\n\n",
    "quoted cells": f'Pnr;Start;Slut\n"{ANNA}";"2020-01-01";"2020-02-28"\n',
    "spaces in the header": f" Pnr ;Start\u00a0; Slut\n{ROW}",
    "a comma in a header with semicolons": f"Pnr;Start;Slut;Belopp, kr\n{ROW.rstrip()};1,5\n",
    "semicolons in a header with commas": f'Pnr,Start,Slut,"a;b;c;d"\n{ROW.rstrip().replace(";", ",")},x\n',
    "a newline in the header": f'"Anm\när";Pnr;Start;Slut\n;{ROW}',
    "a newline in a cell": f'Pnr;Start;Slut;Anm\n{ROW.rstrip()};"en\ntvå ""tre"""\n',
    "a quotation mark inside a cell": f'Pnr;Start;Slut;Anm\n{ROW.rstrip()};5" rör\n',
    "columns without a name": f"Pnr;Start;Slut;;\n{ROW.rstrip()};;\n",
    "tabs": (HEAD + ROW).replace(";", "\t"),
    "bars": (HEAD + ROW).replace(";", "|"),
    "old Mac": (HEAD + ROW).replace("\n", "\r"),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_ways_to_write_a_csv(text: str, tmp_path: Path) -> None:
    found = read_text(tmp_path, text)
    assert found.fault is None
    assert bitmaps(found) == {ANNA: {"krami": 0b11}}


def test_encoding_and_delimiter_are_told(tmp_path: Path) -> None:
    plain, marked = read_text(tmp_path, HEAD + ROW), read_text(tmp_path, GOOD["commas"].encode("utf-8-sig"))
    assert [(f.file, f.encoding, f.delimiter, f.rows) for f in plain.files] == [("r.csv", "utf-8", ";", 1)]
    assert [(f.encoding, f.delimiter) for f in marked.files] == [("utf-8-sig", ",")]


def test_swedish_letters_split_in_two_are_one(tmp_path: Path) -> None:
    text = "Personnummer;A\u030ar\n" + f"{ANNA};Fo\u0308rst \n"
    source = Source("r.csv", "Personnummer", Undated(), ByColumn("År", {"Först": "lista"}))
    assert bitmaps(read_text(tmp_path, text, source)) == {ANNA: {"lista": 0xFFF}}


def test_a_file_of_one_column(tmp_path: Path) -> None:
    source = Source("r.csv", "Pnr", Undated(), "lista")
    assert bitmaps(read_text(tmp_path, f"Pnr\n{ANNA}\n{BO}", source)) == {
        ANNA: {"lista": 0xFFF},
        BO: {"lista": 0xFFF},
    }


def test_a_column_may_be_used_twice(tmp_path: Path) -> None:
    source = Source("r.csv", "Pnr", Undated(), "lista", {"Pnr": frozenset({ANNA})})
    assert bitmaps(read_text(tmp_path, f"Pnr\n{ANNA}\n{BO}\n", source)) == {ANNA: {"lista": 0xFFF}}


BAD: dict[str, tuple[str | bytes, type[Error], str]] = {
    "empty": ("", EmptyError, "the file is empty: r.csv"),
    "only a byte order mark": (b"\xef\xbb\xbf", EmptyError, "the file is empty: r.csv"),
    "only blank lines": ("\n \r\n\n", EmptyError, "the file is empty: r.csv"),
    "header only": (HEAD, EmptyError, "no record after the header: r.csv"),
    "header only, cut": (HEAD.rstrip(), EmptyError, "no record after the header: r.csv"),
    "UTF-16 without a mark": ((HEAD + ROW).encode("utf-16-le"), NotTextError, "a NUL byte, so this is no text: r.csv, about record 1"),
    "Excel": (b"PK\x03\x04\x14\0", NotReadableError, "cannot be read as Excel: r.csv"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1", NotYetError, "not yet: r.csv is old Excel"),
    "gzip": (b"\x1f\x8b\x08", NotYetError, "not yet: r.csv is gzip"),
    "Parquet": (b"PAR1\x15\x04", NotReadableError, "cannot be read as Parquet: r.csv"),
    "binary": (bytes(range(256)), NotTextError, "a NUL byte, so this is no text: r.csv, about record 1"),
    "a NUL byte": (HEAD + ROW * 3 + f"{ANNA};2020-01-01\0;\n", NotTextError, "a NUL byte, so this is no text: r.csv, about record 5"),
    "a NUL byte far in": (HEAD + ROW * 40_000 + "\0", NotTextError, "a NUL byte, so this is no text: r.csv, about record 40002"),
    "cut in a letter": (HEAD.encode() + ROW.encode() + "å".encode()[:1], EncodingError, "letters that no encoding explains: r.csv"),
    "UTF-8 cut in a letter": (b"Pnr;Start;Slut;Ort\n" + f"{ANNA};2020-01-01;;Malmö\n".encode() * 2 + "å".encode()[:1], EncodingError, "not UTF-8: r.csv, record 4"),
    "cp1252 among UTF-8": (b"Pnr;Start;Slut;Ort\n" + f"{ANNA};2020-01-01;;Malmö\n".encode() * 2 + f"{ANNA};2020-01-01;;hemlig å\n".encode("cp1252"), EncodingError, "not UTF-8: r.csv, record 4"),
    "the header twice": (HEAD + ROW * 2 + HEAD + ROW, HeaderError, "the header stands again: r.csv, record 4"),
    "too few columns": (HEAD + ROW + f"{ANNA};hemlig\n" + ROW, RecordError, "columns: 2, in the header 3: r.csv, record 3"),
    "too many columns": (HEAD + ROW * 2 + f"{ANNA};2020-01-01;;hemlig\n", RecordError, "columns: 4, in the header 3: r.csv, record 4"),
    "too few after a quoted newline": ('Pnr;Start;Slut\n"\n";;\n\n' + f"{ANNA}\n", RecordError, "columns: 1, in the header 3: r.csv, record 3"),
    "a quotation mark that is not closed": (HEAD + ROW + f'{ANNA};2020-01-01;"2020-02-28\n' + ROW * 3, RecordError, "a quotation mark is not closed: r.csv, record 3"),
    "an early quotation mark that is not closed": (HEAD + ROW + f'"{ANNA};2020-01-01;\n' + ROW * 3, RecordError, "columns: 1, in the header 3: r.csv, record 3"),
    "two columns of one name": ("Pnr;Start;Slut;Start\n", HeaderError, "two columns have the name 'Start': r.csv"),
    "no header": (ROW * 3, HeaderError, "the first line names no columns: r.csv"),
    "a column that is not there": ("Pnr;Startdatum;Slut\n" + ROW, ColumnError, "no column 'Start' (did you mean 'Startdatum'?): r.csv"),
    "another case": ("PNR;Start;Slut\n" + ROW, ColumnError, "no column 'Pnr' (did you mean 'PNR'?): r.csv"),
    "many columns that are not there": ("a;b\n1;2\n", ColumnError, "3 columns are not there: r.csv"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "message"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_register_is_refused(
    text: str | bytes, kind: type[Error], message: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, text)
    assert type(error) is kind
    assert str(error) == message


def test_missing_columns_are_all_told(tmp_path: Path) -> None:
    error = refused(tmp_path, "Person;Startdag\n1;2\n")
    assert [str(detail) for detail in error.details] == [
        "no column 'Pnr'",
        "no column 'Start' (did you mean 'Startdag'?)",
        "no column 'Slut'",
    ]


def test_a_cell_in_place_of_a_name_is_not_suggested(tmp_path: Path) -> None:
    number = f"{ANNA[2:8]}-{ANNA[8:]}"
    source = Source("r.csv", number[:-1] + "x", Undated(), "lista")
    assert number not in str(refused(tmp_path, f"{number}\n{number}\n", source))


def test_names_that_may_be_cells_are_not_shown(tmp_path: Path) -> None:
    twice = refused(tmp_path, "Pnr;Start;Slut;2020-02-28;2020-02-28\n" + ROW)
    assert str(twice) == "two columns have the name '…': r.csv"
    long = "Start " * 20
    assert str(refused(tmp_path, f"Pnr;{long};Slut\n{ROW}")) == "no column 'Start': r.csv"


def test_a_record_longer_than_any_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_module, "BLOCK", 1_000)
    error = refused(tmp_path, HEAD + ROW * 30 + f'{ANNA};2020-01-01;"' + ROW * 100)
    assert type(error) is RecordError
    assert str(error).startswith(
        "longer than 1000 bytes, or a quotation mark is not closed: r.csv, after record "
    )


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, '"Pnr;' + "x" * (1 << 21))
    assert type(error) is HeaderError


def test_faults_are_found_in_every_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_module, "BLOCK", 512)
    text = (HEAD + ROW * 200 + "å\n" * 3).encode()
    for record in (2, 17, 150, 200):
        lines = text.splitlines(keepends=True)
        lines[record - 1] = lines[record - 1].replace(b"2020-02-28", b"2020-02-\xe5")
        assert str(refused(tmp_path, b"".join(lines))) == f"not UTF-8: r.csv, record {record}"
        lines[record - 1] = b"hemlig;\n"
        assert str(refused(tmp_path, b"".join(lines))).endswith(f"r.csv, record {record}")


@pytest.mark.parametrize("what", ["missing", "a folder"])
def test_a_register_that_cannot_be_opened(what: str, tmp_path: Path) -> None:
    if what == "a folder":
        (tmp_path / "r.csv").mkdir()
    with pytest.raises(NoRegisterError, match=r"r\.csv") as caught:
        read(plan_of(SPELLS), tmp_path, Dimensions())
    assert str(tmp_path) not in str(caught.value)


def test_quoted_newlines_do_not_shift_record_numbers(tmp_path: Path) -> None:
    text = f'Pnr;Start;Slut;Anm\n{ANNA};2020-01-01;;"a\nb\nc"\n\n{ANNA};igår;;\n'
    source = Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami")
    assert [str(told) for told in read_text(tmp_path, text, source).first] == [
        "r.csv, record 3, column 'Start': not a day as 2020-01-31"
    ]


def test_published_kinds_of_numbers_do_not_show(tmp_path: Path) -> None:
    nine = "900101238"
    text = HEAD + f"{nine}{(luhn(nine) + 1) % 10};2020-01-01;\n"
    found = read_text(tmp_path, text)
    assert found.folded.summary.refused == {"check-digit": 1}
    assert "900101" not in found.files[0].problems.to_csv().decode("utf-8-sig")
