"""The builds there were: choose one to look at, or two to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.build.runs import BuildHistory, BuildLog, BuildSummary, compare
from explorer.ui import icons, text, theme
from explorer.ui.build.console.compareview import CompareView
from explorer.ui.build.console.looks import BUILD
from explorer.ui.build.console.view import BuildView
from explorer.ui.build.turning import TurningSplitter
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.tasks import Operation, loop_runs
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NONE: Final = QModelIndex()
_REST_MS: Final = 80
HEADS: Final = ("Build", "When", "Took", "Cached", "Result")


class HistoryModel(QAbstractTableModel):
    """Rows of :class:`BuildSummary`, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[BuildSummary] = ()

    def show(self, rows: Sequence[BuildSummary]) -> None:
        """List other builds."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """As Qt asks."""
        across = orientation is Qt.Orientation.Horizontal and 0 <= section < len(HEADS)
        return HEADS[section] if across and role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        one, column = self.rows[index.row()], index.column()
        icon, color, word = BUILD[one.state]
        if role == Role.DisplayRole:
            return _cells(one)[column]
        if role == Role.DecorationRole and column == 0:
            return icons.icon(icon, getattr(theme.colors(), color))
        if role == Role.ToolTipRole:
            exact = text.exact_moment(one.when)
            return plain_tip((one.dockerfile, exact, "", "", one.message or word)[column])
        if role == Role.AccessibleTextRole and column == 0:
            return ", ".join((word, *_cells(one)))
        if role == Role.FontRole:
            return theme.number_font()
        if role == Role.ForegroundRole:
            return getattr(theme.colors(), color if column == 4 else "muted") if column else None
        if role == Role.TextAlignmentRole and column in (2, 3):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _cells(one: BuildSummary) -> tuple[str, str, str, str, str]:
    share = f"{one.cached / one.steps:.0%}" if one.steps else ""
    result = one.message or BUILD[one.state][2]
    if one.line:
        result = f"line {one.line}: {result}"
    return (
        one.target or "last stage",
        text.moment(one.when),
        text.duration(one.seconds),
        share,
        text.short_digest(one.digest) if one.digest else result,
    )


class HistoryView(QWidget):
    """The list at the left; at the right the chosen build, or the two compared."""

    image_wanted = Signal(str)
    line_wanted = Signal(int, bool)

    def __init__(self, history: BuildHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self.dockerfile = ""
        self.model = HistoryModel(self)
        self.table = QTableView(self)
        self.view = BuildView(self)
        self.comparison = CompareView(self)
        self._says = ElidedLabel("", self)
        self._all = QToolButton(self)
        self._compare = QToolButton(self)
        self._is_stale = True
        # Walking through the tabs reads nothing; resting here does.
        self._wait = QTimer(self, singleShot=True, interval=_REST_MS)
        self._wait.timeout.connect(self._look)
        self._lay_out()
        self._all.toggled.connect(lambda _on: self.look())
        self._compare.clicked.connect(self.compare_chosen)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        self.view.image_wanted.connect(self.image_wanted)
        self.view.line_wanted.connect(self.line_wanted)
        theme.switch().changed.connect(self._color)

    def show_dockerfile(self, path: str) -> None:
        """List the builds of another Dockerfile."""
        self.dockerfile = path
        self.look()

    def look(self) -> None:
        """Read the history again, as soon as it is in view."""
        self._is_stale = True
        if self.isVisible():
            self._wait.start()

    def _look(self) -> None:
        if not self.isVisible() or not loop_runs():
            return
        self._is_stale = False
        wanted = "" if self._all.isChecked() else self.dockerfile
        (
            Operation(self, "Looking at builds")
            .work(lambda _job: self.history.summaries(wanted))
            .success(self._show)
            .replacing("look")
            .quiet()
            .start()
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is new."""
        super().showEvent(event)
        if self._is_stale:
            self.look()

    def chosen(self) -> list[BuildSummary]:
        """The builds that are selected, in the order of the list."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.rows[row] for row in rows if row < len(self.model.rows)]

    def compare_chosen(self) -> None:
        """Compare the two that are selected; one alone with the build before it."""
        pair = self.pair()
        if pair is None:
            return
        older, newer = pair

        def load(_job: object) -> tuple[BuildLog, BuildLog]:
            return self.history.load(older.name), self.history.load(newer.name)

        def show(logs: tuple[BuildLog, BuildLog]) -> None:
            self.comparison.show_comparison(compare(*logs))
            self._right.setCurrentWidget(self.comparison)

        Operation(self, "Comparing builds").work(load).success(show).replacing("load").start()

    def pair(self) -> tuple[BuildSummary, BuildSummary] | None:
        """What would be compared, the older first."""
        chosen = self.chosen()
        if len(chosen) == 1:
            later = list(self.model.rows)
            at = later.index(chosen[0])
            before = (s for s in later[at + 1 :] if s.dockerfile == chosen[0].dockerfile)
            found = next(before, None)
            return None if found is None else (found, chosen[0])
        return (chosen[-1], chosen[0]) if len(chosen) == 2 else None

    def _show(self, found: list[BuildSummary]) -> None:
        kept = {summary.name for summary in self.chosen()}
        self.model.show(found)
        self._pages.setCurrentIndex(1 if found or self._all.isChecked() else 0)
        self._says.setText(text.plural(len(found), "build"))
        for row, summary in enumerate(found):
            if summary.name in kept:
                self.table.selectRow(row)
        if found and not kept:
            self.table.selectRow(0)
        self._chosen()

    def _chosen(self) -> None:
        chosen = self.chosen()
        self._compare.setEnabled(self.pair() is not None)
        if len(chosen) != 1:
            if len(chosen) == 2:
                self.compare_chosen()
            return
        name = chosen[0].name
        (
            Operation(self, "Reading a build")
            .work(lambda _job: self.history.load(name))
            .success(self._show_build)
            .failure(lambda error: self._says.setText(str(error)))
            .replacing("load")
            .quiet()
            .start()
        )

    def _show_build(self, log: BuildLog) -> None:
        self._right.setCurrentWidget(self.view)
        self.view.show_log(log, log.at)

    def _lay_out(self) -> None:
        self._set_up_table()
        self._all.setText("All Dockerfiles")
        self._all.setCheckable(True)
        self._all.setAutoRaise(True)
        self._all.setToolTip("List the builds of every Dockerfile, not of this one alone")
        self._compare.setText("Compare")
        self._compare.setAutoRaise(True)
        self._compare.setToolTip("Compare two builds step by step; one alone with the one before")
        icons.set_icon(self._compare, "compare")
        self._compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        head.addWidget(self._says, 1)
        head.addWidget(self._all)
        head.addWidget(self._compare)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        right = QWidget(self)
        self._right = QStackedLayout(right)
        self._right.addWidget(self.view)
        self._right.addWidget(self.comparison)
        split = TurningSplitter(left, right, self)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setSizes([400, 600])
        self._pages = QStackedLayout(self)
        self._pages.addWidget(
            EmptyState(
                "history", "No build is remembered yet", "Every build is kept here for later.", self
            )
        )
        self._pages.addWidget(split)
        self.setFocusProxy(self.table)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Builds there were")
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.space(6))
        header = table.horizontalHeader()
        header.setAccessibleName("Builds: columns")
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for column, width in enumerate((26, 28, 18, 15)):
            table.setColumnWidth(column, theme.space(width))
        self._color()

    def _color(self) -> None:
        self.table.horizontalHeader().setStyleSheet(header_style())
