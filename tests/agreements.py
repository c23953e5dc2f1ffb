"""Agreements with everything that this version knows, and small changes to them."""

from __future__ import annotations

import re

FINGERPRINTS = {
    "malmo": "SHA256:" + "A" * 42 + "E",
    "af": "SHA256:" + "B" * 42 + "E",
    "matcher": "SHA256:" + "C" * 42 + "E",
    "matcher-round": "SHA256:" + "D" * 42 + "E",
}

READY = f"""\
# the whole of it
format  = "linkage-agreement/1"
name    = "malmo-sok"               # the family
round   = 1
title   = "Samverkansvolym 2020"
purpose = "Count the residents whom the cooperation reached in 2020."
basis   = "A decision"

[period]
unit  = "month"
first = "2020-01"
last  = "2020-12"
counting = "any-day"
spans = {{ "first-half" = ["2020-01", "2020-06"], "jan–feb" = ["2020-01", "2020-02"] }}

[identifier]
scheme = "se"
accept = ["personnummer", "samordningsnummer"]

[dimensions]
sex = true
age = {{ on = "2020-12-31", bands = ["16-29", "30-64"], also = ["18-29"] }}

[[party]]
name     = "malmo"
title    = "Malmö stad"
identity = "{FINGERPRINTS["malmo"]}"
[[party.series]]
name  = "krami"
title = "Krami"
[[party.series]]
name  = "ung-malmo"
title = "Ung Malmö (DUA-unga)"
[[party.series]]
name  = "aktivitetscenter"
title = "Aktivitetscenter"
known = "window"

[[party]]
name = "af"
title    = "Arbetsförmedlingen"
identity = "{FINGERPRINTS["af"]}"
[[party.series]]
name  = "etablering"
title = "Etableringsprogrammet"

[matcher]
name      = "matcher"
title     = "The third party"
identity  = "{FINGERPRINTS["matcher"]}"
round_key = "{FINGERPRINTS["matcher-round"]}"

[[group]]
name  = "volume"
title = "Samverkansvolymen"
is    = "young | af.etablering"
[[group]]
name  = "young"
title = "Unga"
is    = "malmo.ung-malmo & age.18-29"

[[measure]]
name  = "volume"
title = "Unika Malmöbor i samverkan"
count = "volume"
parts = ["young", "af.etablering"]
by    = ["period", "sex", "age"]
[[measure]]
name  = "new"
title = "Nya i Krami"
count = "started(malmo.krami)"
by    = ["span", "sex"]
against = "first-half"
[[measure]]
name    = "both"
title   = "Kombinationer"
overlap = ["volume", "malmo.krami", "malmo.aktivitetscenter"]
[[measure]]
name    = "lists"
title   = "I hur många"
howmany = ["ever(volume)", "malmo.krami"]
[[measure]]
name   = "part"
title  = "Andel"
share  = "volume & malmo.krami"
of     = "malmo.krami"
target = "47.5"
by     = ["period"]
[[measure]]
name   = "report"
title  = "Andel av rapportens"
share  = "volume"
of     = {{ mean = 26023 }}
source = "The report"
by     = ["period"]

[release]
method = "exact"
agreed = "Both jurists, 2020-11-01"

[retention]
days  = 30
basis = "Another decision"
"""

OVER_TIME = """\
[[measure]]
name  = "moves"
title = "Steg"
flow  = ["malmo.krami", "malmo.ung-malmo", "af.etablering"]
every = 3
by    = ["span"]
against = "first-half"
[[measure]]
name    = "after"
title   = "Efter avslut"
leaving = "malmo.krami"
to      = "af.etablering"
at      = 6
target  = 48
by      = ["period", "sex"]
[[measure]]
name    = "soon"
title   = "Snart"
leaving = "malmo.krami"
to      = "af.etablering"
within  = 2
[[measure]]
name    = "lasting"
title   = "Varaktigt"
leaving = "malmo.krami"
to      = "af.etablering"
for     = 2
[[measure]]
name     = "length"
title    = "Tid i Krami"
duration = "malmo.krami"
by       = ["sex"]
[[measure]]
name   = "amounts"
title  = "Bistånd runt Krami"
change = "af.bistand"
around = "started(malmo.krami)"
before = 3
after  = 4
by     = ["age"]
[[measure]]
name  = "taken"
title = "Platser som används"
share = "malmo.krami | af.etablering"
of    = "places"
by    = ["period"]

"""
"""The questions that follow people over time, and the one about places."""

WHOLE = (
    READY.replace('name  = "krami"\n', 'name  = "krami"\nplaces = 420\nexpected = 400\n', 1)
    .replace('name  = "etablering"\n', 'name  = "etablering"\nplaces = 200\n', 1)
    .replace(
        "[matcher]",
        '[[party.series]]\nname = "bistand"\ntitle = "Bistånd"\nvalue = { unit = "kr", max = 60000 }\n'
        "expected = 500\n\n[matcher]",
        1,
    )
    .replace("[release]", OVER_TIME + "[release]", 1)
)
"""READY, with places, amounts and the questions about them."""

DRAFT = READY.replace(FINGERPRINTS["malmo"], "").replace(
    f'round_key = "{FINGERPRINTS["matcher-round"]}"\n', ""
)


def changed(old: str, new: str, text: str = READY) -> str:
    """The agreement with its first `old` replaced; `old` must be there."""
    assert old in text
    return text.replace(old, new, 1)


TRUST = 'trust = "parties export their registers unaltered"\n'
RULES = {
    "exact": 'method = "exact"\nagreed = "Both jurists, 2020-11-01"\n',
    "suppress": f'method = "suppress"\nthreshold = 10\nwidth = 5\n{TRUST}',
    "cellkey": f'method = "cellkey"\nthreshold = 10\nD = 7\nvariance = 4\njs = 2\n{TRUST}',
    "dp": 'method = "dp"\nepsilon = "0.5"\nfamily_epsilon = "3"\nmechanism = "laplace"\n',
    "gaussian": 'method = "dp"\nepsilon = "0.5"\nfamily_epsilon = "3"\nmechanism = "gaussian"\n'
    'delta = "0.000001"\nfamily_delta = "0.00001"\n',
}
"""What stands under [release], by the method that it tells of."""


def under(rule: str, text: str = READY) -> str:
    """The agreement with another release rule of RULES; under suppress without amounts."""
    if rule == "suppress":
        text = without_amounts(text)
    return changed(RULES["exact"], RULES[rule], text)


def without_amounts(text: str) -> str:
    """The agreement without its questions about amounts."""
    head, *questions = re.split(r"(?m)^(?=\[\[measure\]\])", text)
    last, rest = questions[-1].split("[release]", 1)
    left = [q for q in [*questions[:-1], last] if not re.search(r"(?m)^change ", q)]
    return "".join([head, *left, "[release]", rest])
