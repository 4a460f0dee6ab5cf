"""Running work in the status line, and the list behind it: progress, rate, time to go, Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import text, theme
from explorer.ui.overlay import MARGIN, FloatingCard
from explorer.ui.tasks import Running, Tasks
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, heading, muted

_PATIENCE_MS = 300
"""Work that ends sooner is never shown: it would only flicker."""


def describe(running: Running) -> str:
    """Return progress in words: ``45 MB of 187 MB · 120 MB/s · about 5 s left``."""
    progress = running.progress
    if progress is None:
        return "Working"
    parts = [text.size(progress.done)]
    if progress.total is not None:
        parts = [f"{text.size(progress.done)} of {text.size(progress.total)}"]
    if running.rate is not None:
        parts.append(text.rate(running.rate))
    if running.remaining is not None:
        parts.append(text.remaining(running.remaining))
    return " · ".join(parts)


class JobsIndicator(QWidget):
    """The end of the status line: what runs, how far it is, a press for the list, and Cancel."""

    def __init__(self, tasks: Tasks, show_list: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._bar = SlimBar("Progress", self)
        self._bar.setFixedWidth(96)
        self._button = QToolButton(self)
        self._button.setAutoRaise(True)
        self._button.setAccessibleName("Running work")
        self._button.clicked.connect(show_list.trigger)
        self._button.setToolTip(show_list.toolTip())
        self._cancel = IconButton("stop", "Cancel", self, clicked=self._cancel_shown)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.space(1), 0)
        for widget in (self._bar, self._button, self._cancel):
            layout.addWidget(widget)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._renew)
        tasks.started.connect(self._begun)
        tasks.progressed.connect(self._renew_if_shown)
        tasks.ended.connect(self._renew_if_shown)
        self.hide()

    def _begun(self) -> None:
        if not self.isVisible() and not self._patience.isActive():
            self._patience.start()

    def _renew_if_shown(self) -> None:
        if self.isVisible():
            self._renew()

    def _renew(self) -> None:
        shown = visible_jobs(self._tasks)
        self.setVisible(bool(shown))
        if not shown:
            return
        first = shown[0]
        self._bar.show_fraction(first.fraction)
        others = f"  +{len(shown) - 1}" if len(shown) > 1 else ""
        title = text.middle_elided(first.title, 40)
        if first.fraction is not None:
            title = f"{title} — {first.fraction:.0%}"
        self._button.setText(title + others)
        self._cancel.set_name(f"Cancel {first.title}")

    def _cancel_shown(self) -> None:
        shown = visible_jobs(self._tasks)
        if shown:
            shown[0].cancel()


class JobsCard(FloatingCard):
    """Everything that runs, above the end of the status line."""

    WIDTH = 400

    def __init__(self, window: QWidget, tasks: Tasks) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._rows: dict[Running, JobRow] = {}
        self.setAccessibleName("Running work")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._nothing = muted("Nothing is running", self)
        layout = QVBoxLayout(self)
        edge = MARGIN + theme.space(4)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.space(3))
        layout.addWidget(heading("Running work", self, scale=1.0))
        layout.addWidget(self._nothing)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.space(4))
        layout.addLayout(self._list)
        for signal in (tasks.started, tasks.progressed, tasks.ended):
            signal.connect(self._renew)

    def toggle(self) -> None:
        """Open, or close if it is open."""
        if self.isVisible():
            self.close_card()
            return
        self._renew(force=True)
        buttons = [row.cancel for row in self._rows.values()]
        self.open(buttons[0] if buttons else self)

    def rows(self) -> list[JobRow]:
        """Return what is listed."""
        return list(self._rows.values())

    def place(self) -> None:
        """Stay at the lower right."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        width = min(self.WIDTH + 2 * MARGIN, self.host.width())
        self.resize(width, self.sizeHint().height())
        below = theme.space(7)
        self.move(self.host.width() - width, self.host.height() - self.height() - below)

    def _renew(self, *_ignored: object, force: bool = False) -> None:
        if not (force or self.isVisible()):
            return
        wanted = visible_jobs(self._tasks)
        gone = [running for running in self._rows if running not in wanted]
        for running in gone:
            row = self._rows.pop(running)
            if row.cancel.hasFocus():
                self.setFocus()
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for running in wanted:
            if running not in self._rows:
                self._rows[running] = JobRow(running, self)
                self._list.addWidget(self._rows[running])
            self._rows[running].renew()
        self._nothing.setVisible(not wanted)
        self.place()


class JobRow(QWidget):
    """One operation of the list."""

    def __init__(self, running: Running, parent: QWidget) -> None:
        super().__init__(parent)
        self._running = running
        self._title = ElidedLabel(running.title, self, mode=Qt.TextElideMode.ElideMiddle)
        self._bar = SlimBar(running.title, self)
        self._words: Label = muted("", self)
        self._words.setFont(theme.number_font(0.95))
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setAccessibleName(f"Cancel {running.title}")
        self.cancel.clicked.connect(running.cancel)
        words = QVBoxLayout()
        words.setSpacing(theme.space(1))
        for widget in (self._title, self._bar, self._words):
            words.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(3))
        layout.addLayout(words, 1)
        layout.addWidget(self.cancel)

    def renew(self) -> None:
        """Show the progress of now."""
        self._bar.show_fraction(self._running.fraction)
        self._words.setText(describe(self._running))


def visible_jobs(tasks: Tasks) -> list[Running]:
    """Return the work worth showing, longest-running first."""
    return [running for running in tasks.running if not running.quiet and not running.cancelled]
