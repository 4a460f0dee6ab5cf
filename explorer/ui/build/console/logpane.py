"""The output of the chosen step, with what it takes to read it: search, follow, copy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.build.runs import Output, StepRun, StepState
from explorer.ui import icons, text, theme
from explorer.ui.build.console.logview import LogView
from explorer.ui.build.console.why import WhyPanel
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

_ROOM_FOR_BOTH: Final = 420
"""Pixels of height from which reasons and output are shown at the same time."""
_STINT: Final = 0.012
"""Seconds that a search takes at a time."""
_SILENT: Final = {
    StepState.WAITING: ("Not begun yet", "It waits for the steps before it."),
    StepState.RUNNING: ("Nothing printed yet", "What the step prints appears here as it comes."),
    StepState.CACHED: ("Kept from an earlier build", "Nothing ran, so nothing was printed."),
    StepState.DONE: ("It printed nothing", ""),
    StepState.FAILED: ("It printed nothing", ""),
    StepState.STOPPED: ("It printed nothing", "The build ended while it ran."),
    StepState.SKIPPED: ("It did not run", "The build ended before."),
}


class LogPane(QWidget):
    """Title and tools, why the step ran, and its output."""

    line_wanted = Signal(int)
    """Show this line of the Dockerfile."""
    left_wanted = Signal(str)
    """Open what a failed step left: the digest of an image."""
    terminal_wanted = Signal(str)
    """Open a terminal in it."""

    whole_wanted = Signal(str)
    """Open all that the step printed: the name of a file of the history."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step: StepRun | None = None
        self.view = LogView(self)
        self.why = WhyPanel(self)
        self._title = ElidedLabel("", self)
        self.field = _Field(self)
        self._told = ElidedLabel("", self)
        self._follow = QToolButton(self)
        self._copy = IconButton("copy", "Copy the output", self, clicked=self.view.copy)
        self._up = IconButton("up", "Previous match", self, clicked=lambda: self.step_match(-1))
        self._down = IconButton("down", "Next match", self, clicked=lambda: self.step_match(1))
        self._explained = ("", "")
        self._seeking: Iterator[int | None] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._seek_on)
        self._silent = EmptyState("terminal", "Nothing chosen", "Choose a step to see its output.")
        self._lay_out()
        self.field.textEdited.connect(self._search)
        self.field.step_wanted.connect(self.step_match)
        self.field.left.connect(self.view.setFocus)
        self._follow.toggled.connect(self.view.set_follows)
        self.view.follows_changed.connect(self._follow.setChecked)
        self.why.line_wanted.connect(self.line_wanted)
        self.why.left_wanted.connect(self.left_wanted)
        self.why.terminal_wanted.connect(self.terminal_wanted)
        self.why.whole_wanted.connect(self.whole_wanted)
        self.why.unfolded.connect(lambda _on: self._fit())

    def show_step(self, step: StepRun | None) -> None:
        """Show another step."""
        self.step = step
        self._title.setText(" ".join(step.info.text.split()) if step is not None else "")
        self.why.show_step(step)
        self.view.show_output(step.output if step is not None else Output())
        self._told.setText("")
        self._timer.stop()
        self.renew()

    def renew(self) -> None:
        """The step went on."""
        step = self.step
        has_output = step is not None and len(step.output) > 0
        self.why.show_step(step)
        if not has_output:
            self._explain()
        self._pages.setCurrentIndex(1 if has_output else 0)
        for tool in (self.field, self._follow, self._copy, self._up, self._down):
            tool.setEnabled(has_output)
        if has_output:
            self.view.renew()
            self._say_what_is_gone()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where room is short, reasons take the place of the output while they are unfolded."""
        self._body.setVisible(not self.why.is_open or self.height() >= _ROOM_FOR_BOTH)

    def _explain(self) -> None:
        """Say why nothing is there; laying it out anew takes a while, so not for nothing."""
        words = ("No step chosen", "Choose a step to see what it prints.")
        if self.step is not None:
            words = _SILENT[self.step.state]
        if words != self._explained:
            self._explained = words
            self._silent.explain(*words)

    def search(self) -> None:
        """Put the focus on the field to search in."""
        self.field.setFocus()
        self.field.selectAll()

    def step_match(self, step: int) -> None:
        """Go to the next line that has what is searched for, or to the one before."""
        words = self.field.text()
        if words:
            self._seek(words, self.view.current + step, step)

    def _search(self, words: str) -> None:
        self.view.needle = words
        self.view.viewport().update()
        self._told.setText("")
        self._seek(words, self.view.current, 1)

    def _seek(self, words: str, start: int, step: int) -> None:
        """Search, a little at a time: whoever types goes first."""
        self._seeking = self.view.output.seek(words, start, step)
        if words:
            self._seek_on()
        else:
            self._timer.stop()

    def _seek_on(self) -> None:
        until = time.monotonic() + _STINT
        for found in self._seeking:
            if found is not None:
                self._timer.stop()
                self._go_to(found)
                return
            if time.monotonic() > until:
                self._told.setText("searching")
                self._timer.start()
                return
        self._timer.stop()
        self._go_to(None)

    def _go_to(self, number: int | None) -> None:
        if number is None:
            self._told.setText("no match")
            return
        self._told.setText(f"line {number + 1:,}")
        self.view.reveal(number)

    def _say_what_is_gone(self) -> None:
        first = self.view.output.first
        words = f"the first {text.plural(first, 'line')} are left out here" if first else ""
        if first and not self.field.text() and words != self._told.text():
            self._told.setText(words)

    def _lay_out(self) -> None:
        self._title.setFont(theme.mono_font(0.95))
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._follow.setAutoRaise(True)
        self._follow.setAccessibleName("Follow the output")
        self._follow.setToolTip("Follow: stay at the end as lines come")
        icons.set_icon(self._follow, "down")
        self._told.setFont(theme.ui_font(0.95))
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        head.setSpacing(theme.space(1))
        head.addWidget(self._title, 2)
        head.addWidget(self._told)
        head.addWidget(self.field, 1)
        for button in (self._up, self._down, self._follow, self._copy):
            head.addWidget(button)
        self._body = pages = QWidget(self)
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._silent)
        self._pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.why, 1)
        column.addWidget(pages, 1000)
        icons.set_icon(self._up, "chevron-up")
        icons.set_icon(self._down, "chevron-down")


class _Field(QLineEdit):
    """What to search for: Enter goes on, Escape leaves."""

    step_wanted = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Search")
        self.setAccessibleName("Search in the output")
        self.setMinimumWidth(60)
        self.setMaximumWidth(220)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter finds the next, with Shift the one before."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step_wanted.emit(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
