"""The page: whole in itself, safe whatever a release says, and complete."""

from __future__ import annotations

import base64
import hashlib
import html as html_escapes
import json
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from linkage.agreement.model import Agreement
from linkage.release import Release, parse
from linkage.report import html
from linkage.report.charts.drawing import _clean
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import AGREED, agreement, crowd, release, year

LANGS = [Lang.SV, Lang.EN]
NBSP = "\u00a0"
VOID = {"meta", "br"}


@cache
def page(lang: Lang) -> str:
    return html(year()[1], lang)


class Read(HTMLParser):
    """What an HTML reader finds: elements with attributes, text by element, and whether it is well nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.texts.append((self.open[-1], data))

    @property
    def text(self) -> str:
        return " ".join(" ".join(t.split()) for tag, t in self.texts if tag != "style")


@cache
def read(lang: Lang) -> Read:
    return Read(page(lang))


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_fetched_and_nothing_runs(lang: Lang) -> None:
    text, found = page(lang), read(lang)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "img",
        "link",
        "base",
        "foreignobject",
        "use",
    }
    assert not any(key.startswith("on") or key == "style" for _, attrs in found.elements for key in attrs)
    addresses = [
        a for _, attrs in found.elements for k, a in attrs.items() if k in ("href", "src", "xlink:href")
    ]
    assert addresses
    assert all((a or "").startswith("#") for a in addresses)
    assert "//" not in re.sub(r"http://www\.w3\.org/2000/svg", "", text)
    assert "@import" not in text
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))
    assert "javascript:" not in text.lower()


@pytest.mark.parametrize("lang", LANGS)
def test_the_policy_allows_our_style_sheet_and_nothing_else(lang: Lang) -> None:
    policies = [a["content"] for t, a in read(lang).elements if t == "meta" and "http-equiv" in a]
    style = re.search(r"<style>(.*?)</style>", page(lang), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_well_formed_with_every_id_once(lang: Lang) -> None:
    found = read(lang)
    assert found.open == []
    ids = Counter(attrs["id"] for _, attrs in found.elements if "id" in attrs)
    assert [name for name, times in ids.items() if times > 1] == []
    asked = {i for _, a in found.elements for k in ("aria-labelledby",) for i in (a.get(k) or "").split()}
    asked |= {(a.get("href") or "#")[1:] for t, a in found.elements if t == "a"}
    asked |= set(re.findall(r"url\(#([^)]*)\)", page(lang)))
    assert asked <= set(ids)


@pytest.mark.parametrize("lang", LANGS)
def test_the_language_is_declared_and_spoken(lang: Lang) -> None:
    assert dict(read(lang).elements[0][1])["lang"] == lang.value
    spoken = "Så läses talen" if lang is Lang.SV else "How to read the figures"
    assert spoken in read(lang).text


@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_is_named_and_described_in_our_words(lang: Lang) -> None:
    found = read(lang)
    drawn = [a for tag, a in found.elements if tag == "svg" and a.get("role") == "img"]
    assert len(drawn) >= 20
    assert Counter(a["class"] for a in drawn) == {"wide": len(drawn) // 2, "slim": len(drawn) // 2}
    labels = [a for tag, a in found.elements if "aria-label" in a]
    assert all(a["role"] == "region" for a in labels)
    assert "aria-roledescription" not in page(lang)
    assert "visualization" not in page(lang)
    titles = [text for tag, text in found.texts if tag == "desc"]
    assert len(titles) == len(drawn)
    assert all(any(c.isdigit() for c in text) for text in titles)


@pytest.mark.parametrize("lang", LANGS)
def test_the_red_line_and_the_decision_stand_on_every_printed_page(lang: Lang) -> None:
    text = page(lang)
    running = re.search(r'<thead><tr><td><p class="red running">(.*?)</p>', text)
    assert running
    assert html_escapes.escape(AGREED) in running[1]
    assert text.count(html_escapes.escape(AGREED)) >= 3
    assert "display:table-header-group" in text


def test_the_bridge_leads_from_the_sum_to_everybody() -> None:
    found = year()[1]
    volume = found.table("volym")
    numbers = [volume.number(period="mean", part="sum"), volume.number(period="mean", part="unique")]
    numbers += [volume.number(part="unique"), found.table("aret").number()]
    big = re.findall(r'<p class="big">(.*?)</p>', page(Lang.SV))
    assert big == [str(n).replace(".", ",") for n in numbers]


@pytest.mark.parametrize("lang", LANGS)
def test_facts_of_the_agreement_and_of_packages_are_there(lang: Lang) -> None:
    found, text = year()[1], read(lang).text
    facts = found.agreement
    for fact in (
        facts.title,
        facts.purpose,
        facts.basis,
        facts.name,
        found.matcher.title,
        found.matcher.identity,
    ):
        assert fact in text
    assert facts.digest in text.replace(" ", "")
    for package in found.packages:
        assert package.title in text
        assert package.id in text
        assert package.sha512 in text
        assert str(package.counted_percent) in text


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_every_table_is_on_the_page(lang: Lang) -> None:
    """Each row that is not an empty "other" has its numbers in the section of its measure."""
    found = year()[1]
    words = Words(found, lang)
    for table in found.tables:
        section = page(lang).split(f'id="m-{table.measure}"')[1].split("</section>")[0]
        shown = Counter(re.findall(r"<td(?: class=\"note\")?>([^<]*)</td>", section))
        told: Counter[str] = Counter()
        for row in table.rows:
            if "other" not in (row.get("sex"), row.get("age")):
                told.update(words.figure(row[key]) for key in table.values if row[key] is not None)
        assert not told - shown, table.measure


HOSTILE = (
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><b>&amp;",
    "{{ 7*7 }}{% raw %}",
    "</style></svg><svg onload=alert(1)>",
    "]]><!--",
    "\ufffe\uffff\u2028\ufdd0 \U0001f600 \u202e",
)


def hostile(text: str) -> Release:
    document = json.loads(year()[1].to_bytes())
    document["tables"] = document["tables"][4:7]
    for place in (document["agreement"], document["matcher"], *document["tables"]):
        place["title"] = text
    document["agreement"] |= {"purpose": text, "basis": text}
    document["method"]["agreed"] = text
    document["packages"][0]["title"] = text
    document["labels"] = dict.fromkeys(document["labels"], text)
    return parse(json.dumps(document).encode())


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_release_says_is_never_markup(text: str) -> None:
    made = html(hostile(text), Lang.SV)
    found = Read(made)
    assert found.open == []
    assert not {tag for tag, _ in found.elements} & {"script", "img", "b"}
    assert not any(key.startswith("on") for _, attrs in found.elements for key in attrs)
    assert "49" not in {t.strip() for _, t in found.texts}
    assert text in "".join(t for tag, t in found.texts if tag == "h1")


def test_the_same_release_gives_the_same_page() -> None:
    assert html(year()[1], Lang.SV) == page(Lang.SV)


def one(measure: str, **options: str) -> tuple[Agreement, Release]:
    agreed = agreement(measure, **options)
    return agreed, release(agreed, crowd(40, len(agreed.window), seed=8))


@pytest.mark.parametrize(
    "measure",
    [
        'count = "volym"',
        'count = "volym"\nby = ["age"]',
        'count = "volym"\nby = ["period"]',
        'count = "stad.center"\nby = ["period", "sex"]',
        'count = "stad.center"\nparts = ["stad.center"]\nby = ["period"]',
        'count = "af.program & stad.ung & stad.vuxen & !volym"\nby = ["period"]',
        'count = "volym"\nparts = ["stad.ung"]\nby = ["period", "age"]',
        'share = "volym"\nof = "af.program & !volym"\nby = ["period"]',
        'share = "volym"\nof = "af.program"',
        'share = "stad.center"\nof = "volym"\nby = ["period"]\ntarget = "0.5"',
        'overlap = ["stad.ung", "stad.vuxen"]',
        'overlap = ["stad.ung", "stad.center"]\nby = ["period"]',
        'howmany = ["stad.ung", "stad.vuxen"]\nby = ["period", "age"]',
        'count = "volym"\nby = ["span", "age"]',
    ],
)
@pytest.mark.parametrize("lang", LANGS)
def test_every_shape_of_a_measure_has_a_page(measure: str, lang: Lang) -> None:
    _, found = one(f'[[measure]]\nname = "a"\ntitle = "A"\n{measure}\n')
    assert Read(html(found, lang)).open == []


@pytest.mark.parametrize(
    ("first", "last"), [("2020-01", "2020-01"), ("2019-03", "2020-02"), ("2016-01", "2020-12")]
)
def test_every_length_of_a_window_has_a_page(first: str, last: str) -> None:
    measure = '[[measure]]\nname = "a"\ntitle = "A"\ncount = "volym"\nparts = ["stad.ung", "af.program"]\n'
    kinds = '[[measure]]\nname = "b"\ntitle = "B"\noverlap = ["stad.ung", "af.program"]\nby = ["period"]\n'
    _, found = one(f'{measure}by = ["period", "sex"]\n{kinds}', first=first, last=last, spans="")
    assert Read(html(found, Lang.SV)).open == []


def test_nobody_at_all_has_a_page() -> None:
    agreed = agreement()
    made = html(release(agreed, []), Lang.SV)
    assert Read(made).open == []


SVG = "http://www.w3.org/2000/svg"


def test_ids_of_a_chart_are_the_pages_own() -> None:
    root = ET.fromstring(  # noqa: S314 - written here
        f'<svg xmlns="{SVG}"><defs><clipPath id="clip0"/></defs><g clip-path="url(#clip0)" role="x"/></svg>'
    )
    _clean(root, "a-0-wide")
    assert root[0][0].attrib == {"id": "a-0-wide-clip0"}
    assert root[1].attrib == {"clip-path": "url(#a-0-wide-clip0)"}


@pytest.mark.parametrize(
    "inside",
    [
        "<script/>",
        "<foreignObject/>",
        "<image/>",
        "<style/>",
        '<g onclick="x"/>',
        '<g style="fill:red"/>',
        '<path href="#a"/>',
    ],
)
def test_a_chart_that_could_act_is_refused(inside: str) -> None:
    root = ET.fromstring(f'<svg xmlns="{SVG}">{inside}</svg>')  # noqa: S314 - written here
    with pytest.raises(ValueError, match="must not have"):
        _clean(root, "a")
