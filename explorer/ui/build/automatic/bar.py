"""The line below the preview that tells how it stands with the automatic mode, and its question."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, theme
from explorer.ui.build.automatic.runs import State, Status
from explorer.ui.build.locations import display_folder
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label

_QUESTION: Final = "Run this Dockerfile as you type?"
_MEANING: Final = (
    "A Dockerfile is code: it will run in the sandbox as you type, with this machine's network. "
    "Trust the folder if you know who writes what is in it. You can take that back at any time."
)
_OFF: Final = "off: nothing runs by itself"


class TrustQuestion(QWidget):
    """Asks, in place, whether what is in a folder may run by itself."""

    trusted = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self.yes = QPushButton("&Trust this folder", self)
        self.no = QPushButton("&Not now", self)
        self.yes.clicked.connect(lambda: self.trusted.emit())
        self.no.clicked.connect(lambda: self.declined.emit())
        self._lay_out()
        self.hide()

    def ask(self, folder: Path) -> None:
        """Ask about a folder. The answer that changes nothing has the focus."""
        self._folder.setText(display_folder(folder))
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is no."""
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tinted card, as other messages are."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.blend(colors.accent, colors.accent_soft, 0.35), 1))
        painter.setBrush(colors.accent_soft)
        box = QRectF(self.rect()).adjusted(12.5, 0.5, -12.5, -8.5)
        painter.drawRoundedRect(box, 6, 6)

    def _lay_out(self) -> None:
        self.setAccessibleName(_QUESTION)
        self.setAccessibleDescription(_MEANING)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        title = Label(_QUESTION, self)
        title.setFont(theme.ui_font(bold=True))
        self._folder.setFont(theme.mono_font(0.95))
        first = QHBoxLayout()
        first.setSpacing(theme.space(3))
        first.addWidget(title)
        first.addWidget(self._folder, 1)
        words = QVBoxLayout()
        words.setSpacing(theme.space(1))
        words.addLayout(first)
        words.addWidget(Label(_MEANING, self, wrap=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.space(6), theme.space(3), theme.space(6), theme.space(5))
        line.setSpacing(theme.space(2))
        line.addLayout(words, 1)
        line.addSpacing(theme.space(2))
        line.addWidget(self.yes, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.no, 0, Qt.AlignmentFlag.AlignTop)


class AutomaticBar(QWidget):
    """A switch, what runs or why nothing does, and what can be done about it."""

    output_wanted = Signal()
    """Show what the last run printed."""
    line_wanted = Signal(int)
    """Show the line that is to blame."""
    revoked = Signal()
    """Trust the folder no more."""

    def __init__(self, switch: QAction, folders: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = QToolButton(self)
        self.words = ElidedLabel("", self)
        self._line = _link("Show", "Go to that line", self)
        self._output = _link("Output", "Show the steps, and what they print", self)
        self._more = IconButton("more", "Trust and the automatic mode", self)
        self._revoke = QAction("&Stop trusting this folder", self)
        self._at = 0
        self._lay_out(switch, folders)
        self._line.clicked.connect(lambda: self.line_wanted.emit(self._at))
        self._output.clicked.connect(lambda: self.output_wanted.emit())
        self._revoke.triggered.connect(lambda: self.revoked.emit())

    def show_status(self, status: Status, *, trusted: bool, has_run: bool) -> None:
        """Tell how it stands."""
        is_off = status.state is State.OFF
        words = _OFF if is_off else str(status).removeprefix("Automatic: ")
        self._at = status.line if status.state is State.PAUSED else 0
        self.switch.setChecked(not is_off)
        if words != self.words.text():
            self.words.setText(words)
            self.setAccessibleDescription(words)
        self._line.setVisible(bool(self._at))
        self._output.setVisible(has_run and not is_off)
        self._revoke.setEnabled(trusted)

    def _lay_out(self, switch: QAction, folders: QAction) -> None:
        self.setAccessibleName("Automatic mode")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.switch.setText("Automatic")
        self.switch.setCheckable(True)
        self.switch.setToolTip(switch.statusTip())
        icons.set_icon(self.switch, "play")
        self.switch.clicked.connect(lambda: switch.trigger())
        self.switch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.switch.setAutoRaise(True)
        self.switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.addAction(self._revoke)
        menu.addAction(folders)
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        row.setSpacing(theme.space(2))
        for widget, stretch in ((self.switch, 0), (self.words, 1), (self._line, 0),
                                (self._output, 0), (self._more, 0)):  # fmt: skip
            row.addWidget(widget, stretch)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline above."""
        painter = QPainter(self)
        painter.setPen(theme.colors().border)
        painter.drawLine(0, 0, self.width(), 0)


def _link(text: str, tip: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setProperty("link", True)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setToolTip(tip)
    return button
