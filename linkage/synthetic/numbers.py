"""Swedish identity numbers that belong to nobody: Skatteverket's test serials 238, 239, 980 and 981 only."""

from __future__ import annotations

import datetime as dt

TEST_SERIALS = (238, 239, 980, 981)  # an even last digit is a woman's, an odd one a man's


def luhn(nine: str) -> int:
    """The check digit after nine digits (SKV 704)."""
    total = 0
    for place, digit in enumerate(nine):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product - 9 if product > 9 else product
    return -total % 10


def personnummer(born: dt.date, serial: int) -> str:
    """Canonical 12 digits of the made-up person with this birth date and test serial."""
    if serial not in TEST_SERIALS:
        raise ValueError("only test serials: 238, 239, 980, 981")
    nine = f"{born:%y%m%d}{serial:03}"
    return f"{born.year:04}{nine[2:]}{luhn(nine)}"


def samordningsnummer(born: dt.date, serial: int) -> str:
    """As personnummer, with 60 added to the day."""
    if serial not in TEST_SERIALS:
        raise ValueError("only test serials: 238, 239, 980, 981")
    nine = f"{born:%y%m}{born.day + 60:02}{serial:03}"
    return f"{born.year:04}{nine[2:]}{luhn(nine)}"
