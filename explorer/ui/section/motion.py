"""The copy-up as a motion: the block travels from the layer it was in to the one that changes it.

Only where something is explained by it: when a copied-up cell is chosen. Not at all where the
desktop asks for no animations.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QObject, QRectF, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

from explorer.analysis.section import CellKind, Section

DURATION: Final = 420
"""Milliseconds that a block is under way."""
_COPIES: Final = frozenset({CellKind.COPIED, CellKind.METADATA, CellKind.AGAIN})


class CopyUp(QObject):
    """The block that is under way, if any: ``row``, from ``source`` to ``target``."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self.row = self.source = self.target = -1
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(DURATION)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(lambda _value: widget.update())
        self._animation.finished.connect(widget.update)

    @property
    def progress(self) -> float | None:
        """How far the block is, from 0 to 1; None while nothing moves."""
        if self._animation.state() is not QVariantAnimation.State.Running:
            return None
        return float(self._animation.currentValue())

    def show(self, section: Section, shown: int, row: int, layer: int) -> None:
        """Show how a cell came about, if by a copy; ``shown`` is the section's row."""
        self._animation.stop()
        if not animations_wanted(self._widget) or layer < 1 or section.is_dir(shown):
            return
        source = section.source(shown, layer - 1)
        if section.kind(shown, layer) in _COPIES and source >= 0:
            self.row, self.source, self.target = row, source, layer
            self._animation.start()

    def stop(self) -> None:
        """Nothing moves any more."""
        self._animation.stop()


def animations_wanted(widget: QWidget) -> bool:
    """Whether the desktop lets things move; Qt's style knows its setting."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return bool(widget.style().styleHint(hint, None, widget))


def between(start: QRectF, end: QRectF, progress: float) -> QRectF:
    """Where a block is on its way; it rises a little, as what is carried over others does."""
    lift = 4 * progress * (1 - progress) * start.height() * 0.35
    return QRectF(
        start.left() + (end.left() - start.left()) * progress,
        start.top() + (end.top() - start.top()) * progress - lift,
        start.width() + (end.width() - start.width()) * progress,
        start.height(),
    )
