"""Problems as rows, the worst first or in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.ui import icons, theme
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEADS: Final = ("Problem", "Rule", "Line")
ICONS: Final = {
    Level.ERROR: ("error", "danger"),
    Level.WARNING: ("warning", "warn"),
    Level.INFO: ("info", "muted"),
}
"""The icon of each level, and the role of its colour."""
NAMES: Final = {
    Source.BUILDKIT: "BuildKit",
    Source.LAYERSCOPE: "Layerscope",
    Source.HADOLINT: "hadolint",
    Source.SHELLCHECK: "ShellCheck",
}
"""How the sources are called."""


class ProblemModel(QAbstractTableModel):
    """Rows of :class:`Diagnostic`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Diagnostic] = ()

    @property
    def rows(self) -> Sequence[Diagnostic]:
        """What is listed."""
        return self._rows

    def show(self, rows: Sequence[Diagnostic]) -> None:
        """List other problems."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
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
        one, column = self._rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return (one.message, one.rule or NAMES[one.source], str(one.line))[column]
        if role == Role.DecorationRole and column == 0:
            name, color = ICONS[one.severity]
            return icons.icon(name, getattr(theme.colors(), color))
        if role == Role.ToolTipRole:
            return plain_tip(one.message)
        if role == Role.AccessibleTextRole:
            return words(one) if column == 0 else None
        if role == Role.ForegroundRole and column:
            return theme.colors().muted
        if role == Role.TextAlignmentRole and column == 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.FontRole:
            return theme.number_font() if column == 2 else theme.ui_font()
        return None


def words(one: Diagnostic) -> str:
    """A problem as it is read out."""
    rule = f", {one.rule}" if one.rule else ""
    return f"{one.severity.value}: {one.message}, line {one.line}{rule}, {NAMES[one.source]}"


def same(one: Diagnostic, other: Diagnostic) -> bool:
    """Whether two are the same problem, wherever it stands by now."""
    return (one.rule, one.source, one.message) == (other.rule, other.source, other.message)
