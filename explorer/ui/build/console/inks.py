"""What the colours of terminals look like on our ground: always readable, light or dark."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtGui import QColor, QFont

from explorer.build.runs.sgr import Color, Style
from explorer.ui import theme
from explorer.ui.theme.contrast import READABLE, blend, contrast, ink_on
from explorer.ui.theme.oklch import oklch

_HUES: Final = {1: 25.0, 2: 150.0, 3: 85.0, 4: 262.0, 5: 325.0, 6: 205.0}
_CUBE: Final = (0, 95, 135, 175, 215, 255)


def ink_of(style: Style) -> QColor:
    """The colour of text in a style, on the ground that :func:`ground_of` tells."""
    scheme = theme.colors()
    color = style.ground if style.inverse else style.ink
    ground = ground_of(style)
    if style.inverse and color is None:
        return scheme.base
    ink = scheme.text if color is None else _color(color, scheme.dark)
    if style.faint:
        ink = scheme.muted if color is None else blend(ink, ground or scheme.base, 0.7)
    return _readable(ink.rgb(), (ground or scheme.base).rgb())


def ground_of(style: Style) -> QColor | None:
    """The colour behind text in a style; None for the view's own."""
    scheme = theme.colors()
    color = style.ink if style.inverse else style.ground
    if color is None:
        return scheme.text if style.inverse else None
    return _color(color, scheme.dark)


def font_of(style: Style, font: QFont) -> QFont:
    """The font of text in a style."""
    if not (style.bold or style.italic or style.underline):
        return font
    made = QFont(font)
    made.setBold(style.bold)
    made.setItalic(style.italic)
    made.setUnderline(style.underline)
    return made


@lru_cache(maxsize=512)
def _readable(ink: int, ground: int) -> QColor:
    """A colour that reads on its ground: as it is, or nearer to black or white."""
    color, below = QColor.fromRgb(ink), QColor.fromRgb(ground)
    target = ink_on(below)
    for _ in range(8):
        if contrast(color, below) >= READABLE:
            break
        color = blend(target, color, 0.2)
    return color


@lru_cache(maxsize=1024)
def _color(color: Color, dark: bool) -> QColor:
    if isinstance(color, tuple):
        return QColor(*color)
    assert color is not None
    if color < 16:
        return _named(color % 8, color >= 8, dark)
    if color < 232:
        index = color - 16
        return QColor(_CUBE[index // 36], _CUBE[index // 6 % 6], _CUBE[index % 6])
    level = 8 + 10 * (color - 232)
    return QColor(level, level, level)


def _named(number: int, bright: bool, dark: bool) -> QColor:
    if number == 0:
        return QColor("#6b7280" if bright else "#3f4653" if dark else "#1c2027")
    if number == 7:
        return QColor("#ffffff" if bright else "#c3c9d4" if dark else "#8a91a0")
    lightness = (0.80 if bright else 0.74) if dark else (0.55 if bright else 0.47)
    return oklch(lightness, 0.13, _HUES[number])
