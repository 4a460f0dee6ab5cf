"""Search over all layers: every version of every path that a query finds, deleted ones too."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.opened import OpenImage
from explorer.analysis.query import EVERY_LAYER, Hit, compile_query, find
from explorer.progress import Job
from explorer.ui import text, theme
from explorer.ui.explore import querying
from explorer.ui.explore.filterbar import QueryLine
from explorer.ui.explore.hits import MODE, MOST, PATH, HitModel
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.rowpaint import header_style, row_height
from explorer.ui.explore.treewords import without
from explorer.ui.tasks import Operation, Running
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import Label

_PAUSE_MS: Final = 250
_SHOW_EVERY: Final = 0.05
"""Seconds between two lots of hits; more often nobody could see."""


class SearchView(QWidget):
    """A query, and its hits as they are found. Enter on a hit opens that version."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._asked: tuple[OpenImage | None, str] = (None, "")
        self._running: Running | None = None
        self._notes: list[str] = []
        self.line = QueryLine("Search all layers", self)
        self.line.setPlaceholderText(
            'Search all layers:  passwd   *.so size>1M   change:removed   "listen 80"'
        )
        self._stop = QPushButton("Stop", self)
        self._stop.hide()
        self._problem = Label("", self, role="danger", wrap=True)
        self._problem.hide()
        self.hits = HitModel(self)
        self.table = self._make_table()
        self._empty = EmptyState("search", _INVITATION[0], _INVITATION[1], self)
        self._said = _INVITATION[0]
        self._status = ElidedLabel("", self)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.line)

    def ask(self, words: str) -> None:
        """Search for ``words``."""
        self.line.setText(words)
        self._search()

    def problem(self) -> str:
        """Why what is typed is no query; empty if it is one."""
        return self._problem.text()

    def status(self) -> str:
        """How much was found, and what could not be searched."""
        return self._status.text()

    def explanation(self) -> str:
        """Why there are no hits; empty where there are some."""
        return self._said if self._pages.currentWidget() is self._empty else ""

    def _connect(self) -> None:
        self.line.textChanged.connect(self._typed)
        self.line.returnPressed.connect(self._search)
        self.line.done.connect(self.table.setFocus)
        self.line.cleared.connect(self.line.clear)
        self._pause.timeout.connect(self._search)
        self._stop.clicked.connect(self._stop_search)
        self.table.activated.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._open)
        self._model.imageChanged.connect(self._image_changed)
        theme.switch().changed.connect(self._color)

    def _typed(self, words: str) -> None:
        problem = querying.problem_of(words)
        self._problem.setText(problem or "")
        self._problem.setVisible(bool(problem))
        self.line.set_valid(problem is None)
        if problem is None:
            self._pause.start()
        else:
            self._pause.stop()

    def _image_changed(self) -> None:
        """Node numbers are others now: search again, for they are all that hits are."""
        self._asked = (None, "")
        self.hits.begin(None)
        self._search()

    def _search(self) -> None:
        self._pause.stop()
        image, words = self._model.image, self.line.text().strip()
        if (image, words) == self._asked or querying.problem_of(words) is not None:
            return
        self._asked = (image, words)
        self._stop_search()
        self.hits.begin(image)
        self._explain()
        if image is None or not words:
            return
        loop, self._notes = asyncio.get_running_loop(), []
        asked, notes = self._asked, self._notes

        def found(hits: Sequence[Hit]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended with the window
                loop.call_soon_threadsafe(self._add, asked, hits)

        self._stop.show()
        self._running = (
            Operation(self, "Searching all layers")
            .work(lambda job: look(image, words, job, found, notes))
            .finished(lambda: self._finish(asked))
            .quiet()
            .replacing("search")
            .start()
        )

    def _add(self, asked: tuple[OpenImage | None, str], hits: Sequence[Hit]) -> None:
        if asked == self._asked:
            self.hits.add(hits)
            self._explain()

    def _finish(self, asked: tuple[OpenImage | None, str]) -> None:
        if asked == self._asked:
            self._running = None
            self._stop.hide()
            self._explain()

    def _stop_search(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._stop.hide()

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self._model.open_version(*self.hits.version(index.row()))

    def _explain(self) -> None:
        count = self.hits.rowCount()
        self._pages.setCurrentWidget(self.table if count else self._empty)
        words = [text.plural(count, "version") + " found"] if count else []
        if self.hits.is_full:
            words = [f"The first {text.count(MOST)} versions"]
        if self._running is not None:
            words.append("searching…")
        words.extend(self._notes[:3])
        unlisted = without(self._model.unread).removeprefix(" · ") if self._asked[1] else ""
        words.extend([unlisted] if unlisted else [])
        self._status.setText(" · ".join(words))
        if self._running is not None:
            self._say("Searching…", "")
        elif self._asked[1]:
            layers = "No layer that is listed" if unlisted else "No layer"
            self._say("Nothing found", f"{layers} has anything that this query matches.")
        else:
            self._say(*_INVITATION)

    def _say(self, title: str, hint: str) -> None:
        self._said = title
        self._empty.explain(title, hint)

    def _color(self) -> None:
        self.table.horizontalHeader().setStyleSheet(header_style())

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.hits)
        table.setAccessibleName("Search results")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(row_height(table))
        header = table.horizontalHeader()
        header.setAccessibleName("Columns")
        header.setHighlightSections(False)
        header.setStyleSheet(header_style())
        header.setSectionResizeMode(PATH, QHeaderView.ResizeMode.Stretch)
        for column in range(PATH + 1, MODE + 1):
            header.resizeSection(column, 110 if column == MODE else 76)
        return table

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.space(2))
        first.addWidget(self.line, 1)
        first.addWidget(self._stop)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        layout = QVBoxLayout(self)
        edge = theme.space(2)
        layout.setContentsMargins(edge, edge, edge, theme.space(1))
        layout.setSpacing(theme.space(1))
        layout.addLayout(first)
        layout.addWidget(self._problem)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._status)


_INVITATION: Final = (
    "Search every layer",
    "Names, sizes, modes, owners, changes, and the text in files; what was deleted is found, too.",
)


def look(
    image: OpenImage,
    words: str,
    job: Job,
    found: Callable[[Sequence[Hit]], None],
    notes: list[str],
) -> None:
    """Hand over hits as they come, until there are more than anybody reads."""
    lot: list[Hit] = []
    shown = time.monotonic()
    for total, hit in enumerate(
        find(image, compile_query(words), EVERY_LAYER, job, notes=notes), 1
    ):
        lot.append(hit)
        if time.monotonic() - shown >= _SHOW_EVERY or total >= MOST:
            job.check()
            found(lot)
            lot, shown = [], time.monotonic()
        if total >= MOST:
            break
    found(lot)
