"""Time from left to right: a bar for each step, a thin mark for one that was kept."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.build.runs import StageRun, StepRun, StepState
from explorer.ui import text, theme
from explorer.ui.build.console.stepmodel import TIME_COLUMN, StepModel

MARGIN: Final = 10
_NICE: Final = (1, 2, 5)
_LEAST_APART: Final = 64
"""Pixels between two marks of the axis."""
_SHORTEST: Final = 3.0
"""Pixels of a bar, however short the step was."""
_BAR: Final = 0.5
"""The share of a row's height that a bar takes."""


def ticks(span: float, width: float) -> list[float]:
    """The seconds that are marked on an axis of ``span`` seconds and ``width`` pixels."""
    if span <= 0 or width < _LEAST_APART:
        return []
    wanted = span * _LEAST_APART / width
    unit = 0.001
    while all(unit * nice < wanted for nice in _NICE):
        unit *= 10
    step = next(unit * nice for nice in _NICE if unit * nice >= wanted)
    return [step * number for number in range(int(span / step) + 1)]


def tick_label(seconds: float, apart: float) -> str:
    """How a mark of the axis is written: with the figures that tell it from the next."""
    if seconds == 0:
        return "0"
    if apart < 0.0999:
        return f"{seconds * 1000:.0f} ms"
    if apart < 0.999:
        return f"{seconds:.1f} s"
    return text.duration(round(seconds)) if seconds >= 60 else f"{seconds:.0f} s"


def x_of(at: float, span: float, area: QRect) -> float:
    """Where a moment is."""
    room = max(1, area.width() - 2 * MARGIN)
    return area.left() + MARGIN + room * min(1.0, max(0.0, at / span if span > 0 else 0.0))


class Timeline(QStyledItemDelegate):
    """Paints the column of time. All bars share one axis."""

    def __init__(self, model: StepModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    @property
    def span(self) -> float:
        """The seconds that the axis shows."""
        log = self._model.log
        return 0.0 if log is None else max(log.at, self._model.now if log.end is None else 0.0)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the row as any other, and the bars on it."""
        super().paint(painter, option, index)
        area: QRect = option.rect
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._grid(painter, area)
        step = self._model.step(index)
        if step is not None:
            self._step(painter, area, step)
        elif (stage := self._model.stage(index)) is not None:
            self._stage(painter, area, stage)
        painter.restore()

    def _grid(self, painter: QPainter, area: QRect) -> None:
        pen = QPen(theme.colors().border)
        pen.setWidthF(0.6)
        painter.setPen(pen)
        for tick in ticks(self.span, area.width() - 2 * MARGIN):
            x = x_of(tick, self.span, area)
            painter.drawLine(round(x), area.top(), round(x), area.bottom())

    def _stage(self, painter: QPainter, area: QRect, stage: StageRun) -> None:
        """From the first begin to the last end."""
        spans = [self._span(step) for step in stage.steps if step.started is not None]
        if not spans:
            return
        bar = self._bar(area, min(s[0] for s in spans), max(s[1] for s in spans), 0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colors().outline)
        painter.drawRoundedRect(bar, 2, 2)

    def _step(self, painter: QPainter, area: QRect, step: StepRun) -> None:
        if step.started is None:
            return
        scheme = theme.colors()
        painter.setPen(Qt.PenStyle.NoPen)
        if step.state is StepState.CACHED:
            x = x_of(step.started, self.span, area)
            painter.setBrush(scheme.good)
            high = area.height() * _BAR
            painter.drawRect(QRectF(x - 1, area.center().y() - high / 2 + 1, 2, high))
            return
        painter.setBrush(_fill(step))
        bar = self._bar(area, *self._span(step), _BAR)
        painter.drawRoundedRect(bar, 2.5, 2.5)
        if step.state in (StepState.FAILED, StepState.STOPPED):
            # A notch at the end: the colour alone does not tell.
            painter.setPen(
                QPen(scheme.danger if step.state is StepState.FAILED else scheme.warn, 2)
            )
            x = bar.right()
            painter.drawLine(int(x), area.top() + 3, int(x), area.bottom() - 3)

    def _span(self, step: StepRun) -> tuple[float, float]:
        assert step.started is not None
        return step.started, self.span if step.ended is None else step.ended

    def _bar(self, area: QRect, start: float, end: float, share: float) -> QRectF:
        left, right = x_of(start, self.span, area), x_of(end, self.span, area)
        high = max(3.0, area.height() * share)
        top = area.top() + (area.height() - high) / 2
        return QRectF(left, top, max(_SHORTEST, right - left), high)


class AxisHeader(QHeaderView):
    """A header whose last column is the axis of time."""

    def __init__(self, timeline: Timeline, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._timeline = timeline
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Paint the marks of the axis over an empty section."""
        if logical != TIME_COLUMN:
            super().paintSection(painter, rect, logical)
            return
        painter.save()
        scheme, span = theme.colors(), self._timeline.span
        painter.fillRect(rect, scheme.base)
        painter.setPen(scheme.border)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.number_font(0.85))
        painter.setPen(scheme.muted)
        marks = ticks(span, rect.width() - 2 * MARGIN)
        apart = marks[1] - marks[0] if len(marks) > 1 else span
        for mark in marks:
            x = x_of(mark, span, rect)
            label = tick_label(mark, apart)
            if x + 3 + painter.fontMetrics().horizontalAdvance(label) <= rect.right():
                place = QRectF(x + 3, rect.top(), _LEAST_APART - 6, rect.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, label)
            painter.drawLine(int(x), rect.bottom() - 4, int(x), rect.bottom())
        painter.restore()


def _fill(step: StepRun) -> QColor:
    scheme = theme.colors()
    if step.state is StepState.FAILED:
        return scheme.danger
    if step.state is StepState.STOPPED:
        return scheme.modified_fill
    if step.state is StepState.RUNNING:
        return scheme.accent
    return theme.blend(scheme.accent, scheme.base, 0.72)
