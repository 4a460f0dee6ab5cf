"""The items of the list as a model, and how one of them is painted."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.dockerfile.services.completion import Completion, CompletionKind
from explorer.ui import icons, theme
from explorer.ui.build.editor.inks import Ink, color

Index = QModelIndex | QPersistentModelIndex

_ICONS: Final = {
    CompletionKind.INSTRUCTION: ("editor-instruction", Ink.INSTRUCTION),
    CompletionKind.FLAG: ("editor-flag", Ink.FLAG),
    CompletionKind.OPTION: ("settings", Ink.FLAG),
    CompletionKind.VALUE: ("tag", Ink.STRING),
    CompletionKind.STAGE: ("layers", Ink.STAGE),
    CompletionKind.IMAGE: ("package", Ink.STAGE),
    CompletionKind.VARIABLE: ("editor-variable", Ink.VARIABLE),
    CompletionKind.FILE: ("file", Ink.PLAIN),
    CompletionKind.FOLDER: ("folder", Ink.PLAIN),
    CompletionKind.USER: ("editor-user", Ink.KEY),
    CompletionKind.DIRECTIVE: ("settings", Ink.DIRECTIVE),
    CompletionKind.RULE: ("check", Ink.DIRECTIVE),
    CompletionKind.SNIPPET: ("editor-snippet", Ink.MARKER),
}


class Items(QAbstractListModel):
    """Completions, in the order they were given."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Completion, ...] = ()
        self.typed = ""

    def show(self, items: tuple[Completion, ...], typed: str) -> None:
        """Show other items; ``typed`` is what they complete."""
        self.beginResetModel()
        self.items, self.typed = items, typed
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many items there are."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of an item, as they are read out."""
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.label}, {item.kind.value}{', ' if item.detail else ''}{item.detail}"
        return None


class ItemPainter(QStyledItemDelegate):
    """Icon by kind, label with what was typed set off, detail at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line with some air."""
        return QSize(200, QFontMetrics(theme.mono_font()).height() + theme.space(2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one item."""
        model = index.model()
        assert isinstance(model, Items)
        item = model.items[index.row()]
        colors = theme.colors()
        room: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.selection)
            painter.drawRoundedRect(room.adjusted(2, 1, -2, -1), 4, 4)
        room = room.adjusted(theme.space(2), 0, -theme.space(2), 0)
        name, ink = _ICONS[item.kind]
        picture = icons.pixmap(name, 16, painter.device().devicePixelRatio(), color(ink))
        painter.drawPixmap(room.left(), room.center().y() - 7, picture)
        room.setLeft(room.left() + theme.space(6))
        used = self._label(painter, room, item, model.typed)
        room.setLeft(room.left() + used + theme.space(4))
        self._detail(painter, room, item.detail, colors.muted)
        painter.restore()

    def _label(self, painter: QPainter, room: QRect, item: Completion, typed: str) -> int:
        colors = theme.colors()
        plain, strong = theme.mono_font(), theme.mono_font(bold=True)
        label = QFontMetrics(plain).elidedText(
            item.label, Qt.TextElideMode.ElideMiddle, room.width()
        )
        begun = label.lower().startswith(typed.lower()) if typed else False
        parts = (
            ((label[: len(typed)], True), (label[len(typed) :], False))
            if begun
            else ((label, False),)
        )
        left = room.left()
        for text, matched in parts:
            painter.setFont(strong if matched else plain)
            painter.setPen(colors.accent if matched else colors.text)
            place = QRect(left, room.top(), room.right() - left + 1, room.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            left += painter.fontMetrics().horizontalAdvance(text)
        return left - room.left()

    def _detail(self, painter: QPainter, room: QRect, detail: str, ink: QColor) -> None:
        painter.setFont(theme.ui_font(0.9))
        painter.setPen(ink)
        words = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, room.width())
        if room.width() > theme.space(10):
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(room, right, words)
