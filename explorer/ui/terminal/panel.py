"""A terminal with its title above, and with what can be done once it has ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, theme
from explorer.ui.terminal.channel import Channel
from explorer.ui.terminal.view import TerminalView
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import Label


class TerminalPanel(QWidget):
    """Nothing yet, a terminal that runs, or one that has ended and can still be read."""

    again_wanted = Signal()
    """Open another one in the same place."""
    command_wanted = Signal(str)
    """Run this command instead of a shell."""
    close_wanted = Signal()
    """End it, and take the panel away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = TerminalView(self)
        self.title = ElidedLabel("", self)
        self.state = Label("", self, role="muted")
        self.again = QPushButton("Open &again", self)
        self.command = QLineEdit(self)
        self.run = QPushButton("&Run", self)
        self._copy = IconButton("copy", "Copy what is selected", self, clicked=self.view.copy)
        self._close = IconButton("close", "End it", self, clicked=self.close_wanted.emit)
        self._empty = EmptyState("terminal", "", "", self)
        self._ask = QWidget(self)
        self._lay_out()
        self._ending = ""
        self.view.ended.connect(lambda: self.end(self._ending) if self._ending else None)
        self.view.titled.connect(lambda words: self.title.setToolTip(words))
        self.again.clicked.connect(lambda: self.again_wanted.emit())
        self.run.clicked.connect(self._run)
        self.command.returnPressed.connect(self._run)

    def begin(self, title: str, words: str) -> None:
        """Something is about to be opened; ``words`` say what that waits for."""
        self.title.setText(title)
        self.title.setToolTip(title)
        self._say(words)
        self.again.hide()
        self._ask.hide()
        if self.view.grid.scrolled == 0 and not any(x.chars for x in self.view.grid.lines):
            self._empty.explain(words, "")
            self._pages.setCurrentIndex(0)

    def attach(self, channel: Channel, notes: Sequence[str] = ()) -> None:
        """It runs."""
        self._pages.setCurrentIndex(1)
        self._ending = ""
        self._say("")
        for note in notes:
            self.view.print_note(note)
        self.view.attach(channel)
        self.view.setFocus()

    def end(self, words: str) -> None:
        """It has ended; what it printed stays to be read, and is read to its end before."""
        if self.view.channel is not None:
            self._ending = words
            return
        self._ending = ""
        self._say(words)
        self.view.print_note(f"[{words}]")
        self.again.show()

    def refuse(self, what: str, why: str, *, ask_command: bool = False) -> None:
        """It could not be opened; a command of one's own may help."""
        self._empty.explain(what, why)
        self._pages.setCurrentIndex(0)
        self._say("")
        self.again.setVisible(not ask_command)
        self._ask.setVisible(ask_command)
        if ask_command:
            self.command.setFocus()

    def _say(self, words: str) -> None:
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def _run(self) -> None:
        if self.command.text().strip():
            self.command_wanted.emit(self.command.text().strip())

    def _lay_out(self) -> None:
        self.title.setFont(theme.mono_font(0.95))
        self.command.setPlaceholderText("A program of the image with its arguments")
        self.command.setAccessibleName("Command to run")
        self.command.setFont(theme.mono_font())
        icons.set_icon(self.again, "refresh")
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        head.setSpacing(theme.space(2))
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        head.addWidget(self.again)
        head.addWidget(self._copy)
        head.addWidget(self._close)
        line = QHBoxLayout(self._ask)
        line.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(3))
        line.setSpacing(theme.space(2))
        line.addWidget(self.command, 1)
        line.addWidget(self.run)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._pages, 1)
        column.addWidget(self._ask)
        self.again.hide()
        self._ask.hide()
        self.setFocusProxy(self.view)
