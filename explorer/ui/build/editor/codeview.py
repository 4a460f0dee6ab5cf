"""The text area: lines in view, margins, keys handed around, zoom. Features attach to it.

Key handlers are asked in order; the first that returns True has dealt with the key. Painters paint
below the text or above it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from explorer.ui import theme
from explorer.ui.build.editor.mirror import Mirror
from explorer.ui.build.editor.projection import Direct, Projection
from explorer.ui.build.editor.rows import Painter, Row
from explorer.ui.garbage import key_pressed

KeyHandler = Callable[[QKeyEvent], bool]

TAB: Final = 4
"""Columns that a tab advances to a multiple of."""
_SCALES: Final = (0.6, 3.0)
_STEP: Final = 1.1


class CodeView(QPlainTextEdit):
    """Plain text in a monospace font, with room at its left for a gutter."""

    view_changed = Signal()
    """Other lines are in view, or they are elsewhere."""
    hover_asked = Signal(QPointF)
    """The mouse rests at a place of the viewport."""
    left = Signal()
    """The mouse went, or the focus, or the view scrolled: what floats over the text goes, too."""
    paste_refused = Signal(str)
    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.handlers: list[KeyHandler] = []
        self.below: list[Painter] = []
        self.above: list[Painter] = []
        self.claims: Callable[[QEvent], bool] = lambda _event: False
        self.accepts_paste: Callable[[str], str] = lambda _text: ""
        self.mirror = Mirror(self.document(), self)
        self.projection: Projection = Direct(self.mirror)
        self._scale = 1.0
        self._came_from: dict[int, tuple[int, int, int]] = {}
        self._gutter: QWidget | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setCenterOnScroll(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setCursorWidth(2)
        self.document().setDocumentMargin(theme.space(1))
        self.updateRequest.connect(self._update_gutter)
        theme.switch().changed.connect(self._take_looks)
        self._take_looks()

    # -- places -------------------------------------------------------------------------------

    def position(self, offset: int) -> int:
        """The Qt position of an offset of the text."""
        return min(self.projection.position(offset), self.document().characterCount() - 1)

    def offset(self, position: int) -> int:
        """The offset in the text of a Qt position."""
        return self.projection.offset(position)

    def cursor_for(self, start: int, end: int) -> QTextCursor:
        """A cursor that selects from one offset to another."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.position(start))
        cursor.setPosition(self.position(end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def position_at(self, place: QPointF) -> int | None:
        """The Qt position of the character under a place of the viewport, if one is there."""
        cursor = self.cursorForPosition(place.toPoint())
        box = self.cursorRect(cursor)
        block = cursor.block()
        row = self.blockBoundingGeometry(block).translated(self.contentOffset())
        if not row.top() <= place.y() <= row.bottom():
            return None
        position = cursor.position()
        if place.x() < box.left() and position > block.position():
            position -= 1
        at_end = position >= block.position() + block.length() - 1
        beyond = place.x() > box.left() + self.fontMetrics().horizontalAdvance("x")
        return None if at_end and beyond else position

    def rows(self) -> list[Row]:
        """The lines in view."""
        found: list[Row] = []
        block = self.firstVisibleBlock()
        bottom = self.viewport().height()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        number = block.blockNumber()
        while block.isValid() and box.top() <= bottom:
            if block.isVisible():
                found.append(Row(number, block, box))
            block, number = block.next(), number + 1
            box = QRectF(box.left(), box.bottom(), box.width(), self._height(block))
        return found

    def line_height(self) -> float:
        """The height of one line of text in pixels."""
        return QFontMetricsF(self.font()).lineSpacing()

    def end_of(self, row: Row) -> float:
        """Where the text of a line ends in the viewport, in pixels."""
        layout = row.block.layout()
        if layout.lineCount() == 0:
            return row.box.left()
        return row.box.left() + layout.lineAt(0).naturalTextRect().right()

    def _height(self, block: QTextBlock) -> float:
        return self.blockBoundingRect(block).height() if block.isValid() else 0.0

    # -- undo ---------------------------------------------------------------------------------

    def note_place(self) -> Callable[[], None]:
        """Remember caret and scroll position before edits that are made elsewhere.

        Call what is returned once they are made: undoing them then comes back to this place.
        """
        cursor, bar = self.textCursor(), self.verticalScrollBar()
        place = cursor.anchor(), cursor.position(), bar.value()

        def made() -> None:
            self._came_from[self.document().availableUndoSteps()] = place

        return made

    def undo(self) -> None:
        """Take the last change back; caret and view go back to where they were before it."""
        place = self._came_from.pop(self.document().availableUndoSteps(), None)
        super().undo()
        if place is not None:
            cursor, last = self.textCursor(), self.document().characterCount() - 1
            cursor.setPosition(min(place[0], last))
            cursor.setPosition(min(place[1], last), QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
            self.verticalScrollBar().setValue(place[2])

    def setPlainText(self, text: str) -> None:
        """Show another text, with nothing to undo."""
        self._came_from.clear()
        super().setPlainText(text)

    # -- gutter -------------------------------------------------------------------------------

    def attach(self, gutter: QWidget) -> None:
        """Give a gutter the room at the left that it wants."""
        self._gutter = gutter
        self.fit_gutter()

    def fit_gutter(self) -> None:
        """Give the gutter the room that it wants now."""
        if self._gutter is None:
            return
        wanted = self._gutter.sizeHint().width()
        if self.viewportMargins().left() != wanted:
            self.setViewportMargins(wanted, 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), wanted, area.height()))

    def _update_gutter(self, area: QRect, moved: int) -> None:
        if self._gutter is not None:
            if moved:
                self._gutter.update()
            else:
                self._gutter.update(0, area.y(), self._gutter.width(), area.height())
        if moved:
            self.left.emit()
            # What is painted at fixed places of the viewport does not scroll with it.
            self.viewport().update()
            self.view_changed.emit()

    # -- looks --------------------------------------------------------------------------------

    @property
    def scale(self) -> float:
        """How large the text is; 1 is its usual size."""
        return self._scale

    def zoom(self, steps: int) -> None:
        """Make the text larger or smaller; 0 goes back to its usual size."""
        wanted = self._scale * _STEP**steps if steps else 1.0
        self.set_scale(wanted)

    def set_scale(self, scale: float) -> None:
        """Show the text ``scale`` times its usual size."""
        self._scale = min(max(scale, _SCALES[0]), _SCALES[1])
        self._take_looks()
        self.zoomed.emit(self._scale)

    def show_white_space(self, shown: bool) -> None:
        """Mark blanks and tabs, or not."""
        option = self.document().defaultTextOption()
        flags = option.flags()
        mark = QTextOption.Flag.ShowTabsAndSpaces
        option.setFlags(flags | mark if shown else flags & ~mark)
        self.document().setDefaultTextOption(option)

    @property
    def shows_white_space(self) -> bool:
        """Whether blanks and tabs are marked."""
        flags = self.document().defaultTextOption().flags()
        return bool(flags & QTextOption.Flag.ShowTabsAndSpaces)

    def _take_looks(self) -> None:
        font = theme.mono_font(self._scale)
        self.setFont(font)
        self.setTabStopDistance(QFontMetricsF(font).horizontalAdvance(" ") * TAB)
        palette = self.palette()
        colors = theme.colors()
        palette.setColor(QPalette.ColorRole.Text, colors.text)
        palette.setColor(QPalette.ColorRole.Highlight, colors.selection)
        palette.setColor(QPalette.ColorRole.HighlightedText, colors.text)
        # The ground is painted below the text, current line and all.
        self.setPalette(palette)
        self.fit_gutter()
        self.view_changed.emit()

    # -- events -------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the editor's own keys from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and self.claims(event):
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell where the mouse rests."""
        if event.type() == QEvent.Type.ToolTip:
            self.hover_asked.emit(QPointF(event.pos()))  # type: ignore[attr-defined]
            return True
        if event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().viewportEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take away what floats over the text."""
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask the handlers, then type."""
        key_pressed()
        for handler in self.handlers:
            if handler(event):
                event.accept()
                return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl, zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turned = event.angleDelta().y()
            if turned:
                self.zoom(1 if turned > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the gutter as high as the text."""
        super().resizeEvent(event)
        self.fit_gutter()
        self.left.emit()
        self.view_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is below the text, the text, and what is above it."""
        rows = self.rows()
        self._paint(self.below, rows, event)
        super().paintEvent(event)
        self._paint(self.above, rows, event)

    def _paint(self, painters: list[Painter], rows: list[Row], event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setClipRect(event.rect())
        for paint in painters:
            painter.save()
            paint(painter, rows)
            painter.restore()
        painter.end()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text; files that are dropped are for the window to open."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text, unless it is refused."""
        if not source.hasText():
            return
        text = source.text().replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
        refusal = self.accepts_paste(text)
        if refusal:
            self.paste_refused.emit(refusal)
            return
        self.textCursor().insertText(text)
        self.ensureCursorVisible()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy what is meant, not the characters that stand in for others."""
        data = QMimeData()
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        units = self.mirror.units
        text = self.mirror.text[units.characters(start) : units.characters(end)]
        # Bytes that are no UTF-8 have no place in a clipboard.
        data.setText(text.encode("utf-8", "replace").decode("utf-8"))
        return data
