"""Thieves of what the matcher has, and the matcher itself: what its disk tells, what it sees as it counts.

One whole round is played. A thief tries every key that is on the disk, and those of a party too.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from keys import files
from keys.identity import Identity, RoundKey
from keys.secret import Secret
from linkage import intake
from linkage.agreement.model import Agreement
from linkage.commands.agreement_files import load
from linkage.commands.agreement_keys import public_keys
from linkage.intake import Package
from linkage.package.errors import PartSealError
from linkage.package.rows import Rows
from linkage.synthetic.numbers import personnummer
from tests.attacks import dictionary, every_number, token
from tests.rounds import Round, Spell, ok
from tests.test_round import PARTIES, UNDATED, agreement_text

QUESTION = '[[measure]]\nname = "m"\ntitle = "M"\ncount = "malmo.* | af.*"\n'
START, END = dt.date(2019, 2, 1), dt.date(2019, 4, 30)
RARE = personnummer(dt.date(1961, 5, 5), 239)
"""A man alone with his months: the matcher knows from elsewhere that he was there in just these."""
ALONE = personnummer(dt.date(2000, 1, 3), 238)
"""The only young woman of af, as somebody may know from elsewhere."""
AF = [personnummer(dt.date(1960, 1 + n % 12, 1 + n), 239) for n in range(28)]


@dataclass(frozen=True)
class Played:
    """kept: the round key and the parties' secret as they were before they were destroyed."""

    round: Round
    before: Path
    round_key: RoundKey
    secret: Secret
    agreement: Agreement

    def package(self, folder: Path) -> Package:
        """The package of af in a store, as a thief of the folder has it."""
        [path] = [p for p in folder.rglob("*af*.link") if p.is_file()]
        public = {key.fingerprint: key for key in public_keys(self.round.agreement.parent).values()}
        return intake.check(cast("Any", partial(path.open, "rb")), self.agreement, public, [])

    def rows(self, key: object) -> Rows:
        """All rows of af, opened with a key."""
        package = self.package(self.before)
        assert package.ranges == 0
        return package.open_range(0, cast("RoundKey", key))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("matcher") / "round"
    folder.mkdir()
    af = [Spell(p, "etablering", START, END) for p in AF]
    af += [Spell(ALONE, "etablering", START, END)]
    af += [Spell(RARE, "etablering", dt.date(2019, m, 1), dt.date(2019, m, 2)) for m in (1, 3, 6)]
    malmo = [Spell(p, "krami", START, END) for p in AF[:5]]
    text = agreement_text(["malmo", "af"], 6, QUESTION)
    made = Round(folder, text, {"malmo": malmo, "af": af}, UNDATED, PARTIES)
    made.play("reach", 3)
    home = made.at("matcher")
    shutil.copytree(home, folder / "stolen", ignore=shutil.ignore_patterns("round.key"))
    round_key = RoundKey.from_bytes(files.read_private(home / "round.key", "round", None))
    secret = Secret.from_bytes(files.read_private(made.at("malmo") / "secret.key", "secret", None))
    ok("purge", "--agreement", made.agreement, "--now", "--yes", cwd=home)
    return Played(made, folder / "stolen", round_key, secret, load(made.agreement))


def identities(made: Round) -> Iterator[Identity]:
    """Of the matcher, and of both parties: a thief may be one of them."""
    for who in ("matcher", *made.registers):
        yield Identity.from_bytes(files.read_private(made.at(who) / "identity.key", "identity", None))


def test_a_stolen_disk_without_the_round_key_opens_to_nobody(played: Played) -> None:
    assert (played.before / "ledger.db").exists()
    assert not (played.before / "round.key").exists()
    another = RoundKey.generate("matcher", "reach", 3, next(identities(played.round)))
    for key in (*identities(played.round), another):
        with pytest.raises(PartSealError):
            played.rows(key)


def test_a_stolen_disk_holds_no_token(played: Played) -> None:
    assert played.agreement.digest is not None
    stolen = [path.read_bytes() for path in played.before.rglob("*") if path.is_file()]
    for number in AF:
        one = token(played.secret.value(), played.agreement.digest, number)
        assert not any(form in data for data in stolen for form in (one, one.hex().encode(), number.encode()))


def test_after_the_purge_nothing_that_is_left_opens_a_copy(played: Played) -> None:
    """The copy was taken before; all keys that still exist are tried."""
    home = played.round.at("matcher")
    assert not (home / "round.key").exists()
    assert list(home.rglob("*.link")) == []
    for key in identities(played.round):
        with pytest.raises(PartSealError):
            played.rows(key)


def test_a_copy_of_the_round_key_opens_a_copy_of_a_package_for_ever(played: Played) -> None:
    """Said openly: a receipt attests that the key was destroyed, and cannot prove that it was not copied."""
    assert len(played.rows(played.round_key)) == len(AF) + 2


def book(played: Played) -> dict[bytes, str]:
    """Every number tried against the secret."""
    digest = played.agreement.digest
    assert digest is not None
    numbers = [*every_number(1960, 1961), *every_number(2000, 2000)]
    return dictionary(numbers, lambda n: token(played.secret.value(), digest, n))


def test_matcher_and_party_together_read_the_other_party_person_by_person(played: Played) -> None:
    """Said openly: nothing stops it. The secret is Malmö's, the people and their months are af's."""
    rows, names = played.rows(played.round_key), book(played)
    months = rows.presence["af.etablering"].tolist()
    read = {names[row.tobytes()]: bits for row, bits in zip(rows.tokens, months, strict=True)}
    assert set(read) == {*AF, ALONE, RARE}
    assert read[RARE] == 0b100101


def test_the_matcher_without_the_secret_has_no_names(played: Played) -> None:
    digest = played.agreement.digest
    assert digest is not None
    names = dictionary(every_number(1960, 1961), lambda n: token(bytes(32), digest, n))
    assert not any(row.tobytes() in names for row in played.rows(played.round_key).tokens)


def classes(rows: Rows) -> Counter[tuple[int, int]]:
    """What the matcher sees of sex and age: how many of each."""
    assert rows.sex is not None
    assert rows.age is not None
    return Counter(zip(rows.sex.tolist(), rows.age.tolist(), strict=True))


def test_the_matcher_sees_how_many_have_each_sex_and_age_and_knows_who_is_alone(played: Played) -> None:
    """Said openly: whoever knows that a party has one young woman knows which row is hers, and her months."""
    rows = played.rows(played.round_key)
    seen = classes(rows)
    assert sorted(seen.values()) == [1, len(AF) + 1]
    [alone] = [pair for pair, people in seen.items() if people == 1]
    assert rows.sex is not None
    assert rows.age is not None
    [hers] = np.flatnonzero((rows.sex == alone[0]) & (rows.age == alone[1]))
    assert book(played)[rows.tokens[hers].tobytes()] == ALONE


def test_without_the_dimensions_she_is_one_of_many(played: Played) -> None:
    """Fewer dimensions are the measure: only the months are left, and many share hers."""
    bits = Counter(played.rows(played.round_key).presence["af.etablering"].tolist())
    assert sorted(bits.values()) == [1, len(AF) + 1]


def test_the_matcher_knows_a_rare_history_again(played: Played) -> None:
    """Said openly. Told for the window alone, the same people have one history."""
    rows = played.rows(played.round_key)
    [his] = np.flatnonzero(rows.presence["af.etablering"] == 0b100101)
    assert book(played)[rows.tokens[his].tobytes()] == RARE
    ever = Counter((rows.presence["af.etablering"] != 0).tolist())
    assert list(ever.values()) == [len(AF) + 2]
