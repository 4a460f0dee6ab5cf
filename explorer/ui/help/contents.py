"""The list beside a help text: all topics by group, or what a search found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.help.finding import Found
from explorer.ui.help.library import Place, Topic

Index = QModelIndex | QPersistentModelIndex
_INVALID: Final = QModelIndex()
_ROW_ROLE: Final = Qt.ItemDataRole.UserRole
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAPPED: Final = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
_SNIPPET_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row; the heading of a group leads nowhere."""

    title: str
    place: Place | None = None
    detail: str = ""


class Contents(QListView):
    """Goes where its selection goes."""

    picked = Signal(object)
    """The user chose this :class:`Place`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_RowDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName("Topics")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._pick)
        self.activated.connect(self._pick)

    def show_topics(self, topics: Iterable[Topic]) -> None:
        """List all topics under the headings of their groups."""
        rows: list[Row] = []
        group = ""
        for topic in topics:
            if topic.group != group:
                rows.append(Row(topic.group))
                group = topic.group
            rows.append(Row(topic.title, Place(topic.id)))
        self._rows.set_rows(rows)

    def show_found(self, found: Sequence[Found]) -> None:
        """List what a search found."""
        rows = [Row(item.topic.title, item.place, item.snippet) for item in found]
        self._rows.set_rows(rows or [Row("Nothing found")])

    def titles(self) -> list[str]:
        """Return what is listed, headings included."""
        return [row.title for row in self._rows.rows]

    def choose(self, place: Place) -> None:
        """Select the row of ``place``, or else of its topic, without going there."""
        rows = self._rows.rows
        exact = [i for i, row in enumerate(rows) if row.place == place]
        same = [i for i, row in enumerate(rows) if row.place and row.place.topic == place.topic]
        chosen = (exact or same or [-1])[0]
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self._rows.index(chosen, 0), flag)

    def step(self, by: int) -> None:
        """Go ``by`` rows on, past headings, and to the place there."""
        rows = self._rows.rows
        places = [number for number, row in enumerate(rows) if row.place is not None]
        now = self.currentIndex().row()
        beyond = [number for number in places if (number - now) * by > 0]
        if beyond:
            index = self._rows.index(beyond[0] if by > 0 else beyond[-1], 0)
            self.setCurrentIndex(index)
            self._pick(index)

    def keyPressEvent(self, event: Any) -> None:
        """Move to the next place up or down, and go there."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step(step)

    def _pick(self, index: Index) -> None:
        row = self._rows.rows[index.row()] if index.isValid() else None
        if row is not None and row.place is not None:
            self.picked.emit(row.place)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _INVALID) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.rows[index.row()].place is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == _ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.title}: {row.detail}" if row.detail else row.title
        return None


class _RowDelegate(QStyledItemDelegate):
    """A heading, a title, or a title with some lines of what was found."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: Row = index.data(_ROW_ROLE)
        line = option.fontMetrics.height()
        if row.place is None:
            return QSize(100, line + theme.space(5))
        lines = 1 + (_SNIPPET_LINES if row.detail else 0)
        return QSize(100, line * lines + theme.space(4 if row.detail else 2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(_ROW_ROLE)
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.place is None:
            _paint_heading(painter, box, row)
        else:
            _paint_row(painter, box, row, option)
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, row: Row) -> None:
    painter.setFont(theme.ui_font(0.9, bold=True))
    painter.setPen(theme.colors().muted)
    words = box.adjusted(theme.space(2), theme.space(3), 0, 0)
    painter.drawText(words, _LEFT, row.title)


def _paint_row(painter: QPainter, box: QRect, row: Row, option: QStyleOptionViewItem) -> None:
    colors = theme.colors()
    is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
    is_lit = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.setPen(Qt.PenStyle.NoPen)
    if is_selected or is_lit:
        painter.setBrush(colors.selection if is_selected else colors.hover)
        painter.drawRoundedRect(box, 5, 5)
    inner = box.adjusted(theme.space(2), 0, -theme.space(2), 0)
    painter.setPen(colors.text)
    painter.setFont(theme.ui_font(bold=bool(row.detail)))
    if not row.detail:
        painter.drawText(inner, _LEFT, row.title)
        return
    line = option.fontMetrics.height()
    painter.drawText(inner.adjusted(0, theme.space(2), 0, 0), 0, row.title)
    painter.setFont(theme.ui_font(0.9))
    painter.setPen(colors.muted)
    below = inner.adjusted(0, theme.space(2) + line, 0, -theme.space(1))
    painter.drawText(below, _WRAPPED, row.detail)
