"""What `linkage agreement check` finds: ready or draft, what is noticed, what the measures will be like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linkage.agreement.estimate import Estimate, estimates, threshold
from linkage.agreement.model import Agreement
from linkage.agreement.notes import notes
from linkage.agreement.precision import Precision, precision
from linkage.commands.agreement_files import NoArgumentFileError, load
from linkage.errors import Text
from linkage.texts import say


@dataclass(frozen=True)
class Checked:
    """What `check` found. digest: hex, None in a draft.

    measures: what each will be like; least: people below which a row of it is too small. precision: how far
    off its figures will be; None where the method does not move them. notes: how some measures count.
    """

    name: str
    round: int
    digest: str | None
    missing: tuple[str, ...]
    warnings: tuple[Text, ...]
    measures: tuple[Estimate, ...]
    least: int
    precision: Precision | None
    notes: tuple[Text, ...] = ()

    def words(self) -> dict[str, object]:
        """Values for a sentence."""
        return {
            "name": self.name,
            "round": self.round,
            "digest": self.digest,
            "missing": ", ".join(self.missing),
        }

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {
            "name": self.name,
            "round": self.round,
            "digest": self.digest,
            "missing": list(self.missing),
            "warnings": [say(warning) for warning in self.warnings],
            "notes": [say(note) for note in self.notes],
            "measures": [{"name": m.measure, "rows": m.rows, "too_small": m.small} for m in self.measures],
            "too_small_below": self.least,
            "expected_error": self.precision.as_json() if self.precision else None,
        }

    def lines(self) -> list[Text | str]:
        """The measures as a small table: how many rows, and how many too small where that can be guessed."""
        guessed = any(m.small is not None for m in self.measures)
        table = [(say("measure"), say("rows"), say("too small"))]
        table += [(m.measure, str(m.rows), "–" if m.small is None else str(m.small)) for m in self.measures]
        wide = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines: list[Text | str] = [
            f"  {name:<{wide[0]}}  {rows:>{wide[1]}}" + (f"  {small:>{wide[2]}}" if guessed else "")
            for name, rows, small in table
        ]
        if guessed:
            words: dict[str, object] = {"least": self.least}
            lines.append(Text("  too small: about so many rows will hold fewer than {least} people", words))
        if guessed and any(m.small is None for m in self.measures):
            lines.append(Text("  –: a series that it asks for tells neither expected nor places"))
        return [*lines, *(Text("  {line}", {"line": line}) for line in self._expected())]

    def _expected(self) -> Iterator[Text]:
        if self.precision is not None:
            yield from self.precision.lines()


def check(path: Path) -> Checked:
    """Ready or draft, and what is noticed. Raises AgreementError with all problems."""
    return checked(load(path, NoArgumentFileError))


def checked(agreement: Agreement) -> Checked:
    """What there is to tell of an agreement that was read already."""
    digest = agreement.digest.hex() if agreement.digest else None
    return Checked(
        agreement.name,
        agreement.round,
        digest,
        agreement.missing,
        agreement.warnings,
        estimates(agreement),
        threshold(agreement),
        precision(agreement),
        tuple(notes(agreement)),
    )
