"""The report as one HTML page: nothing is fetched, nothing runs, and it prints.

Everything a release says is text to the template, and escaped there. What is put in as markup is our own: the
charts (linkage.report.charts.drawing) and the style sheet, whose hash is the only style that the page allows.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import jinja2
from markupsafe import Markup

from linkage.report.answers import answer, question
from linkage.report.bridge import bridge
from linkage.report.charts.drawing import draw
from linkage.report.coverage import missing, said
from linkage.report.grids import Grid, Layout
from linkage.report.guide import guide
from linkage.report.pictures import charts
from linkage.report.protection import line, more
from linkage.report.remarks import remarks
from linkage.report.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.release.document import Release
    from linkage.release.tables import Table
    from linkage.texts import Lang

WIDE: Final = 760  # pixels: of a chart on a screen or on paper, and on a telephone
SLIM: Final = 340
DIGEST_GROUP: Final = 8


@dataclass(frozen=True)
class Figure:
    """A chart in both widths. note: a sentence below its title, or nothing."""

    caption: str
    note: str
    wide: Markup
    slim: Markup


@dataclass(frozen=True)
class Section:
    """One measure on the page. everything: None where the totals are all there is."""

    id: str
    title: str
    question: str
    source: str
    answer: str
    figures: tuple[Figure, ...]
    totals: Grid
    everything: Grid | None
    left_out: bool
    remarks: tuple[str, ...]


def html(release: Release, lang: Lang) -> str:
    """The report of a release as a page of HTML, in one language."""
    words = Words(release, lang)
    style = _file("page.css")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("page.html")).render(
        t=words.t,
        lang=lang.value,
        words=words,
        release=release,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        missing=missing(words),
        bridge=bridge(release, words),
        sections=[_section(table, words, lang) for table in release.tables],
        guide=guide(words),
        noise=line(words),
        covered=said,
        protection=more(words),
        digest=_grouped(release.agreement.digest),
    )


def _section(table: Table, words: Words, lang: Lang) -> Section:
    layout = Layout(table, words)
    return Section(
        id=f"m-{table.measure}",
        title=table.title,
        question=question(table, words),
        source=_source(table),
        answer=answer(table, words),
        figures=tuple(_figures(table, words, lang)),
        totals=layout.totals(),
        everything=layout.everything() if layout.has_more else None,
        left_out=layout.left_out,
        remarks=tuple(remarks(table, words)),
    )


def _figures(table: Table, words: Words, lang: Lang) -> Iterator[Figure]:
    for number, chart in enumerate(charts(table, words)):
        name, title = f"{table.measure}-{number}", f"{table.title}. {chart.caption}"
        said = f"{chart.description} {chart.note}".strip()
        wide = draw(chart.draw(WIDE), lang, f"{name}-wide", title, said, "wide")
        slim = draw(chart.draw(SLIM), lang, f"{name}-slim", title, said, "slim")
        yield Figure(chart.caption, chart.note, Markup(wide), Markup(slim))  # noqa: S704 - drawn and cleaned by us


def _source(table: Table) -> str:
    """The question as the agreement writes it."""
    if table.kind in ("overlap", "howmany", "flow"):
        several = f"{table.kind} = {list(table.items)}".replace("'", '"')
        return f"{several}, every = {table.every}" if table.kind == "flow" else several
    if table.kind == "outcome":
        return f"leaving = {table.asked}, to = {table.to}, {table.follow} = {table.k}"
    if table.kind == "change":
        sides = f"before = {table.before}, after = {table.after}"
        return f"change = {table.amount}, around = {table.asked}, {sides}"
    of = 'of = "places"' if table.places is not None else f"of = {table.of}"
    return f"{table.kind} = {table.asked}{'' if table.kind != 'share' else f', {of}'}"


def _grouped(digest: str) -> str:
    """A digest in groups that can be read aloud."""
    return " ".join(digest[i : i + DIGEST_GROUP] for i in range(0, len(digest), DIGEST_GROUP))


def _file(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
