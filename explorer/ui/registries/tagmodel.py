"""Tags as rows: sorted and filtered as numbers, told of one by one as they are read.

Ten thousand tags are ten thousand numbers: a name, its facts and its place are found by it. Names
arrive sorted as people count, so that sorting by name costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from explorer.ui import text, theme
from explorer.ui.registries.facts import RowFacts
from explorer.ui.tips import plain_tip, tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
HEADS: Final = ("Tag", "Size", "Age", "Platforms", "Digest")
TAG, SIZE, AGE, PLATFORMS, DIGEST = range(len(HEADS))
_NONE: Final = QModelIndex()
_LEAST: Final = 4
_UNKNOWN: Final = "…"
_NOTHING: Final = RowFacts()
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TIPS: Final = (
    "",
    "Bytes to pull the image for this machine, as they travel",
    "When the image was made, as it says itself",
    "",
    "Of the manifest, or of the index of several platforms",
)


class TagModel(QAbstractTableModel):
    """Names with what is known of each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self._ids: dict[str, int] = {}
        self._facts: dict[int, RowFacts] = {}
        self._known = 0
        self._rows: list[int] = []
        self._places: dict[int, int] = {}
        self._words: tuple[str, ...] = ()
        self._column, self._descending = TAG, False
        self._head = HEADS[TAG]

    # -- what is listed -----------------------------------------------------------------------

    def show(
        self, names: Sequence[str], facts: Mapping[str, RowFacts] | None = None, head: str = ""
    ) -> None:
        """List names, sorted already; what is known of one that was listed stays known."""
        kept = {self._names[id]: known for id, known in self._facts.items()}
        if facts is not None:
            kept = dict(facts)
        self.beginResetModel()
        self._head = head or self._head
        self._names = names
        self._ids = {name: id for id, name in enumerate(names)}
        self._facts = {self._ids[name]: known for name, known in kept.items() if name in self._ids}
        self._known = sum(facts.is_whole for facts in self._facts.values())
        self._arrange()
        self.endResetModel()

    def clear(self, head: str = "") -> None:
        """List nothing."""
        self.show((), {}, head)

    def filter(self, words: str) -> None:
        """Keep the rows with all of the words in name or platforms, or at the digest's start."""
        wanted = tuple(words.lower().split())
        if wanted == self._words:
            return
        self._words = wanted
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def note(self, name: str, facts: RowFacts) -> None:
        """Show what was read of a name; rows stay where they are until they are sorted again."""
        id = self._ids.get(name)
        if id is None:
            return
        self._known += facts.is_whole - self._facts.get(id, _NOTHING).is_whole
        self._facts[id] = facts
        row = self._places.get(id)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADS) - 1))

    def names(self) -> Sequence[str]:
        """Every name, shown or not."""
        return self._names

    @property
    def count_all(self) -> int:
        """How many names there are, shown or not."""
        return len(self._names)

    @property
    def count_known(self) -> int:
        """How many of them are read."""
        return self._known

    @property
    def is_sorted_by_what_is_read(self) -> bool:
        """Whether the order depends on more than the names."""
        return self._column != TAG

    def name_at(self, row: int) -> str:
        """The name in a row; empty where there is none."""
        return self._names[self._rows[row]] if 0 <= row < len(self._rows) else ""

    def row_of(self, name: str) -> int:
        """Where a name stands; -1 where it is not shown."""
        id = self._ids.get(name)
        return self._places.get(id, -1) if id is not None else -1

    def facts_of(self, name: str) -> RowFacts:
        """What is known of a name."""
        id = self._ids.get(name)
        return self._facts.get(id, _NOTHING) if id is not None else _NOTHING

    def unread(self) -> list[str]:
        """The names of which something is still to be read, as they are listed."""
        return [self._names[id] for id in self._rows if not self._facts.get(id, _NOTHING).is_whole]

    # -- as Qt asks ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """As Qt asks."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Role.DisplayRole:
            return self._head if section == TAG else HEADS[section]
        if role == Role.ToolTipRole:
            return _TIPS[section]
        if role == Role.TextAlignmentRole:
            return _RIGHT if section in (SIZE, AGE) else _LEFT
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        id, column = self._rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return self._words_of(id, column)
        if role == Role.TextAlignmentRole:
            return _RIGHT if column in (SIZE, AGE) else _LEFT
        if role == Role.FontRole:
            if column in (TAG, DIGEST):
                return theme.mono_font(0.95)
            return theme.number_font(0.95)
        if role == Role.ForegroundRole:
            return theme.colors().text if column == TAG else theme.colors().muted
        if role == Role.ToolTipRole:
            return self._tip(id, column)
        if role == Role.AccessibleTextRole:
            return self._spoken(id) if column == TAG else self._words_of(id, column)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort; what is not known stands last either way."""
        self._column, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self.sort_again()

    def sort_again(self) -> None:
        """Sort by what is known by now; what is chosen stays so."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()] for index in before]
        self._arrange()
        after = [
            self.index(self._places[id], index.column())
            for id, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        ids = self._filtered()
        if self._column == TAG:
            self._rows = ids[::-1] if self._descending else ids
        else:
            known = [id for id in ids if self._key(id) is not None]
            known.sort(key=self._key, reverse=self._descending)
            with_key = set(known)
            self._rows = known + [id for id in ids if id not in with_key]
        self._places = {id: row for row, id in enumerate(self._rows)}

    def _filtered(self) -> list[int]:
        if not self._words:
            return list(range(len(self._names)))
        return [id for id in range(len(self._names)) if self._passes(id)]

    def _passes(self, id: int) -> bool:
        facts = self._facts.get(id, _NOTHING)
        place = " ".join((self._names[id].lower(), *facts.platforms))
        digest = facts.digest.encoded if facts.digest is not None else ""
        return all(word in place or _begins(digest, word) for word in self._words)

    def _key(self, id: int) -> Any:
        facts = self._facts.get(id)
        if facts is None:
            return None
        match self._column:
            case 1:
                return facts.size
            case 2:
                # By age: the youngest first.
                return -facts.created.timestamp() if facts.created is not None else None
            case 3:
                return facts.platform_words or None
        return str(facts.digest) if facts.digest is not None else None

    # -- in words -----------------------------------------------------------------------------

    def _words_of(self, id: int, column: int) -> str:
        if column == TAG:
            return self._names[id]
        facts = self._facts.get(id)
        if facts is None:
            return _UNKNOWN
        if column == DIGEST:
            return text.short_digest(str(facts.digest)) if facts.digest is not None else "—"
        if not facts.is_whole:
            return _UNKNOWN
        if column == SIZE:
            return text.size(facts.size) if facts.size is not None else "—"
        if column == AGE:
            return _age(facts) if facts.created is not None else "—"
        return facts.platform_words or "—"

    def _tip(self, id: int, column: int) -> str:
        facts = self._facts.get(id, _NOTHING)
        if facts.problem:
            return tip(facts.problem)
        if column == TAG:
            return plain_tip(self._names[id])
        if column == SIZE and facts.size is not None:
            return text.exact_size(facts.size)
        if column == AGE and facts.created is not None:
            return text.exact_moment(facts.created)
        if column == PLATFORMS and facts.platforms:
            return tip("\n".join(facts.platforms))
        return plain_tip(str(facts.digest)) if column == DIGEST and facts.digest else ""

    def _spoken(self, id: int) -> str:
        cells = [self._words_of(id, column) for column in range(len(HEADS))]
        known = [cell for cell in cells[1:] if cell not in (_UNKNOWN, "—")]
        return ", ".join([cells[0], *known]) if known else f"{cells[0]}, not read yet"


def _begins(digest: str, word: str) -> bool:
    """Whether a word is the beginning of a digest, long enough to mean one."""
    start = word.removeprefix("sha256:")
    return len(start) >= _LEAST and digest.startswith(start)


def _age(facts: RowFacts) -> str:
    assert facts.created is not None
    if facts.created.year <= 1980:  # builds that repeat set a time that means nothing
        return "—"
    return text.age(facts.created)
