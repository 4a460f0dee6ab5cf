"""The builds there were: choose one to look at, or two to compare."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.build.runs import BuildHistory, BuildLog, BuildSummary, compare
from explorer.ui import icons, text, theme
from explorer.ui.build.console.compareview import CompareView
from explorer.ui.build.console.looks import BUILD
from explorer.ui.build.console.rows import Column, RowModel, RowTable, muted
from explorer.ui.build.console.view import BuildView
from explorer.ui.build.turning import TurningSplitter
from explorer.ui.tasks import Operation, loop_runs
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

_REST_MS: Final = 80


def _ink(one: BuildSummary) -> QColor:
    color: QColor = getattr(theme.colors(), BUILD[one.state][1])
    return color


def _icon(one: BuildSummary) -> QIcon:
    return icons.icon(BUILD[one.state][0], _ink(one))


def _cached(one: BuildSummary) -> str:
    return f"{one.cached / one.steps:.0%}" if one.steps else ""


def _result(one: BuildSummary) -> str:
    if one.digest:
        return text.short_digest(one.digest)
    result = one.message or BUILD[one.state][2]
    return f"line {one.line}: {result}" if one.line else result


COLUMNS: Final[tuple[Column[BuildSummary], ...]] = (
    Column("Build", lambda one: one.target or "last stage", 26, gives_way=True,
           tip=lambda one: one.dockerfile, icon=_icon),
    Column("When", lambda one: text.moment(one.when), 28, ink=muted,
           tip=lambda one: text.exact_moment(one.when)),
    Column("Took", lambda one: text.duration(one.seconds), 18, right=True, ink=muted),
    Column("Cached", _cached, 15, right=True, ink=muted),
    Column("Result", _result, 24, ink=_ink, tip=lambda one: one.message or BUILD[one.state][2]),
)  # fmt: skip


class HistoryModel(RowModel[BuildSummary]):
    """Rows of :class:`BuildSummary`, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COLUMNS, parent, spoken=self._spoken_row)

    def _spoken_row(self, one: BuildSummary) -> str:
        return ", ".join((BUILD[one.state][2], *self.cells(one)))


class HistoryView(QWidget):
    """The list at the left; at the right the chosen build, or the two compared."""

    image_wanted = Signal(str)
    line_wanted = Signal(int, bool)

    def __init__(self, history: BuildHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self.dockerfile = ""
        self.model = HistoryModel(self)
        self.table = RowTable(self.model, "Builds there were", self, several=True)
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
        split = TurningSplitter(left, right, self, share=36)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(
            EmptyState(
                "history", "No build is remembered yet", "Every build is kept here for later.", self
            )
        )
        self._pages.addWidget(split)
        self.setFocusProxy(self.table)
