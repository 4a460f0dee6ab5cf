"""What happened to the file, in one line above the text, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, theme
from explorer.ui.banner import Kind
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label

Choice = tuple[str, Callable[[], object]]
_EDGE: Final = 2
_NARROW: Final = 620


class Notice(QWidget):
    """One message at a time; it stays until it is answered, dismissed, or out of date."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.topic = ""
        self._kind = Kind.INFO
        self._buttons: list[QPushButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._picture = QLabel(self)
        self._what = Label("", self, wrap=True)
        self._what.setFont(theme.ui_font(bold=True))
        self._why = Label("", self, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._why)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.space(2))
        self._row.addStretch(1)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(theme.space(2))
        self._middle.addLayout(words, 1)
        self._middle.addLayout(self._row)
        inner = QHBoxLayout()
        inner.setContentsMargins(theme.space(2), theme.space(1), theme.space(1), theme.space(1))
        inner.setSpacing(theme.space(2))
        top = Qt.AlignmentFlag.AlignTop
        inner.addWidget(self._picture, 0, top)
        inner.addLayout(self._middle, 1)
        inner.addWidget(IconButton("close", "Dismiss (Esc)", self, clicked=self.dismiss), 0, top)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(theme.space(_EDGE),) * 4)
        outer.addLayout(inner)
        theme.switch().changed.connect(self._paint_icon)
        self.hide()

    def tell(
        self, topic: str, kind: Kind, what: str, why: str = "", choices: Sequence[Choice] = ()
    ) -> None:
        """Say this instead of what was said before; a choice taken dismisses it."""
        self.topic, self._kind = topic, kind
        self._what.setText(what)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.setAccessibleName(f"{kind.word}: {what}")
        self.setAccessibleDescription(why)
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(*choice) for choice in choices]
        self._paint_icon()
        self.show()

    def choices(self) -> dict[str, QPushButton]:
        """The buttons by their words."""
        return {button.text(): button for button in self._buttons}

    def text(self) -> str:
        """What is said."""
        return " ".join(part for part in (self._what.text(), self._why.text()) if part)

    def dismiss(self, topic: str = "") -> None:
        """Say nothing any more; with a topic, only if that is what was said."""
        if not topic or topic == self.topic:
            self.topic = ""
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Dismiss on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the choices stand below the words."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        direction = QBoxLayout.Direction
        wanted = direction.TopToBottom if narrow else direction.LeftToRight
        if self._middle.direction() is not wanted:
            self._middle.setDirection(wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted card."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, ground = getattr(colors, self._kind), getattr(colors, f"{self._kind}_soft")
        edge = theme.space(1) + 0.5
        painter.setPen(QPen(theme.blend(ink, ground, 0.35), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 6, 6)

    def _button(self, text: str, chosen: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)

        def pressed() -> None:
            self.dismiss()
            chosen()

        button.clicked.connect(lambda: pressed())
        self._row.insertWidget(self._row.count() - 1, button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def _paint_icon(self) -> None:
        ink = getattr(theme.colors(), self._kind)
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap(self._kind.icon, 20, ratio, ink))
