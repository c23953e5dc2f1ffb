"""A data protection impact assessment with an agreement's own facts in it, ready to be finished by people.

Its words stand in dpia.en.md and dpia.sv.md. There `{{slot: what}}` is where a fact of the agreement goes,
`{{only METHOD …}}` begins a line that is for these methods alone, and `[[what]]` is a blank that only people
can fill. The page in docs/ is the same with no agreement: `general`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement import contents, hypertext, markdown, page, protection
from linkage.agreement.contents import Grid
from linkage.agreement.estimate import estimates, threshold
from linkage.agreement.model import Known
from linkage.agreement.phrases import Phrases, quoted
from linkage.texts import Lang, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from linkage.agreement.contents import Section
    from linkage.agreement.model import Agreement, Series

MARK = "☐"
"""Begins every blank, and nothing else."""
_SLOT = re.compile(r"\{\{(\w+): ([^}]*)\}\}")
_ONLY = re.compile(r"^\{\{only ([a-z ]+)\}\}(.*\n)", re.MULTILINE)
_COUNT = "count"
_BLANK = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Assessment:
    """text: Markdown, its first line the heading; blanks: how many it has."""

    text: str
    blanks: int

    def page(self, lang: Lang | str) -> str:
        """The same as a page for browsers and word processors, with the policy of `show`."""
        heading, _, rest = self.text.partition("\n")
        title = hypertext.inline(heading.removeprefix("# "))
        return page.whole(title, f"<header><h1>{title}</h1></header>", hypertext.hypertext(rest), Lang(lang))


def dpia(agreement: Agreement, lang: Lang | str) -> Assessment:
    """The assessment of one agreement; perhaps of a draft."""
    lang = Lang(lang)
    method = agreement.release.method

    def kept(found: re.Match[str]) -> str:
        return found[2] if method in found[1].split() else ""

    slots = _slots(agreement, lang)

    def fact(found: re.Match[str]) -> str:
        return found[0] if found[1] == _COUNT else slots[found[1]]()

    return _numbered(_SLOT.sub(fact, _ONLY.sub(kept, _words(lang))), lang)


def general(lang: Lang | str) -> Assessment:
    """The assessment without an agreement: each slot says what will stand there, each line for whom it is."""
    lang = Lang(lang)

    def labelled(found: re.Match[str]) -> str:
        methods = ", ".join(found[1].split())
        return re.sub(r"^(\| \d+|-)( \|)?", rf"\1 ({methods})\2", found[2])

    words = _ONLY.sub(labelled, _words(lang))
    from_it = say("from the agreement", lang)
    described = _SLOT.sub(lambda f: f[0] if f[1] == _COUNT else f"*({from_it}: {f[2]})*", words)
    return _numbered(described, lang)


def _words(lang: Lang) -> str:
    return resources.files(__package__).joinpath(f"dpia.{lang.value}.md").read_text(encoding="utf-8")


def _numbered(text: str, lang: Lang) -> Assessment:
    """Blanks numbered in the order in which they stand, and counted where the text asks."""
    blanks = 0
    fill_in = say("to fill in", lang)

    def one(found: re.Match[str]) -> str:
        nonlocal blanks
        blanks += 1
        return f"{MARK} {blanks} *{fill_in}: {found[1]}*"

    text = _BLANK.sub(one, text)
    return Assessment(_SLOT.sub(str(blanks), text), blanks)


def _slots(agreement: Agreement, lang: Lang) -> Mapping[str, Callable[[], str]]:
    """What goes where, by the name of the slot; made when it is asked for."""
    phrases = Phrases(agreement)
    rule = agreement.release

    def shown(section: Section) -> str:
        blocks = (
            markdown.table(block, lang) if isinstance(block, Grid) else markdown.line(block, lang)
            for block in section.blocks
        )
        return "\n\n".join(blocks)

    return {
        "title": lambda: markdown.line(agreement.title, lang),
        "state": lambda: markdown.line(_state(agreement), lang),
        "parties": lambda: shown(contents.who(agreement)),
        "purpose": lambda: markdown.paragraphs(agreement.purpose, lang),
        "basis": lambda: markdown.paragraphs(agreement.basis, lang),
        "window": lambda: shown(contents.when(agreement)),
        "identifiers": lambda: markdown.line(contents.numbers(agreement), lang),
        "columns": lambda: markdown.table(
            Grid((Text("column"), Text("what it holds")), contents.columns(agreement)), lang
        ),
        "series": lambda: _series(agreement, lang),
        "groups": lambda: (
            shown(contents.groups(agreement, phrases))
            if agreement.groups
            else markdown.line(Text("The questions use no groups."), lang)
        ),
        "measures": lambda: _measures(agreement, phrases, lang),
        "release": lambda: "\n\n".join(
            f"**{markdown.line(protection.heading(rule), lang)}.** {markdown.line(said, lang)}"
            if first
            else markdown.line(said, lang)
            for first, said in ((i == 0, said) for i, said in enumerate(protection.words(rule)))
        ),
        "parameters": lambda: markdown.table(
            Grid(
                (Text("parameter"), Text("value")),
                (("method", rule.method), *((k, str(v)) for k, v in rule.parameters.items())),
            ),
            lang,
        ),
        "days": lambda: str(agreement.retention.days),
        "retention": lambda: markdown.line(agreement.retention.basis, lang),
    }


def _state(agreement: Agreement) -> Text:
    words: dict[str, object] = {"name": agreement.name, "round": agreement.round}
    if agreement.digest is None:
        missing = ", ".join(agreement.missing)
        return Text(
            "Agreement {name}, round {round}: a draft. Missing: {missing}.", words | {"missing": missing}
        )
    digest = contents.grouped(agreement.digest)
    return Text("Agreement {name}, round {round}. Digest: {digest}", words | {"digest": digest})


def _series(agreement: Agreement, lang: Lang) -> str:
    """Every series of every party, how much it tells of a person, and a blank for each."""
    titles = {party.name: party.title for party in agreement.parties}
    rows = tuple(
        (quoted(s.title), titles[s.party], contents.column(agreement, s), _tells(s)) for s in agreement.series
    )
    head = (Text("series"), Text("party"), Text("what it holds"), Text("how much it tells"))
    asked = say("secrecy; articles 9 and 10; is every period needed?", lang)
    column = [say("for the party to say", lang), *[f"[[{asked}]]"] * len(rows)]
    told = [
        f"{markdown.line(party.title, lang)}: {markdown.line(size, lang)}"
        for party in agreement.parties
        for size in contents.sizes(party)
    ]
    return "\n\n".join([markdown.table(Grid(head, rows), lang, *column), *told])


def _tells(series: Series) -> Text:
    if series.value:
        return Text("amounts: the most")
    if series.known is Known.WINDOW:
        return Text("presence without dates: the least")
    return Text("presence, period by period")


def _measures(agreement: Agreement, phrases: Phrases, lang: Lang) -> str:
    """Every question in words, with how many rows it will have and about how many of them are small."""
    [grid] = (b for b in contents.questions(agreement, phrases).blocks if isinstance(b, Grid))
    few = Text("of them fewer than {least} people, about", {"least": threshold(agreement)})
    rows = tuple(
        (*row, str(e.rows), "–" if e.small is None else str(e.small))
        for row, e in zip(grid.rows, estimates(agreement), strict=True)
    )
    return markdown.table(Grid((*grid.head, Text("rows"), few), rows), lang)
