"""The legend of the cross-section: each sign as it is drawn, with its meaning."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.analysis.section import CellKind
from explorer.ui import theme
from explorer.ui.section.look import CellLook, Thread
from explorer.ui.section.paint import CellPainter

_SAMPLE = 46
_LAYERS = 5


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: how it looks, its name, and what it means."""

    look: CellLook
    name: str
    meaning: str


def _signs() -> tuple[Sign, ...]:
    below, above = Thread(0, True), Thread(3, True)
    lost = Thread(0, False)
    return (
        Sign(CellLook(CellKind.STORED, 0, None, below), "stored", "this layer stores it"),
        Sign(
            CellLook(CellKind.SHOWS, 1, below, below),
            "shows through",
            "this layer does not touch it: the version below shows",
        ),
        Sign(
            CellLook(CellKind.COPIED, 3, lost, above, glyph="~"),
            "copied up",
            "changed: the whole file is stored again in this layer",
        ),
        Sign(
            CellLook(CellKind.METADATA, 3, lost, above, glyph="m"),
            "metadata only",
            "only mode, owner or the like changed, and still the whole file is stored again",
        ),
        Sign(
            CellLook(CellKind.AGAIN, 3, lost, above, glyph="="),
            "same again",
            "stored again although nothing differs",
        ),
        Sign(
            CellLook(CellKind.INSIDE, 3, below, below, folder=True),
            "changed inside",
            "a folder in which this layer changes something; the rest shows through",
        ),
        Sign(
            CellLook(CellKind.STORED, 0, None, lost, covered=True),
            "covered",
            "stored, but a later layer covers it: its bytes are carried along unseen",
        ),
        Sign(
            CellLook(CellKind.REPLACED, 3, lost, above, glyph="⇄"),
            "replaced",
            "something else of the same name; nothing from below shows",
        ),
        Sign(
            CellLook(CellKind.WHITEOUT, 3, lost, None),
            "whiteout",
            "deleted: an empty marker hides what lies below, which stays stored",
        ),
        Sign(
            CellLook(CellKind.OPAQUE, 3, lost, above, glyph="◌"),
            "opaque",
            "a folder of which nothing from below shows",
        ),
        Sign(
            CellLook(CellKind.HIDDEN, 3, lost, None),
            "hidden",
            "gone together with the folder it was in",
        ),
    )


class Legend(QWidget):
    """All signs in as many lines as they need; hover for the whole meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signs = _signs()
        self._places: list[QRect] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        self.setAccessibleDescription(
            "; ".join(f"{sign.name}: {sign.meaning}" for sign in self._signs)
        )
        self.setMouseTracking(True)
        self._line = max(theme.space(6), self.fontMetrics().height() + 6)
        self._lay_out(600)

    def sizeHint(self) -> QSize:
        """As high as the lines need."""
        bottom = max((place.bottom() for place in self._places), default=0)
        return QSize(400, bottom + 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow the signs into the width there is."""
        super().resizeEvent(event)
        before = self.sizeHint().height()
        self._lay_out(self.width())
        if self.sizeHint().height() != before:
            self.updateGeometry()

    def sign_at(self, x: int, y: int) -> Sign | None:
        """Return the sign at a place."""
        for sign, place in zip(self._signs, self._places, strict=True):
            if place.contains(x, y):
                return sign
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Explain the sign under the mouse."""
        position = event.position().toPoint()
        sign = self.sign_at(position.x(), position.y())
        self.setToolTip(f"{sign.name}: {sign.meaning}" if sign is not None else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each sign with its name."""
        painter = QPainter(self)
        cells, colors = CellPainter(painter, _LAYERS), theme.colors()
        for sign, place in zip(self._signs, self._places, strict=True):
            box = QRectF(place.left(), place.top(), _SAMPLE, place.height())
            cells.cell(box, sign.look)
            painter.setFont(theme.ui_font(0.9))
            painter.setPen(colors.muted)
            words = place.adjusted(_SAMPLE + 4, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, sign.name)

    def _lay_out(self, width: int) -> None:
        metrics = QFontMetrics(theme.ui_font(0.9))
        x, y, places = theme.space(2), theme.space(1), []
        for sign in self._signs:
            wide = _SAMPLE + 8 + metrics.horizontalAdvance(sign.name)
            if x + wide > width and x > theme.space(2):
                x, y = theme.space(2), y + self._line
            places.append(QRect(x, y, wide, self._line))
            x += wide + theme.space(3)
        self._places = places
