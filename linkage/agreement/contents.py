"""What an agreement says, in the order in which a jurist asks: for `show`, whatever it is shown as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from keys.errors import Text
from linkage.agreement import protection
from linkage.agreement.model import Known
from linkage.agreement.phrases import Phrases, comma, joined, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement, Party, Series

Said: TypeAlias = Text | str
"""Text is said in the reader's language; a plain string is what somebody wrote, as it is."""


@dataclass(frozen=True)
class Grid:
    """A table: its head, and its rows."""

    head: tuple[Said, ...]
    rows: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: paragraphs and tables. warns: it should not be overlooked."""

    heading: Said
    blocks: tuple[Said | Grid, ...]
    warns: bool = False


def grouped(digest: bytes) -> str:
    """A digest as it is read on the phone: sixteen groups of four signs."""
    text = digest.hex()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def sections(agreement: Agreement) -> Iterator[Section]:
    """The whole agreement."""
    phrases = Phrases(agreement)
    yield _state(agreement)
    yield Section(Text("Purpose"), (agreement.purpose,))
    yield Section(Text("Legal basis and decision"), (agreement.basis,))
    yield who(agreement)
    yield when(agreement)
    for party in agreement.parties:
        yield _leaves(agreement, party)
    yield _stays(agreement)
    if agreement.groups:
        yield groups(agreement, phrases)
    yield questions(agreement, phrases)
    yield _release(agreement)
    yield _retention(agreement)


def _state(agreement: Agreement) -> Section:
    """Ready with its digest, or a draft."""
    if agreement.digest is None:
        return Section(
            Text("This is a draft"),
            (Text("Missing: {missing}.", {"missing": ", ".join(agreement.missing)}),),
            warns=True,
        )
    return Section(
        Text("Digest"),
        (
            grouped(agreement.digest),
            Text(
                "The digest binds everything below and all keys. The parties and the matcher read it to each "
                "other by phone; where it is the same, they hold the same agreement. Whoever changes a value "
                "changes the digest, and what was made under the old one fits no longer."
            ),
        ),
    )


def who(agreement: Agreement) -> Section:
    """Parties and matcher, with what each has to do and the fingerprint of its key."""
    none = Text("missing")
    rows: list[tuple[Said, ...]] = [
        (p.title, Text("party: holds its register, and the shared secret"), p.name, p.identity or none)
        for p in agreement.parties
    ]
    matcher = agreement.matcher
    role = Text("matcher: counts, and never has the secret or an identity number")
    rows.append((matcher.title, role, matcher.name, matcher.identity or none))
    rows.append(
        (
            matcher.title,
            Text("key of this round, destroyed after it"),
            f"{matcher.name}-round",
            matcher.round_key or none,
        )
    )
    head = (Text("who"), Text("role"), Text("name"), Text("fingerprint of the key"))
    return Section(Text("Who takes part"), (Grid(head, tuple(rows)),))


_UNITS = {
    "month": Text("months"),
    "quarter": Text("quarters"),
    "tertial": Text("tertials"),
    "year": Text("years"),
}


def when(agreement: Agreement) -> Section:
    """The window, how presence is counted in it, and its spans."""
    window = agreement.window
    blocks: list[Said | Grid] = [
        Text(
            "{first} to {last}, in {count} {units}. A person counts as present in a period when a stay "
            "touches at least one day of it."
            if agreement.counting == "any-day"
            else "{first} to {last}, in {count} {units}. A person counts as present in a period when a stay "
            "lasts over its last day.",
            {
                "first": window.first,
                "last": window.last,
                "count": len(window),
                "units": _UNITS[window.unit.value],
            },
        )
    ]
    if window.spans:
        rows = tuple((name, window.labels[a], window.labels[b]) for name, (a, b) in window.spans.items())
        blocks.append(Grid((Text("span"), Text("from"), Text("to")), rows))
    return Section(Text("Time"), tuple(blocks))


_NUMBERS = {
    "personnummer": Text("personal identity numbers"),
    "samordningsnummer": Text("coordination numbers"),
    "fodselsnummer": Text("Norwegian identity numbers"),
    "d-nummer": Text("Norwegian D-numbers"),
    "syntetisk": Text("Norwegian test numbers, which are nobody's"),
    "cpr": Text("Danish identity numbers"),
    "henkilotunnus": Text("Finnish identity codes"),
    "tilapainen": Text("Finnish temporary codes, among them test numbers"),
}


def numbers(agreement: Agreement) -> Text:
    """The kinds of identifiers that are accepted."""
    if agreement.pattern:
        return Text("identifiers written as {pattern}", {"pattern": agreement.pattern})
    return joined([_NUMBERS[kind] for kind in agreement.accept], comma)


def columns(agreement: Agreement) -> tuple[tuple[Said, ...], ...]:
    """What every party hands over of a person beside its own series: the column, and what it holds."""
    rows: list[tuple[Said, ...]] = [
        (
            Text("token"),
            Text(
                "a keyed pseudonym of the identity number, made with the secret of the parties; good for "
                "this round of this agreement alone ({numbers})",
                {"numbers": numbers(agreement)},
            ),
        )
    ]
    if agreement.release.method == "cellkey":
        rows.append(
            (
                Text("seed"),
                Text(
                    "another keyed pseudonym, the same in all rounds of {name}: the matcher makes of it how "
                    "numbers are moved, and could, while it counts, know a person of an earlier round again",
                    {"name": agreement.name},
                ),
            )
        )
    if agreement.dimensions.sex:
        rows.append((Text("sex"), Text("woman, man or other, as the identity number says")))
    if ages := agreement.dimensions.age:
        pieces = ", ".join(f"{piece.low}–{piece.high}" for piece in ages.pieces)
        rows.append(
            (
                Text("age"),
                Text("age on {day} as one of {pieces}, or other", {"day": str(ages.on), "pieces": pieces}),
            )
        )
    return tuple(rows)


def _leaves(agreement: Agreement, party: Party) -> Section:
    """What a party hands over, column by column."""
    own = tuple((quoted(series.title), column(agreement, series)) for series in party.series)
    return Section(
        Text("What leaves {party}", {"party": party.title}),
        (
            Text("One row for each person who is in at least one of these series, with these columns:"),
            Grid((Text("column"), Text("what it holds")), (*columns(agreement), *own)),
            *sizes(party),
        ),
    )


def sizes(party: Party) -> Iterator[Text]:
    """What the party has told of its series for everybody to know."""
    numbers = {
        "places": [(s.title, s.places) for s in party.series if s.places is not None],
        "expected": [(s.title, s.expected) for s in party.series if s.expected is not None],
    }
    rows = {
        name: joined([Text("{name} {number}", {"name": quoted(t), "number": n}) for t, n in told], comma)
        for name, told in numbers.items()
        if told
    }
    if "places" in rows:
        yield Text("Places, how many can take part at once: {row}.", {"row": rows["places"]})
    if "expected" in rows:
        yield Text("Expected in a period, about, which changes no figure: {row}.", {"row": rows["expected"]})


def column(agreement: Agreement, series: Series) -> Text:
    """What the column of a series holds of a person."""
    if series.known is Known.WINDOW:
        return Text("whether the person was there at some time of the window; no dates")
    window = agreement.window
    periods: dict[str, object] = {
        "count": len(window),
        "units": _UNITS[window.unit.value],
        "first": window.first,
        "last": window.last,
    }
    if value := series.value:
        return Text(
            "for each of {count} {units}, {first} to {last}: a whole number, 0 to {max} {unit}; what is more "
            "counts as {max}",
            {**periods, "max": value.max, "unit": value.unit},
        )
    return Text("for each of {count} {units}, {first} to {last}: present or not", periods)


def _stays(agreement: Agreement) -> Section:
    return Section(
        Text("What does not leave, and who can read"),
        (
            Text("No name, no identity number, no date and no other column of a register leaves a party."),
            Text(
                "Each party also tells the matcher, and the matcher alone, how many rows it read, used and "
                "left out, and how many identity numbers there were of each kind."
            ),
            Text(
                "Everything is sealed to the key of this round, which {matcher} alone has. No party can read "
                "what another one handed over. The matcher opens it in memory while it counts.",
                {"matcher": quoted(agreement.matcher.title)},
            ),
            Text(
                "A token is personal data for whoever can reach the secret: there are few enough identity "
                "numbers to try them all. Therefore the matcher must never have the secret."
            ),
        ),
    )


def groups(agreement: Agreement, phrases: Phrases) -> Section:
    """The groups in words, and as written."""
    head = (Text("group"), Text("who is in it"), Text("as written"))
    rows = tuple((quoted(g.title), phrases.of(g.source), g.source) for g in agreement.groups)
    return Section(Text("Groups that the questions speak of"), (Grid(head, rows),))


def questions(agreement: Agreement, phrases: Phrases) -> Section:
    """The measures in words."""
    head = (Text("question"), Text("in words"))
    rows = tuple(
        (quoted(m.title), joined(list(phrases.asks(m)), lambda a, b: Text("{a} {b}", {"a": a, "b": b})))
        for m in agreement.measures
    )
    return Section(
        Text("What is derived: the questions"),
        (Text("Nothing else is counted, and nothing about one person is kept."), Grid(head, rows)),
    )


def _release(agreement: Agreement) -> Section:
    """How results are protected; that exact ones are not should not be overlooked."""
    rule = agreement.release
    return Section(protection.heading(rule), protection.words(rule), warns=rule.method == "exact")


def _retention(agreement: Agreement) -> Section:
    return Section(
        Text("Retention"),
        (
            Text(
                "Packages and the key of the round are to be destroyed {days} days after the release, with "
                "a signed receipt: the matcher does it by linkage purge.",
                {"days": agreement.retention.days},
            ),
            Text("Decision: {basis}", {"basis": agreement.retention.basis}),
        ),
    )
