"""Handing the secret over: to the right party, by the right one, unaltered; and receipts."""

from __future__ import annotations

import datetime as dt
import json
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import encoding
from keys.encoding import UnknownVersionError
from keys.errors import KeysError
from keys.exchange import (
    FamilyError,
    Handover,
    HandoverFormatError,
    MakerError,
    ReceiverError,
    accept,
    hand_over,
    read_handover,
)
from keys.identity import Identity, RoundKey, SealError, SignatureError
from keys.public import RECEIPT
from keys.public import SECRET as PURPOSE
from keys.receipts import ReceiptError, read_receipt, receipt, secret_destroyed, verify_receipt
from keys.secret import Secret

MALMO = Identity.generate("malmo")
AF = Identity.generate("af")
FK = Identity.generate("fk")
SECRET = Secret.create("malmo-sok", MALMO.public.fingerprint)
KNOWN = {MALMO.public.fingerprint: MALMO.public}
HANDED = hand_over(SECRET, MALMO, AF.public)
FACTS = secret_destroyed(SECRET, dt.datetime(2026, 11, 21, 21, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))))


def test_the_receiver_gets_the_makers_secret() -> None:
    got = accept(HANDED, AF, KNOWN, "malmo-sok")
    assert got.same(SECRET)
    assert got.maker == MALMO.public.fingerprint


def test_the_file_says_for_whom_it_is_and_nothing_else() -> None:
    said = read_handover(HANDED)
    assert said == Handover("malmo-sok", MALMO.public.fingerprint, AF.public.fingerprint)
    assert SECRET.value() not in HANDED
    assert SECRET.value().hex().encode() not in HANDED


def test_the_format_is_as_written() -> None:
    assert HANDED.startswith(b"linkage-secret/1\n")
    header = encoding.canonical(
        {"family": "malmo-sok", "maker": MALMO.public.fingerprint, "receiver": AF.public.fingerprint}
    )
    start = b"linkage-secret/1\n" + len(header).to_bytes(4) + header + (32 + 1136).to_bytes(4)
    assert HANDED.startswith(start)
    assert len(HANDED) == len(start) + 32 + 1136 + 64
    MALMO.public.verify("linkage-secret/1", HANDED[:-64], HANDED[-64:])
    info = (
        b"linkage-secret/1\nmalmo-sok\x00"
        + encoding.unb64(MALMO.public.fingerprint[7:])
        + encoding.unb64(AF.public.fingerprint[7:])
    )
    assert AF.unseal(HANDED[len(start) : -64], info) == SECRET.value()


def test_another_receiver_is_refused() -> None:
    with pytest.raises(ReceiverError, match="another key than that of fk"):
        accept(HANDED, FK, KNOWN, "malmo-sok")
    # a header that was changed to fit does not help: it is signed
    moved = HANDED.replace(AF.public.fingerprint.encode(), FK.public.fingerprint.encode())
    with pytest.raises(SignatureError):
        accept(moved, FK, KNOWN, "malmo-sok")


def test_a_maker_who_seals_to_one_and_names_another_is_refused() -> None:
    head = Handover("malmo-sok", MALMO.public.fingerprint, FK.public.fingerprint)
    sealed = AF.public.seal(SECRET.value(), read_handover(HANDED).info())
    signed = b"linkage-secret/1\n" + b"".join(len(p).to_bytes(4) + p for p in (head.header(), sealed))
    with pytest.raises(SealError):
        accept(signed + MALMO.sign(PURPOSE, signed), FK, KNOWN, "malmo-sok")


def test_another_family_is_refused() -> None:
    with pytest.raises(FamilyError, match="for malmo-sok, and not for lund-sok"):
        accept(HANDED, AF, KNOWN, "lund-sok")
    renamed = HANDED.replace(b"malmo-sok", b"lunds-sok")
    with pytest.raises(SignatureError):
        accept(renamed, AF, KNOWN, "lunds-sok")


def test_another_maker_is_refused() -> None:
    stranger = Identity.generate("malmo")
    forged = hand_over(Secret.create("malmo-sok", stranger.public.fingerprint), stranger, AF.public)
    with pytest.raises(MakerError, match="not known"):
        accept(forged, AF, KNOWN, "malmo-sok")
    # the stranger names the true maker and signs itself
    named = forged.replace(stranger.public.fingerprint.encode(), MALMO.public.fingerprint.encode())[:-64]
    with pytest.raises(SignatureError):
        accept(named + stranger.sign(PURPOSE, named), AF, KNOWN, "malmo-sok")


def test_a_signature_for_another_purpose_is_refused() -> None:
    signed = HANDED[:-64]
    with pytest.raises(SignatureError):
        accept(signed + MALMO.sign(RECEIPT, signed), AF, KNOWN, "malmo-sok")


def test_only_identities_that_are_listed_under_their_own_fingerprint_are_makers() -> None:
    matcher = Identity.generate("matcher")
    round_key = RoundKey.generate("matcher", "malmo-sok", 1, matcher).public
    with pytest.raises(MakerError):
        accept(HANDED, AF, {MALMO.public.fingerprint: round_key}, "malmo-sok")
    with pytest.raises(MakerError):
        accept(HANDED, AF, {MALMO.public.fingerprint: FK.public}, "malmo-sok")
    with pytest.raises(MakerError):
        accept(HANDED, AF, {}, "malmo-sok")


def test_only_the_maker_hands_it_over() -> None:
    with pytest.raises(MakerError, match="af did not make this secret"):
        hand_over(SECRET, AF, FK.public)


def test_every_flipped_byte_and_every_cut_is_refused() -> None:
    for place in range(len(HANDED)):
        with pytest.raises(KeysError):
            accept(HANDED[:place] + bytes([HANDED[place] ^ 1]) + HANDED[place + 1 :], AF, KNOWN, "malmo-sok")
        with pytest.raises((HandoverFormatError, UnknownVersionError)):
            accept(HANDED[:place], AF, KNOWN, "malmo-sok")
    for extra in (b"\0", b"\n", HANDED):
        with pytest.raises(HandoverFormatError):
            accept(HANDED + extra, AF, KNOWN, "malmo-sok")


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda b: b"linkage-secret/1\n" + b)))
def test_what_is_no_hand_over_is_refused(data: bytes) -> None:
    with pytest.raises((HandoverFormatError, UnknownVersionError)):
        accept(data, AF, KNOWN, "malmo-sok")


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(UnknownVersionError, match="linkage-secret/2 is not known"):
        accept(HANDED.replace(b"linkage-secret/1", b"linkage-secret/2", 1), AF, KNOWN, "malmo-sok")


def test_a_header_in_another_form_is_refused_even_when_signed() -> None:
    header = json.dumps(json.loads(read_handover(HANDED).header())).encode()
    sealed = AF.public.seal(SECRET.value(), read_handover(HANDED).info())
    signed = b"linkage-secret/1\n" + b"".join(len(p).to_bytes(4) + p for p in (header, sealed))
    with pytest.raises(HandoverFormatError):
        accept(signed + MALMO.sign(PURPOSE, signed), AF, KNOWN, "malmo-sok")


UNSEEN = ["\x1b[2J", "\x07", "\x7f", "\x9b31m", "\r", "\n", "\t", "\u202e", "\u2066", "\u200b", "\u2028"]


@pytest.mark.parametrize("family", ["Malmo", "a b", "-a", *(f"malmo{sign}" for sign in UNSEEN)])
def test_a_family_that_is_no_name_is_refused_before_it_is_told(family: str) -> None:
    header = json.dumps(
        {"family": family, "maker": MALMO.public.fingerprint, "receiver": AF.public.fingerprint},
        separators=(",", ":"),
        sort_keys=True,
        ensure_ascii=False,
    ).encode()
    signed = b"linkage-secret/1\n" + b"".join(len(p).to_bytes(4) + p for p in (header, bytes(32 + 1136)))
    with pytest.raises(HandoverFormatError) as caught:
        read_handover(signed + MALMO.sign(PURPOSE, signed))
    assert family not in str(caught.value)


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_receipt_with_what_a_terminal_would_not_show_is_refused(sign: str) -> None:
    for facts in ({"at": f"2026{sign}"}, {f"at{sign}": 1}, {"list": [{"deep": sign}]}):
        with pytest.raises(ValueError, match="control character"):
            receipt(MALMO, facts)
        stated = {
            "format": RECEIPT,
            "name": "malmo",
            "signer": MALMO.public.fingerprint,
            "facts": facts,
            "signature": encoding.b64(bytes(64)),
        }
        with pytest.raises(ReceiptError):
            read_receipt(json.dumps(stated, indent=1, ensure_ascii=False).encode() + b"\n")


def test_no_failure_shows_the_secret() -> None:
    for change in (HANDED[:-1] + bytes([HANDED[-1] ^ 1]), HANDED[:-65] + b"\0" + HANDED[-64:]):
        try:
            accept(change, AF, KNOWN, "malmo-sok")
        except KeysError as error:
            shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        assert "accept" in shown
        assert repr(SECRET.value()) not in shown
        assert SECRET.value().hex() not in shown


def test_a_receipt_says_what_was_destroyed_and_who_says_so() -> None:
    made = receipt(MALMO, FACTS)
    assert verify_receipt(made, MALMO.public) == {
        "destroyed": "secret",
        "family": "malmo-sok",
        "maker": MALMO.public.fingerprint,
        "at": "2026-11-21T20:00:00Z",
    }
    said = read_receipt(made)
    assert (said.name, said.signer) == ("malmo", MALMO.public.fingerprint)
    assert SECRET.value().hex().encode() not in made


def test_a_receipt_of_another_is_refused() -> None:
    with pytest.raises(SignatureError, match="signed by another identity than af"):
        verify_receipt(receipt(MALMO, FACTS), AF.public)
    forged = receipt(AF, FACTS).replace(AF.public.fingerprint.encode(), MALMO.public.fingerprint.encode())
    with pytest.raises(SignatureError):
        verify_receipt(forged, MALMO.public)


def test_every_flipped_byte_of_a_receipt_is_refused() -> None:
    made = receipt(MALMO, {**FACTS, "packages": 2, "ord": "gallrad å"})
    verify_receipt(made, MALMO.public)
    for place in range(len(made)):
        with pytest.raises((ReceiptError, SignatureError, UnknownVersionError)):
            verify_receipt(made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :], MALMO.public)
        with pytest.raises((ReceiptError, SignatureError, UnknownVersionError)):
            verify_receipt(made[:place], MALMO.public)
    with pytest.raises(ReceiptError):
        verify_receipt(made + b"\n", MALMO.public)


@pytest.mark.parametrize(
    "data", [b"", b"x", b"[]", b"\xff", b'{"format": "linkage-receipt/1"}', b"[" * 99_999]
)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises((ReceiptError, UnknownVersionError)):
        read_receipt(data)


def test_facts_are_what_can_be_written_in_one_way() -> None:
    for wrong in ({"a": 1.5}, {"a": b""}, {"a": "\ud800"}, {"a": float("nan")}, {"a": dt.date(2026, 1, 1)}):
        with pytest.raises(ValueError, match=r"whole number|surrogates"):
            receipt(MALMO, wrong)
    for fine in ({}, {"a": None, "b": [True, 1, {"c": "å"}], "c": -(2**60)}):
        assert verify_receipt(receipt(MALMO, fine), MALMO.public) == fine
