"""A first register map that was written: for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linkage.commands.export_map import USUAL
from linkage.errors import Text
from linkage.register.guess import Kind

if TYPE_CHECKING:
    from linkage.register.draft import Looked

_KINDS: Mapping[Kind, Text] = {
    Kind.IDENTITY: Text("identity numbers"),
    Kind.IDENTITIES: Text("several identity numbers in a cell"),
    Kind.DAY: Text("days"),
    Kind.PERIOD: Text("periods"),
    Kind.AMOUNT: Text("amounts"),
    Kind.CATEGORY: Text("categories"),
}


@dataclass(frozen=True)
class NewMap:
    """A map that was written, and what is still to be said in it. agreed: whether an agreement was there."""

    path: Path
    agreement: Path
    party: str | None
    looked: tuple[Looked, ...]
    unfed: tuple[str, ...]

    @property
    def loose(self) -> Mapping[str, int]:
        """Values of a column of series that bear no agreed name, with their rows."""
        return {value: rows for each in self.looked for value, rows in each.roles.loose.items()}

    @property
    def ready(self) -> bool:
        """Whether nothing is left open that stops an export."""
        return not self.loose and not any(_open(each) for each in self.looked)

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "map": str(self.path),
            "party": self.party,
            "ready": self.ready,
            "files": [
                {
                    "file": each.file,
                    "kind": each.head.kind,
                    "encoding": each.head.encoding,
                    "delimiter": each.head.delimiter,
                    "sheet": each.head.sheet,
                    "rows_looked_at": each.rows,
                    "columns": {c.name: c.kind.value for c in each.columns if c.kind is not Kind.OTHER},
                    "values": dict(each.roles.values),
                }
                for each in self.looked
            ],
            "values_without_series": dict(self.loose),
            "series_without_source": list(self.unfed),
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        lines = [line for each in self.looked for line in _of_file(each)]
        lines.append(Text("{path}: a first register map, with comments", {"path": self.path}))
        lines += [
            Text(
                "  not clear: {value!r} bears no series' name ({rows:# row|# rows})",
                {"value": value, "rows": rows},
            )
            for value, rows in self.loose.items()
        ]
        lines += [
            Text("  not clear: {file}: {what}", {"file": each.file, "what": what})
            for each in self.looked
            for what in _open(each)
        ]
        return lines + [
            Text("  not clear: no rows for the agreed series {series}", {"series": series})
            for series in self.unfed
        ]

    def after(self) -> Text:
        """The next step."""
        words: dict[str, object] = {"path": self.path, "command": self._command()}
        if self.ready:
            return Text("read {path} through, then: {command}", words)
        return Text("open {path} in a text editor and say what is not clear, then: {command}", words)

    def _command(self) -> str:
        words = ["linkage", "export", "--dry-run"]
        if self.agreement != Path("agreement.toml"):
            words += ["--agreement", str(self.agreement)]
        if self.path != USUAL:
            words += ["--map", str(self.path)]
        return " ".join(words)


def _open(looked: Looked) -> list[Text]:
    """What a person must say before the file can be exported."""
    parts, found = looked.roles, []
    if not parts.id:
        found.append(Text("which column holds the identity numbers"))
    if not parts.column and not parts.series:
        found.append(Text("which series the rows are in"))
    if parts.paid and not parts.amount:
        found.append(Text("which column holds the amounts"))
    if any(len(c.decimals) > 1 for c in looked.columns if c.name == parts.amount):
        found.append(Text("which sign stands before the decimals of amounts"))
    used = {parts.start, parts.end, parts.date}
    if any(c.unclear or len(c.forms) > 1 for c in looked.columns if c.name in used):
        found.append(Text("how days are written"))
    return found


def _of_file(looked: Looked) -> list[Text]:
    words: dict[str, object] = {"file": looked.file, "rows": looked.rows, "encoding": looked.head.encoding}
    words |= {
        "kind": looked.head.kind,
        "sign": {"\t": "tab"}.get(looked.head.delimiter, looked.head.delimiter),
    }
    lines = [
        Text("{file}: {rows:# row|# rows} looked at, {encoding}, separated by {sign}", words)
        if looked.head.kind == "csv"
        else Text("{file}: {rows:# row|# rows} looked at, {kind}", words)
    ]
    for kind, text in _KINDS.items():
        if names := [c.name for c in looked.columns if c.kind is kind]:
            lines.append(Text("  {what}: {columns}", {"what": text, "columns": ", ".join(names)}))
    if looked.roles.column:
        lines.append(
            Text(
                "  {column!r} tells the series: {found} of its {count} values bear the name of one",
                {
                    "column": looked.roles.column,
                    "found": len(looked.roles.values),
                    "count": len(looked.roles.values) + len(looked.roles.loose),
                },
            )
        )
    elif looked.roles.series:
        lines.append(Text("  every row is in the series {series}", {"series": looked.roles.series}))
    return lines
