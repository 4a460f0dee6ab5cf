"""Line icons, drawn as SVG and coloured by the scheme in force, at whatever size is asked for.

``set_icon(button_or_action, "copy")`` keeps the icon right through a live switch of the theme;
``icon("copy")`` is for models, whose views ask again at every repaint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import ClassVar, Final, Protocol

from PySide6.QtCore import QByteArray, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from explorer.ui import theme
from explorer.ui.resources import resource

_INK: Final = b"#000000"


class HasIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Show ``icon``."""


def icon(name: str, color: QColor | None = None) -> QIcon:
    """Return the icon ``resources/icons/<name>.svg`` in the text colour, or in ``color``."""
    scheme = theme.colors()
    ink = color or scheme.text
    return _icon(name, ink.name(), scheme.disabled.name())


def set_icon(target: HasIcon, name: str, role: str = "text") -> None:
    """Give ``target`` the icon in the scheme's colour ``role``, now and after every switch."""

    def paint() -> None:
        target.setIcon(icon(name, getattr(theme.colors(), role)))

    paint()
    if isinstance(target, QObject):
        _repaint_with_theme(target, paint)


def pixmap(name: str, size: int, ratio: float, color: QColor) -> QPixmap:
    """Return an icon of ``size`` pixels on a screen of ``ratio``, in ``color``."""
    result = _pixmap(name, round(size * ratio), color.name()).copy()
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


class _Drawing(QIconEngine):
    """Draws an icon when it comes into view: most icons, those of the menus, never do."""

    # Qt takes a clone over without a word, and Python would free what nobody here refers to.
    _clones: ClassVar[list[QIconEngine]] = []

    def __init__(self, name: str, ink: str, disabled: str) -> None:
        super().__init__()
        self._name, self._ink, self._disabled = name, ink, disabled

    def clone(self) -> QIconEngine:
        clone = _Drawing(self._name, self._ink, self._disabled)
        self._clones.append(clone)
        return clone

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        ink = self._disabled if mode is QIcon.Mode.Disabled else self._ink
        return _pixmap(self._name, min(size.width(), size.height()), ink)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))


@cache
def _icon(name: str, ink: str, disabled: str) -> QIcon:
    return QIcon(_Drawing(name, ink, disabled))


@lru_cache(maxsize=1024)
def _pixmap(name: str, pixels: int, ink: str) -> QPixmap:
    if pixels <= 0:  # asked for where there is no room; Qt warns of painting nothing
        return QPixmap()
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
