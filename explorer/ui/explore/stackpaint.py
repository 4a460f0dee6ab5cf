"""How a row of the layer stack is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui import icons, text, theme
from explorer.ui.explore.stackbar import BAR, LINE, marks_of, paint_bar
from explorer.ui.explore.stackmodel import CARD_ROLE, KIND_ROLE, Card, Index, Trust
from explorer.ui.explore.stackrows import Kind, base_title

PAD: Final = 12
"""Room at the left and right of the rows."""
NUMBER_WIDTH: Final = 26
"""The column of the layers' numbers."""
_MARK: Final = 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of the stack, as the desktop's are now."""

    keyword: QFont
    instruction: QFont
    step: QFont
    numbers: QFont
    counts: QFont
    line: int
    """The height of a line of a layer, in pixels."""
    step_line: int
    """The height of a line of a step."""
    figure: int
    """The width of a column of figures."""

    @classmethod
    def now(cls) -> Fonts:
        """Return them."""
        instruction, numbers = theme.mono_font(0.95), theme.number_font(0.95)
        step = theme.mono_font(0.85)
        return cls(
            keyword=theme.mono_font(0.95, bold=True),
            instruction=instruction,
            step=step,
            numbers=numbers,
            counts=theme.number_font(0.9),
            line=max(QFontMetrics(instruction).height(), QFontMetrics(numbers).height()),
            step_line=QFontMetrics(step).height(),
            figure=QFontMetrics(numbers).horizontalAdvance("+999 MB") + 10,
        )


def figure_columns(width: int, fonts: Fonts) -> list[tuple[str, int]]:
    """The columns of figures that a row of this width has room for, with their widths."""
    room = width - 2 * PAD - NUMBER_WIDTH - 60
    names = ["stored", "adds", "total"]
    return [(name, fonts.figure) for name in names[: max(1, min(3, room // fonts.figure))]]


class StackDelegate(QStyledItemDelegate):
    """Layers as two lines and a bar, steps as thin lines, the base's edge as a dashed line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = parent
        self.fonts = Fonts.now()

    def renew_fonts(self) -> None:
        """Take the fonts of the desktop as they are now."""
        self.fonts = Fonts.now()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the kind of row asks."""
        kind = index.data(KIND_ROLE)
        if kind is Kind.LAYER:
            return QSize(120, 2 * self.fonts.line + BAR + LINE + 1 + theme.space(5))
        return QSize(120, self.fonts.step_line + (4 if kind is Kind.STEP else theme.space(3)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        card: Card = index.data(CARD_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if card.row.kind is Kind.LAYER:
            self._ground(painter, option)
            self._layer(painter, option.rect, card, option.state)
        elif card.row.kind is Kind.STEP:
            self._step(painter, option.rect, card)
        else:
            self._base(painter, option.rect, card)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colors, box = theme.colors(), option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colors.selection)
            if self._owner.hasFocus():
                painter.fillRect(QRect(box.right() - 2, box.top(), 3, box.height()), colors.accent)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colors.hover)

    # -- layers -------------------------------------------------------------------------------

    def _layer(self, painter: QPainter, box: QRect, card: Card, state: QStyle.StateFlag) -> None:
        color = theme.layer_color(card.row.layer, card.count)
        if card.trust is Trust.MISMATCH:
            color = theme.colors().danger
        painter.fillRect(QRect(box.left(), box.top() + 1, 4, box.height() - 2), color)
        inner = box.adjusted(PAD, theme.space(2), -PAD, -theme.space(2))
        line = self.fonts.line
        first = QRect(inner.left(), inner.top(), inner.width(), line)
        second = first.translated(0, line + 1)
        self._number(painter, first, card)
        for room in (first, second):
            room.setLeft(inner.left() + NUMBER_WIDTH)
        first.setRight(first.right() - self._marks(painter, first, card))
        self._instruction(painter, first, card)
        self._second_line(painter, second, card)
        top = inner.bottom() - BAR - LINE
        bar = QRectF(second.left(), top, second.width(), BAR)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        paint_bar(painter, bar, card, color, selected=selected)

    def _number(self, painter: QPainter, room: QRect, card: Card) -> None:
        painter.setFont(self.fonts.numbers)
        painter.setPen(theme.colors().muted)
        painter.drawText(room, _LEFT, str(card.row.layer))

    def _instruction(self, painter: QPainter, room: QRect, card: Card) -> None:
        colors = theme.colors()
        left = room.left()
        keyword = card.row.instruction.keyword
        if keyword:
            painter.setFont(self.fonts.keyword)
            painter.setPen(colors.accent)
            painter.drawText(room, _LEFT | Qt.TextFlag.TextSingleLine, keyword)
            left += painter.fontMetrics().horizontalAdvance(f"{keyword} ")
        rest = QRect(left, room.top(), room.right() - left, room.height())
        painter.setFont(self.fonts.instruction)
        painter.setPen(colors.text if keyword else colors.muted)
        _draw_elided(painter, rest, card.row.summary)

    def _marks(self, painter: QPainter, room: QRect, card: Card) -> int:
        """Paint the marks of a layer from the right; return the room they take."""
        taken = 0
        for name, role in marks_of(card):
            ink = getattr(theme.colors(), role)
            picture = icons.pixmap(name, _MARK, painter.device().devicePixelRatioF(), ink)
            left = room.right() - taken - _MARK + 1
            painter.drawPixmap(left, room.top() + (room.height() - _MARK) // 2, picture)
            taken += _MARK + theme.space(1)
        return taken + theme.space(1) if taken else 0

    def _second_line(self, painter: QPainter, room: QRect, card: Card) -> None:
        columns = figure_columns(room.width() + NUMBER_WIDTH + 2 * PAD, self.fonts)
        right = room.right()
        for name, width in reversed(columns):
            self._figure(
                painter, QRect(right - width, room.top(), width + 1, room.height()), card, name
            )
            right -= width
        self._counts(
            painter, QRect(room.left(), room.top(), right - room.left(), room.height()), card
        )

    def _figure(self, painter: QPainter, room: QRect, card: Card, name: str) -> None:
        colors = theme.colors()
        words, ink = text.size(card.stored), colors.text
        if name != "stored":
            if card.effect is None:
                words = {Trust.PENDING: "…", Trust.UNREAD: ""}.get(card.trust, "?")
            elif name == "adds":
                words = text.signed_size(card.effect.contribution)
                ink = colors.removed if card.effect.contribution < 0 else colors.text
            else:
                words, ink = text.size(card.effect.cumulative), colors.muted
        painter.setFont(self.fonts.numbers)
        painter.setPen(ink)
        painter.drawText(room, _RIGHT, words)

    def _counts(self, painter: QPainter, room: QRect, card: Card) -> None:
        colors = theme.colors()
        painter.setFont(self.fonts.counts)
        said = _SHORT_TRUST.get(card.trust)
        if said is not None:
            painter.setPen(colors.danger if card.trust.is_bad else colors.muted)
            _draw_elided(painter, room, said)
            return
        if card.effect is None:
            painter.setPen(colors.muted)
            if card.entries:
                _draw_elided(painter, room, _entries(card.entries))
            return
        effect, left = card.effect, room.left()
        for glyph, count, ink in (
            ("+", effect.added, colors.added),
            ("~", effect.modified, colors.modified),
            ("−", effect.removed, colors.removed),
        ):
            words = f"{glyph}{_short_count(count)}"
            width = painter.fontMetrics().horizontalAdvance(f"{words}  ")
            if not count or left + width > room.right() + 8:
                continue
            painter.setPen(ink)
            painter.drawText(QRect(left, room.top(), width, room.height()), _LEFT, words)
            left += width

    # -- what is no layer ---------------------------------------------------------------------

    def _step(self, painter: QPainter, box: QRect, card: Card) -> None:
        colors = theme.colors()
        room = box.adjusted(PAD + NUMBER_WIDTH, 0, -PAD, 0)
        painter.setPen(QPen(colors.border, 1))
        middle = box.center().y()
        painter.drawLine(box.left() + PAD, middle, room.left() - theme.space(2), middle)
        painter.setFont(self.fonts.step)
        painter.setPen(colors.muted)
        _draw_elided(painter, room, card.row.instruction.summary)

    def _base(self, painter: QPainter, box: QRect, card: Card) -> None:
        assert card.row.base is not None
        colors, middle = theme.colors(), box.center().y()
        painter.setFont(self.fonts.step)
        words = painter.fontMetrics().elidedText(
            base_title(card.row.base), Qt.TextElideMode.ElideMiddle, box.width() - 80
        )
        width = painter.fontMetrics().horizontalAdvance(words)
        left = box.left() + (box.width() - width) // 2
        painter.setPen(QPen(colors.outline, 1, Qt.PenStyle.DashLine))
        painter.drawLine(box.left() + PAD, middle, left - 8, middle)
        painter.drawLine(left + width + 8, middle, box.right() - PAD, middle)
        painter.setPen(colors.muted)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


_SHORT_TRUST: Final = {
    Trust.MISMATCH: "digest mismatch",
    Trust.DAMAGED: "damaged",
    Trust.MISSING: "not here",
    Trust.NOT_A_TAR: "not a tar",
    Trust.PENDING: "reading…",
    Trust.UNREAD: "not listed",
}


def _draw_elided(painter: QPainter, room: QRect, words: str) -> None:
    # The longest instructions are tens of kilobytes: only what could fit is measured.
    shown = painter.fontMetrics().elidedText(words[:400], Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT | Qt.TextFlag.TextSingleLine, shown)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{_short_count(count)} entries"


def _short_count(count: int) -> str:
    if count < 10_000:
        return text.count(count)
    return f"{count / 1000:.0f}k" if count < 1_000_000 else f"{count / 1_000_000:.1f}M"
