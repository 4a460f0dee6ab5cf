"""The versions of a path on a rail, lowest layer on top: pick one to see it, two to compare."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.analysis.timeline import Version
from explorer.filesystem.entry import Change
from explorer.ui import theme
from explorer.ui.inspect.subject import Subject
from explorer.ui.inspect.timelineitems import (
    COST_ROLE,
    MADE_BY_ROLE,
    SHOWN_ROLE,
    VERSION_ROLE,
    WORDS_ROLE,
    Index,
    TimelineItems,
)

_MOST_ROWS = 6
_RAIL = 26
_GLYPHS = {Change.ADDED: "+", Change.MODIFIED: "~", Change.REMOVED: "−", Change.UNCHANGED: "="}
_ROLES = {Change.ADDED: "added", Change.MODIFIED: "modified", Change.REMOVED: "removed"}


class TimelineDelegate(QStyledItemDelegate):
    """Paints a version: its layer on the rail, what changed, what it cost, who did it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        line = QFontMetrics(theme.ui_font()).height()
        small = QFontMetrics(theme.mono_font(0.88)).height()
        return QSize(160, line + small + theme.space(3))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one version."""
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option)
        self._rail(painter, box, index)
        self._words(painter, box.adjusted(_RAIL * 2, 0, -theme.space(2), 0), index)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colors = theme.colors()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colors.selection)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, colors.hover)

    def _rail(self, painter: QPainter, box: QRectF, index: Index) -> None:
        colors = theme.colors()
        items = index.model()
        assert isinstance(items, TimelineItems)
        version: Version = index.data(VERSION_ROLE)
        middle = QPointF(box.left() + _RAIL, box.center().y())
        painter.setPen(QPen(colors.border, 2))
        if index.row():
            painter.drawLine(QPointF(middle.x(), box.top()), middle)
        if index.row() < items.rowCount() - 1:
            painter.drawLine(middle, QPointF(middle.x(), box.bottom()))
        color = theme.layer_color(version.layer, items.layers)
        chip = QRectF(middle.x() - 15, middle.y() - 9, 30, 18)
        removed = version.change is Change.REMOVED
        painter.setPen(QPen(color, 1.5) if removed else Qt.PenStyle.NoPen)
        painter.setBrush(colors.base if removed else color)
        painter.drawRoundedRect(chip, 4, 4)
        if index.data(SHOWN_ROLE):
            painter.setPen(QPen(colors.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(chip.adjusted(-3, -3, 3, 3), 6, 6)
        painter.setPen(colors.text if removed else theme.ink_on(color))
        painter.setFont(theme.number_font(0.9))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(version.layer))

    def _words(self, painter: QPainter, box: QRectF, index: Index) -> None:
        colors = theme.colors()
        version: Version = index.data(VERSION_ROLE)
        upper = QRectF(box.left(), box.top() + 4, box.width(), box.height() / 2 - 2)
        lower = QRectF(box.left(), upper.bottom(), box.width(), box.bottom() - upper.bottom() - 4)
        role = _ROLES.get(version.change, "muted")
        glyph = QRectF(upper.left(), upper.center().y() - 8, 18, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(getattr(colors, f"{role}_soft", colors.hover))
        painter.drawRoundedRect(glyph, 4, 4)
        self._write(painter, glyph, _GLYPHS[version.change], role, theme.mono_font(bold=True), 1)
        cost = index.data(COST_ROLE)
        numbers = theme.number_font(0.92)
        taken = QFontMetrics(numbers).horizontalAdvance(cost) + (8 if cost else 0)
        self._write(painter, upper, cost, "muted", numbers, 2)
        room = upper.adjusted(24, 0, -taken, 0)
        self._write(painter, room, index.data(WORDS_ROLE), "text", theme.ui_font(), 0)
        self._write(painter, lower, index.data(MADE_BY_ROLE), "muted", theme.mono_font(0.88), 0)

    def _write(
        self, painter: QPainter, box: QRectF, words: str, role: str, font: QFont, side: int
    ) -> None:
        painter.setFont(font)
        painter.setPen(getattr(theme.colors(), role))
        sides = (
            Qt.AlignmentFlag.AlignLeft,
            Qt.AlignmentFlag.AlignHCenter,
            Qt.AlignmentFlag.AlignRight,
        )
        shown = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, round(box.width()) + 1
        )
        flags = sides[side] | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(box, flags, shown)


class TimelineView(QListView):
    """One version selected opens it; two selected are compared."""

    opened = Signal(int)
    """The version of this layer was picked."""
    paired = Signal(object, object)
    """Two :class:`Version` were picked, the lower first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items = TimelineItems(self)
        self._picked: list[int] = []
        self._showing = False
        self.setModel(self.items)
        self.setItemDelegate(TimelineDelegate(self))
        self.setAccessibleName("Timeline of this path")
        self.setAccessibleDescription("Each layer that touched it. Select two to compare them.")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.selectionModel().selectionChanged.connect(lambda *_: self._selected())

    def show_subject(self, subject: Subject | None) -> None:
        """Show the versions of another path, the one in view selected."""
        self._showing = True
        if self.items.renew(subject):
            self._showing = False
            return
        self._picked = []
        if subject is not None and subject.version is not None:
            row = subject.versions.index(subject.version)
            self.select(row)
            self.scrollTo(self.items.index(row))
        self._showing = False
        self.updateGeometry()

    def select(self, row: int) -> None:
        """Select one version alone."""
        self._picked = [row]
        self.setCurrentIndex(self.items.index(row))

    def compare(self, one: int, other: int) -> None:
        """Select two versions, given by their rows."""
        self.select(one)
        flags = QItemSelectionModel.SelectionFlag.Select
        self.selectionModel().setCurrentIndex(self.items.index(other), flags)

    def sizeHint(self) -> QSize:
        """As high as its versions, up to six of them."""
        rows = max(1, min(_MOST_ROWS, self.items.rowCount()))
        height = self.itemDelegate().sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        return QSize(240, rows * height + 2)

    def minimumSizeHint(self) -> QSize:
        """Not higher than needed for a single version, either."""
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the version again."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.items.version(self.currentIndex().row()).layer)
        else:
            super().keyPressEvent(event)

    def _selected(self) -> None:
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        self._picked = [row for row in self._picked if row in rows]
        self._picked += [row for row in sorted(rows) if row not in self._picked]
        if self._showing:
            return
        if len(self._picked) > 2:
            # The two picked last count.
            self._picked = self._picked[-2:]
            self._select_only(self._picked)
        if len(self._picked) == 2:
            low, high = sorted(self._picked)
            self.paired.emit(self.items.version(low), self.items.version(high))
        elif len(self._picked) == 1:
            self.opened.emit(self.items.version(self._picked[0]).layer)

    def _select_only(self, rows: list[int]) -> None:
        showing, self._showing = self._showing, True
        model = self.selectionModel()
        model.clearSelection()
        for row in rows:
            model.select(self.items.index(row), QItemSelectionModel.SelectionFlag.Select)
        self._picked = rows
        self._showing = showing
