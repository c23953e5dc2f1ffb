"""The end of a round: its key and its packages are destroyed, and a signed receipt says so.

Begun in the ledger before anything is destroyed, noted there as each is destroyed, and finished there after,
so that it can be killed anywhere and run again. A trace lies where the key lay, and in the store, from before
the destruction until the ledger has noted it: what was destroyed here is told from what lies somewhere else.
The release stays: it holds nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from keys import files, receipts
from keys.atomic import leftovers, whole_file
from linkage.commands.matcher_desk import Desk, utc_now
from linkage.errors import FileError, LedgerError, Text
from linkage.ledger import Round, State

Ask = Callable[[], str]

GIVEN_UP = Text("the matcher gave it up")


class NothingToPurgeError(LedgerError):
    """Nothing of the round was ever received."""

    hint: ClassVar[str] = "see linkage status; perhaps --ledger or --agreement names another"


class GoingOnError(LedgerError):
    """The round has neither been released nor ended."""

    hint: ClassVar[str] = "match it first, or add --give-up: then it ends without a release"


class TooEarlyError(LedgerError):
    """The days that the agreement gives have not passed."""

    hint: ClassVar[str] = "wait, or add --now where the parties agree"


class NotHereError(FileError):
    """The round key, or a package, is not where it should be, and nobody said that it is gone."""

    hint: ClassVar[str] = "name it with --round-key or --store; where it was destroyed before, add --gone"


class ReceiptExistsError(FileError):
    """Another file is where the receipt should be."""

    hint: ClassVar[str] = "name another file with --out"


@dataclass(frozen=True)
class PurgeFacts:
    """What was destroyed. complete: nothing was gone before. already: by an earlier purge."""

    round: str
    packages: int
    complete: bool
    receipt: Path
    already: bool

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "round": self.round,
            "packages": self.packages,
            "complete": self.complete,
            "receipt": str(self.receipt),
            "already": self.already,
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        if self.already:
            return [
                Text(
                    "the round {round} was purged before: {path} is its receipt",
                    {"round": self.round, "path": self.receipt},
                )
            ]
        return [
            Text(
                "destroyed: the round key of {round}, and its packages"
                if self.complete
                else "nothing is left of the round key of {round} and its packages; some were gone before",
                {"round": self.round},
            ),
            Text("{path}: the signed receipt", {"path": self.receipt}),
        ]

    def after(self) -> Text:
        """The next step."""
        return Text("send {path} to the parties, and destroy what backups hold", {"path": self.receipt})


def purge(
    *,
    agreement: Path,
    identity: Path,
    round_key: Path,
    ledger: str,
    store: Path,
    out: Path | None = None,
    before_time: bool = False,
    give_up: bool = False,
    gone: bool = False,
    ask: Ask | None = None,
    ask_round: Ask | None = None,
    now: dt.datetime | None = None,
    sure: Callable[[], None] | None = None,
) -> PurgeFacts:
    """Destroy the round key and the packages of a finished round; write and keep a signed receipt.

    out: the receipt; left out, NAME-ROUND-destroyed.json here. before_time: though the agreed days have not
    passed. give_up: though the round has not been matched; it ends. gone: though the key or a package is not
    there. ask_round: left out, as ask. sure: called before what cannot be undone, and ends it by an
    exception. A round that was purged gives its receipt back.
    Raises LedgerError, KeysError, FileError; then nothing was destroyed that a second call does not finish.
    """
    now = now or utc_now()
    desk = Desk.at(agreement, ledger, store, create=False)
    receipt = out if out is not None else Path(f"{desk.round_id}-destroyed.json")
    found = desk.ledger.round(desk.round_id)
    if found is None:
        raise NothingToPurgeError("the ledger knows no package of the round {round}", round=desk.round_id)
    desk.ledger.check_open(desk.terms, new=False)
    if found.state is State.PURGED:
        return _given_back(desk, found, receipt)
    _check_free(receipt)
    _check_due(found, now, before_time=before_time, give_up=give_up)
    if sure is not None:
        sure()
    signer = desk.identity(identity, ask)
    if round_key.exists():
        _check_no_link(round_key)
        desk.round_key(round_key, ask_round or ask)
    key_here = _key_here(desk, found, round_key, gone=gone)
    packages_here = _packages_here(desk, found, gone=gone)
    if found.state in {State.OPEN, State.FROZEN}:
        desk.ledger.fail(desk.round_id, str(GIVEN_UP), now)
    begun = desk.ledger.begin_purge(desk.round_id, now, complete=key_here and packages_here)
    _destroy_key(desk, round_key, now)
    _destroy_packages(desk, now, all_here=packages_here)
    data = receipts.receipt(signer, _stated(desk, begun, now))
    desk.ledger.finish_purge(desk.round_id, data, now)
    return _facts(desk, begun, receipt, data, already=False)


def _destroy_key(desk: Desk, round_key: Path, now: dt.datetime) -> None:
    """Move the key aside, then destroy it: one that is found half destroyed is known by its name."""
    if not round_key.parent.is_dir():
        return  # it is said to be gone, and its folder with it
    doomed, trace = _doomed(desk, round_key), _trace(desk, round_key)
    if round_key.exists():
        round_key.replace(doomed)
    if doomed.exists():
        with whole_file(trace, private=True):
            pass
    for path in [*leftovers(round_key), doomed]:
        if path.exists():
            files.destroy(path)
    if trace.exists():
        desk.ledger.note_destroyed(desk.round_id, now, key=True)
    for path in [*leftovers(trace), trace]:
        path.unlink(missing_ok=True)


def _doomed(desk: Desk, round_key: Path) -> Path:
    return round_key.with_name(f"{round_key.name}.{desk.round_id}.destroying")


def _trace(desk: Desk, round_key: Path) -> Path:
    return round_key.with_name(f"{round_key.name}.{desk.round_id}.destroyed")


def _destroy_packages(desk: Desk, now: dt.datetime, *, all_here: bool) -> None:
    """Remove every package of the round; noted where the store held, or had held, all that count."""
    noted = all_here and any(desk.store.path(p.file).exists() for p in desk.counting().values())
    if noted:
        desk.store.mark(desk.round_id)
    desk.store.clear(desk.round_id)
    if desk.store.marked(desk.round_id):
        desk.ledger.note_destroyed(desk.round_id, now, packages=True)
        desk.store.unmark(desk.round_id)


def _check_no_link(round_key: Path) -> None:
    if round_key.is_symlink():
        raise NotHereError(
            "{path} is a link, and only the link would be destroyed",
            path=round_key,
            hint="name the file that it points to with --round-key",
        )


def _given_back(desk: Desk, found: Round, receipt: Path) -> PurgeFacts:
    data = desk.ledger.receipts(desk.round_id)[-1].data
    if not receipt.exists() or receipt.read_bytes() != data:
        _check_free(receipt)
    return _facts(desk, found, receipt, data, already=True)


def _facts(desk: Desk, found: Round, receipt: Path, data: bytes, *, already: bool) -> PurgeFacts:
    """Write the receipt, and tell."""
    try:
        with whole_file(receipt) as stream:
            stream.write(data)
    except OSError as error:
        raise FileError(
            "cannot write {path}: {reason}",
            path=receipt,
            reason=error.strerror,
            hint="the receipt is safe in the ledger: run the same command again",
        ) from None
    packages = len(desk.ledger.packages(desk.round_id))
    return PurgeFacts(str(desk.round_id), packages, bool(found.purge_complete), receipt, already)


def _check_free(receipt: Path) -> None:
    if receipt.exists():
        raise ReceiptExistsError("{path} is there already", path=receipt)
    if not receipt.parent.is_dir():
        raise FileError(
            "no such folder: {folder}", folder=receipt.parent, hint="make it, or name another file with --out"
        )


def _check_due(found: Round, now: dt.datetime, *, before_time: bool, give_up: bool) -> None:
    """Raises GoingOnError, TooEarlyError. A round that ended without a release is due at once."""
    if found.state in {State.OPEN, State.FROZEN} and not give_up:
        raise GoingOnError(
            "the round {round} is {state}, not finished", round=found.id, state=found.state.word
        )
    if found.due is None or before_time or found.purge_begun is not None:
        return
    if now < found.due:
        raise TooEarlyError(
            "the agreement keeps the round {round} until {day:%Y-%m-%d}", round=found.id, day=found.due
        )


def _key_here(desk: Desk, found: Round, round_key: Path, *, gone: bool) -> bool:
    """Whether the key is there, or was destroyed by this purge. Raises NotHereError unless it is `gone`."""
    places = round_key, _doomed(desk, round_key), _trace(desk, round_key)
    if found.key_destroyed is not None or any(path.exists() for path in places):
        return True
    if gone:
        return False
    raise NotHereError("there is no round key at {path}", path=round_key)


def _packages_here(desk: Desk, found: Round, *, gone: bool) -> bool:
    """Whether every package that counts is there, or was destroyed by this purge. Raises as _key_here."""
    if found.packages_destroyed is not None or desk.store.marked(desk.round_id):
        return True
    for package in desk.counting().values():
        if desk.store.path(package.file).exists():
            continue
        if gone:
            return False
        raise NotHereError(
            "the package of {party} is not in {folder}", party=package.party, folder=desk.store.folder
        )
    return True


def _stated(desk: Desk, found: Round, now: dt.datetime) -> dict[str, object]:
    """The facts of the receipt: docs/ledger.md, "Receipts"."""
    return {
        "destroyed": "round",
        "agreement": found.id.name,
        "round": found.id.number,
        "digest": found.terms.digest,
        "round_key": found.terms.round_key,
        "packages": [
            {"party": package.party, "id": package.id, "sha512": package.sha512}
            for package in desk.ledger.packages(desk.round_id)
        ],
        "complete": bool(found.purge_complete),
        "at": now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
