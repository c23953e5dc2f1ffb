"""Norwegian, Danish and Finnish numbers in plain Python, one value at a time, without stdnum: the oracle.

Written from docs/schemes.md. The makers give numbers that are nobody's: of people who are not born yet,
made-up Norwegian ones (80 added to the month), and Finnish ones with a serial from 900.
"""

from __future__ import annotations

import datetime as dt
import re

from tests.plain_se import Answer, cleaned

NO_YEARS = ((0, 500, 1900, 1999), (500, 750, 1854, 1899), (500, 1000, 2000, 2039), (900, 1000, 1940, 1999))
CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def answer(kind: str, canonical: str, born: dt.date, extracted: dt.date) -> Answer:
    late = born > extracted
    return ("unreadable", "after-extraction", "") if late else (kind, "", canonical)


def misfit(text: str, digits: int) -> Answer:
    if not text:
        return "unreadable", "empty", ""
    if re.search("[A-Z?]", text):
        return "unreadable", "characters", ""
    return "unreadable", "form" if len(re.findall("[0-9]", text)) == digits else "digits", ""


def no_checks(nine: str) -> str:
    """The two check digits; "" where there are none."""
    digits = [int(sign) for sign in nine]
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        rest = sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
        if rest == 1:
            return ""
        digits.append(0 if rest == 0 else 11 - rest)
    return f"{digits[9]}{digits[10]}"


def no_born(number: str) -> tuple[dt.date | None, bool]:
    """Day of birth behind eleven digits, and whether the serial is of some century."""
    day, month, two, serial = int(number[:2]), int(number[2:4]), int(number[4:6]), int(number[6:9])
    day -= 40 * (day > 40)
    month -= 80 if month > 80 else 40 if month > 40 else 0
    for low, high, first, last in NO_YEARS:
        year = next((y for y in range(first, last + 1) if y % 100 == two), None)
        if year is not None and low <= serial < high:
            return date(year, month, day), True
    return date(1900 + two, month, day), False


def no(text: str, extracted: dt.date) -> Answer:
    text = cleaned(text)
    match = re.fullmatch("([0-9]{6})-?([0-9]{5})", text)
    if not match:
        return misfit(text, 11)
    number = match[1] + match[2]
    right = no_checks(number[:9]) == number[9:]
    if number[0] in "89":
        return ("fh-nummer", "", "") if right else ("unreadable", "check-digit", "")
    born, century = no_born(number)
    if born is None or not century:
        return "unreadable", "serial" if born else "date", ""
    if not right:
        return "unreadable", "check-digit", ""
    month = int(number[2:4])
    if month > 80:
        kind = "syntetisk"
    elif month > 40:
        kind = "h-nummer"
    else:
        kind = "d-nummer" if number[0] in "4567" else "fodselsnummer"
    return answer(kind, "" if kind == "h-nummer" else number, born, extracted)


def dk_year(two: int, seventh: int) -> int:
    if seventh <= 3:
        return 1900 + two
    if seventh in (4, 9):
        return 2000 + two if two <= 36 else 1900 + two
    return 2000 + two if two <= 57 else 1800 + two


def dk(text: str, extracted: dt.date) -> Answer:
    text = cleaned(text)
    match = re.fullmatch("([0-9]{2})([0-9]{2})([0-9]{2})-?([0-9A-Z]{4})", text)
    if not match:
        return misfit(text, 10)
    day, month, two, serial = int(match[1]), int(match[2]), int(match[3]), match[4]
    replacement = not serial.isdigit() or day >= 60
    day -= 60 * (day >= 60)
    born = date(dk_year(two, int(serial[0]) if serial.isdigit() else 0), month, day)
    if born is None:
        return "unreadable", "date", ""
    if serial == "0000":
        return "unreadable", "serial", ""
    if replacement:
        return "erstatning", "", ""
    return answer("cpr", text.replace("-", ""), born, extracted)


def fi(text: str, extracted: dt.date) -> Answer:
    text = cleaned(text)
    match = re.fullmatch("([0-9]{2})([0-9]{2})([0-9]{2})([-+ABCDEFUVWXY])([0-9]{3})([0-9A-Y])", text)
    if not match or match[6] in "GIOQ":
        if not text or re.search("[?/]", text):
            return "unreadable", "characters" if text else "empty", ""
        return "unreadable", "form" if len(text) == 11 else "digits", ""
    century = 1800 if match[4] == "+" else 2000 if match[4] in "ABCDEF" else 1900
    born = date(century + int(match[3]), int(match[2]), int(match[1]))
    if born is None:
        return "unreadable", "date", ""
    if int(match[5]) < 2:
        return "unreadable", "serial", ""
    if CHECKS[int(text[:6] + match[5]) % 31] != match[6]:
        return "unreadable", "check-digit", ""
    return answer("tilapainen" if match[5] >= "900" else "henkilotunnus", text, born, extracted)


# -- makers -----------------------------------------------------------------------------------------------


def norwegian(born: dt.date, serial: int, *, added: tuple[int, int] = (0, 80)) -> str:
    """Eleven digits, made up; "" where the serial has no check digits. added: to day and month."""
    nine = f"{born.day + added[0]:02}{born.month + added[1]:02}{born.year % 100:02}{serial:03}"
    checks = no_checks(nine)
    return nine + checks if checks else ""


def finnish(born: dt.date, serial: int, sign: str) -> str:
    nine = f"{born:%d%m%y}{serial:03}"
    return f"{nine[:6]}{sign}{nine[6:]}{CHECKS[int(nine) % 31]}"
