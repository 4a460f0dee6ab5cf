"""From a layout to rectangles and curves, flowing down or to the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainterPath, QPolygonF

from explorer.ui.build.graph.chart import Chart
from explorer.ui.build.graph.layout import Layout, Spot

NODE_WIDTH: Final = 176.0
NODE_HEIGHT: Final = 56.0
FORECAST_HEIGHT: Final = 18.0
"""What a node is taller by, once something is foretold of its steps."""
MARGIN: Final = 20.0
_GAP_ACROSS: Final = 24.0
_GAP_DOWN: Final = 46.0
_GAP_RIGHT: Final = 60.0
_ARROW: Final = 8.0
_PORT: Final = 12.0
_ASIDE: Final = 64.0


class Flow(Enum):
    """Where the graph leads."""

    DOWN = "down"
    RIGHT = "right"


@dataclass(frozen=True)
class Geometry:
    """Where everything is, unscaled; made anew for another chart or another flow."""

    chart: Chart
    layout: Layout
    flow: Flow

    @cached_property
    def node_size(self) -> QSizeF:
        """The size of every node."""
        told = any(node.forecast.total for node in self.chart.nodes)
        return QSizeF(NODE_WIDTH, NODE_HEIGHT + (FORECAST_HEIGHT if told else 0.0))

    @cached_property
    def size(self) -> QSizeF:
        """The room that the whole graph takes, margins included."""
        size, layout = self.node_size, self.layout
        wide, deep = max(layout.width, 1.0), max(layout.levels, 1)
        if self.flow is Flow.DOWN:
            across = wide * (size.width() + _GAP_ACROSS) - _GAP_ACROSS
            along = deep * (size.height() + _GAP_DOWN) - _GAP_DOWN
        else:
            along = wide * (size.height() + _GAP_ACROSS) - _GAP_ACROSS
            across = deep * (size.width() + _GAP_RIGHT) - _GAP_RIGHT
        room = _ASIDE / 2 if any(self.layout.backwards) else 0.0
        return QSizeF(across + 2 * MARGIN + room, along + 2 * MARGIN + room)

    @cached_property
    def boxes(self) -> tuple[QRectF, ...]:
        """The rectangle of each node."""
        size = self.node_size
        boxes = []
        for spot in self.layout.spots:
            box = QRectF(QPointF(0, 0), size)
            box.moveCenter(self._middle(spot))
            boxes.append(box)
        return tuple(boxes)

    def lane(self, level: int) -> QRectF:
        """The band that the nodes of a level lie in."""
        boxes = [b for b, s in zip(self.boxes, self.layout.spots, strict=True) if s.level == level]
        band = QRectF(boxes[0])
        for box in boxes[1:]:
            band = band.united(box)
        return band.adjusted(-10, -10, 10, 10)

    def node_at(self, point: QPointF) -> int:
        """The number of the node at a point; -1 for none."""
        return next((n for n, box in enumerate(self.boxes) if box.contains(point)), -1)

    @cached_property
    def _ends(self) -> tuple[tuple[QPointF, QPointF], ...]:
        """Where each arrow leaves and arrives: several on one side of a node stand apart."""
        leaving: dict[int, list[int]] = {}
        arriving: dict[int, list[int]] = {}
        for number, arrow in enumerate(self.chart.arrows):
            leaving.setdefault(arrow.source, []).append(number)
            arriving.setdefault(arrow.target, []).append(number)
        spots = self.layout.spots

        def towards(number: int, *, last: bool) -> float:
            bends, arrow = self.layout.bends[number], self.chart.arrows[number]
            if bends:
                return bends[-1 if last else 0].across
            return spots[arrow.source if last else arrow.target].across

        starts: dict[int, float] = {}
        stops: dict[int, float] = {}
        for numbers in leaving.values():
            numbers.sort(key=lambda n: towards(n, last=False))
            starts.update(self._ports(numbers))
        for numbers in arriving.values():
            numbers.sort(key=lambda n: towards(n, last=True))
            stops.update(self._ports(numbers))
        return tuple(
            (
                self._port(self.boxes[arrow.source], starts[n], leaves=True),
                self._port(self.boxes[arrow.target], stops[n], leaves=False),
            )
            for n, arrow in enumerate(self.chart.arrows)
        )

    def _ports(self, numbers: Sequence[int]) -> dict[int, float]:
        room = self.node_size.width() if self.flow is Flow.DOWN else self.node_size.height()
        step = min(_PORT, (room - 24) / max(len(numbers), 1))
        return {n: (i - (len(numbers) - 1) / 2) * step for i, n in enumerate(numbers)}

    def _port(self, box: QRectF, aside: float, *, leaves: bool) -> QPointF:
        if self.flow is Flow.DOWN:
            return QPointF(box.center().x() + aside, box.bottom() if leaves else box.top())
        return QPointF(box.right() if leaves else box.left(), box.center().y() + aside)

    def curve(self, number: int) -> QPainterPath:
        """The way of an arrow, up to the beginning of its head."""
        start, stop = self._ends[number]
        arrow = self.chart.arrows[number]
        if arrow.source == arrow.target:
            return self._loop(self.boxes[arrow.source])
        if self.layout.backwards[number]:
            return self._around(self.boxes[arrow.source], self.boxes[arrow.target])
        ends = stop - self._step(_ARROW - 1)
        path = QPainterPath(start)
        here = start
        half = self._step(self._length(QPointF(*self.node_size.toTuple())) / 2)
        for bend in self.layout.bends[number]:
            # Straight through the lane: a slanting way would run behind the nodes beside it.
            middle = self._middle(bend)
            way = -half if self._length(middle - here) < 0 else half
            self._swing(path, here, middle - way)
            path.lineTo(middle + way)
            here = middle + way
        self._swing(path, here, ends)
        return path

    def _swing(self, path: QPainterPath, here: QPointF, there: QPointF) -> None:
        pull = self._along((there - here) / 2)
        if self._length(pull) < 12:
            pull = self._step(28.0)
        path.cubicTo(here + pull, there - pull, there)

    def head(self, number: int) -> QPolygonF:
        """The head of an arrow."""
        _, tip = self._ends[number]
        arrow = self.chart.arrows[number]
        if arrow.source == arrow.target:
            tip = self._port(self.boxes[arrow.target], _PORT, leaves=False)
        elif self.layout.backwards[number]:
            return self._side_head(self.boxes[arrow.target])
        back = tip - self._step(_ARROW)
        side = QPointF(_ARROW / 2, 0) if self.flow is Flow.DOWN else QPointF(0, _ARROW / 2)
        return QPolygonF([tip, back + side, back - side])

    def _side(self, box: QRectF) -> QPointF:
        """The middle of the side that no arrow uses but those that run back."""
        if self.flow is Flow.DOWN:
            return QPointF(box.right(), box.center().y())
        return QPointF(box.center().x(), box.bottom())

    def _around(self, source: QRectF, target: QRectF) -> QPainterPath:
        """The way of an arrow against the flow: beside the nodes, so that it is seen."""
        aside = QPointF(1, 0) if self.flow is Flow.DOWN else QPointF(0, 1)
        start, stop = self._side(source), self._side(target) + aside * (_ARROW - 1)
        path = QPainterPath(start)
        path.cubicTo(start + aside * _ASIDE, stop + aside * _ASIDE, stop)
        return path

    def _side_head(self, target: QRectF) -> QPolygonF:
        tip = self._side(target)
        if self.flow is Flow.DOWN:
            ahead, across = QPointF(_ARROW, 0), QPointF(0, _ARROW / 2)
        else:
            ahead, across = QPointF(0, _ARROW), QPointF(_ARROW / 2, 0)
        return QPolygonF([tip, tip + ahead + across, tip + ahead - across])

    def _loop(self, box: QRectF) -> QPainterPath:
        start = self._port(box, _PORT, leaves=True)
        stop = self._port(box, _PORT, leaves=False) - self._step(_ARROW - 1)
        path = QPainterPath(start)
        if self.flow is Flow.DOWN:
            aside = QPointF(box.width() / 2 + 40, 0)
        else:
            aside = QPointF(0, -box.height() / 2 - 40)
        path.cubicTo(start + self._step(40) + aside, stop - self._step(40) + aside, stop)
        return path

    def _middle(self, spot: Spot) -> QPointF:
        size = self.node_size
        if self.flow is Flow.DOWN:
            x = spot.across * (size.width() + _GAP_ACROSS) + size.width() / 2
            y = spot.level * (size.height() + _GAP_DOWN) + size.height() / 2
        else:
            x = spot.level * (size.width() + _GAP_RIGHT) + size.width() / 2
            y = spot.across * (size.height() + _GAP_ACROSS) + size.height() / 2
        return QPointF(x + MARGIN, y + MARGIN)

    def _along(self, vector: QPointF) -> QPointF:
        """The part of a vector in the direction of the flow."""
        return QPointF(0, vector.y()) if self.flow is Flow.DOWN else QPointF(vector.x(), 0)

    def _step(self, length: float) -> QPointF:
        return QPointF(0, length) if self.flow is Flow.DOWN else QPointF(length, 0)

    def _length(self, along: QPointF) -> float:
        return along.y() if self.flow is Flow.DOWN else along.x()
