"""Text that is only read: in colours, with line numbers, long text in portions."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from explorer.ui import theme
from explorer.ui.inspect.highlight import BOLD, ROLE_OF, Highlighted, Ink


class Colorist(QSyntaxHighlighter):
    """Applies spans that were computed before; nothing is lexed here."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._spans = Highlighted("", ())
        self._formats: dict[Ink, QTextCharFormat] = {}
        theme.switch().changed.connect(self._renew)

    def show_spans(self, spans: Highlighted) -> None:
        """Colour the document anew."""
        self._spans = spans
        self._renew()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        number = self.currentBlock().blockNumber()
        if number < len(self._spans.lines):
            for start, length, ink in self._spans.lines[number]:
                self.setFormat(start, length, self._format(ink))

    def _format(self, ink: Ink) -> QTextCharFormat:
        if ink not in self._formats:
            form = QTextCharFormat()
            form.setForeground(getattr(theme.colors(), ROLE_OF[ink]))
            if ink in BOLD:
                form.setFontWeight(600)
            if ink is Ink.COMMENT:
                form.setFontItalic(True)
            self._formats[ink] = form
        return self._formats[ink]

    def _renew(self) -> None:
        self._formats.clear()
        if self._spans.lines:
            self.rehighlight()


class _Margin(QWidget):
    def __init__(self, editor: TextView) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._editor.wheelEvent(event)


class TextView(QPlainTextEdit):
    """A text that can be selected and copied, not changed."""

    def __init__(self, name: str, parent: QWidget | None = None, *, numbered: bool = True) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(name)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._numbered = numbered
        self._margin = _Margin(self)
        self._margin.setVisible(numbered)
        self._colorist = Colorist(self.document())
        self.blockCountChanged.connect(lambda _count: self._fit_margin())
        self.updateRequest.connect(self._scroll_margin)
        theme.switch().changed.connect(self._take_fonts)
        self._take_fonts()

    def show_text(self, text: str, spans: Highlighted | None = None) -> None:
        """Show a text with its colours, from its beginning."""
        # Old spans on a new text would be work for nothing.
        self._colorist.show_spans(Highlighted("", ()))
        self.setPlainText(text)
        self._colorist.show_spans(spans or Highlighted("", ()))

    def margin_width(self) -> int:
        """The room for line numbers, in pixels."""
        if not self._numbered:
            return 0
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + theme.space(4)

    def paint_margin(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines in view."""
        painter, colors = QPainter(self._margin), theme.colors()
        painter.fillRect(event.rect(), colors.base)
        painter.setPen(colors.muted)
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
        width = self._margin.width() - theme.space(2)
        while block.isValid() and top <= event.rect().bottom():
            height = round(self.blockBoundingRect(block).height())
            place = QRect(0, top, width, height)
            label = self.line_label(block.blockNumber())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, label)
            top, block = top + height, block.next()

    def line_label(self, number: int) -> str:
        """What stands beside line ``number``, counted from 0."""
        return str(number + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin as high as the text."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._margin.setGeometry(area.left(), area.top(), self.margin_width(), area.height())

    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        area = self.contentsRect()
        self._margin.setGeometry(area.left(), area.top(), self.margin_width(), area.height())

    def _scroll_margin(self, area: QRect, moved: int) -> None:
        if moved:
            self._margin.scroll(0, moved)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())

    def _take_fonts(self) -> None:
        font = theme.mono_font()
        self.setFont(font)
        self.setTabStopDistance(QFontMetricsF(font).horizontalAdvance(" ") * 4)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, theme.colors().text)
        self.setPalette(palette)
        self._fit_margin()
