"""The parts of a step's cache key that are others than they were, as a small table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.build.plan.changes import GONE, NEW, KeyChange
from explorer.ui import text, theme
from explorer.ui.build.console.rows import Column, RowModel, RowTable, muted

_MOST_SHOWN: Final = 5
"""Rows that are seen without scrolling: the output below needs the room more."""
_NOTHING: Final = "—"


def before_words(change: KeyChange) -> str:
    """What the part was."""
    if change.before:
        return change.before
    if change.sizes is not None and change.sizes[0] is not None:
        return text.size(change.sizes[0])
    return _NOTHING


def after_words(change: KeyChange) -> str:
    """What the part is."""
    size = change.sizes[1] if change.sizes is not None else None
    if change.after and size is not None and not change.before:
        return f"{text.size(size)}, {change.after}"
    if change.after:
        return change.after
    return _NOTHING if size is None else text.size(size)


def glyph(change: KeyChange) -> str:
    """Whether the part is new, gone or changed."""
    if change.after == NEW or (change.sizes is not None and change.sizes[0] is None):
        return "+"
    if change.said.endswith(GONE) or (change.sizes is not None and change.sizes[1] is None):
        return "−"
    return "~"


def _ink(change: KeyChange) -> QColor:
    scheme = theme.colors()
    return {"+": scheme.added, "−": scheme.removed, "~": scheme.modified}[glyph(change)]


COLUMNS: Final[tuple[Column[KeyChange], ...]] = (
    Column("", glyph, 6, ink=_ink),
    Column(
        "Part",
        lambda change: change.what,
        52,
        gives_way=True,
        mono=True,
        tip=lambda c: c.said or c.what,
    ),
    Column("Last build", before_words, 28, ink=muted),
    Column("This build", after_words, 32),
)  # fmt: skip


class WhyTable(RowTable):
    """As high as its rows, up to a few of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.changes: RowModel[KeyChange] = RowModel(COLUMNS, parent, spoken=_spoken)
        super().__init__(self.changes, "What differs from the last build", parent)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_changes(self, changes: Sequence[KeyChange]) -> None:
        """Show the parts that differ; those that only sum up others are left out."""
        self.changes.show([change for change in changes if change.what])
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The height of its rows."""
        shown = min(_MOST_SHOWN, max(1, len(self.changes.rows)))
        row = self.verticalHeader().defaultSectionSize()
        height = shown * row + self.horizontalHeader().sizeHint().height() + 2
        return QSize(super().sizeHint().width(), height)


def _spoken(change: KeyChange) -> str:
    return change.said or f"{change.what}: {before_words(change)}, now {after_words(change)}"
