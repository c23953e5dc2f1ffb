"""The assessment: every fact of the agreement is in it, and every blank is marked alike and counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keys.errors import Text
from linkage.agreement import dpia, parse
from linkage.agreement.contents import grouped
from linkage.agreement.dpia import MARK, general
from linkage.agreement.markdown import escaped
from linkage.agreement.protection import words
from linkage.texts import Lang, say
from tests.agreements import DRAFT, FINGERPRINTS, READY, RULES, WHOLE, changed, under
from tests.dpia_pages import page, path
from tests.rounds import link, ok
from tests.test_agreement_show import Page

LANGS = ["en", "sv"]
FILL_IN = {"en": "to fill in", "sv": "att fylla i"}


def read(markdown: str) -> str:
    """What a reader sees: no escapes, no marks of quotation, one space between words."""
    lines = (line.removeprefix(">") for line in markdown.splitlines())
    return " ".join(re.sub(r"\\([^0-9A-Za-z\s])", r"\1", " ".join(lines)).split())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("rule", RULES)
def test_every_fact_of_the_agreement_is_in_it(lang: str, rule: str) -> None:
    agreement = parse(under(rule, WHOLE))
    assert agreement.digest is not None
    said = read(dpia(agreement, lang).text)
    facts = [agreement.title, agreement.name, agreement.purpose, agreement.basis, grouped(agreement.digest)]
    facts += [agreement.window.first, agreement.window.last, *agreement.window.spans]
    facts += [*FINGERPRINTS.values(), agreement.matcher.title, *(p.title for p in agreement.parties)]
    facts += [s.title for s in agreement.series] + ["60000 kr", "16–17, 18–29, 30–64", "2020-12-31"]
    facts += [g.title for g in agreement.groups] + [g.source for g in agreement.groups]
    facts += [m.title for m in agreement.measures]
    facts += [f"| {key} | {value} |" for key, value in agreement.release.parameters.items()]
    facts += [say(text, Lang(lang)) for text in words(agreement.release)]
    facts += [f" {agreement.retention.days} ", agreement.retention.basis]
    assert [fact for fact in facts if " ".join(fact.split()) not in said] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("rule", RULES)
def test_every_blank_is_marked_alike_numbered_and_counted(lang: str, rule: str) -> None:
    made = dpia(parse(under(rule, WHOLE)), lang)
    marks = re.findall(rf"{MARK} (\d+) \*{FILL_IN[lang]}: [^*]+\*", made.text)
    assert marks == [str(n) for n in range(1, made.blanks + 1)]
    *_, last = made.text.strip().splitlines()
    assert f"{made.blanks}.**" in last
    assert made.text.count(MARK) == made.blanks + 2  # how to use the page, and what to search for
    assert not re.search(r"\[\[|\]\]|\{\{|\}\}", made.text)


@pytest.mark.parametrize("lang", LANGS)
def test_the_wording_follows_the_method(lang: str) -> None:
    risks = {}
    for rule in RULES:
        text = dpia(parse(under(rule)), lang).text
        risks[rule] = re.findall(r"^\| ([0-9]+) \| .*$", text, re.MULTILINE)
        assert risks[rule] == [str(n) for n in range(1, 14)]
    exact, cellkey = (dpia(parse(under(rule)), lang).text for rule in ("exact", "cellkey"))
    assert "tests/test_attacks_release.py" in exact
    assert ("frö" if lang == "sv" else "seed") in cellkey
    assert ("frö" if lang == "sv" else "seed") not in exact


def test_the_two_languages_ask_the_same() -> None:
    english, swedish = (general(lang) for lang in LANGS)
    assert english.blanks == swedish.blanks
    assert shape(english.text) == shape(swedish.text)


def shape(text: str) -> list[object]:
    """Headings by their level, rows by their cells, in order; and what the page refers to."""
    lines = [line for line in text.splitlines() if line.startswith(("#", "|"))]
    marks: list[object] = [(line.split(" ")[0], line.count("|")) for line in lines]
    return [*marks, *re.findall(r"`(?:docs|tests)/[^`]+`", text)]


def test_the_same_kinds_of_laws_are_cited() -> None:
    for article in ("4.5", "6.1", "9.1", "10", "14", "25", "26", "28", "32", "35.7", "87"):
        for lang in LANGS:
            assert re.search(
                rf"(artikel|artiklarna|articles?)[^|]*\b{re.escape(article)}\b", general(lang).text
            )


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_in_docs_is_the_program_s(lang: str) -> None:
    assert path(lang).read_text(encoding="utf-8") == page(lang), "python -m tests.dpia_pages writes it"


def test_a_draft_says_what_is_missing() -> None:
    said = read(dpia(parse(DRAFT), "en").text)
    assert "a draft. Missing: party malmo: identity, matcher: round_key." in said


def test_what_somebody_wrote_is_no_mark() -> None:
    title = "<b>Krami</b> | [[x]] {{days: y}} `z` ☐"
    made = dpia(parse(changed('"Krami"', f'"{title}"')), "en")
    assert title in read(made.text)
    assert "<b>" not in made.text
    plain = dpia(parse(READY), "en")
    assert made.blanks == plain.blanks
    rows = [line for line in made.text.splitlines() if line.startswith("| “\\<b")]
    assert rows
    assert all(
        len(re.findall(r"(?<!\\)\|", row)) == len(re.findall(r"(?<!\\)\|", rows[0])) for row in rows[:1]
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [("1. x", "1\\. x"), ("- x", "\\- x"), ("# x", "\\# x"), ("a_b*c", "a\\_b\\*c"), ("2020-01", "2020-01")],
)
def test_what_would_begin_a_list_is_escaped(written: str, shown: str) -> None:
    assert escaped(written) == shown


def test_purposes_of_several_lines_stay_together() -> None:
    text = changed('"Count the residents whom the cooperation reached in 2020."', '"One.\\n\\n# Two"')
    assert "> One.\n>\n> \\# Two\n" in dpia(parse(text), "sv").text


def test_the_command_prints_it_writes_it_and_replaces_nothing(tmp_path: Path) -> None:
    file = tmp_path / "agreement.toml"
    file.write_text(under("cellkey"), encoding="utf-8")
    made = dpia(parse(under("cellkey")), "en")
    assert ok("agreement", "show", file, "--dpia", cwd=tmp_path).out.strip() == made.text.strip()
    done = ok("agreement", "show", file, "--dpia", "--out", "dpia.md", "--json", cwd=tmp_path)
    assert done.json["blanks"] == made.blanks
    assert done.json["page"] == "dpia.md"
    assert (tmp_path / "dpia.md").read_text(encoding="utf-8") == made.text
    (tmp_path / "dpia.md").write_text("begun", encoding="utf-8")
    refused = link("agreement", "show", file, "--dpia", "--out", "dpia.md", cwd=tmp_path)
    assert refused.code == 10
    assert (tmp_path / "dpia.md").read_text(encoding="utf-8") == "begun"
    swedish = ok("--lang", "sv", "agreement", "show", file, "--dpia", cwd=tmp_path).out
    assert swedish.strip() == dpia(parse(under("cellkey")), "sv").text.strip()
    assert say(Text("to fill in"), Lang.SV) in swedish


# -- as a page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("rule", RULES)
def test_the_page_says_what_the_text_says(lang: str, rule: str) -> None:
    made = dpia(parse(under(rule, WHOLE)), lang)
    page = Page(made.page(lang))
    assert page.elements[0] == ("html", {"lang": lang})
    assert {tag for tag, _ in page.elements}.isdisjoint(
        {"script", "link", "img", "iframe", "form", "object", "a"}
    )
    assert sum(tag == "em" for tag, _ in page.elements) == made.blanks
    assert "".join(" ".join(page.words).split()) == letters(made.text)


def letters(markdown: str) -> str:
    """The text without its marks and without any space; the heading stands in the page twice."""
    lines = [line for line in markdown.splitlines() if not re.fullmatch(r"(\|---)+\||---", line)]
    plain = "\n".join(re.sub(r"^(#+|>|-) ?", "", line) for line in lines)
    plain = re.sub(r"(?<!\\)[|*`]", "", plain)
    plain = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", plain)
    return "".join((lines[0].removeprefix("# ") + plain).split())


def test_what_somebody_wrote_is_shown_on_the_page_and_never_run() -> None:
    title = "<script>alert(1)</script> *x* | `y` & **z**"
    page = Page(dpia(parse(changed('"Krami"', f'"{title}"')), "en").page("en"))
    assert f"“{title}”" in page.words
    assert "script" not in {tag for tag, _ in page.elements}


def test_a_name_that_ends_in_html_gives_a_page(tmp_path: Path) -> None:
    file = tmp_path / "agreement.toml"
    file.write_text(READY, encoding="utf-8")
    ok("agreement", "show", file, "--dpia", "--out", "dpia.html", cwd=tmp_path)
    written = (tmp_path / "dpia.html").read_text(encoding="utf-8")
    assert written == dpia(parse(READY), "en").page("en")
