"""What an export did: for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register import reason_text
from linkage.register.sums import ABOVE, BELOW
from linkage.texts import say

if TYPE_CHECKING:
    from linkage.errors import RegisterError
    from linkage.package.write import Written
    from linkage.register import FileRead, Summary

_DELIMITERS = {
    ";": Text("semicolons"),
    ",": Text("commas"),
    "\t": Text("tabs"),
    "|": Text("vertical bars"),
}
_KINDS = {"parquet": "Parquet", "sql": "SQL"}


@dataclass(frozen=True)
class ExportFacts:
    """What became of the register. package, written: None after a dry run.

    people: rows of the package; series: people per series; problems: local files, one per register that has
    rows with problems. fault: why the register cannot be exported as it is; only a dry run comes so far.
    """

    party: str
    round: str
    scheme: str
    package: Path | None
    written: Written | None
    people: int
    series: Mapping[str, int]
    summary: Summary
    files: tuple[FileRead, ...]
    problems: tuple[Path, ...]
    warnings: tuple[Text, ...]
    fault: RegisterError | None = None

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        facts: dict[str, object] = {"party": self.party, "round": self.round}
        if self.package is not None and self.written is not None:
            facts |= {
                "package": str(self.package),
                "sha512": self.written.sha512,
                "bytes": self.written.bytes,
            }
            facts |= {"id": self.written.id, "sequence": self.written.sequence}
        summary = self.summary
        facts |= {
            "rows": summary.rows_read,
            "used": summary.rows_used,
            "outside": summary.rows_outside,
            "ignored": summary.rows_ignored,
            "refused": dict(summary.refused),
            "identifiers": dict(summary.identifiers),
            "clamped": dict(summary.clamped),
            "people": self.people,
            "series": dict(self.series),
            "counted_percent": summary.counted_percent,
            "files": [
                {
                    "file": f.file,
                    "kind": f.head.kind,
                    "encoding": f.encoding,
                    "delimiter": f.delimiter,
                    "sheet": f.head.sheet,
                    "rows": f.rows,
                }
                for f in self.files
            ],
            "problems": [str(path) for path in self.problems],
            "warnings": [say(warning) for warning in self.warnings],
        }
        if self.fault is not None:
            facts["fault"] = say(self.fault.message)
        return facts

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        return [
            *self._of_files(),
            *self._of_rows(),
            *self._of_people(),
            *self._of_trouble(),
            *self._of_package(),
        ]

    def _of_files(self) -> list[Text]:
        return [_of_file(f) for f in self.files]

    def _of_rows(self) -> list[Text]:
        summary = self.summary
        lines = [
            Text(
                "{rows} rows read: {used} used, {outside} outside the window, {ignored} left out by the map",
                {
                    "rows": summary.rows_read,
                    "used": summary.rows_used,
                    "outside": summary.rows_outside,
                    "ignored": summary.rows_ignored,
                },
            )
        ]
        lines += [
            Text("  {rows} refused: {reason}", {"rows": rows, "reason": reason_text(reason, self.scheme)})
            for reason, rows in summary.refused.items()
        ]
        if above := summary.clamped.get(ABOVE):
            lines.append(
                Text(
                    "  {count} sums of a person and period were above what is agreed, and count as that",
                    {"count": above},
                )
            )
        if below := summary.clamped.get(BELOW):
            lines.append(
                Text(
                    "  {count} sums of a person and period were below zero, and count as zero",
                    {"count": below},
                )
            )
        lines += [
            Text("  {rows} identity numbers of the kind {kind}", {"rows": rows, "kind": kind})
            for kind, rows in summary.identifiers.items()
            if rows
        ]
        return lines

    def _of_people(self) -> list[Text]:
        lines = [
            Text(
                "{people} people in the window; {percent} % of the register's people could be counted",
                {"people": self.people, "percent": self.summary.counted_percent},
            )
        ]
        return lines + [
            Text("  {people} people in {series}", {"people": people, "series": series})
            for series, people in self.series.items()
        ]

    def _of_trouble(self) -> list[Text]:
        lines = [Text("warning: {what}", {"what": warning}) for warning in self.warnings]
        return lines + [
            Text("{path}: which rows have problems, for you alone: it stays here", {"path": path})
            for path in self.problems
        ]

    def _of_package(self) -> list[Text]:
        if self.package is None or self.written is None:
            return [Text("a dry run: no package was written")]
        return [
            Text(
                "{path}: {size} bytes, sealed for the matcher",
                {"path": self.package, "size": self.written.bytes},
            ),
            Text("SHA-512 {digest}", {"digest": self.written.sha512}),
        ]

    def after(self) -> Text | None:
        """The next step."""
        if self.package is not None:
            return Text("send {package} to the matcher, to nobody else", {"package": self.package})
        if self.fault is None:
            return Text("the same without --dry-run")
        return None


def _of_file(read: FileRead) -> Text:
    """How a source was read: what was found is told, so that a wrong guess shows."""
    head = read.head
    if head.kind == "xlsx":
        return Text(
            "{file}: {rows} rows, Excel, sheet {sheet}",
            {"file": read.file, "rows": read.rows, "sheet": head.sheet},
        )
    if head.kind in _KINDS:
        return Text(
            "{file}: {rows} rows, {kind}",
            {"file": read.file, "rows": read.rows, "kind": _KINDS[head.kind]},
        )
    return Text(
        "{file}: {rows} rows, {encoding}, separated by {signs}",
        {
            "file": read.file,
            "rows": read.rows,
            "encoding": head.encoding,
            "signs": _DELIMITERS[head.delimiter],
        },
    )
