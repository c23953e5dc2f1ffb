"""Series of amounts and counting on the last day, as an agreement says them."""

from __future__ import annotations

import pytest

from linkage.agreement import diff, parse, show
from linkage.agreement.model import Known, Value
from linkage.errors import AgreementError
from linkage.texts import Lang
from tests.agreements import READY, WHOLE, changed

AMOUNTS = '[[party.series]]\nname = "bistand"\ntitle = "Bistånd"\nvalue = {{ unit = "kr", max = {} }}\n\n'
AFTER = '[[party]]\nname = "af"'
WITH = changed(AFTER, AMOUNTS.format(60_000) + AFTER)
LAST = changed('"any-day"', '"last-day"')


def test_a_series_of_amounts_has_a_unit_and_a_largest_number() -> None:
    series = parse(WITH).party("malmo").series
    assert [s.value for s in series] == [None, None, None, Value("kr", 60_000)]
    assert series[-1].known is Known.DATES


def test_the_digest_covers_what_amounts_and_counting_say() -> None:
    texts = [READY, LAST, WITH, changed("60000", "60001", WITH), changed('"kr"', '"tkr"', WITH)]
    digests = {parse(text).digest for text in texts}
    assert len(digests) == len(texts)
    assert None not in digests


def test_a_difference_in_amounts_is_told() -> None:
    told = [str(text) for text in diff(WITH, changed("60000", "70000", WITH))]
    assert len(told) == 1
    assert "bistand" in told[0]
    assert "60000" in told[0]
    assert "70000" in told[0]


def test_counting_is_what_the_agreement_says() -> None:
    assert parse(READY).counting == "any-day"
    assert parse(LAST).counting == "last-day"


@pytest.mark.parametrize("lang", list(Lang))
def test_a_jurist_reads_what_amounts_leave_and_when_a_stay_counts(lang: Lang) -> None:
    page = show(parse(WITH), lang)
    assert "60000 kr" in page
    said = {Lang.EN: "lasts over its last day", Lang.SV: "omfattar dess sista dag"}[lang]
    assert said in show(parse(LAST), lang)
    assert said not in page


def test_an_expression_cannot_ask_for_amounts_and_says_so() -> None:
    with pytest.raises(AgreementError) as caught:
        parse(changed('count = "volume"', 'count = "volume & malmo.bistand"', WITH))
    (told,) = caught.value.details
    assert "malmo.bistand holds amounts, which a measure asks for by change" in str(told)
    assert "measure.volume.count" in str(told)


def test_all_of_a_party_is_who_was_there_and_not_the_amounts() -> None:
    agreement = parse(changed('count = "volume"', 'count = "volume | malmo.*"', WITH))
    assert "bistand" not in repr(agreement.measures[0])
    alone = changed('name  = "etablering"', 'name  = "etablering"\nvalue = { unit = "kr", max = 9 }')
    with pytest.raises(AgreementError) as caught:
        parse(changed('count = "volume"', 'count = "af.*"', alone))
    assert any("af.* holds amounts" in str(told) for told in caught.value.details)


def test_amounts_that_nobody_asks_for_are_warned_of() -> None:
    (warning,) = parse(WITH).warnings
    assert "party.malmo.series.bistand: no measure asks for it" in str(warning)
    assert not parse(READY).warnings
    assert not parse(WHOLE).warnings
