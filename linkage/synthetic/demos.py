"""The demos that can be played, by name."""

from __future__ import annotations

from typing import Final

from linkage.synthetic.demo import Demo
from linkage.synthetic.malmo_2020.demo import DEMO as MALMO_2020
from linkage.synthetic.malmo_bistand.demo import DEMO as MALMO_BISTAND
from linkage.synthetic.malmo_utfall.demo import DEMO as MALMO_UTFALL
from linkage.synthetic.vasteras.demo import DEMO as VASTERAS

DEMOS: Final[dict[str, Demo]] = {
    demo.name: demo
    for demo in (
        MALMO_2020,
        MALMO_UTFALL,
        MALMO_BISTAND,
        VASTERAS,
    )
}
"""In the order in which they are listed."""
