"""What an export did: for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from linkage.commands import export_numbers as numbers
from linkage.commands.chart import Paper, chart
from linkage.commands.export_problems import told
from linkage.errors import Text
from linkage.register import Quality, kind_text, reason_text
from linkage.register.sums import ABOVE, BELOW
from linkage.texts import say

if TYPE_CHECKING:
    from linkage.errors import RegisterError
    from linkage.package.write import Written
    from linkage.register import FileRead, Summary

_PAPER = Paper()
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
    rows with problems. agreement, number (of the round), digest (hex): what it was exported for; None
    for a draft. fault: why the register cannot be exported as it is; only a dry run comes so far.
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
    agreement: str
    number: int
    digest: str | None
    quality: Quality = field(default_factory=Quality)
    fault: RegisterError | None = None

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        facts: dict[str, object] = {"party": self.party, "round": self.round, "digest": self.digest}
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
            **numbers.facts(summary),
            "quality": self.quality.as_json(),
            "problems": [str(path) for path in self.problems],
            "warnings": [say(warning) for warning in self.warnings],
        }
        if self.fault is not None:
            facts["fault"] = say(self.fault.message)
        return facts

    def lines(self, paper: Paper = _PAPER) -> list[Text | str]:
        """The facts, for a person. paper: what they are shown on."""
        return [
            self._of_agreement(),
            *self._of_files(),
            *self._of_rows(),
            *self._of_people(),
            *self._of_periods(paper),
            *self._of_trouble(),
            *self._of_package(),
        ]

    def _of_agreement(self) -> Text:
        """For what it is exported: whoever has several agreements sees a wrong one here."""
        words: dict[str, object] = {
            "party": self.party,
            "agreement": self.agreement,
            "round": self.number,
            "digest": self.digest,
        }
        if self.digest is None:
            return Text("{party}, for {agreement} round {round}, which is a draft", words)
        return Text("{party}, for {agreement} round {round}, digest {digest}", words)

    def _of_files(self) -> list[Text]:
        return [_of_file(f) for f in self.files]

    def _of_rows(self) -> list[Text]:
        summary = self.summary
        lines = [
            Text(
                "{rows:# row|# rows} read: {used} used, {outside} outside the window, {ignored} left out by "
                "the map",
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
                    "  {count:# sum of a person and period was|# sums of a person and period were} above "
                    "what is agreed, and {count:counts|count} as that",
                    {"count": above},
                )
            )
        if below := summary.clamped.get(BELOW):
            lines.append(
                Text(
                    "  {count:# sum of a person and period was|# sums of a person and period were} below "
                    "zero, and {count:counts|count} as zero",
                    {"count": below},
                )
            )
        lines += [
            Text("  {rows:# row|# rows} with: {kind}", {"rows": rows, "kind": kind_text(kind)})
            for kind, rows in summary.identifiers.items()
            if rows
        ]
        return lines

    def _of_people(self) -> list[Text]:
        lines = [
            Text(
                "{people:# person|# people} in the window; {percent} % of the register's people could be "
                "counted",
                {"people": self.people, "percent": self.summary.counted_percent},
            )
        ]
        lines += [
            Text("  {people:# person|# people} in {series}", {"people": people, "series": series})
            for series, people in self.series.items()
        ]
        return lines + numbers.lines(self.summary) + self._of_looks()

    def _of_periods(self, paper: Paper) -> list[Text | str]:
        quality = self.quality
        drawn = chart(quality.periods, quality.people, quality.odd, paper)
        return [
            "",
            Text("people in each period (! is empty, or jumps by more than half)"),
            *drawn,
            "",
        ] * bool(drawn)

    def _of_looks(self) -> list[Text]:
        """Sexes and ages, where the identifiers tell them; repeated rows."""
        quality, lines = self.quality, []
        if sexes := quality.women + quality.men:
            lines.append(
                Text(
                    "  {women} % women, {men} % men",
                    {"women": share(quality.women, sexes), "men": share(quality.men, sexes)},
                )
            )
        if quality.aged:
            lines.append(
                Text(
                    "  {children} % under 16, {old} % over 80 when the window ends",
                    {
                        "children": share(quality.children, quality.aged),
                        "old": share(quality.old, quality.aged),
                    },
                )
            )
        if quality.repeated.rows:
            words: dict[str, object] = {"rows": quality.repeated.rows}
            lines.append(
                Text(
                    "  {rows:# row says|# rows say} the same as another row: {rows:it counts|they count} "
                    "once",
                    words,
                )
                if quality.repeated.exact
                else Text("  about {rows} rows say the same as another row: they count once", words)
            )
        return lines

    def _of_trouble(self) -> list[Text]:
        lines = [Text("warning: {what}", {"what": warning}) for warning in self.warnings]
        return [*lines, *told(self.problems)]

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
            "{file}: {rows:# row|# rows}, Excel, sheet {sheet}",
            {"file": read.file, "rows": read.rows, "sheet": head.sheet},
        )
    if head.kind in _KINDS:
        return Text(
            "{file}: {rows:# row|# rows}, {kind}",
            {"file": read.file, "rows": read.rows, "kind": _KINDS[head.kind]},
        )
    return Text(
        "{file}: {rows:# row|# rows}, {encoding}, separated by {signs}",
        {
            "file": read.file,
            "rows": read.rows,
            "encoding": head.encoding,
            "signs": _DELIMITERS[head.delimiter],
        },
    )


def share(part: int, whole: int) -> str:
    """Per cent, whole; what is more than nothing is not shown as 0."""
    percent = round(100 * part / whole)
    return "< 1" if part and not percent else str(percent)
