"""What became of the chosen step, and why it ran again: told above what it printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer.build.runs import StepRun, StepState
from explorer.ui import icons, text, theme
from explorer.ui.build.console.whytable import WhyTable
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.inspect.facts import Fact
from explorer.ui.widgets.labels import Label

_MOST: Final = 40


class WhyPanel(QWidget):
    """One line, and on demand all reasons with what they are made of."""

    line_wanted = Signal(int)
    """Show this line of the Dockerfile."""
    left_wanted = Signal(str)
    """Open what a failed step left: the digest of an image."""
    terminal_wanted = Signal(str)
    """Open a terminal in it."""
    whole_wanted = Signal(str)
    """Open all that the step printed: the name of a file of the history."""
    unfolded = Signal(bool)
    """All reasons are shown, or one line again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: object = None
        self._is_open = False
        self._step: StepRun | None = None
        self._message = Label("", self, role="danger", wrap=True)
        self._fold = QToolButton(self)
        self._line = QToolButton(self)
        self._left = QToolButton(self)
        self.terminal = QToolButton(self)
        self.has_terminals = False
        """Whether a terminal can be opened here in what a step left."""
        self._whole = QToolButton(self)
        self.table = WhyTable(self)
        self._facts = DefinitionList("Why this step ran", self)
        self.details = QScrollArea(self)
        self._lay_out()
        self._fold.clicked.connect(self.toggle)
        self._line.clicked.connect(lambda: self.line_wanted.emit(self._at))
        self._left.clicked.connect(lambda: self.left_wanted.emit(self._digest))
        self.terminal.clicked.connect(lambda: self.terminal_wanted.emit(self._digest))
        self._whole.clicked.connect(lambda: self.whole_wanted.emit(self._file))
        self.show_step(None)

    @property
    def _file(self) -> str:
        return self._step.whole if self._step is not None else ""

    @property
    def _at(self) -> int:
        return self._step.info.line if self._step is not None else 0

    @property
    def _digest(self) -> str:
        return self._step.left if self._step is not None else ""

    def show_step(self, step: StepRun | None) -> None:
        """Show what is known of a step."""
        shown = step and (
            step.id, step.state, step.because, step.message, step.left, step.layer, step.whole
        )  # fmt: skip
        if shown == self._shown and step is self._step:
            return
        self._shown, self._step = shown, step
        self.setVisible(step is not None)
        if step is None:
            return
        self._message.setText(text.capitalised(step.message))
        self._message.setVisible(bool(step.message))
        self._fold.setText(_headline(step))
        self._fold.setToolTip("\n".join(step.because))
        self._line.setText(f"line {step.info.line}")
        self._line.setVisible(bool(step.info.line))
        self._left.setVisible(bool(step.left))
        self.terminal.setVisible(bool(step.left) and self.has_terminals)
        self._whole.setVisible(bool(step.whole))
        self._unfold()

    def toggle(self) -> None:
        """Show all reasons, or one line again."""
        self._is_open = not self._is_open
        self._unfold()
        self.unfolded.emit(self._is_open)

    @property
    def is_open(self) -> bool:
        """Whether all reasons are shown."""
        return self._is_open

    def _unfold(self) -> None:
        open_ = self._is_open
        icons.set_icon(self._fold, "chevron-down" if open_ else "chevron-right", "muted")
        step = self._step
        self.details.setVisible(open_ and step is not None)
        self.table.setVisible(step is not None and bool(step.changes))
        if open_ and step is not None:
            self.table.show_changes(step.changes)
            self._facts.show_facts(_facts(step))

    def _lay_out(self) -> None:
        for button in (self._fold, self._line, self._left, self.terminal, self._whole):
            button.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setAccessibleName("Why this step ran")
        for button in (self._line, self._left, self.terminal, self._whole):
            button.setProperty("link", True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._line.setToolTip("Show the instruction in the Dockerfile")
        self._left.setText("Open what it left")
        self._left.setToolTip("Open the files as the failed command left them")
        self.terminal.setText("Terminal here")
        self.terminal.setToolTip("A shell in these files, in the sandbox that the step had")
        self._whole.setText("Open whole output")
        self._whole.setToolTip("Open all that it printed in another program; here is the end of it")
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(self._fold)
        line.addStretch(1)
        line.addWidget(self._whole)
        line.addWidget(self._left)
        line.addWidget(self.terminal)
        line.addWidget(self._line)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.space(2), 0, theme.space(2), theme.space(1))
        column.setSpacing(theme.space(1))
        column.addWidget(self._message)
        column.addLayout(line)
        column.addWidget(self.details, 1)
        inside = QWidget(self.details)
        below = QVBoxLayout(inside)
        below.setContentsMargins(0, 0, 0, theme.space(2))
        below.setSpacing(theme.space(2))
        below.addWidget(self.table)
        below.addWidget(self._facts)
        below.addStretch(1)
        self.details.setWidget(inside)
        self.details.setWidgetResizable(True)
        self.details.setFrameShape(QScrollArea.Shape.NoFrame)
        self.details.setAccessibleName("Why this step ran")


def _headline(step: StepRun) -> str:
    match step.state:
        case StepState.CACHED:
            words = "Kept: nothing it depends on changed"
        case StepState.WAITING | StepState.SKIPPED:
            words = text.capitalised(step.state.word)
        case _ if step.because:
            more = len(step.because) - 1
            words = f"Ran because {step.because[0]}" + (f", and {more} more" if more else "")
        case _:
            words = "It ran"
    return text.middle_elided(words.replace("&", "&&"), 90)


def _facts(step: StepRun) -> Sequence[Fact]:
    facts = [
        Fact("Because" if number == 0 else "", text.capitalised(reason))
        for number, reason in enumerate(() if step.changes else step.because[:_MOST])
    ]
    if step.code is not None:
        facts.append(Fact("Exit code", str(step.code)))
    if step.layer is not None:
        layer = step.layer
        paths = [f"{layer.added:,} paths"] if layer.added else []
        paths += [f"{layer.removed:,} removed"] if layer.removed else []
        facts.append(Fact("Layer", ", ".join([text.size(layer.size), *paths])))
        facts.append(Fact("Digest", layer.digest, mono=True))
    if step.started is not None:
        facts.append(Fact("Began after", text.duration(step.started)))
    if step.info.needs:
        facts.append(Fact("Waits for", text.plural(len(step.info.needs), "step")))
    return facts
