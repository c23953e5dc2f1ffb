"""A release as a typed value. What exists of this type has passed the strict reading of docs/release.md.

A `Release` is made by `parse`, from the bytes of release.json, and by nothing else: `control` writes those
bytes from released counts and hands them to `parse` too. So whatever a report shows stands, as it is shown,
in the file that the matcher signs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final, final

from linkage.agreement.model import ReleaseRule
from linkage.dimensions import OTHER
from linkage.release.counts import ALL, MEAN
from linkage.release.reading import BadReleaseError, Node, load
from linkage.release.reading_dp import Accounting, accounting
from linkage.release.reading_method import AuditFacts, UnknownReleaseError, audit, fits, method
from linkage.release.reading_tables import read
from linkage.release.tables import Scale, Table
from linkage.window import MAX_PERIODS, Unit, Window

FORMAT: Final = "linkage-release/1"
MADE: Final = "%Y-%m-%dT%H:%M:%SZ"

_MEMBERS = (
    "format", "agreement", "matcher", "method", "packages", "made", "window", "dimensions", "labels",
    "tables", "audit",
)  # fmt: skip
_HEX = {length: re.compile(rf"[0-9a-f]{{{length}}}") for length in (32, 64, 128)}
_MADE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARSED = object()


@dataclass(frozen=True)
class AgreementFacts:
    """What a release says of its agreement. digest: 64 hex characters."""

    name: str
    round: int
    title: str
    purpose: str
    basis: str
    digest: str

    @property
    def slug(self) -> str:
        """name-round, the stem of file names."""
        return f"{self.name}-{self.round}"


@dataclass(frozen=True)
class MatcherFacts:
    """Who counted, and signs. identity: fingerprint."""

    name: str
    title: str
    identity: str


@dataclass(frozen=True)
class Delivery:
    """One party's package. id: 32 hex characters; sha512: 128; counted_percent: 0..100, rounded down.

    None where noise was drawn: it would be the one true number beside the others.
    """

    party: str
    title: str
    id: str
    sha512: str
    counted_percent: int | None


@final
@dataclass(frozen=True, repr=False)
class Release:
    """Answers that may be told. Made only by `parse` and `control`.

    method: its name and parameters; counting: a person is there in a period on "any-day" of it, or on its
    "last-day";
    sex, ages, ages_on: the agreed dimensions, the names of age bands, and the day on which ages are taken;
    labels: what is written in measures → its title; audit: None where nothing was attacked;
    accounting: of the noise, where it was drawn.
    """

    agreement: AgreementFacts
    matcher: MatcherFacts
    method: Mapping[str, str | int]
    packages: tuple[Delivery, ...]
    made: dt.datetime
    window: Window
    counting: str
    sex: bool
    ages: tuple[str, ...]
    ages_on: dt.date | None
    labels: Mapping[str, str]
    tables: tuple[Table, ...]
    audit: AuditFacts | None
    accounting: Accounting | None
    data: bytes = field(repr=False)
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _PARSED:
            raise TypeError("a Release is made by linkage.release.parse or control only")

    def __repr__(self) -> str:
        return f"<Release {self.agreement.slug}: {len(self.tables)} tables, {self.method['name']}>"

    def to_bytes(self) -> bytes:
        """The bytes of release.json: exactly those that it was read from, so that a signature still fits."""
        return self.data

    @cached_property
    def rule(self) -> ReleaseRule:
        """How the figures are protected."""
        return ReleaseRule(str(self.method["name"]), {k: v for k, v in self.method.items() if k != "name"})

    @property
    def audited(self) -> bool:
        """Whether somebody tested what a reader can work out."""
        return self.audit is not None

    @property
    def exact(self) -> bool:
        """Whether the figures are told as they are."""
        return self.rule.method == "exact"

    @property
    def moved(self) -> int:
        """By how many people a number may differ from the true one, each by itself."""
        return self.rule.d if self.rule.method == "cellkey" else 0

    @property
    def drawn(self) -> bool:
        """Whether every number has noise with a proven bound."""
        return self.rule.method == "dp"

    @cached_property
    def scale(self) -> Scale:
        """The labels that rows may have."""
        return Scale(self.window.labels, tuple(self.window.spans), self.sex, self.ages)

    def title(self, source: str) -> str:
        """The title of a series, group or expression as written; itself where it has none."""
        return self.labels.get(source, source)

    def table(self, measure: str) -> Table:
        """The table of this measure. Raises KeyError."""
        return {t.measure: t for t in self.tables}[measure]


def parse(data: bytes) -> Release:
    """The release in the bytes of release.json.

    Raises UnknownReleaseError for another version or method, BadReleaseError for whatever else is not as
    docs/release.md says. The signature is not checked here, nor that the tables agree: see `verify`.
    """
    root = load(data)
    form = root.names().get("format", Node(None, "format")).text()
    if form != FORMAT:
        raise UnknownReleaseError(
            "a release of format {format}, and this program knows {known}", format=form, known=FORMAT
        )
    found = root.members(_MEMBERS)
    window = _window(found["window"])
    dimensions = found["dimensions"].members(("sex",), ("age",))
    ages_on, ages = _ages(dimensions["age"]) if "age" in dimensions else (None, ())
    scale = Scale(window.labels, tuple(window.spans), dimensions["sex"].flag(), ages)
    rule = method(found["method"])
    tables = _tables(found["tables"], scale, rule)
    return Release(
        agreement=_agreement(found["agreement"]),
        matcher=_matcher(found["matcher"]),
        method=MappingProxyType({"name": rule.method, **rule.parameters}),
        packages=_packages(found["packages"], rule),
        made=_made(found["made"]),
        window=window,
        counting=found["window"].names()["counting"].among(("any-day", "last-day")),
        sex=scale.sex,
        ages=ages,
        ages_on=ages_on,
        labels=MappingProxyType({k: v.text() for k, v in found["labels"].names().items()}),
        tables=tables,
        audit=audit(found["audit"], rule),
        accounting=_account(found["audit"], rule, tables),
        data=data,
        made_by=_PARSED,
    )


def _agreement(node: Node) -> AgreementFacts:
    found = node.members(("name", "round", "title", "purpose", "basis", "digest"))
    return AgreementFacts(
        name=found["name"].matching(_NAME),
        round=found["round"].whole(1),
        title=found["title"].text(),
        purpose=found["purpose"].text(),
        basis=found["basis"].text(),
        digest=found["digest"].matching(_HEX[64]),
    )


def _matcher(node: Node) -> MatcherFacts:
    found = node.members(("name", "title", "identity"))
    return MatcherFacts(
        found["name"].matching(_NAME), found["title"].text(), found["identity"].matching(_FINGERPRINT)
    )


def _account(node: Node, rule: ReleaseRule, tables: tuple[Table, ...]) -> Accounting | None:
    return accounting(node, rule, [table.measure for table in tables]) if rule.method == "dp" else None


def _packages(node: Node, rule: ReleaseRule) -> tuple[Delivery, ...]:
    packages = tuple(_delivery(item, rule) for item in node.items())
    if not packages or len({p.party for p in packages}) < len(packages):
        raise BadReleaseError(
            "not a release: {where} does not have one package of each party", where=node.where
        )
    return packages


def _delivery(node: Node, rule: ReleaseRule) -> Delivery:
    found = node.members(("party", "title", "id", "sha512", "counted_percent"))
    return Delivery(
        party=found["party"].matching(_NAME),
        title=found["title"].text(),
        id=found["id"].matching(_HEX[32]),
        sha512=found["sha512"].matching(_HEX[128]),
        counted_percent=_coverage(found["counted_percent"], rule),
    )


def _coverage(node: Node, rule: ReleaseRule) -> int | None:
    """Per cent; null where noise was drawn, and only there."""
    if rule.method != "dp":
        return node.whole(0, 100)
    if node.value is not None:
        raise BadReleaseError("not a release: {where} is told without noise", where=node.where)
    return None


def _made(node: Node) -> dt.datetime:
    try:
        return dt.datetime.strptime(node.matching(_MADE), MADE).replace(tzinfo=dt.UTC)
    except ValueError:
        raise BadReleaseError("not a release: {where} is no time", where=node.where) from None


def _window(node: Node) -> Window:
    found = node.members(("unit", "periods", "spans", "counting"))
    unit = Unit(found["unit"].among([u.value for u in Unit]))
    periods = found["periods"].texts()
    spans = {name: tuple(end.text() for end in item.items()) for name, item in found["spans"].names().items()}
    try:
        window = Window(unit, periods[0], periods[-1], {name: _span(periods, s) for name, s in spans.items()})
        sound = window.labels == periods and len(periods) <= MAX_PERIODS and not {ALL, MEAN} & spans.keys()
    except (IndexError, ValueError):
        sound = False
    if not sound:
        raise BadReleaseError("not a release: {where} is no run of periods", where=node.where)
    return window


def _span(periods: tuple[str, ...], ends: tuple[str, ...]) -> tuple[int, int]:
    first, last = (periods.index(end) for end in ends)
    if first > last:
        raise ValueError
    return first, last


def _ages(node: Node) -> tuple[dt.date, tuple[str, ...]]:
    found = node.members(("on", "bands"))
    bands = found["bands"].texts()
    try:
        on = dt.date.fromisoformat(found["on"].matching(_DAY))
    except ValueError:
        raise BadReleaseError("not a release: {where} is no day", where=found["on"].where) from None
    if not bands or {OTHER, ALL} & set(bands):
        raise BadReleaseError("not a release: {where} is none of what it may be", where=found["bands"].where)
    return on, bands


def _tables(node: Node, scale: Scale, rule: ReleaseRule) -> tuple[Table, ...]:
    found = tuple(read(item, scale, drawn=rule.method == "dp") for item in node.items())
    if not found or len({t.measure for t in found}) < len(found):
        raise BadReleaseError(
            "not a release: {where} does not have one table of each measure", where=node.where
        )
    for item, table in zip(node.items(), found, strict=True):
        if not fits(table, rule):
            raise BadReleaseError("not a release: {where} tells what its method does not", where=item.where)
    return found
