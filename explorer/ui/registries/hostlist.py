"""The list of places: the local store on top, then the registries the user added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.registry.hosts import HUB
from explorer.ui import icons, theme
from explorer.ui.registries.session import RegistrySession, Standing, State
from explorer.ui.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
LOCAL: Final = ""
"""Stands for the local store where a host is named."""
STATUS_ROLE: Final = Role.UserRole + 1
TONE_ROLE: Final = Role.UserRole + 2
NAME_ROLE: Final = Role.UserRole + 3
_NONE: Final = QModelIndex()
_ICON: Final = 18
_TONES: Final = {Standing.READY: "good", Standing.LOCKED: "warn", Standing.AWAY: "danger"}


class HostModel(QAbstractListModel):
    """The local store, then every host of a session."""

    def __init__(self, session: RegistrySession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._names: Sequence[str] = (LOCAL,)
        session.hosts_changed.connect(self._renew)
        session.state_changed.connect(self._note)
        self._renew()

    def name_at(self, row: int) -> str:
        """The host of a row, or :data:`LOCAL`."""
        return self._names[row] if 0 <= row < len(self._names) else LOCAL

    def row_of(self, name: str) -> int:
        """Where a host stands; -1 for one that is not listed."""
        return self._names.index(name) if name in self._names else -1

    def rowCount(self, parent: Index = _NONE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """As Qt asks."""
        if not index.isValid():
            return None
        name = self._names[index.row()]
        match role:
            case Role.DisplayRole:
                return title_of(name)
            case Role.AccessibleTextRole:
                return f"{title_of(name)}: {self._status(name)}"
            case Role.ToolTipRole:
                return plain_tip("\n".join((title_of(name), *self._told(name))))
        if role == NAME_ROLE:
            return name
        if role == STATUS_ROLE:
            return self._status(name)
        if role == TONE_ROLE:
            return _TONES.get(self._state(name).standing, "muted") if name != LOCAL else "muted"
        return None

    def _state(self, name: str) -> State:
        return self._session.state(name)

    def _status(self, name: str) -> str:
        return "images on this machine" if name == LOCAL else str(self._state(name))

    def _told(self, name: str) -> list[str]:
        told, login = [self._status(name)], self._state(name).login
        if login.is_somebody:
            told.append(f"the secret is in {login.origin}")
        return told

    def _renew(self) -> None:
        names = (LOCAL, *(host.name for host in self._session.hosts))
        if names != self._names:
            self.beginResetModel()
            self._names = names
            self.endResetModel()

    def _note(self, name: str) -> None:
        row = self.row_of(name)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


def title_of(name: str) -> str:
    """How a place is called."""
    if name == LOCAL:
        return "Local store"
    return "Docker Hub" if name == HUB else name


class HostList(QListView):
    """Choosing a place by pressing it, or by Enter, contacts it; moving the choice does not."""

    entered_host = Signal(str)
    """The user wants to look into this place."""
    menu_wanted = Signal(QPoint)

    def __init__(self, session: RegistrySession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hosts = HostModel(session, self)
        self.setModel(self.hosts)
        self.setItemDelegate(_HostDelegate(self))
        self.setAccessibleName("Registries")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        self.clicked.connect(lambda index: self.entered_host.emit(index.data(NAME_ROLE)))
        self.hosts.modelReset.connect(self._keep_choice)
        self._kept: str | None = None

    def current_host(self) -> str | None:
        """The place with the focus; None while there is none."""
        index = self.currentIndex()
        return self.hosts.name_at(index.row()) if index.isValid() else None

    def choose(self, name: str) -> None:
        """Put the choice on a place, without looking into it."""
        self._kept = name
        row = self.hosts.row_of(name)
        if row >= 0:
            self.setCurrentIndex(self.hosts.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look into the place with Enter."""
        name = self.current_host()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and name is not None:
            self.entered_host.emit(name)
        else:
            super().keyPressEvent(event)

    def _keep_choice(self) -> None:
        if self._kept is not None:
            self.choose(self._kept)


class _HostDelegate(QStyledItemDelegate):
    """Two lines: the name, and how it stands."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for both lines."""
        line = QFontMetrics(theme.ui_font()).height()
        return QSize(80, line * 2 + theme.space(3))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a place."""
        colors, box = theme.colors(), option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colors.selection)
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), colors.accent)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colors.hover)
        name = "package" if index.data(NAME_ROLE) == LOCAL else "registry"
        view = self.parent()
        ratio = view.devicePixelRatioF() if isinstance(view, QWidget) else 1.0
        picture = icons.pixmap(name, _ICON, ratio, colors.muted)
        left = box.left() + theme.space(3)
        painter.drawPixmap(left, box.top() + (box.height() - _ICON) // 2, picture)
        left += _ICON + theme.space(3)
        line = QFontMetrics(theme.ui_font()).height()
        room = QRect(left, box.top() + theme.space(1) + 2, box.right() - left - 6, line)
        self._line(painter, room, index.data(), theme.ui_font(bold=True), "text")
        room.translate(0, line)
        self._line(
            painter, room, index.data(STATUS_ROLE), theme.ui_font(0.9), index.data(TONE_ROLE)
        )
        painter.restore()

    def _line(self, painter: QPainter, room: QRect, words: str, font: Any, role: str) -> None:
        painter.setFont(font)
        painter.setPen(getattr(theme.colors(), role))
        mode = Qt.TextElideMode.ElideRight
        shown = QFontMetrics(font).elidedText(words, mode, room.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags | Qt.TextFlag.TextSingleLine, shown)
