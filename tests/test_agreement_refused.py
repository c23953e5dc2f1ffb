# ruff: noqa: E501 - one fault, one line
"""Every way in which an agreement can be wrong: told with its line, its place and what is allowed."""

from __future__ import annotations

import pytest

from linkage.agreement import parse
from linkage.errors import AgreementError
from linkage.texts import Lang, say
from tests.agreements import FINGERPRINTS, READY, WHOLE, changed


def problems(text: str) -> list[str]:
    """What is told of a text with problems."""
    with pytest.raises(AgreementError) as caught:
        parse(text, "here.toml")
    assert "here.toml" in str(caught.value)
    for detail in caught.value.details:
        assert "{" not in say(detail, Lang.SV).replace("{ mean", "").replace("{1,8}", "")
    return [str(detail) for detail in caught.value.details]


# what is replaced, by what, where it is told, what is said
WRONG = {
    # names
    "å in a name": ('"malmo-sok"', '"Malmö sök"', "name", "for example 'malmo-sok'"),
    "a name of hyphens": ('"malmo-sok"', '"-a"', "name", "is no name"),
    "a name of Windows": ('"malmo-sok"', '"com1"', "name", "Windows"),
    "a name that ends in -round": ('"malmo-sok"', '"sok-round"', "name", "-round"),
    "a long name": ('"malmo-sok"', '"' + "a" * 65 + '"', "name", "longer than 64"),
    "no text as a name": ('"malmo-sok"', "7", "name", "found a whole number"),
    "a party called sex": ('name     = "malmo"', 'name = "sex"', "party.sex.name", "meaning of its own"),
    "a series with a capital": ('"krami"', '"Krami"', "party.malmo.series[1].name", "for example 'krami'"),
    "a group called sum": ('name  = "young"', 'name = "sum"', "group.sum.name", "meaning of its own"),
    "a group called unique": ('name  = "young"', 'name = "unique"', "group.unique.name", "meaning of its own"),
    "a group called surplus": ('name  = "young"', 'name = "surplus"', "group.surplus.name", "meaning of its own"),
    # what stands twice
    "two parties of one name": ('name = "af"', 'name = "malmo"', "party.malmo.name", "stands twice"),
    "a party called as the matcher": ('name      = "matcher"', 'name = "af"', "matcher.name", "is a party too"),
    "two series of one name": ('"ung-malmo"', '"krami"', "party.malmo.series.krami.name", "stands twice"),
    "two groups of one name": ('name  = "young"', 'name = "volume"', "group.volume.name", "stands twice"),
    "two measures of one name": ('name  = "new"', 'name = "volume"', "measure.volume.name", "stands twice"),
    "one key of two parties": (FINGERPRINTS["af"], FINGERPRINTS["malmo"], "party.af.identity", "party.malmo.identity"),
    "one key of matcher and party": (FINGERPRINTS["matcher"], FINGERPRINTS["af"], "matcher.identity", "party.af"),
    "an identity as round key": (FINGERPRINTS["matcher-round"], FINGERPRINTS["af"], "matcher.round_key", "party.af"),
    # texts and kinds of values
    "a control character": ('"Krami"', '"Kra\\tmi"', "party.malmo.series.krami.title", "U+0009"),
    "a nul": ('"Krami"', '"Kra\\u0000mi"', "party.malmo.series.krami.title", "U+0000"),
    "writing turned round": ('"Krami"', '"Kra\\u202emi"', "party.malmo.series.krami.title", "U+202E"),
    "accents apart": ('"Malmö stad"', '"Malmo\u0308 stad"', "party.malmo.title", "NFC"),
    "an empty title": ('"Krami"', '" "', "party.malmo.series.krami.title", "empty"),
    "a float": ("round   = 1", "round = 1.0", "round", "expected a whole number, found a decimal number"),
    "a float as a text": ('"Krami"', "1.5", "party.malmo.series.krami.title", 'write "1.5" in quotes'),
    "a date": ('on = "2020-12-31"', "on = 2020-12-31", "dimensions.age.on", 'write "2020-12-31" in quotes'),
    "a bool for a number": ("round   = 1", "round = true", "round", "found true or false"),
    "a number for a bool": ("sex = true", "sex = 1", "dimensions.sex", "expected true or false"),
    "a text for a list": ('by    = ["period", "sex", "age"]', 'by = "period"', "measure.volume.by", "a list"),
    "a number in a list": ('by    = ["period", "sex", "age"]', "by = [1]", "measure.volume.by[1]", "text in quotes"),
    "a table for a text": ('"Another decision"', "{}", "retention.basis", "found a table"),
    "round 0": ("round   = 1", "round = 0", "round", "at least 1"),
    "a number too large": ("round   = 1", f"round = {2**53}", "round", "at most"),
    # keys
    "an unknown key": ("purpose =", "porpose =", "porpose", "did you mean 'purpose'?"),
    "a missing key": ("purpose =", "porpose =", "purpose", "missing, expected text"),
    "an unknown table": ("[retention]", "[retenton]", "retenton", "did you mean 'retention'?"),
    "a missing table": ("[retention]", "[retenton]", "retention", "missing, expected a table, as [retention]"),
    "an unknown key of a series": ('known = "window"', 'knwon = "window"', "party.malmo.series.aktivitetscenter.knwon", "known"),
    "an unknown key of a measure": ('target = "47.5"', "goal = 4", "measure.part.goal", "allowed are"),
    "a measure without a title": ('title = "Nya i Krami"\n', "", "measure.new.title", "missing"),
    # period
    "an unknown unit": ('"month"', '"week"', "period.unit", "month, quarter, tertial, year"),
    "a period of another unit": ('last  = "2020-12"', 'last = "2020-Q4"', "period.last", "write it as 2020-01"),
    "a month 13": ('last  = "2020-12"', 'last = "2020-13"', "period.last", "write it as 2020-01"),
    "last before first": ('last  = "2020-12"', 'last = "2019-12"', "period.last", "before the first"),
    "61 periods": ('last  = "2020-12"', 'last = "2025-01"', "period.last", "61 periods, at most 60"),
    "a span outside": ('["2020-01", "2020-06"]', '["2019-12", "2020-06"]', "period.spans.first-half", "inside the window"),
    "a span turned round": ('["2020-01", "2020-06"]', '["2020-06", "2020-01"]', "period.spans.first-half", "not after"),
    "a span of one": ('["2020-01", "2020-06"]', '["2020-06"]', "period.spans.first-half", "first and the last"),
    "a span called all": ('"jan–feb"', '"all"', "period.spans.all", "may be called"),
    "a span called mean": ('"jan–feb"', '"mean"', "period.spans.mean", "may be called"),
    # identifier and dimensions
    "nothing accepted": ('["personnummer", "samordningsnummer"]', "[]", "identifier.accept", "empty"),
    "TF numbers accepted": ('"samordningsnummer"', '"tf"', "identifier.accept[2]", "personnummer, samordningsnummer"),
    "another scheme": ('scheme = "se"', 'scheme = "is"', "identifier.scheme", "allowed are se, no, dk, fi, text"),
    "kinds of another scheme": ('scheme = "se"', 'scheme = "fi"', "identifier.accept[1]", "henkilotunnus, tilapainen"),
    "a pattern for numbers": ('scheme = "se"', 'scheme = "se"\npattern = "[0-9]{12}"', "identifier.pattern", "only the scheme text"),
    "sex of text": ('scheme = "se"\naccept = ["personnummer", "samordningsnummer"]', 'scheme = "text"\npattern = "K[0-9]{6}"', "dimensions.sex", "do not tell it"),
    "age of text": ('scheme = "se"\naccept = ["personnummer", "samordningsnummer"]', 'scheme = "text"\npattern = "K[0-9]{6}"', "dimensions.age", "do not tell it"),
    "text without a pattern": ('scheme = "se"\naccept = ["personnummer", "samordningsnummer"]', 'scheme = "text"', "identifier.pattern", "missing"),
    "a pattern without end": ('scheme = "se"\naccept = ["personnummer", "samordningsnummer"]', 'scheme = "text"\npattern = "K[0-9]+"', "identifier.pattern", "sign 7: + has no end"),
    "accepted twice": ('"samordningsnummer"', '"personnummer"', "identifier.accept[2]", "twice"),
    "no day": ('on = "2020-12-31"', 'on = "2020-02-30"', "dimensions.age.on", "is no day"),
    "bands that overlap": ('"30-64"', '"29-64"', "dimensions.age.bands", "16-29 and 29-64 overlap"),
    "bands that share an age": ('["16-29", "30-64"]', '["30-64", "16-30"]', "dimensions.age.bands", "30-64 and 16-30 overlap"),
    "a band turned round": ('"30-64"', '"64-30"', "dimensions.age.bands[2]", "no age band"),
    "a band with zeros": ('"30-64"', '"030-64"', "dimensions.age.bands[2]", "no age band"),
    "a band twice": ('"18-29"', '"16-29"', "dimensions.age.also", "in bands too"),
    "no bands": ('["16-29", "30-64"]', "[]", "dimensions.age.bands", "empty"),
    # holders
    "a short fingerprint": (FINGERPRINTS["af"], "SHA256:abc", "party.af.identity", "43 signs"),
    "a fingerprint that ends oddly": (FINGERPRINTS["af"], "SHA256:" + "A" * 42 + "B", "party.af.identity", "43 signs"),
    "another hash": (FINGERPRINTS["af"], "SHA512:" + "A" * 43, "party.af.identity", "43 signs"),
    "known for weeks": ('known = "window"', 'known = "week"', "party.malmo.series.aktivitetscenter.known", "window"),
    # expressions
    "an unknown series": ('"malmo.krami"', '"malmo.kramy"', "measure.both.overlap[2]", "did you mean 'malmo.krami'?"),
    "an expression cut short": ('"young | af.etablering"', '"young |"', "group.volume.is", "ends too early"),
    "a cycle": ('"malmo.ung-malmo & age.18-29"', '"volume"', "group.volume.is", "volume → young → volume"),
    "a group of itself": ('"malmo.ung-malmo & age.18-29"', '"young"', "group.young.is", "young → young"),
    # measures
    "no question": ('count = "started(malmo.krami)"\n', "", "measure.new", "count, overlap, howmany, share"),
    "two questions": ('parts = ["young"', 'share = "young"\nparts = ["young"', "measure.volume", "count, share at once"),
    "by something else": ('by    = ["period", "sex", "age"]', 'by = ["place"]', "measure.volume.by[1]", "period, span"),
    "by twice": ('by    = ["period", "sex", "age"]', 'by = ["sex", "sex"]', "measure.volume.by[2]", "twice"),
    "period and span": ('by    = ["period", "sex", "age"]', 'by = ["period", "span"]', "measure.volume.by", "exclude"),
    "against a span that is not": ('against = "first-half"', 'against = "first"', "measure.new.against", "first-half"),
    "against all": ('against = "first-half"', 'against = "all"', "measure.new.against", "no span"),
    "against without spans": ('by    = ["span", "sex"]', 'by = ["sex"]', "measure.new.against", "only with by"),
    "one set": ('["volume", "malmo.krami", "malmo.aktivitetscenter"]', '["volume"]', "measure.both.overlap", "at least 2"),
    "nine sets": (
        '["volume", "malmo.krami", "malmo.aktivitetscenter"]',
        str([f"was(malmo.krami, {k})" for k in range(9)]).replace("'", '"'),
        "measure.both.overlap",
        "at most 8",
    ),
    "five sets by sex": (
        '["volume", "malmo.krami", "malmo.aktivitetscenter"]',
        str([f"was(malmo.krami, {k})" for k in range(5)]).replace("'", '"') + '\nby = ["sex"]',
        "measure.both.by",
        "above 4 sets",
    ),
    "one list": ('["ever(volume)", "malmo.krami"]', '["volume"]', "measure.lists.howmany", "at least 2"),
    "no parts": ('parts = ["young", "af.etablering"]', "parts = []", "measure.volume.parts", "at least 1"),
    "a part twice": ('parts = ["young", "af.etablering"]', 'parts = ["young", "young"]', "measure.volume.parts[2]", "same people"),
    "a part by another name": (
        'parts = ["young", "af.etablering"]',
        'parts = ["young", "malmo.ung-malmo & age.18-29"]',
        "measure.volume.parts[2]",
        "same people",
    ),
    "a share of nothing": ('of     = "malmo.krami"\n', "", "measure.part.of", "missing"),
    "a constant of 0": ("mean = 26023", "mean = 0", "measure.report.of.mean", "at least 1"),
    "a constant in quotes": ("mean = 26023", 'mean = "26023"', "measure.report.of.mean", "a whole number"),
    "a constant called median": ("mean = 26023", "median = 26023", "measure.report.of.median", "did you mean 'mean'?"),
    "a constant of nobody": ('source = "The report"\n', "", "measure.report.source", "missing"),
    "a source of an expression": ('target = "47.5"', 'source = "x"', "measure.part.source", "from elsewhere"),
    "a target with a comma": ('"47.5"', '"47,5"', "measure.part.target", "with a point"),
    "a target above 100": ('"47.5"', '"100.5"', "measure.part.target", "0 to 100"),
    "a target as a float": ('"47.5"', "47.5", "measure.part.target", "in quotes"),
    # release and retention
    "no decision": ('agreed = "Both jurists, 2020-11-01"\n', "", "release.agreed", "missing"),
    "an unknown method": ('"exact"', '"rounding"', "release.method", "allowed are cellkey, suppress, dp, exact"),
    "a parameter too many": ('method = "exact"', 'method = "exact"\nthreshold = 10', "release.threshold", "agreed"),
    "days before": ("days  = 30", "days = -1", "retention.days", "at least 0"),
    # amounts
    "an unknown counting": ('"any-day"', '"first-day"', "period.counting", "allowed are any-day, last-day"),
    "amounts at some time": ('known = "window"', 'known = "window"\nvalue = { unit = "kr", max = 9 }', "party.malmo.series.aktivitetscenter.value", "leave known"),
    "amounts without a largest": ('known = "window"', 'value = { unit = "kr" }', "party.malmo.series.aktivitetscenter.value.max", "missing"),
    "amounts of nothing": ('known = "window"', "value = { max = 1 }", "party.malmo.series.aktivitetscenter.value.unit", "missing"),
    "a largest of nothing": ('known = "window"', 'value = { unit = "kr", max = 0 }', "party.malmo.series.aktivitetscenter.value.max", "at least 1"),
    "a largest beyond a package": ('known = "window"', 'value = { unit = "kr", max = 4294967296 }', "party.malmo.series.aktivitetscenter.value.max", "4294967295"),
    "a key too many for amounts": ('known = "window"', 'value = { unit = "kr", max = 9, min = 1 }', "party.malmo.series.aktivitetscenter.value.min", "allowed are unit, max"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_its_place(case: str) -> None:
    old, new, where, what = WRONG[case]
    told = problems(changed(old, new))
    assert any(f", {where}: " in t and what in t for t in told), told


MOVES = 'flow  = ["malmo.krami", "malmo.ung-malmo", "af.etablering"]'
LEAVING = 'leaving = "malmo.krami"\nto      = "af.etablering"\nat      = 6'
AROUND = 'around = "started(malmo.krami)"'
# the same of what follows people over time
WRONG_OVER_TIME = {
    # expressions
    "another window": (MOVES, 'flow = ["was(malmo.krami, 70)"]', "measure.moves.flow[1]", "reaches 70 periods, allowed are 0 to 11: column 18"),
    "a minus without spaces": (MOVES, 'flow = ["malmo.krami-af.etablering"]', "measure.moves.flow[1]", "perhaps 'malmo.krami - af.etablering' with spaces around the minus: column 1"),
    "amounts where presence is asked": (MOVES, 'flow = ["malmo.krami", "malmo.krami & af.bistand"]', "measure.moves.flow[2]", "af.bistand holds amounts, which a measure asks for by change; an expression asks who was there: column 15"),
    "presence where amounts are asked": ('change = "af.bistand"', 'change = "af.etablering"', "measure.amounts.change", "holds no amounts; with amounts there are af.bistand"),
    "amounts that are not": ('change = "af.bistand"', 'change = "af.bistamd"', "measure.amounts.change", "no series with amounts 'af.bistamd' (did you mean 'af.bistand'?), allowed are af.bistand"),
    "amounts of an expression": ('change = "af.bistand"', 'change = "af.bistand | af.bistand"', "measure.amounts.change", "allowed are af.bistand"),
    # flow
    "a state twice": (MOVES, 'flow = ["malmo.krami", "malmo.krami"]', "measure.moves.flow[2]", "same people"),
    "a state twice, the other way round": (MOVES, 'flow = ["young", "malmo.ung-malmo & age.18-29"]', "measure.moves.flow[2]", "same people"),
    "no states": (MOVES, "flow = []", "measure.moves.flow", "0 given, at least 1 are needed"),
    "every 0": ("every = 3", "every = 0", "measure.moves.every", "at least 1 and at most 11"),
    "every 12 of 12": ("every = 3", "every = 12", "measure.moves.every", "at least 1 and at most 11"),
    "a state without dates": (MOVES, 'flow = ["malmo.krami", "malmo.aktivitetscenter"]', "measure.moves.flow[2]", "has no dates"),
    "a million rows": (MOVES, 'flow = [' + ", ".join(f'"was({a}, {k}) & will({b}, {j})"' for k in range(10) for j in range(10) for a in ("malmo.krami", "af.etablering") for b in ("malmo.krami", "af.etablering", "malmo.ung-malmo")) + "]", "measure.moves.flow", "fewer than 1000000 are allowed: name fewer states, they make 361201 pairs"),
    # outcome
    "no follow-up": ("at      = 6\n", "", "measure.after", "one of at, within and for is needed"),
    "two follow-ups": ("at      = 6", "at = 6\nwithin = 6", "measure.after", "only one of at, within and for"),
    "a follow-up past the end": ("at      = 6", "at = 12", "measure.after.at", "reaches 12 periods, past the end of the window for whoever leaves: allowed are 0 to 11"),
    "a follow-up far past the end": ("within  = 2", "within = 12", "measure.soon.within", "allowed are 0 to 11"),
    "all the time past the end": ("for     = 2", "for = 12", "measure.lasting.for", "allowed are 1 to 11"),
    "for no period": ("for     = 2", "for = 0", "measure.lasting.for", "at least 1"),
    "a follow-up backwards": ("at      = 6", "at = -1", "measure.after.at", "at least 0"),
    "nobody seen to leave": (LEAVING, 'leaving = "was(malmo.krami, 11)"\nto = "af.etablering"\nat = 6', "measure.after.at", "no period of the window is known"),
    "leaving without to": ('to      = "af.etablering"\nat      = 6', "at = 6", "measure.after.to", "missing"),
    "to without leaving": ('leaving = "malmo.krami"\nto      = "af.etablering"\nat      = 6', 'to = "af.etablering"\nat = 6', "measure.after", "asks nothing"),
    "leaving what has no dates": (LEAVING, 'leaving = "ever(malmo.aktivitetscenter)"\nto = "af.etablering"\nat = 6', "measure.after.leaving", "has no dates"),
    "to what has no dates": (LEAVING, 'leaving = "malmo.krami"\nto = "malmo.aktivitetscenter"\nat = 6', "measure.after.to", "has no dates"),
    "an outcome of 101 per cent": ("target  = 48", "target = 101", "measure.after.target", "at most 100"),
    "an outcome of something": ("target  = 48", 'of = "malmo.krami"', "measure.after.of", "unknown key"),
    # duration
    "a stay without dates": ('duration = "malmo.krami"', 'duration = "malmo.aktivitetscenter"', "measure.length.duration", "has no dates"),
    "a stay by period": ('by       = ["sex"]', 'by = ["period"]', "measure.length.by", "by takes sex and age"),
    "a stay by span": ('by       = ["sex"]', 'by = ["span", "sex"]', "measure.length.by", "by takes sex and age"),
    "a stay against a span": ('by       = ["sex"]', 'by = ["sex"]\nagainst = "first-half"', "measure.length.against", "told for the whole window"),
    # change
    "nothing before": ("before = 3", "before = 0", "measure.amounts.before", "at least 1"),
    "nothing after": ("after  = 4", "after = 0", "measure.amounts.after", "at least 1"),
    "nothing said of before": ("before = 3\n", "", "measure.amounts.before", "missing"),
    "more than the window": ("after  = 4", "after = 9", "measure.amounts.after", "3 before and 9 after do not fit into a window of 12 periods: together at most 11"),
    "never with so much around it": (AROUND, 'around = "was(malmo.krami, 8)"', "measure.amounts.around", "in no period that has 3 before it and 4 after it"),
    "around what has no dates": (AROUND, 'around = "malmo.aktivitetscenter"', "measure.amounts.around", "has no dates"),
    "around nothing": (AROUND + "\n", "", "measure.amounts.around", "missing"),
    "amounts by period": ('by     = ["age"]', 'by = ["period"]', "measure.amounts.by", "by takes sex and age"),
    # places
    "no places": ("places = 420", "places = 0", "party.malmo.series.krami.places", "at least 1"),
    "places in quotes": ("places = 420", 'places = "90"', "party.malmo.series.krami.places", "a whole number"),
    "places of amounts": ("expected = 500", "places = 5", "party.af.series.bistand.places", "amounts have no places"),
    "nobody expected": ("expected = 400", "expected = 0", "party.malmo.series.krami.expected", "at least 1"),
    "places of a part": ('share = "malmo.krami | af.etablering"', 'share = "malmo.krami & af.etablering"', "measure.taken.share", "only series are allowed, joined by |"),
    "places of a group with ages": ('share = "malmo.krami | af.etablering"', 'share = "young"', "measure.taken.share", "only series are allowed, joined by |"),
    "places that are not told": ('share = "malmo.krami | af.etablering"', 'share = "malmo.*"', "measure.taken.of", "no places are told of malmo.ung-malmo, malmo.aktivitetscenter: write places"),
    "a source of places": ('of    = "places"', 'of = "places"\nsource = "x"', "measure.taken.source", "from elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_OVER_TIME)
def test_what_is_wrong_over_time_is_told_once_with_its_place(case: str) -> None:
    old, new, where, what = WRONG_OVER_TIME[case]
    told = problems(changed(old, new, WHOLE))
    assert len(told) == 1, told
    assert f", {where}: " in told[0]
    assert what in told[0]


@pytest.mark.parametrize(
    ("last", "kinds"),
    [("2020-01", ["flow", "at", "duration", "after"]), ("2020-02", ["duration", "after"])],
)
def test_a_window_can_be_too_short_to_follow_anybody(last: str, kinds: list[str]) -> None:
    text = changed('last  = "2020-12"', f'last  = "{last}"', WHOLE)
    for old, new in (("at      = 6", "at = 0"), ("before = 3", "before = 1"), ("after  = 4", "after = 1")):
        text = changed(old, new, text)
    where = [told.split(": ")[0].split(".")[-1] for told in problems(text) if "measure." in told]
    assert set(where) >= set(kinds)


def test_a_wrong_group_is_told_once_whatever_places_it_would_have() -> None:
    text = changed('share = "malmo.krami | af.etablering"', 'share = "young"', WHOLE)
    told = problems(changed("malmo.ung-malmo & age.18-29", "malmo.ung-malmo & age.18-28", text))
    assert len(told) == 1, told


def test_all_problems_at_once_in_the_order_of_their_lines() -> None:
    text = READY
    for old, new in [
        ('"malmo-sok"', '"Malmö"'),
        ('"month"', '"week"'),
        ('"krami"', '"con"'),
        ("days  = 30", "days = -1"),
        ('"exact"', '"none"'),
    ]:
        text = changed(old, new, text)
    told = problems(text)
    lines = [int(t.split(",")[0].removeprefix("line ")) for t in told]
    assert lines == sorted(lines)
    numbered = text.splitlines()
    for where in ("name", "period.unit", "release.method", "retention.days"):
        line = next(line for line, t in zip(lines, told, strict=True) if f", {where}: " in t)
        assert numbered[line - 1].split("=")[0].strip() == where.split(".")[-1]


def test_an_expression_is_shown_with_a_caret_below_the_fault() -> None:
    (told,) = problems(changed('"started(malmo.krami)"', '"started(malmo.krami) & malmo.kramy"'))
    _, line, caret = told.split("\n")
    assert line[caret.index("^") :].startswith("malmo.kramy")


def test_a_wrong_group_is_told_once_whoever_uses_it() -> None:
    assert len(problems(changed("malmo.ung-malmo & age.18-29", "malmo.ung-malmo & age.18-28"))) == 1


def test_each_of_several_cycles_is_told() -> None:
    groups = "".join(
        f'[[group]]\nname = "{name}"\ntitle = "x"\nis = "{uses}"\n'
        for name, uses in [
            ("a", "b"),
            ("b", "c"),
            ("c", "a"),
            ("d", "d | a"),
            ("e", "f & malmo.krami"),
            ("f", "e"),
        ]
    )
    told = problems(changed("[[measure]]", groups + "[[measure]]"))
    assert [t.rpartition(": ")[2] for t in told] == ["a → b → c → a", "d → d", "e → f → e"]


def test_groups_in_a_cycle_are_read_all_the_same() -> None:
    told = problems(changed('"malmo.ung-malmo & age.18-29"', '"volume & malmo.kramy"'))
    assert len(told) == 2
    assert "volume → young → volume" in told[0]
    assert "did you mean 'malmo.krami'?" in told[1]


def test_a_number_or_a_function_is_no_use_of_a_group_of_that_name() -> None:
    group = '[[group]]\nname = "{}"\ntitle = "x"\nis = "{}"\n'
    two = group.format("2", "atleast(2, malmo.krami, was(malmo.ung-malmo, 2))")
    ever = group.format("ever", "ever(malmo.krami) & 2")
    agreement = parse(changed("[[measure]]", two + ever + "[[measure]]"))
    assert [g.name for g in agreement.groups][:2] == ["volume", "young"]
    assert len(agreement.groups) == 4


def test_a_long_chain_of_groups_is_refused_and_does_not_break_the_program() -> None:
    chain = "".join(
        f'[[group]]\nname = "g{i}"\ntitle = "x"\nis = "g{i - 1} & malmo.krami"\n' for i in range(1, 500)
    )
    first = '[[group]]\nname = "g0"\ntitle = "x"\nis = "malmo.krami"\n'
    told = problems(changed("[[measure]]", chain + first + "[[measure]]"))
    assert all("too large" in t for t in told)


def test_groups_that_double_at_every_step_are_refused_at_once() -> None:
    doubling = '[[group]]\nname = "g0"\ntitle = "x"\nis = "malmo.krami"\n' + "".join(
        f'[[group]]\nname = "g{i}"\ntitle = "x"\nis = "g{i - 1} | g{i - 1}"\n' for i in range(1, 60)
    )
    assert all("too large" in t for t in problems(changed("[[measure]]", doubling + "[[measure]]")))


def test_one_party_and_no_measure() -> None:
    start, end = READY.index('[[party]]\nname = "af"'), READY.index("[matcher]")
    text = READY[:start] + READY[end:]
    text = text[: text.index("[[group]]")] + text[text.index("[release]") :]
    told = problems(text)
    assert any("at least two parties" in t for t in told)
    assert any("at least one measure" in t for t in told)
    no_series = READY[: READY.index('[[party.series]]\nname  = "etablering"')] + READY[end:]
    assert any("at least one series" in t for t in problems(no_series))


@pytest.mark.parametrize("written", ['"linkage-agreement/2"', '"linkage-register/1"', "1"])
def test_another_format_is_refused_by_name_and_alone(written: str) -> None:
    text = changed('"linkage-agreement/1"', written, changed('"month"', '"week"'))
    with pytest.raises(AgreementError, match="unknown format") as caught:
        parse(text)
    assert written.strip('"') in str(caught.value)
    assert caught.value.details == ()


# not TOML at all: a text, what is said, what the hint says
BROKEN = {
    "no quotes": ("name = malmo", "line 1, column 8", "quotes"),
    "cut": ('name = "malmo', "line 1", "quote is missing"),
    "a Windows path": ('a = 1\nfile = "C:\\Data\\x.csv"', "line 2", "single quotes"),
    "a key twice": ("a = 1\nb = 1\na = 2", "first on line 1): here.toml, line 3", "once"),
    "a key twice in a later table": ("a = 1\n[t]\nb = 1\na = 2\nb = 2", "first on line 3", "once"),
    "a key twice on one line": ("a = { b = 1, b = 2 }", "stands twice", "once"),
    "a party twice": ("[party]\nname = 1\n[party]", "first on line 1): here.toml, line 3", "[[party]]"),
    "curly quotes": ("name = “malmo”", "line 1, column 8", "straight quotes"),
    "a number with a space": ("places = 20 000", "after the value", "20000"),
    "a number with a hard space": ("places = 20\u00a0000", "line 1", "20000"),
    "a number with a comma": ("places = 1,500,000", "line 1", "20000"),
    "a spaced number in a table": ('value = { unit = "kr", max = 60 000 }', "line 1", "20000"),
    "a text without its end": ('name = "malmo\nround = 1', "a text does not end", "quote is missing"),
    "a text without its beginning": ('name = malmo"', "line 1", "quote is missing"),
    "a list without a quote": ('by = ["period, "sex"]', "line 1", "quote is missing"),
    "a list without a comma": ('by = [\n"period"\n"sex"\n]', "line 3", "commas stand between items"),
    "numbers without a comma": ("by = [16,300 17]", "line 1", "commas stand between items"),
    "a list without an end": ('by = ["period"\nname = "x"', "line 2", "] ends a list"),
    "a table over several lines": ("of = { mean = 2\nx = 3 }", "line 1", "on one line"),
    "quotes in a remark": ("a = 1 b # “x”", "after the value", "correct the line"),
    "an array without end": ("a = " + "[" * 5000, "nested too deeply", "quotes"),
    "a number without end": ("a = " + "9" * 5000, "number too long", "quotes"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_toml_is_told_with_line_and_hint(case: str) -> None:
    text, where, hint = BROKEN[case]
    with pytest.raises(AgreementError) as caught:
        parse(text, "here.toml")
    assert where in str(caught.value)
    assert "here.toml" in str(caught.value)
    assert hint in str(caught.value.advice)


def test_what_the_parser_says_has_its_swedish() -> None:
    with pytest.raises(AgreementError) as caught:
        parse("places = 20 000", "här.toml")
    said = say(caught.value.message, Lang.SV)
    assert said == "inte TOML (något står efter värdet): här.toml, rad 1, kolumn 13"


def test_a_name_that_stands_twice_tells_where_it_stood_first() -> None:
    (told,) = problems(changed('name  = "new"', 'name = "volume"'))
    first = READY[: READY.index('[[measure]]\nname  = "volume"')].count("\n") + 2
    assert f"'volume' stands twice, first on line {first}:" in told


@pytest.mark.parametrize("more", ["", 'known = "window"\n', 'value = { unit = "kr", max = 9 }\n'])
def test_a_series_that_stands_twice_is_one_problem(more: str) -> None:
    again = f'[[party.series]]\nname = "krami"\ntitle = "Krami again"\n{more}\n[[party]]\nname = "af"'
    (told,) = problems(changed('[[party]]\nname = "af"', again, WHOLE))
    assert "'krami' stands twice" in told


def test_a_number_that_is_too_small_is_told_what_can_be_used() -> None:
    (told,) = problems(changed("for     = 2", "for = 0", WHOLE))
    assert told.endswith("must be at least 1 and at most 11")
    assert parse(changed("for     = 2", "for = 11", WHOLE)).digest
    assert "allowed are 1 to 11" in problems(changed("for     = 2", "for = 12", WHOLE))[0]
    (told,) = problems(changed("round   = 1", "round = 0"))
    assert told.endswith("must be at least 1")


def test_parties_with_one_bracket() -> None:
    text = READY[: READY.index("[[party.series]]")] + READY[READY.index("[matcher]") :]
    told = problems(text.replace("[[party]]", "[party]").replace("[[measure]]", "[[measures]]"))
    assert any("party: expected tables, each as [[party]], found a table" in t for t in told)
    assert any("did you mean 'measure'?" in t for t in told)


def test_a_target_without_quotes_is_told_once() -> None:
    told = problems(changed('"47.5"', "47.5"))
    assert len(told) == 1, told


def test_no_list_offers_what_would_be_refused() -> None:
    (by,) = [
        t
        for t in problems(
            READY.replace("sex = true\n", "").replace('by    = ["period", "sex", "age"]', 'by = ["month"]')
        )
        if "month" in t
    ]
    assert "allowed are" in by
    assert "sex" not in by.split("allowed are")[1]
    (by,) = problems(changed('by       = ["sex"]', 'by = ["month"]', WHOLE))
    assert "allowed are sex, age" in by
