"""Line icons, drawn once as SVG and coloured by the scheme in force.

``set_icon(button_or_action, "copy")`` keeps the icon right through a live switch of the theme;
``icon("copy")`` is for models, whose views ask again at every repaint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, Protocol

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from explorer.ui import theme
from explorer.ui.resources import resource

_SIZES: Final = (12, 16, 20)
"""The sizes in use, in device-independent pixels."""
_INK: Final = b"#000000"


class HasIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Show ``icon``."""


def icon(name: str, color: QColor | None = None) -> QIcon:
    """Return the icon ``resources/icons/<name>.svg`` in the text colour, or in ``color``."""
    scheme = theme.colors()
    ink = color or scheme.text
    return _icon(name, ink.name(), scheme.disabled.name(), _pixel_sizes())


def set_icon(target: HasIcon, name: str, role: str = "text") -> None:
    """Give ``target`` the icon in the scheme's colour ``role``, now and after every switch."""

    def paint() -> None:
        target.setIcon(icon(name, getattr(theme.colors(), role)))

    paint()
    if isinstance(target, QObject):
        _repaint_with_theme(target, paint)


def pixmap(name: str, size: int, ratio: float, color: QColor) -> QPixmap:
    """Return an icon of ``size`` pixels on a screen of ``ratio``, in ``color``."""
    result = _pixmap(name, round(size * ratio), color.name())
    result.setDevicePixelRatio(ratio)
    return result


def application_icon() -> QIcon:
    """Return the application's own icon."""
    path = resource("icons/layerscope.svg")
    return QIcon(str(path)) if path.exists() else icon("layers")


def _repaint_with_theme(target: QObject, paint: Callable[[], None]) -> None:
    only_its_own = Qt.FindChildOption.FindDirectChildrenOnly
    previous = target.findChild(_Follower, options=only_its_own)
    if previous is None:
        _Follower(target, paint)
    else:
        previous.paint = paint


class _Follower(QObject):
    """Repaints the icon of its parent at each switch, and goes with it."""

    def __init__(self, target: QObject, paint: Callable[[], None]) -> None:
        super().__init__(target)
        self.paint = paint
        theme.switch().changed.connect(self._repaint)

    def _repaint(self) -> None:
        self.paint()


def _pixel_sizes() -> tuple[int, ...]:
    """Return the sizes in real pixels, for every screen there is."""
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}
    return tuple(sorted({round(size * ratio) for size in _SIZES for ratio in ratios}))


@cache
def _icon(name: str, ink: str, disabled: str, sizes: tuple[int, ...]) -> QIcon:
    result = QIcon()
    for pixels in sizes:
        result.addPixmap(_pixmap(name, pixels, ink), QIcon.Mode.Normal)
        result.addPixmap(_pixmap(name, pixels, disabled), QIcon.Mode.Disabled)
    return result


def _pixmap(name: str, pixels: int, ink: str) -> QPixmap:
    result = QPixmap(QSize(pixels, pixels))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    _renderer(name, ink).render(painter)
    painter.end()
    return result


@cache
def _renderer(name: str, ink: str) -> QSvgRenderer:
    drawing = resource(f"icons/{name}.svg").read_bytes().replace(_INK, ink.encode())
    return QSvgRenderer(QByteArray(drawing))
