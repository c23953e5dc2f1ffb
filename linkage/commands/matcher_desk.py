"""What the matcher has before it when it works on a round: agreement, public keys, ledger, store."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from keys import files
from keys.family import FamilyKey
from keys.identity import RoundKey
from linkage import intake
from linkage.commands.agreement_files import load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.commands.identities import read_identity
from linkage.commands.store import LostPackageError, Store
from linkage.errors import KeysError, PackageError, Text
from linkage.ledger import Ledger, Received, RoundId, Scope, Spending, Terms
from linkage.ledger.errors import NoLedgerError
from linkage.ledger.families import check_going_on
from linkage.release import Release, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from keys.identity import Identity, PublicIdentity, PublicRoundKey
    from linkage.agreement.model import Agreement
    from linkage.ledger import Released

    Ask = Callable[[], str]


class NotTheMatcherError(KeysError):
    """The identity at hand is not the matcher's."""

    hint: ClassVar[str] = "use the identity.key whose fingerprint the agreement names as the matcher's"


class OtherRoundKeyError(KeysError):
    """The round key at hand is not that of the agreement."""

    hint: ClassVar[str] = "name the key of this round with --round-key; each round has its own"


class OtherFamilyError(KeysError):
    """The family key at hand is another family's."""

    hint: ClassVar[str] = "name the key of this family with --family-key"


class ChangedInStoreError(LostPackageError):
    """A sealed package was altered in the store."""


def utc_now() -> dt.datetime:
    """The time, with its zone."""
    return dt.datetime.now(dt.UTC)


def ledger_or_new(ledger: str) -> tuple[Ledger, tuple[Text, ...]]:
    """The ledger, and what is said where it is a new one: what it does not know may be in another."""
    try:
        return Ledger.open(ledger, create=False), ()
    except NoLedgerError:
        books = Ledger.open(ledger)
        began = Text(
            "a new ledger begins: {place}; if there is one of earlier rounds, name it with --ledger: "
            "see docs/ledger.md",
            {"place": books.place},
        )
        return books, (began,)


def read_family_key(path: Path, ask: Ask | None) -> FamilyKey:
    """The family key in a key file. Raises KeysError."""
    return FamilyKey.from_bytes(files.read_private(path, "family", ask))


@dataclass(frozen=True)
class Desk:
    """One round as its matcher sees it. keys: the public keys beside the agreement, by fingerprint."""

    agreement: Agreement
    keys: Mapping[str, PublicIdentity | PublicRoundKey]
    ledger: Ledger
    store: Store

    @classmethod
    def at(cls, agreement: Path, ledger: str, store: Path = Path("packages"), *, create: bool) -> Desk:
        """Read the agreement and the keys beside it, then open the ledger.

        create: make a ledger where there is none. Raises AgreementError, FileError, KeysError, LedgerError.
        """
        agreed = load_ready(agreement)
        keys = public_keys(agreement.parent)
        return cls(agreed, keys, Ledger.open(ledger, create=create), Store(store))

    @property
    def round_id(self) -> RoundId:
        """Name and number."""
        return RoundId(self.agreement.name, self.agreement.round)

    @property
    def terms(self) -> Terms:
        """What the ledger keeps of the agreement."""
        digest, round_key = self.agreement.digest, self.agreement.matcher.round_key
        if digest is None or round_key is None:
            raise ValueError("a draft has no round")  # load_ready lets none through
        return Terms(self.round_id, digest.hex(), round_key, self.agreement.retention.days)

    @property
    def scope(self) -> Scope:
        """Whom and which days the round tells of."""
        agreed = self.agreement
        parties = tuple(sorted((party.name, party.identity or "") for party in agreed.parties))
        return Scope(agreed.release.method, parties, agreed.window.starts[0], agreed.window.last_day)

    def spending(self, now: dt.datetime) -> Spending | None:
        """What a release of the round takes of the budget of privacy; None where the method has none."""
        rule = self.agreement.release
        if rule.method != "dp":
            return None
        return Spending(self.round_id, rule.epsilon, rule.delta, rule.family_epsilon, rule.family_delta, now)

    def history(self, made: Iterable[Released]) -> tuple[Release, ...]:
        """Those of the releases made, whatever their name, that share a party and a day with the round.

        A release of before scopes were noted is known by the names of its parties alone.
        """
        found = []
        for one in made:
            if one.id != self.round_id:
                release = parse(one.release)
                if (one.scope or _scope(release)).meets(self.scope):
                    found.append(release)
        return tuple(found)

    def unnoted(self) -> tuple[Scope, ...]:
        """The scopes of other rounds' releases that the ledger has not noted, as far as they tell them."""
        return tuple(
            _scope(parse(made.release))
            for made in self.ledger.releases()
            if made.scope is None and made.id != self.round_id
        )

    def counting(self) -> dict[str, Received]:
        """The packages that count, by party."""
        return {p.party: p for p in self.ledger.packages(self.round_id) if p.counts}

    def missing(self) -> tuple[str, ...]:
        """The parties without a package, in the agreement's order."""
        here = self.counting()
        return tuple(p.name for p in self.agreement.parties if p.name not in here)

    def notes(self) -> tuple[Text, ...]:
        """What its matcher should look at: that a round is matched once holds within one ledger only."""
        notes = []
        noted = {note.fingerprint for note in self.ledger.round_keys(self.round_id)}
        if self.agreement.matcher.round_key not in noted:
            notes.append(
                Text(
                    "warning: the ledger {place} has not seen the round key of {round} being made: "
                    "is it the right one? one round, one ledger: see docs/ledger.md",
                    {"round": self.round_id, "place": self.ledger.place},
                )
            )
        if self.family_asked and self.ledger.family(self.agreement.name) is None:
            notes.append(
                Text(
                    "warning: the ledger {place} has not seen the key of the family {family} being made: "
                    "is it the right one? one family, one key, one ledger: see docs/keys.md",
                    {"family": self.agreement.name, "place": self.ledger.place},
                )
            )
        return tuple(notes)

    @property
    def family_asked(self) -> bool:
        """Whether the round is counted with the family's key."""
        return self.agreement.release.method == "cellkey"

    def seen(self) -> list[intake.Seen]:
        """Everything accepted before, as intake asks for it."""
        return [
            intake.Seen(p.party, p.id, p.sequence, p.sha512, p.check)
            for p in self.ledger.packages(self.round_id)
        ]

    def sealed(self, package: Received) -> intake.Package:
        """A package of the store, checked once more. Raises LostPackageError where it is not as received."""
        try:
            found = intake.check(
                lambda: self.store.open(package.file, package.party), self.agreement, self.keys
            )
        except LostPackageError:
            raise
        except PackageError:
            raise self.altered(package) from None
        if found.sha512 != package.sha512:
            raise self.altered(package)
        return found

    def altered(self, package: Received) -> ChangedInStoreError:
        """The error that a package of the store is not as it was received."""
        return ChangedInStoreError(
            "the package of {party} was altered in {folder}", party=package.party, folder=self.store.folder
        )

    def identity(self, path: Path, ask: Ask | None) -> Identity:
        """The matcher's own identity. Raises KeysError where it is another's."""
        identity = read_identity(path, ask)
        if identity.public.fingerprint != self.agreement.matcher.identity:
            raise NotTheMatcherError(
                "{path} is not the identity of the matcher {matcher}",
                path=path,
                matcher=self.agreement.matcher.name,
            )
        return identity

    def round_key(self, path: Path, ask: Ask | None) -> RoundKey:
        """The key of this round. Raises KeysError where it is another's."""
        key = RoundKey.from_bytes(files.read_private(path, "round", ask))
        if key.public.fingerprint != self.agreement.matcher.round_key:
            raise OtherRoundKeyError("{path} is not the round key of {round}", path=path, round=self.round_id)
        return key

    def family_key(self, path: Path, ask: Ask | None) -> FamilyKey | None:
        """The key of the round's family, None where the release's method asks for none.

        Raises KeysError where it is another family's, or the family has ended. Whether it is the family's own
        one, Ledger.note_family says.
        """
        if not self.family_asked:
            return None
        if (noted := self.ledger.family(self.agreement.name)) is not None:
            check_going_on(noted)
        key = read_family_key(path, ask)
        if key.family != self.agreement.name:
            raise OtherFamilyError(
                "{path} is the key of the family {found}, not of {family}",
                path=path,
                found=key.family,
                family=self.agreement.name,
            )
        return key


def _scope(release: Release) -> Scope:
    """As far as a release itself tells it."""
    parties = tuple(sorted((package.party, "") for package in release.packages))
    window = release.window
    return Scope(str(release.method["name"]), parties, window.starts[0], window.last_day)
