"""Tables of a help page: a quiet head, hairlines between rows, room around the words."""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)

from explorer.ui import theme


def set_table(table: QTextTable) -> None:
    """Give a table our looks."""
    form = QTextTableFormat(table.format())
    form.setBorder(0)
    form.setCellSpacing(0)
    form.setCellPadding(0)
    form.setBorderCollapse(True)
    form.setTopMargin(theme.space(1))
    form.setBottomMargin(theme.space(4))
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(form)
    for row in range(table.rows()):
        for column in range(table.columns()):
            _set_cell(table, row, column)


def _set_cell(table: QTextTable, row: int, column: int) -> None:
    colors = theme.colors()
    cell = table.cellAt(row, column)
    form = QTextTableCellFormat(cell.format().toTableCellFormat())
    form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    form.setTopPadding(theme.space(1))
    form.setBottomPadding(theme.space(1))
    form.setLeftPadding(0)
    form.setRightPadding(theme.space(4))
    form.setBottomBorder(1)
    form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBottomBorderBrush(QBrush(colors.outline if row == 0 else colors.border))
    cell.setFormat(form)
    if row == 0:
        words = QTextCharFormat()
        words.setFont(theme.ui_font(0.95, bold=True))
        words.setForeground(colors.muted)
        cursor = cell.firstCursorPosition()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(words)
