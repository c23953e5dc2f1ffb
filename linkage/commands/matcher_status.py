"""Who has delivered, who is missing, what was refused, how far the round has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linkage.commands.matcher_desk import Desk
from linkage.errors import Text
from linkage.ledger import Received, Refusal, Round, State

CHECKS: Mapping[str, Text] = {
    "FormatError": Text("(1) whole package"),
    "AnotherFormatError": Text("(1) version of the format"),
    "AnotherAgreementError": Text("(2) agreement"),
    "AnotherRoundError": Text("(2) round"),
    "AnotherDigestError": Text("(2) text of the agreement"),
    "StrangerError": Text("(3) a party of the agreement"),
    "OtherPartyError": Text("(3) the party that it names"),
    "AnotherMatcherError": Text("(4) matcher"),
    "AnotherRoundKeyError": Text("(4) round key"),
    "PackageSignatureError": Text("(5) signature"),
    "AnotherSecretError": Text("(6) the same secret"),
    "ColumnsError": Text("(7) columns"),
    "SequenceError": Text("(8) newer than the one before"),
    "FutureError": Text("(8) not of a day to come"),
    "OlderError": Text("(8) newer than the one before"),
    "DamagedPartError": Text("(9) parts as they were signed"),
    "ClosedError": Text("before the match"),
    "ChangedFileError": Text("unchanged while it was received"),
}
"""The name under which a refusal stands in the ledger → what was asked. docs/package.md has the numbers."""


@dataclass(frozen=True)
class StatusFacts:
    """A round as the ledger tells it. parties: name → its package that counts, None where it is missing."""

    round: str
    state: Text
    found: Round | None
    parties: Mapping[str, Received | None]
    refused: tuple[Refusal, ...]
    agreement: Path

    @property
    def missing(self) -> tuple[str, ...]:
        """The parties without a package."""
        return tuple(name for name, package in self.parties.items() if package is None)

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "round": self.round,
            "state": self.found.state.value if self.found else State.OPEN.value,
            "parties": {
                name: package
                and {
                    "id": package.id,
                    "sha512": package.sha512,
                    "received": package.received.isoformat(timespec="seconds"),
                }
                for name, package in self.parties.items()
            },
            "missing": list(self.missing),
            "refused": [
                {
                    "at": refusal.at.isoformat(timespec="seconds"),
                    "check": refusal.check,
                    "sha512": refusal.sha512,
                    "party": refusal.party,
                }
                for refusal in self.refused
            ],
            "released": _time(self.found.released if self.found else None),
            "purged": _time(self.found.purged if self.found else None),
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        lines = [Text("the round {round} is {state}", {"round": self.round, "state": self.state})]
        if self.found and self.found.failure:
            lines.append(Text("it ended because: {why}", {"why": Text(self.found.failure)}))
        for name, package in self.parties.items():
            if package is None:
                lines.append(Text("{party}: missing", {"party": name}))
            else:
                at = package.received.astimezone()
                lines.append(Text("{party}: delivered {at:%Y-%m-%d %H:%M}", {"party": name, "at": at}))
        lines += [_refused(refusal) for refusal in self.refused]
        return lines

    def after(self) -> Text | None:
        """The next step."""
        state = self.found.state if self.found else State.OPEN
        if state is State.OPEN and self.missing:
            return Text("wait for the packages of {parties}", {"parties": ", ".join(self.missing)})
        if state in {State.OPEN, State.FROZEN}:
            return Text("link match --agreement {agreement}", {"agreement": self.agreement})
        if state is State.PURGED:
            return None
        return Text("link purge --agreement {agreement}", {"agreement": self.agreement})


def status(*, agreement: Path, ledger: str) -> StatusFacts:
    """What the ledger knows of the agreement's round. Nothing is changed, and no ledger is made.

    Raises AgreementError, LedgerError, and OtherAgreementError where the round began under another text.
    """
    desk = Desk.at(agreement, ledger, create=False)
    found = desk.ledger.round(desk.round_id)
    desk.ledger.check_open(desk.terms, new=False)
    counting = desk.counting()
    return StatusFacts(
        round=str(desk.round_id),
        state=(found.state if found else State.OPEN).word,
        found=found,
        parties={party.name: counting.get(party.name) for party in desk.agreement.parties},
        refused=desk.ledger.refusals(desk.round_id),
        agreement=agreement,
    )


def _refused(refusal: Refusal) -> Text:
    values: dict[str, object] = {
        "at": refusal.at.astimezone(),
        "check": CHECKS.get(refusal.check, refusal.check),
        "start": refusal.sha512[:16],
        "party": refusal.party,
    }
    if refusal.party is None:
        return Text("refused {at:%Y-%m-%d %H:%M}: {check}; SHA-512 {start}…", values)
    return Text("refused {at:%Y-%m-%d %H:%M}, in the name of {party}: {check}; SHA-512 {start}…", values)


def _time(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
