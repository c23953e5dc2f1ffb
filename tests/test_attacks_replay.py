"""What was sent or released once is shown again: to another round, header or ledger."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from pathlib import Path

import pytest

from keys.identity import Identity, SealError
from linkage import canonical, intake
from linkage.ledger.errors import ClosedError
from linkage.package.errors import (
    AnotherRoundError,
    OtherPartyError,
    PackageSignatureError,
    PartSealError,
    SequenceError,
)
from linkage.release.verify import OtherAgreementError, ReleaseSignatureError
from tests.builders import NOW, frame, header, scene
from tests.matchers import Table
from tests.rounds import link
from tests.test_intake_checks import check, split

FIRST = scene()
SECOND = scene(round_number=2)
STOLEN = FIRST.package("malmo", FIRST.rows("malmo", 8))


def test_a_package_of_another_round_is_refused() -> None:
    with pytest.raises(AnotherRoundError):
        check(STOLEN, here=SECOND)


def test_a_package_with_a_new_header_lacks_the_signature() -> None:
    """Somebody has the sealed parts, and writes the header of a later package before them."""
    head = canonical.encode(header(FIRST, "malmo", sequence=1))
    with pytest.raises(PackageSignatureError):
        check(frame(head, split(STOLEN)[1], Identity.generate("malmo")))
    with pytest.raises(OtherPartyError):
        check(frame(head, split(STOLEN)[1], FIRST.parties["af"]))


def test_parts_of_another_package_do_not_open_under_an_own_header() -> None:
    """A party signs another party's parts as its own, to be told what is in both: its people, and theirs."""
    _, parts = split(STOLEN)
    mine = frame(canonical.encode(header(FIRST, "af", pairs=0, ranges=0)), parts, FIRST.parties["af"])
    with pytest.raises(PartSealError):
        check(mine).open_range(0, FIRST.round_key)


def test_parts_that_were_bound_to_no_header_would_open_anywhere() -> None:
    """The same seal without the header's digest in it: what the design would lose."""
    own = FIRST.round_key.public.seal(b"rows", b"linkage-package/1 part\n")
    assert FIRST.round_key.unseal(own, b"linkage-package/1 part\n") == b"rows"
    heads = [canonical.encode(header(FIRST, party)) for party in FIRST.parties]
    infos = [
        b"linkage-package/1 part\n" + hashlib.sha256(h).digest() + struct.pack(">IB", 0, 1) for h in heads
    ]
    bound = FIRST.round_key.public.seal(b"rows", infos[0])
    assert FIRST.round_key.unseal(bound, infos[0]) == b"rows"
    with pytest.raises(SealError):
        FIRST.round_key.unseal(bound, infos[1])


def test_an_older_package_of_the_same_party_is_not_put_back() -> None:
    newer = FIRST.package("malmo", FIRST.rows("malmo", 9), now=NOW.replace(hour=21))
    seen = check(newer)
    fact = intake.Seen("malmo", seen.id, seen.sequence, seen.sha512, seen.check)
    with pytest.raises(SequenceError):
        check(STOLEN, fact)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A round that was matched."""
    made = Table(tmp_path / "one")
    made.match(made.both())
    return made


def test_the_same_round_again_gives_the_same_bytes_and_others_are_refused(table: Table) -> None:
    before = table.signed()
    table.match(table.both())
    assert table.signed() == before
    with pytest.raises(ClosedError):
        table.match([table.package("malmo", minute=1, people=11)])
    assert table.signed() == before


def test_beside_a_new_ledger_a_dishonest_matcher_counts_the_round_twice(table: Table, tmp_path: Path) -> None:
    """Said openly: once is once for one ledger. Two releases of one round can be subtracted."""
    again = Table(tmp_path / "two")
    again.match([table.package("malmo", minute=1, people=11), table.package("af")])
    first, second = (json.loads(t.signed()[0])["tables"] for t in (table, again))
    assert first != second


def test_a_release_of_one_round_is_not_another_round_s(table: Table, tmp_path: Path) -> None:
    other = Table(tmp_path / "three", purpose="Count people for something else.")
    done = link("verify", table.out / "release.json", "--agreement", other.agreement, cwd=table.home)
    assert done.code == 11
    assert OtherAgreementError.hint in done.err
    shutil.copy(table.out / "release.json", other.home / "release.json")
    shutil.copy(table.package("malmo"), other.home / "release.json.sig")
    done = link("verify", other.home / "release.json", "--agreement", other.agreement, cwd=other.home)
    assert done.code == 11
    assert ReleaseSignatureError.hint in done.err
