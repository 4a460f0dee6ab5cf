"""A pull or push as it is seen: how far each layer is, Cancel, and the receipt in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.oci import media
from explorer.transfer.receipt import Receipt
from explorer.ui import text, theme
from explorer.ui.jobs import describe
from explorer.ui.registries.transfers import LayerProgress, Transfer
from explorer.ui.tasks import tasks
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel

_MOST_ROWS: Final = 200
_LINES: Final = 6
_FATES: Final = {"moved": "moved", "mounted": "taken from another repository", "spared": "spared"}


class TransferCard(QFrame):
    """One transfer; it stays when it is over until it is dismissed."""

    dismissed = Signal()

    def __init__(self, transfer: Transfer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.transfer = transfer
        self._title = ElidedLabel(transfer.title, self, mode=Qt.TextElideMode.ElideMiddle)
        self._title.setFont(theme.ui_font(bold=True))
        self._words: ElidedLabel = ElidedLabel("Beginning", self)
        self._bar = SlimBar(transfer.title, self)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setAccessibleName(f"Cancel: {transfer.title}")
        self.cancel.clicked.connect(transfer.cancel)
        self.follow = QPushButton(self)
        self.follow.hide()
        self.close_button = IconButton("close", "Dismiss", self, clicked=self.dismissed.emit)
        self.close_button.hide()
        self._fold = QToolButton(self)
        self._layers = LayerRows(self)
        self._layers.hide()
        self._lay_out()
        transfer.changed.connect(self._renew)
        transfer.ended.connect(self._end)
        tasks().progressed.connect(self._say_progress)

    def offer(self, words: str, pressed: Callable[[], object]) -> None:
        """Offer what to do with the result."""
        self.follow.setText(words)
        self.follow.clicked.connect(lambda: pressed())
        self.follow.show()

    @property
    def words(self) -> str:
        """What it says of how far it is, or of how it ended."""
        return self._words.text()

    def _renew(self) -> None:
        blobs = self.transfer.blobs()
        over = sum(blob.fate is not None for blob in blobs)
        self._fold.setText(f"{text.plural(len(blobs), 'blob')}, {over} done" if blobs else "")
        self._fold.setVisible(bool(blobs))
        if self._layers.isVisible():
            self._layers.show_blobs(blobs)
        self._say_progress()

    def _say_progress(self) -> None:
        running = self.transfer.running
        if running is not None:
            self._bar.show_fraction(running.fraction)
            if self.transfer.waiting:
                self._words.setText(text.capitalised(self.transfer.waiting))
            elif running.progress is not None:
                self._words.setText(describe(running))

    def _end(self) -> None:
        transfer = self.transfer
        self.cancel.hide()
        self.close_button.show()
        self._bar.hide()
        if transfer.receipt is not None:
            self._title.setText(transfer.done_title)
            self._words.setText(receipt_words(transfer.receipt))
        elif transfer.error is not None:
            self._words.setText(f"Failed: {transfer.error}")
        else:
            self._words.setText("Cancelled. What has arrived is not moved again.")

    def _toggle(self) -> None:
        shown = not self._layers.isVisible()
        self._layers.setVisible(shown)
        self._fold.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        if shown:
            self._layers.show_blobs(self.transfer.blobs())

    def _lay_out(self) -> None:
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setArrowType(Qt.ArrowType.RightArrow)
        self._fold.setAccessibleName("Show how far each layer is")
        self._fold.setToolTip("How far each layer is")
        self._fold.clicked.connect(self._toggle)
        self._fold.hide()
        first = QHBoxLayout()
        first.setSpacing(theme.space(2))
        first.addWidget(self._title, 1)
        for widget in (self.follow, self.cancel, self.close_button):
            first.addWidget(widget)
        second = QHBoxLayout()
        second.setSpacing(theme.space(2))
        second.addWidget(self._words, 1)
        second.addWidget(self._fold)
        column = QVBoxLayout(self)
        edge = theme.space(3)
        column.setContentsMargins(edge, theme.space(2), edge, theme.space(2))
        column.setSpacing(theme.space(1))
        column.addLayout(first)
        column.addWidget(self._bar)
        column.addLayout(second)
        column.addWidget(self._layers)


class LayerRows(QScrollArea):
    """A bar for each blob, a few in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("Layers of the transfer")
        self._rows = _Rows(self)
        self.setWidget(self._rows)
        for widget in (self.viewport(), self._rows):
            widget.setAutoFillBackground(False)
        self.setMaximumHeight(_LINES * self._rows.line + 2)

    def show_blobs(self, blobs: list[LayerProgress]) -> None:
        """Show how far they are."""
        self._rows.show_blobs(blobs[:_MOST_ROWS])
        self.setMinimumHeight(min(len(blobs), _LINES) * self._rows.line)


class _Rows(QWidget):
    """Painted: hundreds of bars as widgets would cost a repaint each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._blobs: list[LayerProgress] = []
        self.line = max(20, self.fontMetrics().height() + theme.space(1))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_blobs(self, blobs: list[LayerProgress]) -> None:
        self._blobs = blobs
        self.setFixedHeight(max(1, len(blobs)) * self.line)
        self.setAccessibleName("; ".join(map(blob_words, blobs[:20])))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, max(1, len(self._blobs)) * self.line)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.number_font(0.9))
        digest_width = painter.fontMetrics().horizontalAdvance("0" * 13) + theme.space(2)
        words_width = min(theme.space(60), self.width() // 2)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for row, blob in enumerate(self._blobs):
            top = row * self.line
            painter.setPen(colors.muted)
            digest = text.short_digest(str(blob.descriptor.digest))
            painter.drawText(0, top, digest_width, self.line, left, digest)
            bar_left = digest_width
            bar_width = max(40, self.width() - digest_width - words_width - theme.space(2))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.border)
            middle = top + self.line // 2 - 2
            painter.drawRoundedRect(bar_left, middle, bar_width, 4, 2, 2)
            share = blob.done / blob.descriptor.size if blob.descriptor.size else 1.0
            painter.setBrush(colors.good if blob.fate is not None else colors.accent)
            painter.drawRoundedRect(bar_left, middle, round(bar_width * min(share, 1.0)), 4, 2, 2)
            painter.setPen(colors.text)
            at = bar_left + bar_width + theme.space(2)
            painter.drawText(at, top, words_width, self.line, left, _progress_words(blob))


def blob_words(blob: LayerProgress) -> str:
    """How far one blob is, with what it is."""
    return f"{text.short_digest(str(blob.descriptor.digest))} {_progress_words(blob)}"


def _progress_words(blob: LayerProgress) -> str:
    size = blob.descriptor.size
    if blob.fate is not None:
        return f"{text.size(size)} {_FATES[blob.fate]}{_kind(blob)}"
    return f"{text.size(blob.done)} of {text.size(size)}"


def _kind(blob: LayerProgress) -> str:
    kind = blob.descriptor.media_type
    if media.is_config(kind):
        return " · configuration"
    return " · manifest" if media.is_manifest(kind) or media.is_index(kind) else ""


def receipt_words(receipt: Receipt) -> str:
    """A receipt in one line: what moved, what did not have to, under which digest."""
    count = sum(blob.fate == "moved" for blob in receipt.blobs)
    moved = f"{text.size(receipt.moved)} moved in {text.plural(count, 'blob')}"
    parts = [
        moved,
        f"{text.size(receipt.spared)} spared",
        f"digest {receipt.descriptor.digest.short}",
    ]
    if receipt.requests:
        parts.insert(2, text.plural(receipt.requests, "request"))
    return " · ".join(parts)


class Transfers(QWidget):
    """The cards of all transfers, the newest on top."""

    LIMIT: Final = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[TransferCard] = []
        self._layout = QVBoxLayout(self)
        edge = theme.space(2)
        self._layout.setContentsMargins(edge, edge, edge, edge)
        self._layout.setSpacing(theme.space(2))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def add(self, transfer: Transfer) -> TransferCard:
        """Show one more; the oldest that are over give way."""
        card = TransferCard(transfer, self)
        card.dismissed.connect(lambda: self.remove(card))
        self.cards.insert(0, card)
        self._layout.insertWidget(0, card)
        over = [held for held in self.cards if held.transfer.is_over and held is not card]
        while len(self.cards) > self.LIMIT and over:
            self.remove(over.pop())
        self.show()
        return card

    def remove(self, card: TransferCard) -> None:
        """Take one away."""
        if card in self.cards:
            self.cards.remove(card)
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
            card.transfer.deleteLater()
            self.setVisible(bool(self.cards))
