"""The versions of a path as an item model, each in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.analysis.differences import differences
from explorer.analysis.timeline import Cause, Version
from explorer.filesystem.entry import Change
from explorer.ui import text
from explorer.ui.inspect.linecounts import Lines
from explorer.ui.inspect.subject import Subject
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
VERSION_ROLE = Qt.ItemDataRole.UserRole + 1
WORDS_ROLE = Qt.ItemDataRole.UserRole + 2
MADE_BY_ROLE = Qt.ItemDataRole.UserRole + 3
COST_ROLE = Qt.ItemDataRole.UserRole + 4
SHOWN_ROLE = Qt.ItemDataRole.UserRole + 5
_ROOT = QModelIndex()
_CAUSES = {
    Cause.WHITEOUT: "deleted by a whiteout",
    Cause.PARENT_WHITEOUT: "gone: a folder above was deleted",
    Cause.OPAQUE: "hidden: a folder above became opaque",
    Cause.REPLACED: "gone: a folder above was replaced",
}


class TimelineItems(QAbstractListModel):
    """One row a version, the lowest layer first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._lines: Mapping[int, Lines] = {}

    def renew(self, subject: Subject | None) -> bool:
        """Show a subject; return whether it is but another version of the path shown already."""
        before = self._subject
        if (
            subject is not None
            and before is not None
            and subject.image is before.image
            and subject.node == before.node
        ):
            self._subject = subject
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))
            return True
        self.show(subject)
        return False

    def show(self, subject: Subject | None) -> None:
        """Show the versions of another path."""
        self.beginResetModel()
        self._subject, self._lines = subject, {}
        self.endResetModel()

    def show_lines(self, lines: Mapping[int, Lines]) -> None:
        """Say of versions, by their layers, how many lines they add and remove."""
        self._lines = lines
        if self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def version(self, row: int) -> Version:
        """Return the version in a row."""
        assert self._subject is not None
        return self._subject.versions[row]

    @property
    def layers(self) -> int:
        """How many layers the image has."""
        return len(self._subject.image.layers) if self._subject is not None else 0

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many layers touched the path."""
        if parent.isValid() or self._subject is None:
            return 0
        return len(self._subject.versions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a version, and what to say of it."""
        if self._subject is None or not index.isValid():
            return None
        version = self.version(index.row())
        if role == VERSION_ROLE:
            return version
        if role == WORDS_ROLE:
            return self._words(version)
        if role == MADE_BY_ROLE:
            return self._made_by(version)
        if role == COST_ROLE:
            return text.size(version.cost) if version.cost else ""
        if role == SHOWN_ROLE:
            return version is self._subject.version
        if role == Qt.ItemDataRole.DisplayRole:
            return self._sentence(version)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._sentence(version))
        return None

    def _words(self, version: Version) -> str:
        if version.change is Change.ADDED:
            return "added"
        if version.change is Change.REMOVED:
            return _CAUSES[version.cause] if version.cause is not None else "deleted"
        if version.change is Change.UNCHANGED:
            return "stored again, nothing differs" if version.cost else "listed again, unchanged"
        old = self._old(version)
        said = list(map(str, differences(version.what, old, version.entry)))
        lines = self._lines.get(version.layer)
        return ", ".join(said if lines is None else [f"{lines} lines", *said])

    def _old(self, version: Version) -> Any:
        assert self._subject is not None
        return self._subject.image.stack.entry(self._subject.node, version.previous)

    def _made_by(self, version: Version) -> str:
        assert self._subject is not None
        instruction = self._subject.image.instructions.get(version.layer)
        if instruction is None:
            return "not recorded"
        return " ".join((instruction.summary or instruction.text).split())

    def _sentence(self, version: Version) -> str:
        cost = f"; {text.exact_size(version.cost)} stored" if version.cost else ""
        kept = "; still recoverable" if version.recoverable else ""
        words = f"Layer {version.layer}: {self._words(version)}{cost}{kept}"
        return f"{words}\n{self._made_by(version)}"
