"""The page's colours: what is written in them or on them can be read, in both themes."""

import re
from importlib.resources import files
from itertools import product

import pytest

from emulator.pictures.timeline import MarkKind, Outcome

STYLE = files("emulator.pictures").joinpath("page", "page.css").read_text("utf-8")
LIGHT, DARK = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in STYLE.split("}")[:2])
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}
TEXT, SHAPE = 4.5, 3.0
"""The least contrast of text and of shapes: https://www.w3.org/TR/WCAG22/#contrast-minimum and
https://www.w3.org/TR/WCAG22/#non-text-contrast"""


def _brightness(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((_brightness(one), _brightness(other)))
    return (bright + 0.05) / (dark + 0.05)


def _name(kind: Outcome | MarkKind) -> str:
    return kind.replace(" ", "")


@pytest.mark.parametrize("theme", THEMES)
def test_what_a_bar_says_can_be_read_on_it(theme: str) -> None:
    colours = THEMES[theme]
    found = {kind: contrast(colours["onbar"], colours[_name(kind)]) for kind in Outcome}
    assert {kind: ratio for kind, ratio in found.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_texts_can_be_read_on_every_ground(theme: str) -> None:
    colours = THEMES[theme]
    pairs = product(("ink", "soft", "accent"), ("ground", "panel", "stripe"))
    found = {(text, on): contrast(colours[text], colours[on]) for text, on in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_bars_and_marks_stand_out_from_every_ground(theme: str) -> None:
    colours = THEMES[theme]
    pairs = product((*Outcome, *MarkKind), ("panel", "stripe"))
    found = {(kind, on): contrast(colours[_name(kind)], colours[on]) for kind, on in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < SHAPE} == {}
