"""Contrast between colours as WCAG 2.2 measures it (relative luminance, section 1.4.3)."""

from __future__ import annotations

from PySide6.QtGui import QColor

READABLE = 4.5
"""The least contrast of text on its background (WCAG AA)."""
VISIBLE = 3.0
"""The least contrast of a mark or an outline on its background (WCAG 1.4.11)."""

# Black and white: no colour is below 4.58 to 1 from both.
_INK, _PAPER = QColor("#000000"), QColor("#ffffff")


def luminance(color: QColor) -> float:
    """Return the relative luminance of ``color``, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(background: QColor) -> QColor:
    """Return dark or white, whichever reads better on ``background``."""
    return max(_INK, _PAPER, key=lambda ink: contrast(ink, background))


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Return ``over`` painted on ``under`` with opacity ``share`` (0 to 1)."""
    return QColor.fromRgbF(
        *(
            under_part + (over_part - under_part) * share
            for over_part, under_part in (
                (over.redF(), under.redF()),
                (over.greenF(), under.greenF()),
                (over.blueF(), under.blueF()),
            )
        )
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
