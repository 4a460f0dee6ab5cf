"""The headers of the cross-section: layers along the top, names of entries down the side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from explorer.filesystem.entry import EntryType
from explorer.ui import icons, theme
from explorer.ui.section.items import SectionItems


class LayerHeader(QHeaderView):
    """The number of each layer on its colour, and the keyword that made it."""

    pressed_layer = Signal(int, bool)
    """A layer was pressed; whether Shift was held."""
    pointed_layer = Signal(int)
    """The mouse is over a layer (-1: over none)."""

    def __init__(
        self, items: SectionItems, merged_left: Callable[[], int], parent: QWidget
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._items, self._merged_left = items, merged_left
        self.selected = range(0)
        self.boundary = -1
        self.hovered = -1
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(20)
        self.setAccessibleName("Layers")
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """Two lines: a number, a keyword."""
        return QSize(super().sizeHint().width(), theme.space(12))

    def column_at(self, x: int) -> int:
        """Return the layer, or the merged column, at a place; -1 where there is none."""
        if self._items.layers and x >= self._merged_left():
            return self._items.layers
        return self.logicalIndexAt(x)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a layer, or with Shift a range."""
        column = self.column_at(event.position().toPoint().x())
        if event.button() == Qt.MouseButton.LeftButton and 0 <= column < self._items.layers:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.pressed_layer.emit(column, shift)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which layer the mouse is over."""
        self.pointed_layer.emit(self.column_at(event.position().toPoint().x()))

    def leaveEvent(self, event: object) -> None:
        """Tell that the mouse is over none."""
        self.pointed_layer.emit(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the layers in view, then the merged column over them."""
        painter, colors = QPainter(self.viewport()), theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), colors.window)
        for layer in range(self._items.layers):
            x, width = self.sectionViewportPosition(layer), self.sectionSize(layer)
            if x + width >= event.rect().left() and x <= event.rect().right():
                self._paint_layer(painter, QRectF(x, 0, width, self.height()), layer)
        if self._items.layers:
            self._paint_merged(painter)
        painter.setPen(QPen(colors.border, 1))
        bottom = self.height() - 0.5
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))

    def _paint_layer(self, painter: QPainter, box: QRectF, layer: int) -> None:
        colors = theme.colors()
        if layer in self.selected:
            painter.fillRect(box, colors.accent_soft)
            painter.fillRect(QRectF(box.left(), box.bottom() - 3, box.width(), 3), colors.accent)
        elif layer == self.hovered:
            painter.fillRect(box, colors.hover)
        color = theme.layer_color(layer, self._items.layers)
        chip = QRectF(box.center().x() - 15, 6, 30, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(theme.ink_on(color))
        painter.setFont(theme.number_font(0.92))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(layer))
        self._words(painter, box.adjusted(2, 25, -2, -3), self._keyword(layer), colors.muted)
        if layer == self.boundary:
            pen = QPen(colors.outline, 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(box.topRight(), box.bottomRight())

    def _paint_merged(self, painter: QPainter) -> None:
        colors, left = theme.colors(), self._merged_left()
        box = QRectF(left, 0, self.width() - left, self.height())
        painter.fillRect(box, colors.hover if self.hovered == self._items.layers else colors.raised)
        painter.setPen(QPen(colors.outline, 1))
        painter.drawLine(QPointF(left + 0.5, 0), QPointF(left + 0.5, self.height()))
        painter.setFont(theme.ui_font(bold=True))
        painter.setPen(colors.text)
        words = box.adjusted(12, 6, -6, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, "Merged")
        self._words(
            painter, box.adjusted(12, 25, -6, -3), "what a container sees", colors.muted, left=True
        )

    def _words(
        self, painter: QPainter, box: QRectF, words: str, ink: QColor, *, left: bool = False
    ) -> None:
        painter.setFont(theme.ui_font(0.82))
        painter.setPen(ink)
        side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
        shown = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, round(box.width())
        )
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _keyword(self, layer: int) -> str:
        section = self._items.section
        made = section.image.instructions.get(layer) if section is not None else None
        return (made.keyword or made.builder) if made is not None else ""


class Corner(QWidget):
    """Where the two headers meet: which way the layers go."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint two captions."""
        painter, colors = QPainter(self), theme.colors()
        painter.fillRect(self.rect(), colors.window)
        painter.setFont(theme.ui_font(0.82))
        painter.setPen(colors.muted)
        words = QRectF(self.rect()).adjusted(10, 6, -8, 0)
        room = round(words.width())
        caption = painter.fontMetrics().elidedText(
            "lower  →  upper layers", Qt.TextElideMode.ElideLeft, room
        )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(words, right, caption)
        below = QRectF(self.rect()).adjusted(10, 25, -8, -3)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, left, "Entry")
        painter.setPen(QPen(colors.border, 1))
        right_edge, bottom = self.width() - 0.5, self.height() - 0.5
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
        painter.drawLine(QPointF(right_edge, 0), QPointF(right_edge, self.height()))


class NameHeader(QHeaderView):
    """The names of the entries, frozen at the left."""

    opened = Signal(int)
    """A row was double-clicked."""
    chosen = Signal(int)
    """A row was pressed."""

    def __init__(self, items: SectionItems, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._items = items
        self.current = -1
        self.hovered = -1
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName("Entries of the folder")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row."""
        row = self.logicalIndexAt(event.position().toPoint().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go into a folder."""
        row = self.logicalIndexAt(event.position().toPoint().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground that no entry covers, then the entries in view."""
        painter, colors = QPainter(self.viewport()), theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self.viewport().width(), self.viewport().height()
        painter.fillRect(event.rect(), colors.base)
        painter.setPen(QPen(colors.border, 1))
        painter.drawLine(QPointF(width - 0.5, 0), QPointF(width - 0.5, height))
        first = self.visualIndexAt(event.rect().top())
        last = self.visualIndexAt(event.rect().bottom())
        last = self.count() - 1 if last < 0 else last
        for row in range(first, last + 1) if first >= 0 else ():
            top = self.sectionViewportPosition(row)
            self.paintSection(painter, QRect(0, top, width, self.sectionSize(row)), row)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint an icon and a name; what the finished image lacks is struck through."""
        shown, colors = self._items.section, theme.colors()
        if shown is None or section >= self._items.rowCount():
            return
        row = self._items.section_row(section)
        ground = colors.base
        if section == self.current:
            ground = colors.selection
        elif section == self.hovered:
            ground = colors.hover
        painter.save()
        painter.fillRect(rect, ground)
        present = shown.present(row)
        ink = colors.text if present else colors.removed
        picture = icons.pixmap(
            _ICONS.get(shown.type(row), "file"),
            16,
            self.devicePixelRatioF(),
            colors.muted if present else colors.removed,
        )
        painter.drawPixmap(rect.left() + 10, rect.center().y() - 7, picture)
        font = theme.ui_font()
        font.setStrikeOut(not present)
        painter.setFont(font)
        painter.setPen(ink)
        words = rect.adjusted(34, 0, -8, 0)
        name = shown.name(row) + ("/" if shown.is_dir(row) else "")
        elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, words.width())
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, side, elided)
        painter.setPen(QPen(colors.border, 1))
        right, bottom = rect.right() + 0.5, rect.bottom() + 0.5
        painter.drawLine(QPointF(right, rect.top()), QPointF(right, bottom))
        painter.setPen(QPen(theme.blend(colors.border, colors.base, 0.6), 1))
        painter.drawLine(QPointF(rect.left(), bottom), QPointF(right, bottom))
        painter.restore()


_ICONS = {
    EntryType.DIR: "folder",
    EntryType.SYMLINK: "symlink",
    EntryType.HARDLINK: "hardlink",
    EntryType.CHAR: "device",
    EntryType.BLOCK: "device",
    EntryType.WHITEOUT: "whiteout",
}
