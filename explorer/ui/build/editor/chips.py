"""What each instruction does, said at the end of its line.

At the right edge stand state, kind and size, in columns; after the text, dimmed, a remark such as
why a step will run again. The editor is given them as data and paints them, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter

from explorer.ui import theme
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.mirror import Change
from explorer.ui.build.editor.rows import Row
from explorer.ui.widgets.badge import Tone


class ChipKind(Enum):
    """What a chip says; each kind has its own column and look."""

    CACHED = "cached"
    WILL_RUN = "will run"
    UNKNOWN = "unknown"
    LAYER = "layer"
    METADATA = "metadata"
    SIZE = "size"
    REMARK = "remark"
    """Dimmed, right after the text of the line."""


@dataclass(frozen=True, slots=True)
class Chip:
    """``line`` counts from 1; ``tooltip`` is plain text, shown on hover."""

    line: int
    text: str
    kind: ChipKind
    tooltip: str = ""


_STATES: Final = {
    ChipKind.CACHED: (Tone.GOOD, "✓"),
    ChipKind.WILL_RUN: (Tone.WARN, "▲"),
    ChipKind.UNKNOWN: (Tone.NEUTRAL, "?"),
}
_COLUMNS: Final = (
    (ChipKind.CACHED, ChipKind.WILL_RUN, ChipKind.UNKNOWN),
    (ChipKind.LAYER, ChipKind.METADATA),
    (ChipKind.SIZE,),
)
"""From the right edge to the left."""
_GAP: Final = 8.0
_FADE: Final = 24.0


@dataclass(frozen=True, slots=True)
class _Placed:
    box: QRectF
    chip: Chip


class Chips(QObject):
    """Paints the chips of the lines in view; they move with their lines as the text changes."""

    changed = Signal()

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self._by_line: dict[int, tuple[Chip, ...]] = {}
        self._widths: list[float] = []
        self._placed: list[_Placed] = []
        self.visible = True
        view.mirror.changed.connect(self._follow)
        view.above.append(self._paint)
        view.zoomed.connect(lambda _scale: self._measure())
        theme.switch().changed.connect(self._measure)

    def show(self, chips: Iterable[Chip]) -> None:
        """Show these and no others."""
        found: dict[int, list[Chip]] = {}
        for chip in chips:
            found.setdefault(chip.line - 1, []).append(chip)
        self._by_line = {line: tuple(several) for line, several in found.items()}
        self._measure()
        self.changed.emit()
        self._view.viewport().update()

    def of_line(self, line: int) -> tuple[Chip, ...]:
        """The chips of a line, from 0."""
        return self._by_line.get(line, ())

    def set_visible(self, visible: bool) -> None:
        """Show chips at all, or not."""
        self.visible = visible
        self._view.viewport().update()

    def at(self, place: QPointF) -> Chip | None:
        """The chip painted at a place of the viewport."""
        return next((each.chip for each in self._placed if each.box.contains(place)), None)

    def words(self, line: int) -> str:
        """The chips of a line in words, for those who do not see them."""
        return ", ".join(chip.tooltip or chip.text for chip in self.of_line(line))

    def _follow(self, change: Change) -> None:
        if not change.grown:
            return
        moved = ((change.moved_line(line), chips) for line, chips in self._by_line.items())
        self._by_line = {line: chips for line, chips in moved if line is not None}

    # -- painting -----------------------------------------------------------------------------

    def _font(self) -> QFont:
        return theme.number_font(0.88 * self._view.scale)

    def _measure(self) -> None:
        metrics = QFontMetricsF(self._font())
        widths = [0.0] * len(_COLUMNS)
        known = {(chip.kind, chip.text): chip for each in self._by_line.values() for chip in each}
        for chip in known.values():
            column = _column(chip.kind)
            if column is not None:
                widths[column] = max(widths[column], self._width(metrics, chip))
        self._widths = widths

    def _width(self, metrics: QFontMetricsF, chip: Chip) -> float:
        width = metrics.horizontalAdvance(_words(chip))
        return width + _GAP * 1.5 if chip.kind in _STATES else width

    def _paint(self, painter: QPainter, rows: Sequence[Row]) -> None:
        self._placed = []
        if not self.visible or not self._by_line:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        caret = self._view.textCursor().blockNumber()
        for row in rows:
            chips = self._by_line.get(row.number)
            if chips:
                self._paint_row(painter, row, chips, row.number == caret)

    def _paint_row(
        self, painter: QPainter, row: Row, chips: tuple[Chip, ...], has_caret: bool
    ) -> None:
        right = self._view.viewport().width() - _GAP
        shown = [chip for chip in chips if _column(chip.kind) is not None]
        end = self._view.end_of(row) + _GAP * 2
        crowded = end > self._left_of(shown, right)
        if crowded and has_caret:
            return  # what is being written must not be covered
        if crowded:
            shown = [chip for chip in shown if chip.kind in _STATES]
            if shown and end > self._left_of(shown, right):
                self._fade(painter, row, self._left_of(shown, right))
        self._paint_columns(painter, row, shown, right)
        remark = next((chip for chip in chips if chip.kind is ChipKind.REMARK), None)
        if remark is not None and not crowded:
            self._paint_remark(painter, row, remark, end, self._left_of(shown, right) - _GAP * 2)

    def _left_of(self, chips: list[Chip], right: float) -> float:
        """Where the columns that these chips stand in begin."""
        last = max((_column(chip.kind) or 0 for chip in chips), default=-1)
        widths = [width for width in self._widths[: last + 1] if width]
        return right - sum(widths) - _GAP * max(0, len(widths) - 1)

    def _paint_columns(self, painter: QPainter, row: Row, chips: list[Chip], right: float) -> None:
        for index, kinds in enumerate(_COLUMNS):
            width = self._widths[index] if index < len(self._widths) else 0.0
            if not width:
                continue
            chip = next((chip for chip in chips if chip.kind in kinds), None)
            if chip is not None:
                box = QRectF(right - width, row.box.top(), width, self._view.line_height())
                self._paint_chip(painter, box, chip)
                self._placed.append(_Placed(box, chip))
            right -= width + _GAP

    def _paint_chip(self, painter: QPainter, box: QRectF, chip: Chip) -> None:
        colors = theme.colors()
        if chip.kind in _STATES:
            ink, ground = _STATES[chip.kind][0].colors()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box.adjusted(0, 0.5, 0, -0.5), 4, 4)
            painter.setPen(ink)
            inner = box.adjusted(_GAP * 0.75, 0, 0, 0)
            painter.drawText(inner, _LEFT, _words(chip))
            return
        painter.setPen(colors.text if chip.kind is ChipKind.SIZE else colors.muted)
        painter.drawText(box, _RIGHT if chip.kind is ChipKind.SIZE else _LEFT, chip.text)

    def _paint_remark(
        self, painter: QPainter, row: Row, chip: Chip, start: float, end: float
    ) -> None:
        if end - start < _FADE * 2:
            return
        painter.setPen(theme.colors().muted)
        metrics = QFontMetricsF(painter.font())
        words = metrics.elidedText(chip.text, Qt.TextElideMode.ElideRight, end - start)
        width = metrics.horizontalAdvance(words)
        box = QRectF(start, row.box.top(), width, self._view.line_height())
        painter.drawText(box, _LEFT, words)
        self._placed.append(_Placed(box, chip))

    def _fade(self, painter: QPainter, row: Row, left: float) -> None:
        """Let a long line run out before what is painted over it."""
        base = theme.colors().base
        ground = QLinearGradient(left - _FADE, 0, left - 4, 0)
        ground.setColorAt(0, QColor(base.red(), base.green(), base.blue(), 0))
        ground.setColorAt(1, base)
        width = self._view.viewport().width() - left + _FADE
        box = QRectF(left - _FADE, row.box.top(), width, self._view.line_height())
        painter.fillRect(box, ground)


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _column(kind: ChipKind) -> int | None:
    return next((index for index, kinds in enumerate(_COLUMNS) if kind in kinds), None)


def _words(chip: Chip) -> str:
    state = _STATES.get(chip.kind)
    return f"{state[1]} {chip.text}" if state else chip.text
