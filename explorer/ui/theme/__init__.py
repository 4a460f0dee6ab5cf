"""Colours, fonts and spacing of the window, following the desktop's light or dark.

Paint with ``theme.colors().added``, ``theme.layer_color(index, count)``; read them when painting,
never keep them, and a live switch costs nothing. ``theme.switch().changed`` tells who must do more.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer.ui.theme.contrast import blend, contrast, ink_on
from explorer.ui.theme.fonts import mono_font, number_font, ui_font
from explorer.ui.theme.scheme import DARK, LIGHT, Scheme
from explorer.ui.theme.style import SOFTLY_SELECTED, qt_palette, soft_palette, stylesheet

__all__ = [
    "DARK",
    "GRID",
    "LIGHT",
    "Mode",
    "Scheme",
    "Switch",
    "blend",
    "colors",
    "contrast",
    "ink_on",
    "layer_color",
    "mono_font",
    "number_font",
    "space",
    "switch",
    "ui_font",
]

GRID: Final = 4
"""The grid every distance is a multiple of, in device-independent pixels."""


def space(steps: int) -> int:
    """Return ``steps`` steps of the grid in pixels."""
    return GRID * steps


class Mode(StrEnum):
    """Who decides between light and dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Switch(QObject):
    """Keeps the application in the scheme that the user or the desktop wants."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = Mode.SYSTEM
        self._scheme = LIGHT
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def mode(self) -> Mode:
        """Who decides."""
        return self._mode

    @property
    def scheme(self) -> Scheme:
        """The scheme in force."""
        return self._scheme

    def set_mode(self, mode: Mode) -> None:
        """Let ``mode`` decide from now on, and repaint at once."""
        self._mode = mode
        self._apply()

    def install(self) -> None:
        """Take over the application's colours; once, before the first window."""
        self._apply()

    def _follow(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._scheme = DARK if self._wants_dark() else LIGHT
        app = _application()
        app.setPalette(qt_palette(self._scheme))
        for name in SOFTLY_SELECTED:
            app.setPalette(soft_palette(self._scheme), name)
        app.setStyleSheet(stylesheet(self._scheme))
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self._mode is Mode.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._mode is Mode.DARK


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication), "the theme needs a QApplication"
    return app


_SWITCH_NAME = "layerscope.theme"


def switch() -> Switch:
    """Return the application's theme switch."""
    app = _application()
    found = app.findChild(Switch, _SWITCH_NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    if found is None:
        found = Switch(app)
        found.setObjectName(_SWITCH_NAME)
    return found


def colors() -> Scheme:
    """Return the scheme in force."""
    return switch().scheme


def layer_color(index: int, count: int) -> QColor:
    """Return the colour of layer ``index`` (0 the lowest) of ``count``: the same in every view."""
    return colors().ramp.at(index / (count - 1) if count > 1 else 0.5)
