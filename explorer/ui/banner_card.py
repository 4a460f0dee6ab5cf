"""One inline message: what happened, why, an action, details, copy report."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, theme
from explorer.ui.banner import Action, Kind
from explorer.ui.report import Report
from explorer.ui.widgets.buttons import CopyButton, IconButton
from explorer.ui.widgets.labels import Label


class Banner(QWidget):
    """One message, which stays until it is dismissed or its action is taken."""

    dismissed = Signal()

    def __init__(
        self,
        kind: Kind,
        report: Report,
        *,
        action: Action | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind, self.report = kind, report
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(f"{kind.word}: {report.what}")
        self.setAccessibleDescription(" ".join(part for part in (report.why, report.hint) if part))
        self._picture = QLabel(self)
        self._details = self._make_details()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(2))
        layout.setSpacing(theme.space(1))
        layout.addLayout(self._first_line(action))
        layout.addWidget(self._details)
        self._paint_icon()
        theme.switch().changed.connect(self._paint_icon)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Dismiss on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted card and its coloured edge."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, ground = getattr(colors, self.kind), getattr(colors, f"{self.kind}_soft")
        painter.setPen(QPen(theme.blend(ink, ground, 0.35), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _first_line(self, action: Action | None) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(self._words(), 1)
        top = Qt.AlignmentFlag.AlignTop
        if action is not None:
            line.addWidget(self._action_button(*action), 0, top)
        if self.report.details:
            line.addWidget(self._details_button(), 0, top)
            line.addWidget(CopyButton("Copy report", lambda: str(self.report), self), 0, top)
        line.addWidget(IconButton("close", "Dismiss", self, clicked=self.dismissed.emit), 0, top)
        return line

    def _words(self) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 2, 0, 2)
        what = Label(self.report.what, self, wrap=True)
        what.setFont(theme.ui_font(bold=True))
        words.addWidget(what)
        rest = " ".join(_sentence(part) for part in (self.report.why, self.report.hint) if part)
        if rest:
            words.addWidget(Label(rest, self, wrap=True))
        return words

    def _action_button(self, text: str, pressed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda: pressed())
        return button

    def _details_button(self) -> QPushButton:
        button = QPushButton("Details", self)
        button.setCheckable(True)
        button.toggled.connect(self._details.setVisible)
        return button

    def _make_details(self) -> QPlainTextEdit:
        view = QPlainTextEdit(self.report.details, self)
        view.setReadOnly(True)
        view.setFont(theme.mono_font(0.9))
        view.setAccessibleName("Details")
        view.setFixedHeight(160)
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        view.hide()
        return view

    def _paint_icon(self) -> None:
        color = getattr(theme.colors(), self.kind)
        self._picture.setPixmap(icons.pixmap(self.kind.icon, 20, self.devicePixelRatioF(), color))


def _sentence(text: str) -> str:
    """Return ``text`` with a capital and a final stop; a path or digest stays as it is."""
    if text.split(maxsplit=1)[0].isalpha():
        text = text[0].upper() + text[1:]
    return f"{text.rstrip('.')}."
