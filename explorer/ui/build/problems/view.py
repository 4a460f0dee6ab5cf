"""The list of problems, filtered by who found them, with the details of the selected one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.ui import theme
from explorer.ui.build.problems.details import ProblemDetails
from explorer.ui.build.problems.model import NAMES, ProblemModel, same
from explorer.ui.build.saying import say
from explorer.ui.build.turning import TurningSplitter
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.text import plural
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

_ROOM_FOR_RULE: Final = 460
_MOST: Final = 2000
"""So many problems are listed at most: whoever has more begins with the first of them."""


class ProblemsView(QWidget):
    """Choosing a problem leads to its place; sources can be left out."""

    chosen = Signal(object)
    """Show the :class:`Diagnostic` in the text."""
    entered = Signal(object)
    """Go to the :class:`Diagnostic` in the text."""
    fix_wanted = Signal(object)
    """Make this :class:`Fix`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[Diagnostic] = ()
        self.model = ProblemModel(self)
        self.table = _Table(self)
        self.details = ProblemDetails(self)
        self._count = ElidedLabel("", self)
        self._sources: dict[Source, QToolButton] = {}
        self._lay_out()
        self.table.clicked.connect(lambda index: self._choose(index, enter=False))
        self.table.activated.connect(lambda index: self._choose(index, enter=True))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.details.fix_wanted.connect(self.fix_wanted)
        theme.switch().changed.connect(self.table.color)
        self.show_problems(())

    def show_problems(self, problems: Sequence[Diagnostic]) -> None:
        """List other problems; what was selected stays so, if it is still there."""
        self._all = problems
        found = Counter(problem.source for problem in problems)
        for source, button in self._sources.items():
            number = found[source]
            if button.isHidden() is (number > 0):
                button.setVisible(number > 0)
            say(button, f"{NAMES[source]} {number}")
        self._filter()

    def step(self, by: int) -> None:
        """Select the next problem, or one before, and show it in the text."""
        count = self.model.rowCount()
        if count:
            row = self.table.currentIndex().row()
            row = (row + by) % count if row >= 0 else 0 if by > 0 else count - 1
            self.table.selectRow(row)
            self.chosen.emit(self.model.rows[row])

    def summary(self) -> str:
        """How many there are, for the tab."""
        return f"Problems {len(self._all)}" if self._all else "Problems"

    def _filter(self) -> None:
        wanted = {source for source, button in self._sources.items() if button.isChecked()}
        rows = [problem for problem in self._all if problem.source in wanted]
        self._say(rows)
        rows = rows[:_MOST]
        if rows == list(self.model.rows):
            return
        kept = self._current()
        self.model.show(rows)
        place = next((n for n, row in enumerate(rows) if kept and same(row, kept)), -1)
        if place >= 0:
            self.table.setCurrentIndex(self.model.index(place, 0))
        self._follow()

    def _say(self, rows: Sequence[Diagnostic]) -> None:
        levels = Counter(row.severity for row in rows)
        parts = [
            plural(levels[level], word)
            for level, word in (
                (Level.ERROR, "error"),
                (Level.WARNING, "warning"),
                (Level.INFO, "hint"),
            )
            if levels[level]
        ]
        say(self._count, " · ".join(parts))
        self._pages.setCurrentIndex(1 if self._all else 0)

    def _current(self) -> Diagnostic | None:
        row = self.table.currentIndex().row()
        return self.model.rows[row] if 0 <= row < self.model.rowCount() else None

    def _follow(self) -> None:
        rows = self.model.rows
        self.details.show_problem(self._current() or (rows[0] if rows else None))

    def _choose(self, index: QModelIndex, *, enter: bool) -> None:
        (self.entered if enter else self.chosen).emit(self.model.rows[index.row()])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(3), theme.space(1))
        head.setSpacing(theme.space(1))
        head.addWidget(self._count, 1)
        for source in Source:
            button = QToolButton(self)
            button.setCheckable(True)
            button.setChecked(True)
            button.setToolTip(f"Show what {NAMES[source]} finds")
            button.toggled.connect(lambda _on: self._filter())
            self._sources[source] = button
            head.addWidget(button)
        self.table.set_up(self.model)
        split = TurningSplitter(self.table, self.details, self)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(split, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(
            EmptyState("check", "No problems", "Checked with BuildKit's rules and our own.", self)
        )
        self._pages.addWidget(listed)


class _Table(QTableView):
    """A plain table of lines."""

    def set_up(self, model: ProblemModel) -> None:
        """Make it look as the other tables do."""
        self.setModel(model)
        self.setAccessibleName("Problems")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.space(6))
        header = self.horizontalHeader()
        header.setAccessibleName("Problems: columns")
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setColumnWidth(1, theme.space(48))
        self.setColumnWidth(2, theme.space(14))
        self.color()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the rule out where the message would have no room."""
        super().resizeEvent(event)
        self.setColumnHidden(1, event.size().width() < _ROOM_FOR_RULE)

    def color(self) -> None:
        """Take the colours of the scheme in force."""
        self.horizontalHeader().setStyleSheet(header_style())
