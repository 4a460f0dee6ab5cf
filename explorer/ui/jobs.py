"""Running work in the status line, and how it is said."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from explorer.ui import text, theme
from explorer.ui.tasks import Running, Tasks
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.buttons import IconButton

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
        if visible_jobs(tasks):
            self._begun()

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


def visible_jobs(tasks: Tasks) -> list[Running]:
    """Return the work worth showing, longest-running first."""
    return [running for running in tasks.running if not running.quiet and not running.cancelled]
