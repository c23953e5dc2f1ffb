"""Text → agreement, with everything that is wrong told at once (2-formats, "Agreement")."""

from __future__ import annotations

from dataclasses import replace

from linkage.agreement import holders, sections
from linkage.agreement.digest import digest
from linkage.agreement.expressions import Given
from linkage.agreement.groups import groups, vocabulary
from linkage.agreement.identifier import identifier, untold
from linkage.agreement.model import Agreement
from linkage.agreement.not_yet import not_yet
from linkage.agreement.questions import measures
from linkage.agreement.reading import read
from linkage.agreement.release_rule import release
from linkage.agreement.tables import Problems, Table
from linkage.agreement.warn import warnings
from linkage.errors import AgreementError
from linkage.window import Unit, Window

FORMAT = "linkage-agreement/1"


class FormatError(AgreementError):
    """Another kind of file, or another version."""

    hint = 'an agreement starts with format = "linkage-agreement/1"; linkage agreement new writes one'


def parse(text: str, source: str = "agreement.toml") -> Agreement:
    """The agreement that a text is; digest None where it is a draft.

    source: the file's name, for messages. Raises AgreementError; where the text is TOML and of this version,
    its details are all the problems, each with its line, its place and what is allowed.
    """
    document, places = read(text, source)
    problems = Problems(document, places)
    top = Table(document, (), problems)
    written = document.get("format", FORMAT)
    if written != FORMAT:
        raise FormatError(
            "unknown format {format!r}, known is {known}: {source}",
            format=written,
            known=FORMAT,
            source=source,
        )
    agreement = _agreement(top)
    problems.refuse(source)
    return agreement


def _agreement(top: Table) -> Agreement:
    """The agreement; one that is made of stand-ins where a problem has been noted."""
    top.text("format")
    name, number = top.name(), top.number("round", 1)
    title, purpose, basis = top.text("title"), top.text("purpose"), top.text("basis")
    window, counting = sections.period(top.table("period"))
    numbers = identifier(top.table("identifier"))
    dimensions = sections.dimensions(top)
    untold(top, numbers.scheme)
    parties, matcher = holders.parties(top), holders.matcher(top.table("matcher"))
    holders.distinct_keys(top, parties, matcher)
    named, words = groups(top, vocabulary(parties, dimensions, window))
    series = holders.first_of(s for party in parties for s in party.series)
    asked = measures(top, Given(words, dimensions, sections.span_names(top), series))
    rule, retention = release(top.table("release")), sections.retention(top.table("retention"))
    top.finish()
    if not top.problems:
        not_yet(top, rule.method, asked)
    missing = holders.missing(parties, matcher)
    agreement = Agreement(
        name=name,
        round=number,
        title=title,
        purpose=purpose,
        basis=basis,
        window=window or Window(Unit.YEAR, "2000", "2000"),
        counting=counting,
        scheme=numbers.scheme,
        accept=numbers.accept,
        pattern=numbers.pattern,
        dimensions=dimensions,
        parties=parties,
        matcher=matcher,
        groups=named,
        measures=asked,
        release=rule,
        retention=retention,
        digest=None,
        missing=missing,
    )
    if top.problems:
        return agreement
    noticed = tuple(top.problems.at(path, what) for path, what in warnings(agreement))
    return replace(agreement, digest=None if missing else digest(top.data), warnings=noticed)
