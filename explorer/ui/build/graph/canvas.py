"""The stage graph itself: painted, clicked, walked through with the keyboard, zoomed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.build.graph.chart import Chart, NodeKind
from explorer.ui.build.graph.geometry import Flow, Geometry
from explorer.ui.build.graph.layout import Layout
from explorer.ui.build.graph.paint import NodePainter, paint_arrow
from explorer.ui.tips import plain_tip

NO_NODE: Final = -1
_LEAST: Final = 0.25
_MOST: Final = 2.0
_LEAST_FIT: Final = 0.55
"""Smaller than this nothing could be read: the graph is scrolled instead."""
_STEP: Final = 1.2
_STEPS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class GraphCanvas(QAbstractScrollArea):
    """Shows a :class:`Chart`; flows in the direction that has more room."""

    chosen = Signal(int)
    """A node was clicked, or reached with the arrow keys."""
    entered = Signal(int)
    """A node was double-clicked, or chosen with Enter."""
    zoomed = Signal()
    """The scale, or whether it follows the room, is another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._geometry = Geometry(Chart(), Layout((), (), (), 0, 0.0), Flow.DOWN)
        self._scale, self._fits = 1.0, True
        self._current = self._hot = NO_NODE
        self._drag: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Stage graph")
        self.setMinimumSize(160, 100)
        theme.switch().changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """What suits it."""
        return QSize(380, 320)

    # -- what is shown ------------------------------------------------------------------------

    @property
    def chart(self) -> Chart:
        """What is drawn."""
        return self._geometry.chart

    @property
    def current(self) -> int:
        """The node that is marked; :data:`NO_NODE` for none."""
        return self._current

    @property
    def fits(self) -> bool:
        """Whether the scale follows the room."""
        return self._fits

    def show_chart(self, chart: Chart, layout: Layout) -> None:
        """Draw another graph."""
        if chart == self.chart and layout == self._geometry.layout:
            return
        moved = layout != self._geometry.layout
        self._geometry = Geometry(chart, layout, self._geometry.flow)
        self._hot = NO_NODE
        if self._current >= len(chart.nodes):
            self._current = NO_NODE
        if moved:
            self._fit_room()
        else:
            self._set_bars()
        self._describe()
        self.viewport().update()

    def show_current(self, node: int) -> None:
        """Mark a node, and scroll it into view."""
        if node == self._current or node >= len(self.chart.nodes):
            return
        self._current = node
        self._describe()
        self._bring_into_view()
        self.viewport().update()

    def zoom(self, factor: float) -> None:
        """Show everything larger or smaller."""
        self._fits = False
        self._set_scale(self._scale * factor)

    def zoom_in(self) -> None:
        """One step larger."""
        self.zoom(_STEP)

    def zoom_out(self) -> None:
        """One step smaller."""
        self.zoom(1 / _STEP)

    def fit(self) -> None:
        """Have the scale follow the room again."""
        self._fits = True
        self._fit_room()

    def box_of(self, node: int) -> QRectF:
        """Where a node is in the viewport."""
        return self._transform().mapRect(self._geometry.boxes[node])

    # -- scale and place ----------------------------------------------------------------------

    def _fit_room(self) -> None:
        if self._fits and self.chart.nodes:
            best = max(Flow, key=self._scale_for)
            other = Flow.RIGHT if best is Flow.DOWN else Flow.DOWN
            # A little more room is no reason to turn everything around.
            if self._scale_for(best) > 1.1 * self._scale_for(other):
                self._turn(best)
            scale = min(1.0, max(_LEAST_FIT, self._scale_for(self._geometry.flow)))
            self._set_scale(scale)
        else:
            self._set_bars()

    def _turn(self, flow: Flow) -> None:
        if flow is not self._geometry.flow:
            self._geometry = Geometry(self.chart, self._geometry.layout, flow)

    def _scale_for(self, flow: Flow) -> float:
        size = Geometry(self.chart, self._geometry.layout, flow).size
        room = self.maximumViewportSize()
        return min(room.width() / size.width(), room.height() / size.height(), 1.0)

    def _set_scale(self, scale: float) -> None:
        self._scale = min(_MOST, max(_LEAST, scale))
        self._set_bars()
        self._bring_into_view()
        self.viewport().update()
        self.zoomed.emit()

    def _set_bars(self) -> None:
        size, room = self._geometry.size * self._scale, self.viewport().size()
        for bar, whole, seen in (
            (self.horizontalScrollBar(), size.width(), room.width()),
            (self.verticalScrollBar(), size.height(), room.height()),
        ):
            bar.setRange(0, max(0, int(whole) - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(24)

    def _transform(self) -> QTransform:
        """From the graph's own coordinates to the viewport; a small graph stands in the middle."""
        size, room = self._geometry.size * self._scale, self.viewport().size()
        x = max(0.0, (room.width() - size.width()) / 2) - self.horizontalScrollBar().value()
        y = max(0.0, (room.height() - size.height()) / 2) - self.verticalScrollBar().value()
        return QTransform.fromTranslate(x, y).scale(self._scale, self._scale)

    def _bring_into_view(self) -> None:
        if self._current == NO_NODE:
            return
        box, room = self.box_of(self._current).adjusted(-16, -16, 16, 16), self.viewport().size()
        for bar, low, high, seen in (
            (self.horizontalScrollBar(), box.left(), box.right(), room.width()),
            (self.verticalScrollBar(), box.top(), box.bottom(), room.height()),
        ):
            if low < 0:
                bar.setValue(bar.value() + int(low))
            elif high > seen:
                bar.setValue(bar.value() + int(min(high - seen, low)))

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lanes, the arrows, the nodes, as far as they are in view."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), theme.colors().base)
        if not self.chart.nodes:
            return
        transform = self._transform()
        painter.setTransform(transform)
        seen = transform.inverted()[0].mapRect(QRectF(event.rect()))
        self._paint_lanes(painter, seen)
        self._paint_arrows(painter, seen)
        nodes = NodePainter(painter, self.devicePixelRatioF() * max(self._scale, 1.0))
        for number, (node, box) in enumerate(
            zip(self.chart.nodes, self._geometry.boxes, strict=True)
        ):
            if box.intersects(seen):
                nodes.paint(
                    node,
                    box,
                    current=number == self._current,
                    hot=number == self._hot,
                    focused=number == self._current and self.hasFocus(),
                )

    def _paint_lanes(self, painter: QPainter, seen: QRectF) -> None:
        """A band behind what can be built at the same time."""
        colors = theme.colors()
        for level, row in enumerate(self._geometry.layout.rows()):
            stages = [
                n
                for n in row
                if self.chart.nodes[n].kind is NodeKind.STAGE and self.chart.nodes[n].needed
            ]
            if len(stages) < 2:
                continue
            lane = self._geometry.lane(level)
            if lane.intersects(seen):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.blend(colors.accent_soft, colors.base, 0.45))
                painter.drawRoundedRect(lane, 12, 12)

    def _paint_arrows(self, painter: QPainter, seen: QRectF) -> None:
        boxes = self._geometry.boxes
        # What the target needs is painted last, and so on top.
        for number, arrow in sorted(enumerate(self.chart.arrows), key=lambda each: each[1].needed):
            around = boxes[arrow.source].united(boxes[arrow.target]).adjusted(-60, -60, 60, 60)
            if around.intersects(seen):
                paint_arrow(painter, self._geometry, number, arrow)

    # -- events -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the new room."""
        super().resizeEvent(event)
        self._fit_room()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; scroll otherwise."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(_STEP ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer, or drag the picture along."""
        at = event.position().toPoint()
        if self._drag is not None:
            by = at - self._drag
            self._drag = at
            for bar, step in (
                (self.horizontalScrollBar(), by.x()),
                (self.verticalScrollBar(), by.y()),
            ):
                bar.setValue(bar.value() - step)
            return
        hot = self._node_at(event.position())
        if hot != self._hot:
            self._hot = hot
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if hot != NO_NODE else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer; elsewhere begin to drag."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        node = self._node_at(event.position())
        if node == NO_NODE:
            self._drag = event.position().toPoint()
        else:
            self._choose(node)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the code of what is under the pointer."""
        node = self._node_at(event.position())
        if node != NO_NODE:
            self.entered.emit(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter goes to the code, plus and minus zoom, 0 fits."""
        key = Qt.Key(event.key())
        if key in _STEPS and self.chart.nodes:
            self._choose(self._next(*_STEPS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current != NO_NODE:
            self.entered.emit(self._current)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the target, where nothing is marked."""
        super().focusInEvent(event)
        if self._current == NO_NODE and self.chart.nodes:
            targets = [n for n, node in enumerate(self.chart.nodes) if node.is_target]
            self.show_current(targets[0] if targets else 0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            node = self._node_at(QPointF(event.pos()))
            if node != NO_NODE:
                words = plain_tip(self.chart.nodes[node].words())
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave and self._hot != NO_NODE:
            self._hot = NO_NODE
            self.viewport().update()
        return super().viewportEvent(event)

    def _choose(self, node: int) -> None:
        self.show_current(node)
        self.chosen.emit(node)

    def _node_at(self, point: QPointF) -> int:
        return self._geometry.node_at(self._transform().inverted()[0].map(point))

    def _next(self, across: int, down: int) -> int:
        """The nearest node in a direction; the same one at the edge."""
        boxes = self._geometry.boxes
        if self._current == NO_NODE:
            return 0
        here = boxes[self._current].center()

        def distance(number: int) -> float:
            to = boxes[number].center() - here
            ahead = to.x() * across + to.y() * down
            aside = abs(to.x() * down) + abs(to.y() * across)
            return ahead + 2 * aside if ahead > 1 else float("inf")

        best = min(range(len(boxes)), key=distance)
        return best if distance(best) < float("inf") else self._current

    def _describe(self) -> None:
        """Tell screen readers which node is marked."""
        nodes = self.chart.nodes
        words = nodes[self._current].words() if 0 <= self._current < len(nodes) else ""
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            if self.hasFocus():
                event = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
                QAccessible.updateAccessibility(event)
