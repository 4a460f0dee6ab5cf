"""One line on top: how it stands with the build, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from explorer.build.events import Done, Failed
from explorer.build.runs import BuildLog, BuildState, Totals
from explorer.ui import text, theme
from explorer.ui.actions import Actions
from explorer.ui.build.console.looks import BUILD
from explorer.ui.build.console.runchooser import RunChooser
from explorer.ui.menus import fill_menu
from explorer.ui.widgets.badge import Badge, Tone
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel

_TONES = {
    BuildState.RUNNING: Tone.ACCENT,
    BuildState.DONE: Tone.GOOD,
    BuildState.FAILED: Tone.DANGER,
    BuildState.STOPPED: Tone.WARN,
}


class TotalsBar(QWidget):
    """State, figures, and what can be done with the result."""

    result_wanted = Signal(str)
    """Open the image of this digest."""
    save_wanted = Signal(str)
    """Save the image of this digest."""
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log: BuildLog | None = None
        self.runs = RunChooser(self)
        self._state = Badge("", Tone.NEUTRAL, self)
        self._words = _Figures("", self)
        self.open = QToolButton(self)
        self.save = QToolButton(self)
        self.load = QToolButton(self)
        self.stop = IconButton("stop", "Stop this build", self, clicked=self.stop_wanted.emit)
        self._lay_out()
        self.open.clicked.connect(lambda: self._pass_on(self.result_wanted.emit))
        self.save.clicked.connect(lambda: self._pass_on(self.save_wanted.emit))

    def show_log(self, log: BuildLog, now: float) -> None:
        """Show the figures of a build."""
        self._log = log
        state = log.state
        if self._state.text() != BUILD[state][2]:
            self._state.show_text(BUILD[state][2], _TONES[state])
        self.runs.renew()
        totals = log.totals(now)
        self._words.setText(words_of(log, totals))
        for button in (self.open, self.save):
            button.setVisible(isinstance(log.end, Done))
        self.load.setVisible(isinstance(log.end, Done) and self.load.menu() is not None)
        self.stop.setVisible(log.end is None)

    def offer(self, actions: Actions, ids: Sequence[str]) -> None:
        """Offer more that can be done with the result."""
        menu = QMenu(self)
        fill_menu(menu, actions, ids)
        menu.aboutToShow.connect(actions.renew)
        self.load.setMenu(menu)

    def words(self) -> str:
        """What is told."""
        return self._words.text()

    def _pass_on(self, emit: Callable[[str], object]) -> None:
        end = self._log.end if self._log is not None else None
        if isinstance(end, Done):
            emit(end.digest)

    def _lay_out(self) -> None:
        self._words.setFont(theme.number_font())
        self.open.setText("Open result")
        self.open.setToolTip("Open the image that was made in the explorer")
        self.save.setText("Save as…")
        self.save.setToolTip("Save the image that was made as an archive or a layout")
        self.load.setText("Load into")
        self.load.setToolTip("Hand the image that was made to an engine")
        self.load.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.load.hide()
        for button in (self.open, self.save, self.load):
            button.setAutoRaise(True)
            button.setProperty("link", True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        line.setSpacing(theme.space(3))
        line.addWidget(self.runs)
        line.addWidget(self._state)
        line.addWidget(self._words, 1)
        line.addWidget(self.open)
        line.addWidget(self.save)
        line.addWidget(self.load)
        line.addWidget(self.stop)


class _Figures(ElidedLabel):
    """Takes whatever room there is: figures that change many times a second move nothing."""

    def sizeHint(self) -> QSize:
        """Always the same."""
        return QSize(theme.space(40), self.fontMetrics().height())

    def updateGeometry(self) -> None:
        """Nothing is laid out anew."""


def words_of(log: BuildLog, totals: Totals) -> str:
    """The figures in words, what matters most first."""
    parts = [f"{totals.over} of {text.plural(totals.steps, 'step')}", text.duration(totals.wall)]
    if log.end is not None:
        parts[0] = text.plural(totals.steps, "step")
    if totals.cached_share is not None:
        parts.append(f"{totals.cached_share:.0%} cached")
    if totals.accumulated > 0:
        parts.append(f"{text.duration(totals.accumulated)} of work")
    if totals.most_at_once > 1 and totals.parallelism is not None:
        parts.append(f"{totals.parallelism:.1f} steps at once")
    if totals.added:
        parts.append(f"{text.size(totals.added)} added")
    if isinstance(log.end, Failed):
        where = f"line {log.end.line}: " if log.end.line else ""
        parts.insert(
            0, ". ".join(part for part in (f"{where}{log.end.message}", log.end.hint) if part)
        )
    return " · ".join(parts)
