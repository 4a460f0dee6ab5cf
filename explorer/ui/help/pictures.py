"""The pictures in help texts: icons (``icon:whiteout``) and signs of the cross-section."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from explorer.ui import icons, theme
from explorer.ui.resources import resource

_SIGN = QSize(56, 24)
_LAYERS = 5
_ICON = 18


def picture(scheme: str, name: str, ratio: float) -> QPixmap | None:
    """Return a picture for a screen of ``ratio``; ``None`` for what there is none of."""
    if scheme == "icon" and resource(f"icons/{name}.svg").exists():
        return icons.pixmap(name, _ICON, ratio, theme.colors().text)
    if scheme == "sign":
        return _sign(name, ratio)
    return None


def _sign(name: str, ratio: float) -> QPixmap | None:
    # Only now: the cross-section brings the arrays of an image along.
    from explorer.ui.help.signs import SIGNS
    from explorer.ui.section.paint import CellPainter

    look = SIGNS.get(name)
    if look is None:
        return None
    result = QPixmap(_SIGN * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    CellPainter(painter, _LAYERS).cell(QRectF(0, 0, _SIGN.width(), _SIGN.height()), look)
    painter.end()
    return result
