"""How many rows an export may lose: more than a share of them stop it, and say why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.errors import Text, UsageError
from linkage.register.errors import RefusedError
from linkage.register.reasons import UNKNOWN_VALUE, reason_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.identifiers import Scheme
    from linkage.register.reading import Read

USUAL = "1%"
_WRITTEN = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,6})?) ?%?")


class LimitError(UsageError):
    """A share that is none."""

    hint = "write it as --max-refused 1%, or 0.5%; 0% lets no row be lost"


@dataclass(frozen=True)
class Limit:
    """At most this share of the rows may be refused. share: 0 … 1; written: as somebody wrote it."""

    share: Fraction
    written: str

    @classmethod
    def parse(cls, text: str) -> Limit:
        """A share in per cent. Raises LimitError."""
        match = _WRITTEN.fullmatch(text.strip())
        share = Fraction(match[1].replace(",", ".")) / 100 if match else Fraction(2)
        if match is None or share > 1:
            raise LimitError("{value!r} is not a share from 0% to 100%", value=text)
        return cls(share, match[1].replace(",", ".") + "%")

    def fault(self, read: Read, scheme: Scheme) -> RefusedError | None:
        """Why what was read must not be exported: more rows lost than may be; None where it may be."""
        summary = read.folded.summary
        reasons = lost(summary.refused, scheme)
        rows = summary.rows_read - summary.rows_ignored
        refused = sum(reasons.values())
        if refused <= self.share * rows:
            return None
        ordered = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
        return RefusedError(
            "{refused} of {rows:# row|# rows} {refused:is|are} refused, {percent} %, and at most {limit} may "
            "be",
            refused=refused,
            rows=rows,
            percent=_percent(refused, rows),
            limit=Text("{percent} %", {"percent": decimal(self.written.removesuffix("%"))}),
            forms=read.forms,
            hint="some are days in another form: if so it is, write dates = [{forms}] in the map"
            if read.forms
            else None,
            details=(
                *(
                    Text("{rows} refused: {reason}", {"rows": n, "reason": reason_text(slug, scheme.name)})
                    for slug, n in ordered
                ),
                *read.first,
            ),
        )


def lost(refused: Mapping[str, int], scheme: Scheme) -> dict[str, int]:
    """Of the reasons for which rows are refused, those that lose people by mistake.

    Not the kinds of identifiers that the agreement does not link: that was agreed, and is told as coverage.
    Not values without a name: the first one stops the export.
    """
    return {slug: n for slug, n in refused.items() if slug not in scheme.kinds and slug != UNKNOWN_VALUE}


def _percent(part: int, whole: int) -> Text:
    """With one decimal, and the reader's decimal sign; never 0.0 where there is something."""
    return decimal(f"{max(100 * part / whole, 0.1):.1f}" if part else "0.0")


def decimal(written: str) -> Text:
    """A number that is written with a point, with the decimal sign of the reader's language."""
    whole, _, tenths = written.partition(".")
    return Text("{whole}.{tenths}", {"whole": whole, "tenths": tenths}) if tenths else Text(whole)
