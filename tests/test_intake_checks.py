"""The numbered checks of docs/package.md: a package per fault, refused by the check of its number."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from keys.identity import Identity, RoundKey
from linkage import canonical, intake
from linkage.errors import PackageError
from linkage.intake import MissingKeyError, Seen
from linkage.package import errors
from linkage.package.rows import Rows
from tests.builders import (
    NOW,
    STEP,
    SUMMARY,
    Part,
    Scene,
    assemble,
    frame,
    header,
    in_order,
    plain_part,
    plain_summary,
    scene,
)

HERE = scene()
LAYOUT = HERE.layout("malmo")
MALMO, AF = HERE.parties["malmo"], HERE.parties["af"]
SEAL = HERE.round_key.public.seal
STRANGER = Identity.generate("malmo")
OTHER_KEY = RoundKey.generate("matcher", "malmo-sok", 1, HERE.matcher)


def rows(n: int = 8) -> Rows:
    """Rows of Malmö in order, free to be changed."""
    return in_order(HERE.rows("malmo", n))


ROWS = Part(1, plain_part(LAYOUT, rows()))
COUNTS = Part(2, plain_summary(SUMMARY))


def made(
    facts: Mapping[str, Any] | bytes | None = None, *parts: Part, size: int = STEP, **changes: Any
) -> bytes:
    """A package of Malmö, by default without fault; changes are of its header."""
    facts = header(HERE, "malmo", **changes) if facts is None else facts
    return assemble(facts, parts or (ROWS, COUNTS), MALMO, SEAL, size=size)


def split(data: bytes) -> tuple[bytes, list[bytes]]:
    """The header and the sealed parts of a package."""
    length = struct.unpack_from(">I", data, 18)[0]
    at = 22 + length
    sealed: list[bytes] = []
    while size := struct.unpack_from(">I", data, at)[0]:
        sealed.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return data[22 : 22 + length], sealed


def check(data: bytes, *seen: Seen, here: Scene = HERE) -> intake.Package:
    """Take it in: (1) to (9)."""
    return intake.check(lambda: io.BytesIO(data), here.agreement, here.keys, seen)


def head_with(**changes: Any) -> bytes:
    """The bytes of a header with changes."""
    return canonical.encode(header(HERE, "malmo", **changes))


GOOD = made()
HEAD, SEALED = split(GOOD)
FORMAT = errors.FormatError

# named by fault: the package, and what refuses it
RECEIVED: dict[str, tuple[bytes, type[PackageError]]] = {
    # (1) the file
    "empty": (b"", FORMAT),
    "other file": (b"%PDF-1.7 and so on, and so on", FORMAT),
    "next version": (GOOD.replace(b"package/1", b"package/2", 1), errors.AnotherFormatError),
    "version without number": (GOOD.replace(b"package/1", b"package/x", 1), FORMAT),
    "header beyond a mebibyte": (GOOD[:18] + struct.pack(">I", (1 << 20) + 1) + GOOD[22:], FORMAT),
    "header of four gibibytes": (GOOD[:18] + b"\xff" * 4 + GOOD[22:], FORMAT),
    "header with white space": (made(HEAD.replace(b'":', b'": ', 1)), FORMAT),
    "header key twice": (made(HEAD.replace(b'{"agr', b'{"id":"x","agr', 1)), FORMAT),
    "header a list": (made(b"[]"), FORMAT),
    "header empty": (made(b""), FORMAT),
    "header key too many": (made(header(HERE, "malmo") | {"more": 1}), FORMAT),
    "round as text": (made(round="1"), FORMAT),
    "round as truth": (made(round=True), FORMAT),
    "round zero": (made(round=0), FORMAT),
    "sequence below zero": (made(sequence=-1), FORMAT),
    "digest in capitals": (made(digest="A" * 64), FORMAT),
    "name with a line feed": (made(agreement="malmo-sok\n"), FORMAT),
    "id too short": (made(id="00"), FORMAT),
    "no such day": (made(created="2026-02-30T00:00:00Z"), FORMAT),
    "created a second later": (made(created="2026-11-21T20:00:01Z"), FORMAT),
    "created long ago": (made(created="1999-01-01T00:00:00Z"), FORMAT),
    "sequence after the year 9999": (made(sequence=(1 << 53) - 1), FORMAT),
    "columns no list": (made(columns="token"), FORMAT),
    "column of no width": (made(columns=[["token", 0]]), FORMAT),
    "too many ranges": (made(ranges=17), FORMAT),
    "too many pairs": (made(pairs=65537), FORMAT),
    "ranges without parts": (made(ranges=1), FORMAT),
    "pairs without parts": (made(pairs=1), FORMAT),
    "no parts": (frame(HEAD, [], MALMO), FORMAT),
    "no summary": (made(None, ROWS), FORMAT),
    "two summaries": (made(None, ROWS, COUNTS, COUNTS), FORMAT),
    "parts of an odd length": (made(size=STEP + 1), FORMAT),
    "parts of a short length": (made(size=STEP - 16), FORMAT),
    "parts beyond two mebibytes": (made(size=(1 << 21) + STEP), FORMAT),
    "parts of nothing": (made(None, Part(1, b""), Part(2, b""), size=0), FORMAT),
    "parts shorter than a seal": (frame(HEAD, [b"x", b"x"], MALMO), FORMAT),
    "parts of different lengths": (frame(HEAD, [SEALED[0], SEAL(bytes(2 * STEP), b"")], MALMO), FORMAT),
    "content doubled": (GOOD + GOOD, FORMAT),
    "one byte more": (GOOD + b"\0", FORMAT),
    "cut in the middle": (GOOD[: len(GOOD) // 2], FORMAT),
    # (2) the agreement
    "another agreement": (made(agreement="malmo-jobb"), errors.AnotherAgreementError),
    "another round": (made(round=2), errors.AnotherRoundError),
    "another text of the agreement": (made(digest="0" * 64), errors.AnotherDigestError),
    # (3) the sender
    "from a stranger": (made(sender=STRANGER.public.fingerprint), errors.StrangerError),
    "from the matcher": (made(sender=HERE.matcher.public.fingerprint), errors.StrangerError),
    "sender of the other party": (made(sender=AF.public.fingerprint), errors.OtherPartyError),
    "in the name of the other party": (made(party="af"), errors.OtherPartyError),
    "in the name of nobody": (made(party="nobody"), errors.OtherPartyError),
    # (4) the matcher
    "for another matcher": (made(matcher=STRANGER.public.fingerprint), errors.AnotherMatcherError),
    "for another round key": (made(round_key=OTHER_KEY.public.fingerprint), errors.AnotherRoundKeyError),
    # (5) the signature
    "signed by the other party": (frame(HEAD, SEALED, AF), errors.OtherPartyError),
    "signed by a stranger": (frame(HEAD, SEALED, STRANGER), errors.PackageSignatureError),
    "signed by the matcher": (frame(HEAD, SEALED, HERE.matcher), errors.PackageSignatureError),
    "signature of zeros": (GOOD[:-64] + bytes(64), errors.PackageSignatureError),
    "signature of another header": (
        frame(head_with(id="0" * 32), SEALED, MALMO)[:-64] + GOOD[-64:],
        errors.PackageSignatureError,
    ),
    # (7) the columns
    "a column too few": (made(columns=LAYOUT.to_json()[:-1]), errors.ColumnsError),
    "columns exchanged": (made(columns=LAYOUT.to_json()[::-1]), errors.ColumnsError),
    "a wider column": (made(columns=[*LAYOUT.to_json()[:-1], ["malmo.lista", 4]]), errors.ColumnsError),
    "columns of the other party": (made(columns=HERE.layout("af").to_json()), errors.ColumnsError),
    "a seed that nobody asked for": (
        made(columns=scene(method="cellkey").layout("malmo").to_json()),
        errors.ColumnsError,
    ),
    # (9) the parts
    "part exchanged under its digest": (
        GOOD.replace(SEALED[0], SEALED[1], 1),
        errors.DamagedPartError,
    ),
    "last bit of a part": (
        GOOD.replace(SEALED[1], SEALED[1][:-1] + bytes([SEALED[1][-1] ^ 1]), 1),
        errors.DamagedPartError,
    ),
} | {
    f"header without {key}": (made({k: v for k, v in header(HERE, "malmo").items() if k != key}), FORMAT)
    for key in header(HERE, "malmo")
}


@pytest.mark.parametrize("fault", RECEIVED)
def test_a_package_with_one_fault_is_refused_on_receipt(fault: str) -> None:
    data, error = RECEIVED[fault]
    with pytest.raises(PackageError) as refused:
        check(data)
    assert type(refused.value) is error
    assert refused.value.hint


def test_a_package_without_fault_is_taken() -> None:
    package = check(GOOD)
    assert (package.party, package.id, package.ranges) == ("malmo", "00112233445566778899aabbccddeeff", 0)
    assert (package.check, package.sequence) == (HERE.check.hex(), 1795291200123)
    assert not package.repeated
    assert package.size == len(GOOD)
    assert package.layout == LAYOUT
    assert len(package.open_range(0, HERE.round_key)) == 8
    assert package.summary(HERE.round_key) == SUMMARY
    assert repr(package) == "<Package 00112233445566778899aabbccddeeff of malmo>"
    with pytest.raises(IndexError):
        package.open_range(1, HERE.round_key)


def changed(change: Callable[[Rows], None]) -> bytes:
    """A package whose rows were changed before they were sealed."""
    people = rows()
    change(people)
    return made(None, Part(1, plain_part(LAYOUT, people)), COUNTS)


def put(column: str, value: int) -> Callable[[Rows], None]:
    """Changes one value of the third row."""

    def change(people: Rows) -> None:
        array = people.presence[column] if "." in column else getattr(people, column)
        array[2] = value

    return change


def exchange(people: Rows) -> None:
    people.tokens[[2, 3]] = people.tokens[[3, 2]]


def twice(people: Rows) -> None:
    people.tokens[3] = people.tokens[2]


def second_half(people: Rows) -> None:
    people.tokens[3] = people.tokens[2]
    people.tokens[3, 15] = 0
    people.tokens[2, 15] = 1


def nowhere(people: Rows) -> None:
    for bits in people.presence.values():
        bits[2] = 0


PLAIN = plain_part(LAYOUT, rows())
OPENED: dict[str, tuple[bytes, type[PackageError]]] = {
    # (11) the seal
    "sealed for another place": (made(None, Part(1, PLAIN, position=1), COUNTS), errors.PartSealError),
    "sealed as another kind": (
        frame(HEAD, [SEAL(PLAIN.ljust(STEP, b"\0"), b"linkage-package/1 part\n"), SEALED[1]], MALMO),
        errors.PartSealError,
    ),
    "parts exchanged by the sender": (frame(HEAD, SEALED[::-1], MALMO), errors.PartSealError),
    "a part twice by the sender": (frame(HEAD, [SEALED[1], SEALED[1]], MALMO), errors.PartSealError),
    "parts of another package of the sender": (
        frame(head_with(id="0" * 32), SEALED, MALMO),
        errors.PartSealError,
    ),
    # (12) the part
    "more rows than fit": (made(None, Part(1, struct.pack("<I", 2731)), COUNTS), errors.PartError),
    "padding that is not zero": (made(None, Part(1, PLAIN + bytes(99) + b"\1"), COUNTS), errors.PartError),
    "fewer rows than there are": (made(None, Part(1, b"\7" + PLAIN[1:]), COUNTS), errors.PartError),
    # (13) the tokens
    "tokens exchanged": (changed(exchange), errors.TokenOrderError),
    "a token twice": (changed(twice), errors.TokenOrderError),
    "tokens exchanged in their last byte": (changed(second_half), errors.TokenOrderError),
    # (14) the dimensions
    "a third sex": (changed(put("sex", 3)), errors.DimensionError),
    "an unknown age": (changed(put("age", 4)), errors.DimensionError),
    # (15) the presence
    "a thirteenth month": (changed(put("malmo.krami", 1 << 12)), errors.PresenceError),
    "dates without dates": (changed(put("malmo.lista", 1)), errors.PresenceError),
    "somebody nowhere": (changed(nowhere), errors.PresenceError),
}


@pytest.mark.parametrize("fault", OPENED)
def test_a_package_with_one_fault_is_refused_when_it_is_opened(fault: str) -> None:
    data, error = OPENED[fault]
    package = check(data)
    with pytest.raises(PackageError) as refused:
        package.open_range(0, HERE.round_key)
    assert type(refused.value) is error


def test_the_highest_codes_are_allowed() -> None:
    people = rows()
    put("sex", 2)(people)
    put("age", 3)(people)
    put("malmo.krami", 0xFFF)(people)
    put("malmo.lista", 0xFFF)(people)
    opened = check(made(None, Part(1, plain_part(LAYOUT, people)), COUNTS)).open_range(0, HERE.round_key)
    assert opened.sex is not None
    assert opened.sex[2] == 2


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_a_token_of_another_range_is_refused(first: int) -> None:
    parts = []
    for _ in range(4):
        people = rows(1)
        people.tokens[:, 0] = first * 64
        parts.append(Part(1, plain_part(LAYOUT, people)))
    package = check(made(None, *parts, COUNTS, ranges=2))
    for index in range(4):
        if index == first:
            package.open_range(index, HERE.round_key)
        else:
            with pytest.raises(errors.TokenOrderError, match="another range"):
                package.open_range(index, HERE.round_key)


@pytest.mark.parametrize("index", [0, 1])
def test_rows_that_cross_into_the_next_range_are_refused(index: int) -> None:
    people = rows(2)
    people.tokens[:, 0] = [127, 128]
    parts = [Part(1, bytes(4)), Part(1, bytes(4))]
    parts[index] = Part(1, plain_part(LAYOUT, people))
    package = check(made(None, *parts, COUNTS, ranges=1))
    with pytest.raises(errors.TokenOrderError, match="another range"):
        package.open_range(index, HERE.round_key)
    assert len(package.open_range(1 - index, HERE.round_key)) == 0


SUMMARIES: dict[str, tuple[bytes, type[PackageError]]] = {
    "longer than its part": (struct.pack("<I", STEP - 3), errors.PartError),
    "padding that is not zero": (plain_summary(SUMMARY) + b"\0\1", errors.PartError),
    "not JSON": (plain_summary(b"{"), errors.SummaryError),
    "not canonical": (plain_summary(b'{"a": 1}'), errors.SummaryError),
    "no table": (plain_summary(b"[1]"), errors.SummaryError),
    "nothing": (b"", errors.SummaryError),
}


@pytest.mark.parametrize("fault", SUMMARIES)
def test_a_summary_with_one_fault_is_refused(fault: str) -> None:
    plain, error = SUMMARIES[fault]
    package = check(made(None, ROWS, Part(2, plain)))
    with pytest.raises(PackageError) as refused:
        package.summary(HERE.round_key)
    assert type(refused.value) is error


def test_another_round_key_opens_nothing() -> None:
    package = check(GOOD)
    with pytest.raises(errors.PartSealError) as refused:
        package.open_range(0, OTHER_KEY)
    assert refused.value.__cause__ is None
    with pytest.raises(errors.PartSealError):
        package.summary(OTHER_KEY)


def test_a_file_that_changes_after_receipt_is_found_out() -> None:
    now = [GOOD]
    package = intake.check(lambda: io.BytesIO(now[0]), HERE.agreement, HERE.keys)
    at = GOOD.index(SEALED[0])
    now[0] = GOOD[: at + 5] + bytes([GOOD[at + 5] ^ 1]) + GOOD[at + 6 :]
    with pytest.raises(errors.DamagedPartError, match="part 1 of 2"):
        package.open_range(0, HERE.round_key)
    now[0] = GOOD[: at + 5]
    with pytest.raises(errors.FormatError):
        package.open_range(0, HERE.round_key)


def test_the_senders_key_must_be_at_hand() -> None:
    keys = dict(HERE.keys)
    wrong: list[dict[str, Any]] = [
        {k: v for k, v in keys.items() if k != MALMO.public.fingerprint},
        keys | {MALMO.public.fingerprint: AF.public},
        keys | {MALMO.public.fingerprint: HERE.round_key.public},
    ]
    for less in wrong:
        with pytest.raises(MissingKeyError, match="malmo"):
            intake.check(lambda: io.BytesIO(GOOD), HERE.agreement, less)


def test_every_stream_is_closed() -> None:
    streams: list[io.BytesIO] = []

    def source() -> io.BytesIO:
        streams.append(io.BytesIO(GOOD))
        return streams[-1]

    package = intake.check(source, HERE.agreement, HERE.keys)
    package.open_range(0, HERE.round_key)
    with pytest.raises(errors.PartSealError):
        package.open_range(0, OTHER_KEY)
    with pytest.raises(PackageError):
        intake.check(source, scene(name="another").agreement, HERE.keys)
    assert len(streams) == 4
    assert all(s.closed for s in streams)


def test_ranges_open_in_several_threads_at_once() -> None:
    people = HERE.rows("malmo", 2000)
    package = check(HERE.package("malmo", people, target=LAYOUT.size_of(100)))
    indexes = list(range(1 << package.ranges)) * 3
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda i: package.open_range(i, HERE.round_key), indexes))
    joined = np.concatenate([part.tokens for part in opened[: len(indexes) // 3]])
    assert np.array_equal(joined, in_order(people).tokens)
    assert [len(part) for part in opened[: len(indexes) // 3]] * 3 == [len(part) for part in opened]


class Watched(io.BytesIO):
    """Remembers the most that was asked for at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.most = max(self.most, size or 0)
        return super().read(size)


@pytest.mark.parametrize("length", [b"\x00\x10\x00\x01", b"\xff\xff\xff\xff"])
def test_no_length_in_a_file_makes_much_be_read(length: bytes) -> None:
    end = 22 + len(HEAD)
    for data in (GOOD[:18] + length + GOOD[22:], GOOD[:end] + length + GOOD[end + 4 :]):
        stream = Watched(data)
        with pytest.raises(PackageError):
            intake.check(lambda stream=stream: stream, HERE.agreement, HERE.keys)  # type: ignore[misc]  # the default binds this stream
        assert stream.most <= 1 << 20


class Sparing(io.RawIOBase):
    """A stream that gives fewer bytes than it is asked for, as pipes and raw files may."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._inner.seek(offset, whence)

    def readinto(self, buffer: Any, /) -> int:
        return self._inner.readinto(memoryview(buffer)[:1000])


def test_a_stream_may_give_less_than_it_is_asked_for() -> None:
    package = intake.check(lambda: Sparing(GOOD), HERE.agreement, HERE.keys)  # type: ignore[arg-type,return-value]  # a raw stream is a BinaryIO in all that is used
    assert len(package.open_range(0, HERE.round_key)) == 8


# -- (6) and (8): what was seen before --------------------------------------------------------------------


def seen(data: bytes, **changes: Any) -> Seen:
    """What the ledger keeps of a package."""
    package = check(data)
    facts = {name: getattr(package, name) for name in ("party", "id", "sequence", "sha512", "check")}
    return Seen(**(facts | changes))


OTHER_CHECK = "0123456789abcdef"
SEQUENCE = int(header(HERE, "malmo")["sequence"])
NEWER = made(sequence=SEQUENCE + 1, id="1" * 32)
OLDER = made(sequence=SEQUENCE - 1, id="2" * 32)
TWIN = made(id="3" * 32)  # of the same moment


def test_a_newer_package_of_the_same_party_is_taken() -> None:
    assert not check(NEWER, seen(GOOD)).repeated
    assert not check(NEWER, seen(OLDER), seen(GOOD)).repeated


@pytest.mark.parametrize("data", [OLDER, TWIN])
def test_an_older_package_and_another_of_the_same_moment_are_refused(data: bytes) -> None:
    with pytest.raises(errors.SequenceError, match="malmo"):
        check(data, seen(GOOD))


DAY = 24 * 60 * 60 * 1000


@pytest.mark.parametrize(("ahead", "refused"), [(0, False), (DAY, False), (DAY + 1, True), (400 * DAY, True)])
def test_a_package_of_a_day_to_come_is_refused_on_receipt(ahead: int, refused: bool) -> None:
    data = made(sequence=SEQUENCE + ahead)

    def received(*, now: dt.datetime | None) -> intake.Package:
        return intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys, (), now)

    if refused:
        with pytest.raises(errors.FutureError, match="malmo was made at 202"):
            received(now=NOW)
    else:
        assert received(now=NOW).party == "malmo"
    # what was received before is not refused because a clock was set back
    assert received(now=None).party == "malmo"


def test_another_version_is_named() -> None:
    for version in ("2", "12", "123456"):
        with pytest.raises(errors.AnotherFormatError) as told:
            check(GOOD.replace(b"package/1", f"package/{version}".encode(), 1))
        assert (
            str(told.value) == f"format linkage-package/{version} is not known here; known: linkage-package/1"
        )
    for no_version in ("", "x", "1x", "-1", "1234567", "2 "):
        with pytest.raises(errors.FormatError):
            check(GOOD.replace(b"package/1", f"package/{no_version}".encode(), 1))


def test_the_same_bytes_again_are_nothing_new() -> None:
    assert check(GOOD, seen(GOOD)).repeated
    assert check(GOOD, seen(NEWER), seen(GOOD)).repeated
    assert not check(GOOD, seen(OLDER)).repeated


def test_the_same_package_damaged_is_no_repetition() -> None:
    at = GOOD.index(SEALED[0])
    with pytest.raises(errors.DamagedPartError):
        check(GOOD[:at] + bytes([GOOD[at] ^ 1]) + GOOD[at + 1 :], seen(GOOD))


def test_packages_of_other_parties_do_not_count_as_earlier() -> None:
    assert not check(GOOD, seen(NEWER, party="af")).repeated


def test_another_secret_than_the_others_is_refused() -> None:
    with pytest.raises(errors.AnotherSecretError, match=r"malmo .* af"):
        check(GOOD, seen(GOOD, party="af", check=OTHER_CHECK))
    check(GOOD, seen(GOOD, party="af"))


def test_a_party_may_correct_its_own_secret() -> None:
    assert not check(NEWER, seen(GOOD, check=OTHER_CHECK)).repeated


def test_only_the_newest_package_of_the_others_tells_the_secret() -> None:
    old = seen(GOOD, party="af", check=OTHER_CHECK, id="f" * 32)
    new = seen(NEWER, party="af")
    check(GOOD, old, new)
    check(GOOD, new, old)


# -- the order of the checks ------------------------------------------------------------------------------

STEPS: list[tuple[dict[str, Any], type[PackageError]]] = [
    ({"agreement": "another"}, errors.AnotherAgreementError),
    ({"round": 2}, errors.AnotherRoundError),
    ({"digest": "0" * 64}, errors.AnotherDigestError),
    ({"sender": STRANGER.public.fingerprint}, errors.StrangerError),
    ({"party": "af"}, errors.OtherPartyError),
    ({"matcher": STRANGER.public.fingerprint}, errors.AnotherMatcherError),
    ({"round_key": OTHER_KEY.public.fingerprint}, errors.AnotherRoundKeyError),
    ({"signer": STRANGER}, errors.PackageSignatureError),
    ({"check": OTHER_CHECK}, errors.AnotherSecretError),
    ({"columns": LAYOUT.to_json()[:-1]}, errors.ColumnsError),
    ({"sequence": SEQUENCE - 1}, errors.SequenceError),
    ({"damaged": True}, errors.DamagedPartError),
]


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_the_first_check_that_fails_is_the_one_that_is_named(first: int) -> None:
    faults: dict[str, Any] = {}
    for step, _ in STEPS[first:]:
        faults |= step
    signer, damaged = faults.pop("signer", MALMO), faults.pop("damaged")
    data = bytearray(assemble(header(HERE, "malmo", **faults), (ROWS, COUNTS), signer, SEAL))
    data[-300] ^= damaged  # inside the last part
    with pytest.raises(PackageError) as refused:
        check(bytes(data), seen(GOOD), seen(GOOD, party="af"))
    assert type(refused.value) is STEPS[first][1]


def test_no_message_holds_a_token() -> None:
    hidden = {t.tobytes().hex() for t in rows().tokens}
    for data, _ in OPENED.values():
        with pytest.raises(PackageError) as refused:
            check(data).open_range(0, HERE.round_key)
        said = f"{refused.value!r} {refused.value} {vars(refused.value)}"
        assert not any(token in said for token in hidden)
