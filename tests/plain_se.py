"""Swedish identity numbers in plain Python, one value at a time: the oracle of the columns in `linkage`.

Written from docs/identifiers.md, with other means than the fast one: unicodedata, regular expressions, dates.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

Answer = tuple[str, str, str]  # kind, reason, canonical form; the two last may be ""

INVISIBLE = {"\u200b", "\u2060", "\ufeff"}
DASHES = {"\u2010", "\u2011", "\u2013", "\u2212"}


def cleaned(text: str) -> str:
    """Spaces gone, full-width signs and dashes plain, letters upper case, anything else a question mark."""
    signs = []
    for sign in text:
        plain = sign
        if "\uff01" <= sign <= "\uff5e":
            plain = unicodedata.normalize("NFKC", sign)
        if sign in INVISIBLE or sign in "\t\n\v\f\r\x85" or unicodedata.category(sign) in {"Zs", "Zl", "Zp"}:
            continue
        if sign in DASHES:
            plain = "-"
        if re.fullmatch(r"[a-z]", plain):
            plain = plain.upper()
        signs.append(plain if re.fullmatch(r"[0-9A-Z/+-]", plain) else "?")
    return "".join(signs)


def luhn_fits(digits: str) -> bool:
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(digits)]
    return sum(sum(map(int, str(product))) for product in doubled) % 10 == 0


def birth_year(two: int, plus: bool, extracted: dt.date) -> int:
    years = (
        range(extracted.year - 199, extracted.year - 99)
        if plus
        else range(extracted.year - 99, extracted.year + 1)
    )
    return next(year for year in years if year % 100 == two)


def day_exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def digits_only(head: str, sign: str, tail: str, extracted: dt.date) -> Answer:
    two, month, day = int(head[-6:-4]), int(head[-4:-2]), int(head[-2:])
    long = len(head) == 8
    year = int(head[:4]) if long else birth_year(two, sign == "+", extracted)
    ten = head[-6:] + tail
    if long and head[:2] == "99" and 1800 <= int(head[2:6]) < 2300 and luhn_fits(ten[2:]):
        return "reserve", "", ""
    if year // 100 not in {18, 19, 20}:
        return "unreadable", "century", ""
    coordination = day >= 60
    day -= 60 * coordination
    unknown = coordination and (day == 0 or month == 0)
    if unknown:
        if month > 12 or day > 31 or (month and day and not day_exists(year, month, day)):
            return "unreadable", "date", ""
    elif not day_exists(year, month, day):
        return "unreadable", "date", ""
    if tail[:3] == "000":
        return "unreadable", "serial", ""
    if not luhn_fits(ten):
        return "unreadable", "check-digit", ""
    if sign == "+" and (year > extracted.year - 100 if long else year < 1840):
        return "unreadable", "plus-sign", ""
    if dt.date(year, month or 1, (month and day) or 1) > extracted:
        return "unreadable", "after-extraction", ""
    return "samordningsnummer" if coordination else "personnummer", "", f"{year}{head[-4:]}{tail}"


def with_letters(head: str, sign: str, tail: str, extracted: dt.date) -> Answer:
    two, month, day = int(head[-6:-4]), int(head[-4:-2]), int(head[-2:])
    year = int(head[:4]) if len(head) == 8 else birth_year(two, sign == "+", extracted)
    if year // 100 not in {18, 19, 20}:
        return "unreadable", "century", ""
    if day > 60:
        day -= 60
    if not day_exists(year, month, day):
        return "unreadable", "date", ""
    if dt.date(year, month, day) > extracted:
        return "unreadable", "after-extraction", ""
    if re.fullmatch(r"TF\d\d", tail):
        return "tf", "", ""
    return ("interim" if re.fullmatch(r"[A-Z]\d\d\d", tail) else "reserve"), "", ""


def national(text: str) -> bool:
    """Inera's XXYYMMDDNNGC."""
    text = text[:8] + text[9:] if text[8:9] == "-" else text
    if not re.fullmatch(r"\d{8}[A-Z]{2}[0-9A-Z]\d", text) or set(text[8:10]) & set("IOQVW"):
        return False
    series, month, day = int(text[:2]), int(text[4:6]), int(text[6:8])
    if series == 0:
        return 20 <= month <= 99 and 40 <= day <= 59
    return 22 <= series <= 98 and 1 <= month <= 12 and 1 <= day <= 31


def read(text: str, extracted: dt.date) -> Answer:
    """Kind, reason and canonical form of one value."""
    text = cleaned(text)
    if match := re.fullmatch(r"(\d{8}|\d{6})([-+]?)(\d{4})", text):
        return digits_only(match[1], match[2], match[3], extracted)
    answer: Answer = ("unreadable", "", "")
    if match := re.fullmatch(r"(\d{8}|\d{6})([-+]?)((?=.*[A-Z])[0-9A-Z]{4})", text):
        answer = with_letters(match[1], match[2], match[3], extracted)
        if answer[0] != "unreadable":
            return answer
    if national(text):
        return "reserve", "", ""
    if re.fullmatch(r"(\d{1,2}-\d{6}|LMA-?\d{1,2}-?\d{6})(/\d{1,2})?", text):
        return "lma", "", ""
    if answer[1]:
        return answer
    if not text:
        return "unreadable", "empty", ""
    if re.search(r"[A-Z?]", text):
        return "unreadable", "characters", ""
    if len(re.findall(r"\d", text)) in {10, 12}:
        return "unreadable", "form", ""
    return "unreadable", "digits", ""


def age(canonical: str, on: dt.date) -> int:
    year, month, day = int(canonical[:4]), int(canonical[4:6]), int(canonical[6:8])
    if day >= 60:
        day -= 60
    if month == 0 or day == 0:
        month, day = 7, 1
    return on.year - year - ((on.month, on.day) < (month, day))
