"""Who has delivered, who is missing, what was refused, how far the round has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from linkage.commands.matcher_desk import Desk
from linkage.errors import Text
from linkage.ledger import Budget, FamilyNote, Received, Refusal, Round, State

CHECKS: Mapping[str, Text] = {
    "FormatError": Text("(1) no whole package"),
    "AnotherFormatError": Text("(1) another version of the format"),
    "AnotherAgreementError": Text("(2) another agreement"),
    "AnotherRoundError": Text("(2) another round"),
    "AnotherDigestError": Text("(2) another text of the agreement"),
    "StrangerError": Text("(3) from nobody of the agreement"),
    "OtherPartyError": Text("(3) not signed by the party that it names"),
    "AnotherMatcherError": Text("(4) for another matcher"),
    "AnotherRoundKeyError": Text("(4) for another round key"),
    "PackageSignatureError": Text("(5) the signature does not hold"),
    "AnotherSecretError": Text("(6) made with another secret"),
    "ColumnsError": Text("(7) other columns than agreed"),
    "SequenceError": Text("(8) not newer than the one before"),
    "FutureError": Text("(8) of a day to come"),
    "OlderError": Text("(8) not newer than the one before"),
    "DamagedPartError": Text("(9) parts were altered after they were signed"),
    "ClosedError": Text("after the match"),
    "ChangedFileError": Text("changed while it was received"),
}
"""The name under which a refusal stands in the ledger → what failed. docs/package.md has the numbers."""


@dataclass(frozen=True)
class StatusFacts:
    """A round as the ledger tells it. parties: name → its package that counts, None where it is missing.

    budgets: of ε and δ, where the method takes from them, else none.
    family_asked: whether the round is counted with its family's key; family: what is noted of that key, None
    where the ledger has seen none.
    """

    round: str
    state: Text
    found: Round | None
    parties: Mapping[str, Received | None]
    refused: tuple[Refusal, ...]
    agreement: Path
    family_name: str
    family_asked: bool
    family: FamilyNote | None
    budgets: Mapping[str, Budget] = field(default_factory=dict)

    @property
    def purge_due(self) -> dt.datetime | None:
        """From when the agreement wants the round purged; None where it is not released, or purged."""
        if self.found is None or self.found.state is not State.RELEASED:
            return None
        return self.found.due

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
            "purge_due": _time(self.purge_due),
            "purged": _time(self.found.purged if self.found else None),
            **({"family_key": self._family_key()} if self.family_asked else {}),
            **({"budget": self._budget()} if self.budgets else {}),
        }

    def _budget(self) -> dict[str, object]:
        """Decimal numbers as text, as in the agreement."""
        return {
            name: {key: _decimal(getattr(one, key)) for key in ("taken", "promised", "left", "cost")}
            for name, one in self.budgets.items()
        }

    def _family_key(self) -> dict[str, object] | None:
        if self.family is None:
            return None
        return {
            "check": self.family.check,
            "created": _time(self.family.created),
            "destroyed": _time(self.family.destroyed),
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        lines = [Text("the round {round} is {state}", {"round": self.round, "state": self.state})]
        if self.found and self.found.failure:
            lines.append(Text("it ended because: {why}", {"why": Text(self.found.failure)}))
        if (due := self.purge_due) is not None:
            lines.append(Text("to be purged from {day:%Y-%m-%d}", {"day": due.astimezone()}))
        for name, package in self.parties.items():
            if package is None:
                lines.append(Text("{party}: missing", {"party": name}))
            else:
                at = package.received.astimezone()
                lines.append(Text("{party}: delivered {at:%Y-%m-%d %H:%M}", {"party": name, "at": at}))
        lines += [_refused(refusal) for refusal in self.refused]
        if self.family_asked:
            lines.append(_family(self.family_name, self.family))
        return [*lines, *(_left(name, one) for name, one in self.budgets.items())]

    def after(self) -> Text | None:
        """The next step."""
        state = self.found.state if self.found else State.OPEN
        if state is State.OPEN and self.missing:
            return Text("wait for the packages of {parties}", {"parties": ", ".join(self.missing)})
        if state in {State.OPEN, State.FROZEN} and any(one.spent for one in self.budgets.values()):
            values: dict[str, object] = {"agreement": self.agreement}
            return Text(
                "the budget is spent: linkage purge --give-up --agreement {agreement}",
                values,
            )
        if state in {State.OPEN, State.FROZEN}:
            return Text("linkage match --agreement {agreement}", {"agreement": self.agreement})
        if state is State.PURGED:
            return None
        values = {"agreement": self.agreement, "day": self.purge_due}
        if self.purge_due is not None:
            return Text("from {day:%Y-%m-%d}: linkage purge --agreement {agreement}", values)
        return Text("linkage purge --agreement {agreement}", values)


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
        family_name=desk.agreement.name,
        family_asked=desk.family_asked,
        family=desk.ledger.family(desk.agreement.name),
        budgets=_budgets(desk),
    )


def _budgets(desk: Desk) -> dict[str, Budget]:
    """By its name; δ only where the mechanism takes any."""
    spending = desk.spending(dt.datetime.now(dt.UTC))
    if spending is None:
        return {}
    epsilon, delta = desk.ledger.budgets(desk.scope, spending)
    return {"epsilon": epsilon, **({"delta": delta} if delta.promised else {})}


def _left(name: str, budget: Budget) -> Text:
    values: dict[str, object] = {
        "taken": _decimal(budget.taken),
        "promised": _decimal(budget.promised),
        "left": _decimal(budget.left),
        "cost": _decimal(budget.cost),
    }
    if name == "delta":
        return Text(
            "budget of δ: {taken} of {promised} is taken, {left} is left; a drawing takes {cost}", values
        )
    return Text("budget of ε: {taken} of {promised} is taken, {left} is left; a drawing takes {cost}", values)


def _family(name: str, noted: FamilyNote | None) -> Text:
    if noted is None:
        return Text(
            "the ledger has seen no key of the family: linkage keys family --agreement-name {family}",
            {"family": name},
        )
    if noted.destroyed is not None:
        return Text("the family's key was destroyed {day:%Y-%m-%d}", {"day": noted.destroyed.astimezone()})
    return Text(
        "the family's key was made {day:%Y-%m-%d}, check value {check}",
        {"day": noted.created.astimezone(), "check": noted.check},
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


def _decimal(value: Fraction) -> str:
    """A sum of decimal numbers, written as one."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _time(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
