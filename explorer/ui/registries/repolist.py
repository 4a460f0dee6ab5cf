"""The repositories of one place: a line to search them, or to type one that is not listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.oci import Reference
from explorer.ui import text, theme
from explorer.ui.registries.cells import Cells
from explorer.ui.registries.nameparts import NameLine
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import Label, muted

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NONE: Final = QModelIndex()


class NameModel(QAbstractListModel):
    """Names, filtered by words that all have to be in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[str] = ()
        self._shown: Sequence[str] = ()
        self._words: tuple[str, ...] = ()

    @property
    def count_all(self) -> int:
        """How many there are, shown or not."""
        return len(self._all)

    @property
    def names(self) -> Sequence[str]:
        """What is shown."""
        return self._shown

    def show(self, names: Sequence[str]) -> None:
        """List other names."""
        self._all = names
        self._renew()

    def filter(self, words: str) -> None:
        """Keep those with all of the words."""
        wanted = tuple(words.lower().split())
        if wanted != self._words:
            self._words = wanted
            self._renew()

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        if role == Role.DisplayRole:
            return self._shown[index.row()]
        if role == Role.ToolTipRole:
            return plain_tip(self._shown[index.row()])
        if role == Role.FontRole:
            return theme.mono_font(0.95)
        return None

    def _renew(self) -> None:
        words = self._words
        self.beginResetModel()
        self._shown = (
            [name for name in self._all if all(word in name.lower() for word in words)]
            if words
            else self._all
        )
        self.endResetModel()


class RepositoryList(QWidget):
    """Search, choose, or type a repository and press Enter."""

    chosen = Signal(str)
    """The user chose a listed repository."""
    typed = Signal(str)
    """The user typed the name of one, with or without a tag."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = NameModel(self)
        self.line = QLineEdit(self)
        self.line.setClearButtonEnabled(True)
        self.line.setAccessibleName("Search repositories, or type one")
        self.view = _NameView(self)
        self.view.setModel(self.model)
        self.means: Callable[[str], Reference | None] = lambda _words: None
        """What typed words would name, if anything: it is shown below them."""
        self._meaning, self._filled = NameLine(self), muted("", self, wrap=True)
        self._filled.setFont(theme.ui_font(0.9))
        self._count: Label = muted("", self)
        self._empty = EmptyState("registry", "", "", self)
        self._pages = QStackedLayout()
        self._lay_out()
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._enter)
        self.view.clicked.connect(lambda index: self.chosen.emit(index.data()))
        self.view.entered_name.connect(self.chosen)
        self.explain("No registry chosen", "Choose one above; nothing is contacted before.")

    def show_names(self, names: Sequence[str], hint: str = "") -> None:
        """List repositories; ``hint`` stands in the line while nothing is typed."""
        current = self.view.currentIndex().data()
        self.model.show(names)
        if hint:
            self.line.setPlaceholderText(hint)
        self._renew()
        if current in self.model.names:
            self.choose(current)

    def explain(self, title: str, why: str = "", hint: str = "Type a repository") -> None:
        """List nothing, and say why."""
        self.model.show(())
        self.line.setPlaceholderText(hint)
        self._empty.explain(title, why)
        self._renew()

    def choose(self, name: str) -> None:
        """Put the choice on a repository, if it is listed."""
        if name in self.model.names:
            at = self.model.index(list(self.model.names).index(name))
            self.view.setCurrentIndex(at)

    def _filter(self, words: str) -> None:
        self.model.filter(words)
        self._explain_words(words.strip())
        self._renew()

    def _renew(self) -> None:
        shown, every = len(self.model.names), self.model.count_all
        self._pages.setCurrentIndex(0 if every else 1)
        counted = text.plural(every, "repository", "repositories") if every else ""
        if every and shown != every:
            counted = f"{text.count(shown)} of {text.plural(every, 'repository', 'repositories')}"
        self._count.setText(counted)
        self._count.setVisible(bool(counted))

    def _explain_words(self, words: str) -> None:
        """Say what Enter would look for, and which of its parts are filled in."""
        meant = self.means(words) if words else None
        self._meaning.show_name(meant)
        self._meaning.setVisible(meant is not None)
        filled = meant.explanations if meant is not None else ()
        self._filled.setText("; ".join(each for each in filled if "no tag" not in each))
        self._filled.setVisible(bool(self._filled.text()))

    def _enter(self) -> None:
        words = self.line.text().strip()
        if not words:
            return
        if words in self.model.names:
            self.choose(words)
            self.chosen.emit(words)
        else:
            self.typed.emit(words)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(theme.space(2), theme.space(2), theme.space(2), theme.space(2))
        head.setSpacing(theme.space(1))
        head.addWidget(self.line)
        head.addWidget(self._meaning)
        head.addWidget(self._filled)
        self._explain_words("")
        head.addWidget(self._count)
        layout.addLayout(head)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty)
        layout.addLayout(self._pages, 1)
        self.setFocusProxy(self.line)


class _NameView(QListView):
    """A plain list of names."""

    entered_name = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Repositories")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(Cells(self, theme.space(3)))
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look into the repository with Enter."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.entered_name.emit(index.data())
        else:
            super().keyPressEvent(event)
