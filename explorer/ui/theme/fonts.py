"""Fonts: the desktop's own for words, its monospace for paths, digests and instructions."""

from __future__ import annotations

from PySide6.QtGui import QFont, QGuiApplication

_TABULAR = QFont.Tag("tnum")


def ui_font(scale: float = 1.0, *, bold: bool = False) -> QFont:
    """Return the desktop's font at ``scale`` times its size."""
    return _scaled(QGuiApplication.font(), scale, bold)


def number_font(scale: float = 1.0) -> QFont:
    """Return the desktop's font with figures of equal width, for columns of numbers."""
    font = ui_font(scale)
    font.setFeature(_TABULAR, 1)
    return font


def mono_font(scale: float = 1.0, *, bold: bool = False) -> QFont:
    """Return the monospace font, a touch smaller than the desktop's so that both look even."""
    from PySide6.QtGui import QFontDatabase

    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(_points(QGuiApplication.font()))
    font.setFixedPitch(True)
    return _scaled(font, 0.95 * scale, bold)


def _scaled(font: QFont, scale: float, bold: bool) -> QFont:
    result = QFont(font)
    result.setPointSizeF(_points(font) * scale)
    if bold:
        result.setWeight(QFont.Weight.DemiBold)
    return result


def _points(font: QFont) -> float:
    # A desktop may set its font in pixels; 96 dots an inch is Qt's logical resolution.
    return font.pointSizeF() if font.pointSizeF() > 0 else font.pixelSize() * 72 / 96
