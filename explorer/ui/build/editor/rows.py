"""The lines in view, and who paints on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QTextBlock


@dataclass(frozen=True, slots=True)
class Row:
    """A line in view: ``number`` counts from 0, ``box`` is its place in the viewport."""

    number: int
    block: QTextBlock
    box: QRectF


Painter = Callable[[QPainter, Sequence[Row]], object]
"""Paints on the viewport, below or above the text."""
