"""Every ink can be read on every surface, in both themes (WCAG 2.2, 1.4.3: at least 4.5 to 1)."""

import re
from itertools import product
from pathlib import Path

import pytest

import jobs

CSS = (Path(jobs.__file__).parent / "static/jobs/tokens.css").read_text()
COLOURS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", CSS)}
INKS = (
    "ink", "ink-soft", "accent", "waiting", "delayed", "blocked", "active", "completed", "failed", "cancelled",
)  # fmt: skip
SURFACES = ("ground", "surface", "raised")


def luminance(colour: str) -> float:
    """Relative luminance, WCAG's definition."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (none) to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("ink", "surface", "theme"), list(product(INKS, SURFACES, (0, 1))))
def test_text_can_be_read(ink: str, surface: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_what_is_on_the_accent_can_be_read(theme: int) -> None:
    assert contrast(COLOURS["accent-ink"][theme], COLOURS["accent"][theme]) >= 4.5
    assert contrast(COLOURS["accent"][theme], COLOURS["accent-wash"][theme]) >= 4.5


@pytest.mark.parametrize(("surface", "theme"), list(product(SURFACES, (0, 1))))
def test_the_edges_of_fields_can_be_seen(surface: str, theme: int) -> None:
    """WCAG 2.2, 1.4.11: at least 3 to 1."""
    assert contrast(COLOURS["edge-strong"][theme], COLOURS[surface][theme]) >= 3
