"""What can be wrong with a register or its map. No message, hint or detail ever holds an identity number.

Files, columns, series and record numbers are named; the header is record 1 and blank lines are none. Cells
are never shown, with one exception: values of a column that the map says holds the series, which are names of
programmes and have to be told so that they can be named in the map (`linkage.register.unknown`).
"""

from __future__ import annotations

from linkage.errors import FileError, RegisterError, UsageError


class MapError(RegisterError):
    """The register map is not as docs/register.md says; all problems are in `details`."""

    hint = "correct the map; docs/register.md tells every key"


class NotYetError(RegisterError):
    """Something that a later version brings."""

    hint = "export it as CSV, or save it as an Excel workbook (.xlsx)"


class ShortMapError(UsageError):
    """The words on the command line do not make a map."""


class NoRegisterError(FileError):
    """There is no such register file, or it cannot be read."""

    hint = "name the file as it is; the file of a map is looked for in the map's folder"


class ChangedError(FileError):
    """The register is being written while it is read."""

    hint = "wait until the export of the register is done, or copy the file first"


class NotTextError(RegisterError):
    """The file is no text."""

    hint = "export the register as CSV"


class DatabaseError(RegisterError):
    """A database does not answer, or refuses."""

    hint = "see that the database runs, and that the query works in its own program; then export again"


class NotReadableError(RegisterError):
    """The file is damaged, protected, or not of the kind that it seems to be."""

    hint = "open it in the program that made it, and save it again without a password"


class SheetError(RegisterError):
    """A workbook does not have the sheet, or has several."""

    hint = "name the sheet in the map: sheet = …"


class ColumnTypeError(RegisterError):
    """A column holds something that cannot be text, such as lists or bytes."""

    hint = "give the column as text, a number or a day where the register comes from"


class EncodingError(RegisterError):
    """The file is text in another encoding than was found or said."""

    hint = "name the encoding: --encoding cp1252, or encoding = in the map; or save the file as CSV UTF-8"


class EmptyError(RegisterError):
    """There is nothing in the file, or only a header."""

    hint = "see whether the export was cut off; a series without anybody is named in the map: empty = [...]"


class HeaderError(RegisterError):
    """The first record does not name the columns as it should."""

    hint = "the first line names the columns, each with a name of its own"


class ColumnError(RegisterError):
    """A column that the map names is not in the file."""

    hint = "columns are named as in the file's first line"


class RecordError(RegisterError):
    """A record does not have the columns that the header has."""

    hint = "see the record in a text editor: often a separator or a quotation mark too many"


class RefusedError(RegisterError):
    """More rows are refused for mistakes in them than may be."""

    hint = "correct the rows in the register, FILE.problems.csv lists them; or see --max-refused"


class UnreadableError(RegisterError):
    """A source has no row with an identity number that can be read."""

    hint = "name the column of the identity numbers: --id, or id in the map; see the agreement's scheme too"


class UnknownValueError(RegisterError):
    """A column of series has values that the map does not name."""

    hint = "name each under values, or under ignore if its rows shall not count"
