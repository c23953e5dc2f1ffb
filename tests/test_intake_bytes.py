"""Every byte of a smallest package, every truncation, every move of parts: each refused by its check."""

from __future__ import annotations

import io
import itertools
import json
import struct
from collections.abc import Iterator

import pytest

from linkage import intake
from linkage.errors import PackageError
from linkage.package import errors, read
from tests.builders import OVERHEAD, STEP, frame, scene
from tests.test_intake_checks import split

HERE = scene()
MALMO = HERE.parties["malmo"]
SMALL = HERE.package("malmo", HERE.rows("malmo", 10))
HEAD, PARTS = split(SMALL)
PART = 4 + STEP + OVERHEAD  # with its length in front
FIRST = 22 + len(HEAD)  # where the first part's length stands
TRAILER = FIRST + 2 * PART  # where the 0 after the last part stands
FORMAT, SIGNATURE = errors.FormatError, errors.PackageSignatureError

# what refuses a change inside a header's value, where it is still a value of its form
BY_KEY = {
    "agreement": errors.AnotherAgreementError,
    "round": errors.AnotherRoundError,
    "digest": errors.AnotherDigestError,
    "party": errors.OtherPartyError,
    "sender": errors.StrangerError,
    "matcher": errors.AnotherMatcherError,
    "round_key": errors.AnotherRoundKeyError,
}


def refusal(data: bytes) -> type[PackageError] | None:
    """The error that refuses these bytes on receipt, None where they are taken."""
    try:
        intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys)
    except PackageError as error:
        return type(error)
    return None


def values() -> dict[int, str]:
    """For each place of the file that is inside a value of the header: the value's key."""
    places: dict[int, str] = {}
    for key, value in json.loads(HEAD).items():
        text = json.dumps(value, separators=(",", ":"))
        start = HEAD.index(f'"{key}":{text}'.encode()) + len(key) + 3
        places |= {22 + place: key for place in range(start, start + len(text))}
    return places


VALUES = values()


def expected(place: int) -> set[type[PackageError]]:
    """What may refuse a change at this place."""
    if place < 18:
        return {FORMAT, errors.AnotherFormatError}
    if place in VALUES:
        return {FORMAT, BY_KEY.get(VALUES[place], SIGNATURE)}
    if place >= TRAILER + 8:
        return {SIGNATURE}
    if FIRST <= place < TRAILER and (place - FIRST) % PART >= 4:
        return {errors.DamagedPartError}
    return {FORMAT}


def outside_the_parts() -> Iterator[int]:
    """Every place of header, lengths, trailer and signature."""
    yield from range(FIRST + 4)
    yield from range(FIRST + PART, FIRST + PART + 4)
    yield from range(TRAILER, len(SMALL))


def test_the_package_is_as_small_as_one_can_be_and_is_taken() -> None:
    assert refusal(SMALL) is None
    assert len(SMALL) == TRAILER + 4 + 4 + 2 * 32 + 64


def test_every_bit_outside_the_parts_counts() -> None:
    for place in outside_the_parts():
        for bit in range(8):
            changed = bytearray(SMALL)
            changed[place] ^= 1 << bit
            assert refusal(bytes(changed)) in expected(place), (place, bit)


def test_each_kind_of_refusal_is_met_by_some_bit() -> None:
    met = set()
    for place, mask in itertools.product(outside_the_parts(), (1, 2)):
        changed = bytearray(SMALL)
        changed[place] ^= mask
        met.add(refusal(bytes(changed)))
    assert met == {FORMAT, SIGNATURE, errors.AnotherFormatError, *BY_KEY.values()}


def test_every_byte_of_the_parts_counts() -> None:
    # check (9) alone, by the function that receipt and opening both call: whole receipts would take a minute
    stream = io.BytesIO(SMALL)
    sealed = read.read(stream)
    with stream.getbuffer() as view:
        for position in range(2):
            start = FIRST + position * PART + 4
            for place in range(start, start + PART - 4):
                view[place] ^= 0xFF
                with pytest.raises(errors.DamagedPartError):
                    read.part(stream, sealed, position)
                view[place] ^= 0xFF
    assert refusal(stream.getvalue()) is None


def test_a_changed_byte_of_a_part_is_refused_on_receipt() -> None:
    for place in [*range(FIRST + 4, TRAILER, 331), FIRST + PART - 1, FIRST + PART + 4, TRAILER - 1]:
        changed = bytearray(SMALL)
        changed[place] ^= 1
        assert {refusal(bytes(changed))} == expected(place), place


def test_every_truncation_is_refused() -> None:
    for length in [*outside_the_parts(), *range(FIRST, TRAILER, 331)]:
        assert refusal(SMALL[:length]) is FORMAT, length


def test_a_byte_more_or_less_is_refused_everywhere() -> None:
    for place in [*outside_the_parts(), *range(FIRST, TRAILER, 1009)]:
        less = refusal(SMALL[:place] + SMALL[place + 1 :])
        more = refusal(SMALL[:place] + b"\0" + SMALL[place:])
        twice = refusal(SMALL[: place + 1] + SMALL[place:])
        assert {less, more, twice} <= {FORMAT, errors.AnotherFormatError}, place


# -- parts exchanged, dropped, doubled, moved -------------------------------------------------------------

WIDE = HERE.package("malmo", HERE.rows("malmo", 400), target=HERE.layout("malmo").size_of(150))
WIDE_HEAD, WIDE_PARTS = split(WIDE)
COUNT = len(WIDE_PARTS)


def framed(parts: list[bytes]) -> bytes:
    """The parts with their lengths."""
    return b"".join(struct.pack(">I", len(p)) + p for p in parts)


def test_the_wide_package_has_four_ranges_and_is_taken() -> None:
    assert COUNT == 5
    assert frame(WIDE_HEAD, WIDE_PARTS, MALMO) == WIDE
    assert refusal(WIDE) is None


def moved() -> Iterator[list[int]]:
    """Every other order of the parts."""
    yield from (list(p) for p in itertools.permutations(range(COUNT)) if list(p) != sorted(p))


def test_every_other_order_of_the_parts_is_refused() -> None:
    for places in moved():
        parts = framed([WIDE_PARTS[i] for i in places])
        assert refusal(WIDE.replace(framed(WIDE_PARTS), parts)) is errors.DamagedPartError


def test_every_other_order_of_the_digests_is_refused_too() -> None:
    digests = WIDE[-64 - 32 * COUNT : -64]
    for places in moved():
        trailer = b"".join(digests[32 * i : 32 * i + 32] for i in places)
        parts = framed([WIDE_PARTS[i] for i in places])
        data = WIDE.replace(framed(WIDE_PARTS), parts).replace(digests, trailer)
        assert refusal(data) is SIGNATURE


@pytest.mark.parametrize("place", range(COUNT))
def test_a_dropped_and_a_doubled_part_are_refused(place: int) -> None:
    for parts in (WIDE_PARTS[:place] + WIDE_PARTS[place + 1 :], WIDE_PARTS[: place + 1] + WIDE_PARTS[place:]):
        assert refusal(WIDE.replace(framed(WIDE_PARTS), framed(parts))) is FORMAT
        # even where the sender signs it so
        assert refusal(frame(WIDE_HEAD, parts, MALMO)) is FORMAT


def opens(package: intake.Package, position: int) -> bool:
    """Whether the part at this place opens."""
    try:
        if position < COUNT - 1:
            package.open_range(position, HERE.round_key)
        else:
            package.summary(HERE.round_key)
    except errors.PartSealError:
        return False
    return True


def test_a_sender_cannot_move_its_own_parts() -> None:
    for places in moved():
        data = frame(WIDE_HEAD, [WIDE_PARTS[i] for i in places], MALMO)
        package = intake.check(lambda data=data: io.BytesIO(data), HERE.agreement, HERE.keys)  # type: ignore[misc]  # the default binds this round's bytes
        assert [opens(package, i) for i in range(COUNT)] == [i == place for i, place in enumerate(places)]


def test_a_part_in_the_place_of_another_does_not_open() -> None:
    for place, other in itertools.permutations(range(COUNT), 2):
        parts = [*WIDE_PARTS[:place], WIDE_PARTS[other], *WIDE_PARTS[place + 1 :]]
        package = intake.check(
            lambda parts=parts: io.BytesIO(frame(WIDE_HEAD, parts, MALMO)),  # type: ignore[misc]  # as above
            HERE.agreement,
            HERE.keys,
        )
        assert [i for i in range(COUNT) if not opens(package, i)] == [place]


def test_a_part_of_another_package_does_not_open() -> None:
    other = HERE.package("malmo", HERE.rows("malmo", 400), target=HERE.layout("malmo").size_of(150))
    parts = split(other)[1]
    assert len(parts) == COUNT
    for place in range(COUNT):
        mixed = [*WIDE_PARTS[:place], parts[place], *WIDE_PARTS[place + 1 :]]
        assert refusal(WIDE.replace(WIDE_PARTS[place], parts[place])) is errors.DamagedPartError
        package = intake.check(
            lambda mixed=mixed: io.BytesIO(frame(WIDE_HEAD, mixed, MALMO)),  # type: ignore[misc]  # as above
            HERE.agreement,
            HERE.keys,
        )
        assert [i for i in range(COUNT) if not opens(package, i)] == [place]
