"""The steps of a plan as rows below their stages."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from explorer.build.plan.model import Cache, Plan, StagePlan, StepPlan
from explorer.ui import icons, text, theme
from explorer.ui.build.marks import STATES, words_of
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_TOP: Final = 0
_NONE: Final = QModelIndex()
HEADS: Final = ("Step", "State", "Adds", "Took", "Because")
_LOOKS: Final = {
    Cache.HIT: ("success", "good"),
    Cache.MISS: ("play", "warn"),
    Cache.UNKNOWN: ("help", "muted"),
}


class PlanModel(QAbstractItemModel):
    """Stages and their steps; an index carries the row of its stage, plus one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[StagePlan, ...] = ()
        self._first: StepPlan | None = None

    @property
    def stages(self) -> tuple[StagePlan, ...]:
        """The stages that are listed: those that the target needs come first."""
        return self._stages

    def show(self, plan: Plan | None) -> bool:
        """Show another plan; tell whether rows came or went, so that indexes are void."""
        stages = () if plan is None else tuple(sorted(plan.stages, key=lambda s: not s.used))
        same = [len(s.steps) for s in stages] == [len(s.steps) for s in self._stages]
        if not same:
            self.beginResetModel()
        self._stages = stages
        self._first = plan.first_break if plan is not None else None
        if not same:
            self.endResetModel()
            return True
        for row, stage in enumerate(stages):
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADS) - 1))
            if stage.steps:
                above = self.index(row, 0)
                last = self.index(len(stage.steps) - 1, len(HEADS) - 1, above)
                self.dataChanged.emit(self.index(0, 0, above), last)
        return False

    def step(self, index: Index) -> StepPlan | None:
        """The step of a row; ``None`` for a stage's own."""
        above = index.internalId() if index.isValid() else _TOP
        return None if above == _TOP else self._stages[above - 1].steps[index.row()]

    def line(self, index: Index) -> int:
        """The line that a row leads to."""
        step = self.step(index)
        return step.line if step is not None else self._stages[index.row()].line

    def index_of(self, line: int) -> QModelIndex:
        """The row of the step at a line, or of its stage."""
        best, stage_row, step_row = 0, -1, -1
        for row, stage in enumerate(self._stages):
            if best <= stage.line <= line:
                best, stage_row, step_row = stage.line, row, -1
                for number, step in enumerate(stage.steps):
                    if best <= step.line <= line:
                        best, step_row = step.line, number
        if stage_row < 0:
            return QModelIndex()
        if step_row < 0:
            return self.createIndex(stage_row, 0, _TOP)
        return self.createIndex(step_row, 0, stage_row + 1)

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
        across = orientation is Qt.Orientation.Horizontal and 0 <= section < len(HEADS)
        return HEADS[section] if across and role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        step = self.step(index)
        if step is not None:
            return self._step(step, index.column(), role)
        return _stage(self._stages[index.row()], index.column(), role)

    def _step(self, step: StepPlan, column: int, role: int) -> Any:
        if role == Role.DisplayRole:
            return _cells(step)[column]
        if role == Role.DecorationRole and column == 1 and step.layer:
            name, color = _LOOKS[step.cache]
            return icons.icon(name, getattr(theme.colors(), color))
        if role == Role.ToolTipRole:
            return plain_tip(words_of(step) if column else step.text)
        if role == Role.AccessibleTextRole and column == 0:
            return f"line {step.line}, {step.text}, {words_of(step) if step.layer else 'settings'}"
        if role == Role.FontRole:
            if column == 0:
                return theme.mono_font(0.95)
            first = self._first is not None and step is self._first and column == 4
            return theme.ui_font(bold=True) if first else theme.number_font()
        if role == Role.ForegroundRole:
            if column == 1 and step.layer:
                return getattr(theme.colors(), _LOOKS[step.cache][1])
            return theme.colors().muted if not step.layer or column in (2, 3) else None
        if role == Role.TextAlignmentRole and column in (2, 3):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _cells(step: StepPlan) -> tuple[str, str, str, str, str]:
    words = " ".join(step.text.split())
    if not step.layer:
        return words, "settings", "", "", ""
    adds = ""
    if step.adds is not None:
        about = "" if step.adds.is_exact else "≈ "
        adds = f"{about}{text.size(step.adds.size)}"
    took = text.duration(step.seconds) if step.seconds else ""
    return words, STATES[step.cache][1], adds, took, "; ".join(step.because)


def _stage(stage: StagePlan, column: int, role: int) -> Any:
    if role == Role.DisplayRole:
        why = "" if stage.used else "not needed for the target"
        return (stage.title, "", "", "", stage.problem or why)[column]
    if role == Role.FontRole:
        return theme.ui_font(bold=column == 0)
    if role == Role.DecorationRole and column == 0:
        color = theme.colors().accent if stage.used else theme.colors().muted
        return icons.icon("layers", color)
    if role == Role.ForegroundRole and (column or not stage.used):
        return theme.colors().muted
    if role == Role.AccessibleTextRole and column == 0:
        return f"Stage {stage.title}" + ("" if stage.used else ", not needed for the target")
    return None
