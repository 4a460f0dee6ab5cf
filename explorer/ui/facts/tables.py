"""History and packages as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from explorer.analysis.opened import OpenImage
from explorer.analysis.packages import packages
from explorer.oci.layout import visible
from explorer.progress import Job
from explorer.ui import text, theme
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_NO_LAYER: Final = -1
_MEASURED: Final = 60
"""Rows that decide how wide a column is: measuring a thousand takes as long as a blink."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its cells, the layer it leads to or -1, and more words on hover."""

    cells: tuple[str, ...]
    layer: int = _NO_LAYER
    tip: str = ""


HISTORY: Final = ("Layer", "Created", "Instruction")
PACKAGES: Final = ("Kind", "Name", "Version", "Layer")


def history_lines(image: OpenImage) -> tuple[Line, ...]:
    """The steps that made the image, oldest first; those without a layer change only settings."""
    lines: list[Line] = []
    for step in image.steps:
        created = step.history.created if step.history is not None else None
        when = text.exact_moment(created) if created is not None else ""
        layer = "–" if step.layer is None else str(step.layer)
        words = step.instruction.summary if step.instruction is not None else "not recorded"
        full = step.instruction.text if step.instruction is not None else ""
        number = _NO_LAYER if step.layer is None else step.layer
        lines.append(Line((layer, when, words), number, full))
    return tuple(lines)


def package_lines(image: OpenImage, upto: int, job: Job) -> tuple[Line, ...]:
    """The packages installed as of a layer, by kind and name."""
    notes: list[str] = []
    found = packages(image, image.state(upto), job, notes=notes)
    lines = [
        Line((p.kind, visible(p.name), visible(p.version), str(p.layer)), p.layer) for p in found
    ]
    return (*lines, *(Line(("", note, "", "")) for note in notes))


class LineModel(QAbstractTableModel):
    """Lines as a table."""

    def __init__(self, heads: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads = heads
        self._lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def line(self, row: int) -> Line:
        """One line."""
        return self._lines[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """As Qt asks."""
        across = orientation is Qt.Orientation.Horizontal and 0 <= section < len(self._heads)
        return self._heads[section] if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(line.tip) or None
        if role == Qt.ItemDataRole.ForegroundRole and line.layer == _NO_LAYER:
            return theme.colors().muted
        if role == Qt.ItemDataRole.FontRole:
            last = index.column() == len(self._heads) - 1
            return theme.mono_font() if last else theme.number_font()
        return None


class LineTable(QTableView):
    """The table; choosing a line leads to its layer."""

    chosen = Signal(int)
    """The layer of the line that was chosen."""

    def __init__(
        self, name: str, heads: Sequence[str], wide: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.lines = LineModel(heads, self)
        self.setModel(self.lines)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.space(6))
        header = self.horizontalHeader()
        header.setStyleSheet(header_style())
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(_MEASURED)
        header.setAccessibleName(f"{name}: columns")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines, each column as wide as it needs."""
        self.lines.show(lines)
        header = self.horizontalHeader()
        for column in range(header.count()):
            if header.sectionResizeMode(column) is QHeaderView.ResizeMode.Interactive:
                wanted = self.sizeHintForColumn(column) + theme.space(4)
                self.setColumnWidth(column, max(theme.space(16), min(wanted, theme.space(70))))

    def _choose(self, index: QModelIndex) -> None:
        layer = self.lines.line(index.row()).layer
        if layer != _NO_LAYER:
            self.chosen.emit(layer)
