"""A chart's specification → an SVG that can stand in a page: made on this machine, no network, no script.

Vega's own labels for screen readers are English and name axes, not people; they are taken away, and the
picture gets a title and a description of ours. The table below each chart holds its numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert as vlc

from linkage.report.charts.axes import INK, SOFT
from linkage.report.words import printable
from linkage.texts import Lang

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.report.charts.axes import Picture

SVG: Final = "http://www.w3.org/2000/svg"
FONT: Final = "Helvetica, Arial, sans-serif"
RULE: Final = "#dddddd"
CONFIG: Final[Mapping[str, Any]] = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": SOFT,
        "domainColor": "#888888",
        "tickColor": "#888888",
        "gridColor": RULE,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": SOFT,
    },
    "title": {
        "fontSize": 12.5,
        "fontWeight": 600,
        "color": INK,
        "subtitleColor": SOFT,
        "subtitleFontSize": 12,
    },
}
_LOCALES: Final[Mapping[Lang, Literal["sv-SE", "en-GB"]]] = {Lang.SV: "sv-SE", Lang.EN: "en-GB"}
_VERSION: Final = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")
_UNWANTED: Final = ("role", "cursor", "pointer-events", "version", "class")
_ALLOWED: Final = frozenset(
    f"{{{SVG}}}{name}"
    for name in (
        "svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clipPath", "circle", "title", "desc",
    )
)  # fmt: skip


def draw(chart: Picture, lang: Lang, name: str, title: str, description: str, kind: str) -> str:
    """The SVG of a chart.

    name: unique on its page, [a-z0-9-]+, used for ids; title, description: what a screen reader says; kind:
    the class of the root element. Raises ValueError if the renderer put something active into the picture.
    """
    spec = _all_printable({**chart.to_dict(), "config": CONFIG})
    text = vlc.vegalite_to_svg(
        spec, vl_version=_VERSION, format_locale=_LOCALES[lang], allowed_base_urls=[], show_warnings=False
    )
    root = ET.fromstring(text)  # noqa: S314 - what the renderer on this machine wrote
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    _clean(root, name)
    root.attrib |= {
        "class": kind,
        "viewBox": f"0 0 {width} {height}",
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
        "width": width,
        "height": height,
    }
    for place, (tag, said) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = printable(said)
        root.insert(place, element)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode")


def _all_printable(value: Any) -> Any:
    """The specification without characters that XML lacks: at one, the renderer ends the whole process."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {_all_printable(key): _all_printable(item) for key, item in value.items()}
    return [_all_printable(item) for item in value] if isinstance(value, list | tuple) else value


def _clean(root: ET.Element, name: str) -> None:
    """Takes away what is not drawn, makes ids the page's own, and refuses what could act."""
    for element in root.iter():
        if element.tag not in _ALLOWED:
            raise ValueError("a chart with an element that a page must not have")
        for key in list(element.attrib):
            if key in _UNWANTED or key.startswith("aria-"):
                del element.attrib[key]
            elif key == "style" or key.startswith("on") or key.endswith("href"):
                raise ValueError("a chart with an attribute that a page must not have")
        if "id" in element.attrib:
            element.attrib["id"] = f"{name}-{element.attrib['id']}"
        for key, value in element.attrib.items():
            element.attrib[key] = _REFERENCE.sub(rf"url(#{name}-\1)", value)
