"""What of an export is allowed and perhaps not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.errors import Text

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement
    from linkage.register import Plan, Quality, Read


def warnings(
    plan: Plan, read: Read, quality: Quality, agreed: Agreement, *, mapped: bool = True
) -> tuple[Text, ...]:
    """What is allowed and perhaps not meant. mapped: a map in a file was used, which can say more."""
    found = [
        Text(
            "no source for the agreed series {series}: nobody is in it; if meant so: empty = [{series!r}]"
            if mapped
            else "the rows are of one series, so nobody is in the series {series}: a map holds several",
            {"series": s},
        )
        for s in plan.unfed
    ]
    if plan.extracted < agreed.last_day:
        found.append(
            Text(
                "the register was taken on {day}, before the window ends on {last}: later days are guesses",
                {"day": plan.extracted, "last": agreed.last_day},
            )
        )
    if not len(read.folded):
        found.append(Text("nobody of the register is in the window"))
    else:
        found += [
            Text("nobody is in the series {series}", {"series": series})
            for series, people in read.folded.people().items()
            if not people and series not in plan.unfed
        ]
    if read.forms and read.folded.summary.refused:
        found.append(
            Text(
                "some days are written in another form: dates = [{forms}] in the map reads them too",
                {"forms": read.forms},
            )
        )
    return (*found, *quality.warnings)
