"""How cells are painted: in runs of one style, each where its cells are."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.build.runs.sgr import Style
from explorer.ui import theme
from explorer.ui.build.console.inks import font_of, ground_of, ink_of
from explorer.ui.terminal.line import Line
from explorer.ui.terminal.screen import Screen


class Cells:
    """Where cells are, in pixels from the first."""

    def __init__(self, metrics: QFontMetricsF) -> None:
        self.width = max(1.0, metrics.horizontalAdvance("0" * 64) / 64)
        self.height = float(int(metrics.height() + 1.5))
        self.ascent = metrics.ascent()

    def box(self, row: int, column: int, count: int) -> QRectF:
        """Some cells of one row."""
        return QRectF(column * self.width, row * self.height, count * self.width, self.height)


class LinePainter:
    """Paints lines of one picture: what a style looks like is worked out once for all of them."""

    def __init__(self, painter: QPainter, cells: Cells, font: QFont, columns: int) -> None:
        self._painter, self._cells, self._font = painter, cells, font
        self._columns = columns
        self._selection = theme.colors().selection
        self._looks: dict[Style, tuple[QColor, QColor | None, QFont]] = {}

    def paint(self, line: Line, row: int, chosen: tuple[int, int]) -> None:
        """One line, its selected cells on the ground of selections."""
        painter, cells, columns = self._painter, self._cells, self._columns
        shown: list[tuple[int, list[str], Style]] = []
        for at, chars, style in line.runs():
            if at >= columns:
                break
            part = chars[: columns - at]
            shown.append((at, part, style))
            ground = self._look(style)[1]
            if ground is not None:
                painter.fillRect(cells.box(row, at, len(part)), ground)
        if chosen[0] < chosen[1]:
            box = cells.box(row, chosen[0], min(chosen[1], columns) - chosen[0])
            painter.fillRect(box, self._selection)
        for at, part, style in shown:
            self._paint_run(at, part, style, row)

    def _look(self, style: Style) -> tuple[QColor, QColor | None, QFont]:
        found = self._looks.get(style)
        if found is None:
            found = ink_of(style), ground_of(style), font_of(style, self._font)
            self._looks[style] = found
        return found

    def _paint_run(self, at: int, chars: list[str], style: Style, row: int) -> None:
        text = "".join(chars)
        if not text.strip(" ") and not style.underline:
            return
        painter, cells = self._painter, self._cells
        ink, _, font = self._look(style)
        painter.setPen(ink)
        painter.setFont(font)
        base = row * cells.height + cells.ascent + 0.5
        if text.isascii():
            painter.drawText(QPointF(at * cells.width, base), text)
            return
        for place, char in enumerate(chars, at):  # other fonts have other widths
            if char and char != " ":
                painter.drawText(QPointF(place * cells.width, base), char)


def paint_cursor(
    painter: QPainter, cells: Cells, font: QFont, screen: Screen, row: int, has_focus: bool
) -> None:
    """A block where one types, an outline where one does not."""
    colors, cursor = theme.colors(), screen.cursor
    line = screen.lines[cursor.y]
    char = line.chars[cursor.x] if cursor.x < len(line.chars) else ""
    box = cells.box(row, cursor.x, 1)
    if not has_focus:
        painter.setPen(QPen(colors.muted, 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        return
    painter.fillRect(box, colors.accent)
    if char.strip():
        painter.setPen(theme.ink_on(colors.accent))
        painter.setFont(font)
        painter.drawText(QPointF(box.left(), box.top() + cells.ascent + 0.5), char)
