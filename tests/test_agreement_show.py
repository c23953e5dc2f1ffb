"""What a jurist reads: all that leaves and all that is asked, in both languages, and nothing active."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from linkage.agreement import parse, plain, show
from linkage.agreement.contents import grouped
from linkage.texts import Lang
from tests.agreements import DRAFT, FINGERPRINTS, READY, changed


class Page(HTMLParser):
    """The elements and the text of a page; complains of what is not closed."""

    VOID = ("meta", "link", "img", "br", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)


@pytest.mark.parametrize("lang", list(Lang))
def test_the_page_is_alone_in_the_world(lang: Lang) -> None:
    page = show(parse(READY), lang)
    elements = Page(page).elements
    assert {tag for tag, _ in elements}.isdisjoint({"script", "link", "img", "iframe", "form", "object", "a"})
    assert not any(
        name.startswith("on") or name in ("src", "href", "style") for _, a in elements for name in a
    )
    policy = next(a["content"] for _, a in elements if a.get("http-equiv") == "Content-Security-Policy")
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style
    assert elements[0] == ("html", {"lang": lang.value})


def test_what_somebody_wrote_is_shown_and_never_run() -> None:
    text = changed('"Krami"', '"<script>alert(1)</script> {0} & co"')
    page = Page(show(parse(text), "en"))
    assert "“<script>alert(1)</script> {0} & co”" in page.words
    assert "script" not in {tag for tag, _ in page.elements}


SAID = {
    "en": [
        "Count the residents whom the cooperation reached in 2020.",
        "A decision",
        "party: holds its register, and the shared secret",
        *FINGERPRINTS.values(),
        "2020-01 to 2020-12, in 12 months.",
        "What leaves Malmö stad",
        "What leaves Arbetsförmedlingen",
        "age on 2020-12-31 as one of 16–17, 18–29, 30–64, or other",
        "for each of 12 months, 2020-01 to 2020-12: present or not",
        "whether the person was there at some time of the window; no dates",
        "“Ung Malmö (DUA-unga)” and 18–29 years old",
        "“Unga” or “Etableringsprogrammet”",
        "How many different people are: “Samverkansvolymen”?",
        "Told for each period, their mean and the whole window, by sex, by age band.",
        "Each span is compared with “first-half”.",
        "The target is 47.5 per cent.",
        "In per cent of 26023, a mean from elsewhere (The report).",
        "Figures leave the matcher as they were counted",
        "Agreed: Both jurists, 2020-11-01",
        "destroyed 30 days after the release",
        "Decision: Another decision",
    ],
    "sv": [
        "Vad som lämnar Malmö stad",
        "Vilka som deltar",
        "ålder den 2020-12-31 som en av 16–17, 18–29, 30–64, eller övrig",
        "för var och en av 12 månader, 2020-01 till 2020-12: närvarande eller inte",
        "”Ung Malmö (DUA-unga)” och 18–29 år gamla",
        "Hur många olika personer är: ”Samverkansvolymen”?",
        "Talen lämnar matcharen som de räknades",
        "förstöras 30 dagar efter utgåvan",
    ],
}


@pytest.mark.parametrize("lang", SAID)
def test_everything_is_said_on_the_page_and_in_plain_text(lang: str) -> None:
    agreement = parse(READY)
    page = " ".join(" ".join(Page(show(agreement, lang)).words).split())
    text = " ".join(plain(agreement, lang).split())
    assert agreement.digest is not None
    for words in [*SAID[lang], grouped(agreement.digest)]:
        assert words in page
        assert words in text


def test_every_series_of_every_party_is_a_column_under_that_party() -> None:
    text = plain(parse(READY), "en")
    malmo, af = text.partition("What leaves Arbetsförmedlingen")[::2]
    for title in ("Krami", "Ung Malmö (DUA-unga)", "Aktivitetscenter"):
        assert f"* “{title}”" in malmo
    assert "* “Etableringsprogrammet”" in af.partition("What does not leave")[0]


def test_dimensions_that_are_not_agreed_are_no_columns() -> None:
    text = READY.replace(', "sex"', "").replace(', "age"', "").replace(" & age.18-29", "")
    text = text[: text.index("[dimensions]")] + text[text.index("[[party]]") :]
    said = plain(parse(text), "en")
    assert "* sex" not in said
    assert "* age" not in said
    assert "* token" in said


def test_a_draft_says_so_first() -> None:
    said = plain(parse(DRAFT), "en")
    assert "This is a draft" in said
    assert "party malmo: identity, matcher: round_key" in said
    assert "Digest" not in said


def test_plain_text_is_narrow() -> None:
    for lang in Lang:
        assert max(map(len, plain(parse(READY), lang).splitlines())) <= 100


EVERYTHING = {
    "!malmo.krami - af.etablering": "(not “Krami”) but not “Etableringsprogrammet”",
    "(malmo.krami | young) & sex.man": "(“Krami” or “Unga”) and men",
    "malmo.krami | young & sex.woman": "“Krami” or (“Unga” and women)",
    "malmo.krami & (young - af.etablering)": "“Krami” and (“Unga” but not “Etableringsprogrammet”)",
    "atleast(2, malmo.krami, young, af.*)": "in at least 2 of [“Krami”, “Unga”, “Etableringsprogrammet”]",
    "ever(started(malmo.krami))": "at some time in the window (new in “Krami”, not there the period before)",
    "left(malmo.krami)": "for the last time in “Krami”, not there the period after",
    "was(malmo.krami, 3)": "3 periods earlier in “Krami”",
    "will(malmo.krami, 3)": "3 periods later in “Krami”",
    "within(malmo.krami, 3)": "in the same period or one of the 3 next in “Krami”",
    "bridge(malmo.krami, 1)": "in “Krami”, or in a gap of at most 1 period in it",
}


@pytest.mark.parametrize("source", EVERYTHING)
def test_questions_in_words(source: str) -> None:
    text = changed('"started(malmo.krami)"', f'"{source}"')
    said = re.sub(r"\s+", " ", plain(parse(text), "en"))
    assert f"How many different people are: {EVERYTHING[source]}?" in said
    swedish = plain(parse(text), "sv")
    assert not re.search(r"\b(not|but|periods|least|women|years)\b", swedish)
