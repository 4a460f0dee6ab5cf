"""What a search found, as the rows of a table. Arrays, no object for any row."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.analysis.opened import OpenImage
from explorer.analysis.query import Hit
from explorer.filesystem.entry import Change
from explorer.filesystem.names import display
from explorer.ui import text, theme
from explorer.ui.explore.columns import mode_text
from explorer.ui.tips import tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_INVALID: Final = QModelIndex()
MOST: Final = 20_000
"""So many hits are listed; a search that finds more says so."""

TITLES: Final = ("Path", "Change", "Layer", "Size", "Mode")
PATH, CHANGE, LAYER, SIZE, MODE = range(5)
_INK: Final = {
    Change.ADDED: "added",
    Change.MODIFIED: "modified",
    Change.REMOVED: "removed",
    Change.UNCHANGED: "muted",
}


class HitModel(QAbstractTableModel):
    """Hits in the order they come; the first :data:`MOST` of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image: OpenImage | None = None
        self._nodes, self._layers, self._providers = array("q"), array("i"), array("q")
        self._changes = array("B")

    def begin(self, image: OpenImage | None) -> None:
        """Forget all hits; the next are of ``image``."""
        self.beginResetModel()
        self._image = image
        self._nodes, self._layers, self._providers = array("q"), array("i"), array("q")
        self._changes = array("B")
        self.endResetModel()

    def add(self, hits: Sequence[Hit]) -> None:
        """Add hits, as far as there is room."""
        count = len(self._nodes)
        hits = hits[: MOST - count]
        if not hits:
            return
        self.beginInsertRows(_INVALID, count, count + len(hits) - 1)
        for hit in hits:
            self._nodes.append(hit.node)
            self._layers.append(hit.layer)
            self._providers.append(hit.provider)
            self._changes.append(int(hit.change))
        self.endInsertRows()

    def version(self, row: int) -> tuple[int, int]:
        """The node and the layer of a hit."""
        return self._nodes[row], self._layers[row]

    @property
    def is_full(self) -> bool:
        """Whether there is no room for more."""
        return len(self._nodes) >= MOST

    # -- as Qt asks ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = _INVALID) -> int:
        """How many hits there are."""
        return 0 if parent.isValid() else len(self._nodes)

    def columnCount(self, parent: Index = _INVALID) -> int:
        """Path, change, layer, size and mode."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The titles."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Role.DisplayRole:
            return TITLES[section]
        if role == Role.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell says."""
        answer = self._ANSWERS.get(role)
        if answer is None or not index.isValid() or self._image is None:
            return None
        return answer(self, index.row(), index.column())

    def _words(self, row: int, column: int) -> str:
        assert self._image is not None
        stack, provider = self._image.stack, self._providers[row]
        if column == PATH:
            return display(stack.trie.path(self._nodes[row]))
        if column == CHANGE:
            return Change(self._changes[row]).glyph
        if column == LAYER:
            return str(self._layers[row])
        entry = stack.entry(self._nodes[row], provider)
        if column == MODE:
            return mode_text(entry)
        return text.size(entry.size) if entry.type.word in ("file", "hardlink") else ""

    def _tip(self, row: int, column: int) -> str:
        if column == CHANGE:
            return self._change_in_words(row)
        return tip(self._words(row, column))

    def _change_in_words(self, row: int) -> str:
        word = Change(self._changes[row]).word
        return f"{word.capitalize()} in layer {self._layers[row]}"

    def _ink(self, row: int, column: int) -> Any:
        colors = theme.colors()
        change = Change(self._changes[row])
        if column == CHANGE:
            return getattr(colors, _INK[change])
        return colors.text if column == PATH and change is not Change.REMOVED else colors.muted

    def _font(self, row: int, column: int) -> Any:
        if column == CHANGE:
            return theme.mono_font(bold=True)
        if column == MODE:
            return theme.mono_font(0.95)
        return theme.number_font() if column != PATH else None

    def _spoken(self, row: int, column: int) -> str:
        if column == CHANGE:
            return self._change_in_words(row)
        return f"{TITLES[column]} {self._words(row, column)}"

    _ANSWERS: Final[dict[int, Callable[[HitModel, int, int], Any]]] = {
        Role.DisplayRole: _words,
        Role.ToolTipRole: _tip,
        Role.ForegroundRole: _ink,
        Role.FontRole: _font,
        Role.AccessibleTextRole: _spoken,
        Role.TextAlignmentRole: lambda _model, _row, column: _side(column),
    }


def _side(column: int) -> Qt.AlignmentFlag:
    middle = Qt.AlignmentFlag.AlignVCenter
    if column == CHANGE:
        return Qt.AlignmentFlag.AlignHCenter | middle
    return (Qt.AlignmentFlag.AlignRight if column in (LAYER, SIZE) else
            Qt.AlignmentFlag.AlignLeft) | middle  # fmt: skip
