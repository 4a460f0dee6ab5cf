"""The lines of the palette: the list of choices, its model, and how one is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.ui import icons, theme
from explorer.ui.tips import plain_tip

if TYPE_CHECKING:
    from explorer.ui.palette import Choice

Index = QModelIndex | QPersistentModelIndex
_INVALID = QModelIndex()


class ChoiceList(QListView):
    """The choices below the line; the focus stays in the line."""

    picked = Signal(int)
    """The row that was pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = ChoiceModel(self)
        self.setModel(self._choices)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Choices")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self.picked.emit(index.row()))
        self.setMouseTracking(True)
        self.entered.connect(self.setCurrentIndex)

    def choices(self) -> Sequence[Choice]:
        """Return what is on offer, best first."""
        return self._choices.choices()

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Offer others, the first of them chosen."""
        self._choices.set_choices(choices)
        self.setVisible(bool(choices))
        self.choose(0)
        self.scrollToTop()

    def show_rows(self, rows: int) -> None:
        """Be as high as ``rows`` rows."""
        self.setFixedHeight(rows * ChoiceDelegate.row_height(self) + 2)

    def choose(self, row: int) -> None:
        """Choose a row."""
        self.setCurrentIndex(self._choices.index(row, 0))


class ChoiceModel(QAbstractListModel):
    """The choices on offer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices: Sequence[Choice] = ()

    def choices(self) -> Sequence[Choice]:
        """Return them all."""
        return self._choices

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer others."""
        self.beginResetModel()
        self._choices = choices
        self.endResetModel()

    def rowCount(self, parent: Index = _INVALID) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a choice's words, or under ``UserRole`` the choice."""
        choice = self._choices[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        words = ", ".join(part for part in (choice.title, choice.detail, choice.keys) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(words)
        return None


class ChoiceDelegate(QStyledItemDelegate):
    """Icon, title with the matched letters strong, detail behind it, keys at the right."""

    @staticmethod
    def row_height(widget: QWidget) -> int:
        """Return the height of a line in pixels."""
        return widget.fontMetrics().height() + theme.space(4)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(100, option.fontMetrics.height() + theme.space(4))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the line."""
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        colors = theme.colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.selection)
            painter.drawRoundedRect(box, 5, 5)
        inner = box.adjusted(theme.space(2), 0, -theme.space(2), 0)
        inner = self._paint_icon(painter, inner, choice)
        inner = self._paint_keys(painter, inner, choice)
        inner = self._paint_title(painter, inner, choice)
        painter.setFont(theme.ui_font(0.95))
        painter.setPen(colors.muted)
        metrics = painter.fontMetrics()
        detail = metrics.elidedText(choice.detail, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, detail)
        painter.restore()

    def _paint_icon(self, painter: QPainter, room: QRect, choice: Choice) -> QRect:
        if choice.icon:
            ratio = painter.device().devicePixelRatio()
            picture = icons.pixmap(choice.icon, 16, ratio, theme.colors().muted)
            painter.drawPixmap(room.left(), room.center().y() - 7, picture)
        return room.adjusted(theme.space(6), 0, 0, 0)

    def _paint_keys(self, painter: QPainter, room: QRect, choice: Choice) -> QRect:
        if not choice.keys:
            return room
        painter.setFont(theme.ui_font(0.9))
        painter.setPen(theme.colors().muted)
        width = painter.fontMetrics().horizontalAdvance(choice.keys)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(room, right, choice.keys)
        return room.adjusted(0, 0, -width - theme.space(3), 0)

    def _paint_title(self, painter: QPainter, room: QRect, choice: Choice) -> QRect:
        plain, strong = theme.ui_font(), theme.ui_font(bold=True)
        title = QFontMetrics(strong).elidedText(
            choice.title, Qt.TextElideMode.ElideMiddle, room.width()
        )
        matched = set(choice.matched) if title == choice.title else set()
        left = room.left()
        for text, is_match in _runs(title, matched):
            painter.setFont(strong if is_match else plain)
            painter.setPen(theme.colors().accent if is_match else theme.colors().text)
            painter.drawText(
                QRect(left, room.top(), room.right() - left + 1, room.height()),
                Qt.AlignmentFlag.AlignVCenter,
                text,
            )
            left += painter.fontMetrics().horizontalAdvance(text)
        return QRect(
            left + theme.space(3), room.top(), room.right() - left - theme.space(3), room.height()
        )


def _runs(text: str, matched: set[int]) -> list[tuple[str, bool]]:
    """Split ``text`` into stretches that are matched or not."""
    runs: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        is_match = place in matched
        if runs and runs[-1][1] == is_match:
            runs[-1] = (runs[-1][0] + letter, is_match)
        else:
            runs.append((letter, is_match))
    return runs
