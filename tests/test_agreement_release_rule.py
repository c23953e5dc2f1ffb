# ruff: noqa: E501 - one fault, one line
"""The [release] of an agreement: every method, every parameter, every refusal by name."""

from __future__ import annotations

import tomllib
from fractions import Fraction

import pytest

from linkage.agreement import diff, following, parse, show
from linkage.agreement.release_rule import TRUST
from linkage.errors import AgreementError
from linkage.perturbation import perturbation
from linkage.texts import Lang, say
from tests.agreements import RULES, WHOLE, changed, under


def problems(text: str) -> list[str]:
    """What is told of a text with problems, in English; the Swedish has the same places filled in."""
    with pytest.raises(AgreementError) as caught:
        parse(text)
    assert all("{" not in say(detail, Lang.SV) for detail in caught.value.details)
    return [str(detail) for detail in caught.value.details]


def test_every_parameter_is_there_as_it_was_written_and_as_a_number() -> None:
    cellkey = parse(under("cellkey")).release
    assert cellkey.parameters == {"threshold": 10, "D": 7, "variance": 4, "js": 2, "trust": TRUST}
    assert (cellkey.threshold, cellkey.d, cellkey.variance, cellkey.js) == (10, 7, Fraction(4), 2)
    suppress = parse(under("suppress")).release
    assert (suppress.threshold, suppress.width, suppress.trust) == (10, 5, TRUST)
    laplace = parse(under("dp")).release
    assert (laplace.epsilon, laplace.family_epsilon, laplace.mechanism) == (
        Fraction(1, 2),
        Fraction(3),
        "laplace",
    )
    assert (laplace.delta, laplace.family_delta) == (Fraction(0), Fraction(0))
    gaussian = parse(under("gaussian")).release
    assert (gaussian.delta, gaussian.family_delta) == (Fraction(1, 10**6), Fraction(1, 10**5))
    assert parse(under("exact")).release.agreed == "Both jurists, 2020-11-01"


def test_a_variance_can_be_a_decimal_number_in_quotes() -> None:
    rule = parse(changed("variance = 4", 'variance = "4.5"', under("cellkey"))).release
    assert rule.parameters["variance"] == "4.5"
    assert rule.variance == Fraction(9, 2)


def test_what_a_method_does_not_have_is_not_made_up() -> None:
    with pytest.raises(KeyError):
        _ = parse(under("dp")).release.threshold


@pytest.mark.parametrize("rule", RULES)
def test_every_parameter_is_required(rule: str) -> None:
    written = tomllib.loads(RULES[rule])
    for key in written:
        line = next(line for line in RULES[rule].splitlines() if line.startswith(f"{key} ="))
        told = problems(changed(f"{line}\n", "", under(rule)))
        assert [t for t in told if f"release.{key}: missing" in t], (rule, key)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_no_parameter_of_the_method_is_refused(rule: str) -> None:
    (told,) = problems(changed(RULES[rule], RULES[rule] + "rounding = 5\n", under(rule)))
    assert "release.rounding: unknown key" in told


# the rule, what is replaced, by what, where it is told, what is said
WRONG = {
    "a threshold of two": ("cellkey", "threshold = 10", "threshold = 2", "threshold", "at least 3"),
    "a threshold of two, withheld": ("suppress", "threshold = 10", "threshold = 2", "threshold", "at least 3"),
    "a threshold as text": ("suppress", "threshold = 10", 'threshold = "10"', "threshold", "expected a whole number"),
    "a huge threshold": ("suppress", "threshold = 10", "threshold = 10001", "threshold", "at most 10000"),
    "a width of nothing": ("suppress", "width = 5", "width = 0", "width", "at least 1"),
    "a D of nothing": ("cellkey", "D = 7", "D = 0", "D", "at least 2"),
    "a huge D": ("cellkey", "D = 7", "D = 101", "D", "at most 100"),
    "a small d": ("cellkey", "D = 7", "D = 7\nd = 7", "d", "unknown key"),
    "a js below zero": ("cellkey", "js = 2", "js = -1", "js", "at least 0"),
    "D below twice js": ("cellkey", "js = 2", "js = 4", "D", "at least 8, which is twice js"),
    "a threshold that js reaches": ("cellkey", "threshold = 10\nD = 7\nvariance = 4\njs = 2", "threshold = 3\nD = 7\nvariance = 4\njs = 3", "threshold", "at least 4"),
    "no variance": ("cellkey", "variance = 4", "variance = 0", "variance", "at least 1"),
    "a variance as a decimal number": ("cellkey", "variance = 4", "variance = 4.5", "variance", 'write "4.5" in quotes'),
    "a variance in words": ("cellkey", "variance = 4", 'variance = "four"', "variance", "is no number"),
    "a variance of true": ("cellkey", "variance = 4", "variance = true", "variance", "found true or false"),
    "a variance that is too large": ("cellkey", "variance = 4", "variance = 12", "variance", "between 2 and 7"),
    "a variance that is too small": ("cellkey", "variance = 4", 'variance = "1.5"', "variance", "at least 2: less is hardly any noise"),
    "a variance too large without js": ("cellkey", "variance = 4\njs = 2", "variance = 4\njs = 0", "variance", "between 0 and 7/2"),
    "next to no noise": ("cellkey", "D = 7\nvariance = 4\njs = 2", 'D = 7\nvariance = "0.001"\njs = 0', "variance", "at least 1: less is hardly any noise"),
    "next to no noise, by js": ("cellkey", "variance = 4\njs = 2", 'variance = "2.9"\njs = 3', "variance", "at least 3: less is hardly any noise"),
    "a D that never happens": ("cellkey", "D = 7\nvariance = 4", "D = 11\nvariance = 4", "D", "at most 10, which is 5 · √variance"),
    "a small change that is rare": ("cellkey", "D = 7\nvariance = 4\njs = 2", "D = 4\nvariance = 4\njs = 2", "variance", "some change by 2 is rarer than 1 in 100"),
    "a small change that is rare without js": ("cellkey", "D = 7\nvariance = 4\njs = 2", "D = 2\nvariance = 1\njs = 0", "variance", "some change by 1 is rarer than 1 in 100"),
    "other words of trust": ("cellkey", "unaltered", "as they are", "trust", f'word for word, "{TRUST}"'),
    "trust in other letters": ("suppress", '"parties', '"Parties', "trust", "word for word"),
    "trust in a space more": ("suppress", 'unaltered"', 'unaltered "', "trust", "word for word"),
    "no words of trust": ("suppress", TRUST, "", "trust", "empty"),
    "trust where nothing rests on it": ("dp", 'mechanism = "laplace"', f'mechanism = "laplace"\ntrust = "{TRUST}"', "trust", "unknown key"),
    "an epsilon of zero": ("dp", '"0.5"', '"0"', "epsilon", "above 0 and at most 10"),
    "an epsilon below zero": ("dp", '"0.5"', '"-1"', "epsilon", "is no number"),
    "an epsilon above ten": ("dp", 'epsilon = "0.5"\nfamily_epsilon = "3"', 'epsilon = "10.1"\nfamily_epsilon = "20"', "epsilon", "at most 10"),
    "an epsilon as a decimal number": ("dp", '"0.5"', "0.5", "epsilon", 'write "0.5" in quotes'),
    "an epsilon with a comma": ("dp", '"0.5"', '"0,5"', "epsilon", "is no number"),
    "an epsilon in powers": ("dp", '"0.5"', '"5e-1"', "epsilon", "is no number"),
    "a family that has less than a round": ("dp", '"3"', '"0.4"', "family_epsilon", "at least epsilon, which is 0.5"),
    "a family without bounds": ("dp", '"3"', '"101"', "family_epsilon", "at most 100"),
    "an unknown mechanism": ("dp", '"laplace"', '"gauss"', "mechanism", "allowed are laplace, gaussian"),
    "delta under laplace": ("dp", 'mechanism = "laplace"', 'mechanism = "laplace"\ndelta = "0.000001"', "delta", "only with mechanism"),
    "a delta of zero": ("gaussian", '"0.000001"', '"0"', "delta", "above 0 and at most 1e-05"),
    "a large delta": ("gaussian", '"0.000001"', '"0.0001"', "delta", "at most 1e-05"),
    "a family with less delta": ("gaussian", '"0.00001"', '"0.0000001"', "family_delta", "at least delta"),
    "a threshold under dp": ("dp", 'mechanism = "laplace"', 'mechanism = "laplace"\nthreshold = 10', "threshold", "unknown key"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_once_by_name(case: str) -> None:
    rule, old, new, where, what = WRONG[case]
    told = problems(changed(old, new, under(rule)))
    assert len(told) == 1, told
    assert f", release.{where}: " in told[0]
    assert what in told[0]


def whole(question: str, rule: str = "suppress") -> str:
    """An agreement of this question alone."""
    head, *questions = under(rule, WHOLE).split("[[measure]]\n")
    return f"{head}[[measure]]\n{question}[release]{questions[-1].split('[release]')[1]}"


def test_what_suppress_does_not_protect_yet_is_refused() -> None:
    asked = 'change = "af.bistand"\naround = "started(malmo.krami)"\nbefore = 1\nafter = 1\n'
    question = f'name = "one"\ntitle = "One"\n{asked}'
    (told,) = problems(whole(question))
    assert "line " in told
    assert "change: not yet with method = " in told
    assert "does not protect amounts" in told
    for other in ("cellkey", "dp", "exact"):
        assert parse(whole(question, other)).measures[0].name == "one"


def test_suppress_can_be_asked_of_all_else_by_period_too() -> None:
    found = parse(under("suppress", WHOLE)).measures
    assert {m.kind for m in found} == {"count", "overlap", "howmany", "share", "outcome", "duration", "flow"}
    assert any("period" in m.by for m in found)


def test_an_epsilon_of_ten_and_a_delta_at_its_limit_are_allowed() -> None:
    text = changed(
        'epsilon = "0.5"\nfamily_epsilon = "3"', 'epsilon = "10"\nfamily_epsilon = "100"', under("gaussian")
    )
    assert parse(changed('"0.000001"', '"0.00001"', text)).release.epsilon == 10


def test_whatever_is_accepted_has_a_table() -> None:
    for d, variance, js in (
        (3, "1", 0),
        (2, "1.9", 0),
        (5, "3", 2),
        (7, "4", 2),
        (7, "2.2", 2),
        (12, "8", 3),
    ):
        text = changed(
            "D = 7\nvariance = 4\njs = 2", f'D = {d}\nvariance = "{variance}"\njs = {js}', under("cellkey")
        )
        try:
            rule = parse(text).release
        except AgreementError:
            assert (d, variance) == (2, "1.9")
            continue
        assert len(perturbation(rule.d, float(rule.variance), rule.js).ends) == js + d + 2


def test_the_digest_covers_every_parameter() -> None:
    texts = [under(rule) for rule in RULES]
    texts += [changed(old, new, under(rule)) for rule, old, new in (
        ("cellkey", "D = 7", "D = 8"), ("cellkey", "js = 2", "js = 1"), ("cellkey", "variance = 4", "variance = 5"),
        ("cellkey", "threshold = 10", "threshold = 11"), ("suppress", "width = 5", "width = 6"),
        ("dp", '"0.5"', '"0.6"'), ("dp", '"3"', '"4"'), ("gaussian", '"0.00001"', '"0.00002"'),
    )]  # fmt: skip
    digests = {parse(text).digest for text in texts}
    assert None not in digests
    assert len(digests) == len(texts)


def test_a_difference_is_told_by_name() -> None:
    told = [str(text) for text in diff(under("cellkey"), changed("D = 7", "D = 9", under("cellkey")))]
    assert told == ["release, D was 7, is 9"]


@pytest.mark.parametrize("rule", RULES)
def test_the_next_round_has_the_same_rule(rule: str) -> None:
    text = under(rule)
    assert parse(following(text)).release == parse(text).release


SHOWN = {
    "exact": (["as they were counted", "Both jurists"], ["som de räknades"]),
    "suppress": (["A number of 1 to 9 people is withheld", "at least 5 apart", TRUST], ["Ett antal på 1 till 9 personer", "minst 5 ifrån varandra", TRUST]),
    "cellkey": (["at most 7 up or down; 2 is typical", "fewer than 10", "Numbers of 1 to 2 never appear", "At most 3 releases", TRUST], ["högst 7 upp eller ned; 2 är vanligt", "färre än 10", "Högst 3 utgåvor", TRUST]),
    "dp": (["at most 1.7 times as likely (ε = 0.5)", "at most 21 times (ε = 3)", "before anything is released"], ["högst 1,7 gånger så troligt (ε = 0,5)", "högst 21 gånger (ε = 3)"]),
    "gaussian": (["at most 0.000001 in this round, 0.00001 in all"], ["högst 0,000001 i denna omgång, 0,00001 i allt"]),
}  # fmt: skip


@pytest.mark.parametrize("rule", SHOWN)
def test_a_jurist_reads_what_the_method_does(rule: str) -> None:
    for lang, said in zip((Lang.EN, Lang.SV), SHOWN[rule], strict=True):
        page = show(parse(under(rule)), lang)
        for words in said:
            assert words in page, words


def test_exact_alone_warns() -> None:
    for rule in RULES:
        page = show(parse(under(rule)), Lang.EN)
        assert ('<section class="warns"' in page) is (rule == "exact"), rule


def test_a_jurist_reads_of_the_seed_where_one_is_handed_over() -> None:
    for rule in RULES:
        page = show(parse(under(rule)), Lang.EN)
        assert ("the same in all rounds of malmo-sok" in page) is (rule == "cellkey"), rule
    assert "densamma i alla omgångar av malmo-sok" in show(parse(under("cellkey")), Lang.SV)
