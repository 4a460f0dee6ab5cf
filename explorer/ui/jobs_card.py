"""The list of running work: progress, rate, time to go, and Cancel for each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.jobs import describe, visible_jobs
from explorer.ui.overlay import MARGIN, FloatingCard
from explorer.ui.tasks import Running, Tasks
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, heading, muted


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
