"""The steps of a build as rows below their stages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from explorer.build.runs import BuildLog, StageRun, StepRun, StepState
from explorer.ui import icons, text, theme
from explorer.ui.build.console.looks import STEP, seconds_of, why, words_of
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_TOP: Final = 0
_NONE: Final = QModelIndex()
HEADS: Final = ("Step", "State", "Took", "Adds", "Time")
STEP_COLUMN, STATE_COLUMN, TOOK_COLUMN, ADDS_COLUMN, TIME_COLUMN = range(5)


class StepModel(QAbstractItemModel):
    """Stages and their steps; an index carries the row of its stage, plus one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.log: BuildLog | None = None
        self.now = 0.0
        self._stages: tuple[StageRun, ...] = ()
        self._places: dict[str, tuple[int, int]] = {}
        self._version = -1

    @property
    def stages(self) -> tuple[StageRun, ...]:
        """What is listed."""
        return self._stages

    def show(self, log: BuildLog | None) -> bool:
        """Show a build as it stands; tell whether rows came or went."""
        version = -1 if log is None else log.version
        if log is self.log and version == self._version:
            return False
        self.beginResetModel()
        self.log, self._version = log, version
        self._stages = () if log is None else log.stages
        self._places = {
            step.id: (row, number)
            for row, stage in enumerate(self._stages)
            for number, step in enumerate(stage.steps)
        }
        self.endResetModel()
        return True

    def renew(self, steps: Iterable[str]) -> None:
        """Say that steps look different now."""
        stages: set[int] = set()
        for id in steps:
            place = self._places.get(id)
            if place is not None:
                stages.add(place[0])
        for row in stages:
            above = self.index(row, 0)
            self.dataChanged.emit(above, self.index(row, TIME_COLUMN))
            last = self.index(len(self._stages[row].steps) - 1, TIME_COLUMN, above)
            self.dataChanged.emit(self.index(0, 0, above), last)

    def step(self, index: Index) -> StepRun | None:
        """The step of a row; ``None`` for a stage's own."""
        above = index.internalId() if index.isValid() else _TOP
        return None if above == _TOP else self._stages[above - 1].steps[index.row()]

    def stage(self, index: Index) -> StageRun | None:
        """The stage of a row; ``None`` for a step's."""
        if not index.isValid() or index.internalId() != _TOP:
            return None
        return self._stages[index.row()]

    def index_of(self, id: str, column: int = 0) -> QModelIndex:
        """The row of a step."""
        place = self._places.get(id)
        if place is None:
            return QModelIndex()
        return self.createIndex(place[1], column, place[0] + 1)

    def index(self, row: int, column: int, parent: Index = _NONE) -> QModelIndex:
        """As Qt asks."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: Index = _NONE) -> QModelIndex:  # type: ignore[override]
        """As Qt asks."""
        above = index.internalId() if index.isValid() else _TOP
        return QModelIndex() if above == _TOP else self.createIndex(above - 1, 0, _TOP)

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        if not parent.isValid():
            return len(self._stages)
        if parent.internalId() != _TOP or parent.column() > 0:
            return 0
        return len(self._stages[parent.row()].steps)

    def columnCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return len(HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """As Qt asks."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Role.TextAlignmentRole and section in (TOOK_COLUMN, ADDS_COLUMN):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return HEADS[section] if role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        step = self.step(index)
        if step is not None:
            return self._step(step, index.column(), role)
        return self._stage(self._stages[index.row()], index.column(), role)

    def _step(self, step: StepRun, column: int, role: int) -> Any:
        if role == Role.DisplayRole:
            return self._cell(step, column)
        if role == Role.DecorationRole and column == STATE_COLUMN:
            name, color = STEP[step.state]
            return icons.icon(name, getattr(theme.colors(), color))
        if role == Role.ToolTipRole:
            return plain_tip(self._tip(step, column))
        if role == Role.AccessibleTextRole and column == 0:
            return words_of(step, self.now)
        if role == Role.FontRole:
            return theme.mono_font(0.95) if column == 0 else theme.number_font()
        if role == Role.ForegroundRole:
            return _ink(step, column)
        if role == Role.TextAlignmentRole and column in (TOOK_COLUMN, ADDS_COLUMN):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _cell(self, step: StepRun, column: int) -> str:
        if column == STEP_COLUMN:
            return " ".join(step.info.text.split())[:400]
        if column == STATE_COLUMN:
            return step.state.word
        if column == TOOK_COLUMN:
            return seconds_of(step, self.now)
        if column == ADDS_COLUMN and step.layer is not None:
            return text.size(step.layer.size)
        return ""

    def _tip(self, step: StepRun, column: int) -> str:
        if column == STEP_COLUMN:
            return step.info.text
        parts = [step.state.word]
        if took := seconds_of(step, self.now):
            parts.append(took)
        if step.started is not None and column == TIME_COLUMN:
            parts.append(f"began after {text.duration(step.started)}")
        if words := why(step):
            parts.append(words)
        return " · ".join(parts)

    def _stage(self, stage: StageRun, column: int, role: int) -> Any:
        if role == Role.DisplayRole:
            if column == STEP_COLUMN:
                return stage.title or "engine"
            return _stage_state(stage) if column == STATE_COLUMN else ""
        if role == Role.FontRole:
            return theme.ui_font(bold=column == 0)
        if role == Role.DecorationRole and column == 0:
            return icons.icon("layers", theme.colors().accent)
        if role == Role.ForegroundRole and column:
            return theme.colors().muted
        if role == Role.AccessibleTextRole and column == 0:
            return f"Stage {stage.title}, {_stage_state(stage)}"
        return None


def _stage_state(stage: StageRun) -> str:
    if all(step.state is StepState.SKIPPED for step in stage.steps):
        return "not run"
    over = sum(step.state.is_over for step in stage.steps)
    if any(step.state is StepState.FAILED for step in stage.steps):
        return "failed"
    if all(step.state is StepState.CACHED for step in stage.steps):
        return "cached"
    return f"{over} of {len(stage.steps)}"


def _ink(step: StepRun, column: int) -> Any:
    scheme = theme.colors()
    if column == STATE_COLUMN:
        return getattr(scheme, STEP[step.state][1])
    if column == STEP_COLUMN and step.state is StepState.FAILED:
        return scheme.danger
    if column == STEP_COLUMN and step.state not in (StepState.WAITING, StepState.SKIPPED):
        return None
    return scheme.muted
