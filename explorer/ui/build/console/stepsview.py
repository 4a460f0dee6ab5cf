"""The steps of a build, grouped by stage, with their waterfall."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeView, QWidget

from explorer.build.runs import BuildLog, StepRun, StepState
from explorer.ui import theme
from explorer.ui.build.console.stepmodel import (
    ADDS_COLUMN,
    STATE_COLUMN,
    STEP_COLUMN,
    TIME_COLUMN,
    TOOK_COLUMN,
    StepModel,
)
from explorer.ui.build.console.timeline import AxisHeader, Timeline
from explorer.ui.explore.rowpaint import header_style

_UNFOLDED: Final = 300
_ROOM_FOR_ADDS: Final = 620
_ROOM_FOR_TIME: Final = 400
_WIDTHS: Final = {STATE_COLUMN: 22, TOOK_COLUMN: 17, ADDS_COLUMN: 16}


class StepsView(QTreeView):
    """Follows the step that runs until a step is chosen by hand."""

    chosen = Signal(object)
    """This :class:`StepRun` is to be shown; None for none."""
    entered = Signal(object)
    """Go to the instruction of this :class:`StepRun`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepModel(self)
        self.follows = True
        self._folded: set[str] = set()
        self._telling = False
        self.timeline = Timeline(self.steps, self)
        self._set_up()
        self._lay = QTimer(self, singleShot=True, interval=0)
        self._lay.timeout.connect(self._place_columns)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.clicked.connect(self._clicked)
        self.activated.connect(self._entered)
        self.collapsed.connect(lambda index: self._fold(index, folded=True))
        self.expanded.connect(lambda index: self._fold(index, folded=False))
        theme.switch().changed.connect(self._color)

    @property
    def step(self) -> StepRun | None:
        """The step that is chosen."""
        return self.steps.step(self.currentIndex())

    def show_log(self, log: BuildLog | None, now: float) -> None:
        """Show a build; its running step is followed."""
        self._folded.clear()
        self.follows = True
        if log is not None and len(log.steps) > _UNFOLDED:
            self._folded = {s.title for s in log.stages if all(_is_quiet(x) for x in s.steps)}
        self.steps.now = now
        self.steps.show(None)
        self.renew((), now)
        self._show(log)

    def renew(self, changed: Iterable[str], now: float) -> None:
        """Steps went on."""
        self.steps.now = now
        log = self.steps.log
        if log is None:
            return
        kept = self.step
        if self.steps.show(log):
            self._unfold()
            if kept is not None and kept.id in log.steps:
                self.choose(kept.id)
        else:
            self.steps.renew(changed)
        self.viewport().update()
        self.header().viewport().update()
        if self.follows:
            self._follow(log)

    def choose(self, id: str) -> None:
        """Select a step, out of a fold if need be."""
        index = self.steps.index_of(id)
        if not index.isValid():
            return
        flags = QItemSelectionModel.SelectionFlag
        self._telling = True
        self.expand(index.parent())
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._telling = False
        self.scrollTo(index)
        self.chosen.emit(self.steps.step(index))

    def _show(self, log: BuildLog | None) -> None:
        self.steps.show(log)
        self._unfold()
        if log is None:
            self.chosen.emit(None)
            return
        self._follow(log)
        if self.step is None and log.steps:
            self.choose(next(iter(log.steps)))

    def _follow(self, log: BuildLog) -> None:
        """Choose what went wrong, else what began last."""
        best = log.failed_step
        if best is None:
            running = [s for s in log.steps.values() if s.state is StepState.RUNNING]
            best = max(running, key=lambda s: s.started or 0.0, default=None)
        if best is None and log.end is not None and self.step is None:
            ran = [s for s in log.steps.values() if s.ran]
            best = max(ran, key=lambda s: s.ended or 0.0, default=None)
        if best is not None and best is not self.step:
            self.choose(best.id)

    def _current_changed(self, index: QModelIndex) -> None:
        if not self._telling and index.isValid():
            step = self.steps.step(index)
            if step is not None:
                self.chosen.emit(step)

    def _clicked(self, index: QModelIndex) -> None:
        step = self.steps.step(index)
        if step is not None:
            self.follows = False
            self.entered.emit(step)

    def _entered(self, index: QModelIndex) -> None:
        step = self.steps.step(index)
        if step is not None:
            self.follows = False
            self.entered.emit(step)

    def keyPressEvent(self, event: object) -> None:
        """Walk through the steps: what runs is not followed then."""
        before = self.currentIndex()
        super().keyPressEvent(event)  # type: ignore[arg-type]
        if self.currentIndex() != before:
            self.follows = False

    def _unfold(self) -> None:
        for row, stage in enumerate(self.steps.stages):
            self.setExpanded(self.steps.index(row, 0), stage.title not in self._folded)

    def _fold(self, index: QModelIndex, *, folded: bool) -> None:
        stage = self.steps.stage(index)
        if stage is not None:
            (self._folded.add if folded else self._folded.discard)(stage.title)

    # -- looks --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave columns out where there is no room."""
        super().resizeEvent(event)
        self._lay.start()

    def _place_columns(self) -> None:
        room = self.viewport().width()
        self.setColumnHidden(ADDS_COLUMN, room < _ROOM_FOR_ADDS)
        self.setColumnHidden(TIME_COLUMN, room < _ROOM_FOR_TIME)
        taken = sum(
            theme.space(width)
            for column, width in _WIDTHS.items()
            if not self.isColumnHidden(column)
        )
        share = 1.0 if self.isColumnHidden(TIME_COLUMN) else 0.5
        self.setColumnWidth(STEP_COLUMN, max(theme.space(24), int((room - taken) * share)))

    def _set_up(self) -> None:
        self.setModel(self.steps)
        self.setItemDelegateForColumn(TIME_COLUMN, self.timeline)
        header = AxisHeader(self.timeline, self)
        self.setHeader(header)
        header.setAccessibleName("Steps of the build: columns")
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(theme.space(8))
        self.setAccessibleName("Steps of the build")
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(theme.space(4))
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, theme.space(width))
        self._color()

    def _color(self) -> None:
        self.header().setStyleSheet(header_style())


def _is_quiet(step: StepRun) -> bool:
    return step.state in (StepState.CACHED, StepState.WAITING, StepState.SKIPPED)
