"""Two builds side by side: each step with its times, reasons, and whether it left the same."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from explorer.build.runs import BuildLog, Comparison, StepPair, StepRun, StepState
from explorer.ui import text, theme
from explorer.ui.build.console.looks import BUILD
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.elided import ElidedLabel

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NONE: Final = QModelIndex()
HEADS: Final = ("Step", "Before", "After", "Time", "Files", "Because")
_NOTICEABLE: Final = 0.05  # seconds
_RIGHT: Final = (1, 2, 3)


class CompareModel(QAbstractTableModel):
    """Rows of :class:`StepPair`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pairs: tuple[StepPair, ...] = ()

    def show(self, pairs: tuple[StepPair, ...]) -> None:
        """List other pairs."""
        self.beginResetModel()
        self.pairs = pairs
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.pairs)

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
        pair, column = self.pairs[index.row()], index.column()
        if role == Role.DisplayRole:
            return cells(pair)[column]
        if role == Role.ToolTipRole:
            words = pair.step.info.text if column == 0 else cells(pair)[column]
            return plain_tip(words)
        if role == Role.AccessibleTextRole and column == 0:
            return f"{pair.stage}: {', '.join(cell for cell in cells(pair) if cell)}"
        if role == Role.FontRole:
            return theme.mono_font(0.95) if column == 0 else theme.number_font()
        if role == Role.ForegroundRole:
            return _ink(pair, column)
        if role == Role.TextAlignmentRole and column in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def cells(pair: StepPair) -> tuple[str, ...]:
    """A pair in words."""
    because = pair.after.because if pair.after is not None else ()
    return (
        " ".join(pair.step.info.text.split())[:400],
        _took(pair.before),
        _took(pair.after),
        _slower(pair.slower_by),
        _files(pair),
        "; ".join(because),
    )


def _took(step: StepRun | None) -> str:
    if step is None:
        return "—"
    seconds = step.seconds(step.ended or 0.0)
    if seconds is None or step.state not in (StepState.DONE, StepState.RUNNING):
        return step.state.word
    return text.duration(seconds)


def _slower(by: float | None) -> str:
    if by is None or abs(by) < _NOTICEABLE:
        return ""
    return f"{'+' if by > 0 else '−'}{text.duration(abs(by))}"


def _files(pair: StepPair) -> str:
    if pair.before is None:
        return "new step"
    if pair.after is None:
        return "gone"
    if pair.same_layer is None:
        return ""
    if pair.same_layer:
        return "same"
    return f"differ, {text.signed_size(pair.grew_by)}" if pair.grew_by else "differ"


def _ink(pair: StepPair, column: int) -> Any:
    scheme = theme.colors()
    by = pair.slower_by
    if column == 3 and by is not None:
        return scheme.removed if by > 0 else scheme.added
    if column == 4 and pair.same_layer is False:
        return scheme.modified
    return None if column == 0 else scheme.muted


class CompareView(QWidget):
    """A table of pairs under a line that tells which builds they are of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CompareModel(self)
        self.table = QTableView(self)
        self._says = ElidedLabel("", self)
        self._lay_out()
        theme.switch().changed.connect(self._color)

    def show_comparison(self, found: Comparison) -> None:
        """Show two other builds."""
        self.model.show(found.pairs)
        self._says.setText(words_of(found))

    def words(self) -> str:
        """What is told of the two."""
        return self._says.text()

    def _lay_out(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Two builds compared")
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.space(6))
        header = table.horizontalHeader()
        header.setAccessibleName("Two builds compared: columns")
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((60, 18, 18, 18, 26)):
            table.setColumnWidth(column, theme.space(width))
        head = QVBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        head.addWidget(self._says)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(0)
        column_.addLayout(head)
        column_.addWidget(table, 1)
        self._color()

    def _color(self) -> None:
        self.table.horizontalHeader().setStyleSheet(header_style())


def words_of(found: Comparison) -> str:
    """Which builds they are, and what differs as a whole."""
    before, after = found.before.totals(), found.after.totals()
    differ = sum(pair.same_layer is False for pair in found.pairs)
    by = after.wall - before.wall
    parts = [f"{_named(found.before)} → {_named(found.after)}"]
    parts.append(f"{text.duration(before.wall)} → {text.duration(after.wall)}")
    if abs(by) >= _NOTICEABLE:
        parts[-1] += f" ({_slower(by)})"
    parts.append(f"{before.cached} → {after.cached} cached")
    if differ:
        parts.append(f"{text.plural(differ, 'layer')} differ" + ("s" if differ == 1 else ""))
    return " · ".join(parts)


def _named(log: BuildLog) -> str:
    return f"{BUILD[log.state][2]} {text.moment(log.when)}"
