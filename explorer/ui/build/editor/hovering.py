"""Cards that explain: what stands under the mouse, which problem is there, what a chip means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QCursor, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.dockerfile.advice.model import Fix
from explorer.dockerfile.services.hover import Hover, hover
from explorer.ui import icons, theme
from explorer.ui.build.editor.assistant import Assistant
from explorer.ui.build.editor.card import Card
from explorer.ui.build.editor.chips import Chips
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.markdown import MarkdownView
from explorer.ui.build.editor.problems import SIGNS, Mark, Problems
from explorer.ui.overlay import MARGIN
from explorer.ui.widgets.labels import Label

_WIDTH: Final = 380
_HIGHEST: Final = 260
_MOST_PROBLEMS: Final = 4


class HoverCard(Card):
    """Problems with what mends them, then an explanation."""

    def __init__(self, anchor: QWidget, mend: Callable[[Fix], object]) -> None:
        super().__init__(anchor)
        self.setAccessibleName("Explanation")
        self._mend = mend
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(theme.space(2))
        self._layout.setContentsMargins(*(MARGIN + theme.space(2) + 2,) * 4)

    def show_about(
        self, marks: Sequence[Mark], about: Hover | None, words: str, box: QRect
    ) -> None:
        """Show what there is to say about ``box`` of the text."""
        self._clear()
        width = min(_WIDTH, self.room.width() - theme.space(16))
        for mark in marks[:_MOST_PROBLEMS]:
            self._layout.addWidget(self._problem(mark, width))
        if len(marks) > _MOST_PROBLEMS:
            self._layout.addWidget(
                Label(f"and {len(marks) - _MOST_PROBLEMS} more", self, role="muted")
            )
        if words:
            self._layout.addWidget(_wrapped(words, self, width))
        if about is not None:
            self._layout.addWidget(self._explanation(about, width))
        self._layout.activate()
        self.show_beside(box)

    def text(self) -> str:
        """All words of the card."""
        labels = (label.text() for label in self.findChildren(QLabel) if label.text())
        views = (view.toPlainText() for view in self.findChildren(MarkdownView))
        return "\n".join([*labels, *views])

    def _clear(self) -> None:
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()

    def _problem(self, mark: Mark, width: int) -> QWidget:
        diagnostic, sign = mark.diagnostic, SIGNS[mark.diagnostic.severity]
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space(2))
        picture = QLabel(box)
        ink = getattr(theme.colors(), sign.role)
        picture.setPixmap(icons.pixmap(sign.icon, 16, self.devicePixelRatioF(), ink))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(theme.space(1))
        inner = width - 16 - theme.space(2)
        words.addWidget(_wrapped(diagnostic.message, box, inner))
        if diagnostic.explanation:
            why = MarkdownView("Why it matters", box)
            why.show_text(diagnostic.explanation, inner, _HIGHEST)
            words.addWidget(why)
        words.addLayout(self._remedies(mark, box))
        row.addLayout(words, 1)
        return box

    def _remedies(self, mark: Mark, box: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        for fix in mark.diagnostic.fixes[:2]:
            button = QPushButton(fix.title, box)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip("Quick fix (Ctrl+.)")
            button.clicked.connect(lambda _=False, fix=fix: self._mend(fix))
            row.addWidget(button)
        row.addStretch(1)
        if mark.diagnostic.rule:
            name = f"{mark.diagnostic.source.value}: {mark.diagnostic.rule}"
            row.addWidget(_link(name, mark.diagnostic.url, box))
        return row

    def _explanation(self, about: Hover, width: int) -> QWidget:
        view = MarkdownView("Explanation", self)
        text = f"**{about.title}**\n\n{about.body}" if about.title else about.body
        if about.url:
            text += f"\n\n[Reference]({about.url})"
        view.show_text(text, width, _HIGHEST)
        return view


class Hovering(QObject):
    """Shows the card where the mouse rests, or at the caret when somebody asks."""

    def __init__(
        self,
        view: CodeView,
        assistant: Assistant,
        problems: Problems,
        chips: Chips,
        mend: Callable[[Fix], object],
    ) -> None:
        super().__init__(view)
        self._view, self._assistant = view, assistant
        self._problems, self._chips = problems, chips
        self.card = HoverCard(view.viewport(), self._mended(mend))
        self._away = QTimer(self, singleShot=True, interval=250)
        self._away.timeout.connect(self._leave)
        view.hover_asked.connect(self._show_at)
        view.left.connect(self._away.start)
        view.mirror.changed.connect(lambda _change: self.hide())
        view.cursorPositionChanged.connect(self.hide)

    def hide(self) -> None:
        """Take the card away."""
        self._assistant.forget("hover")
        self.card.hide()

    def show_at_caret(self) -> None:
        """Explain what stands at the caret."""
        position = self._view.textCursor().position()
        self._explain(position, self._problems.at(position))

    def show_line(self, line: int) -> None:
        """Show the problems of a line, from 0."""
        block = self._view.document().findBlockByNumber(line)
        cursor = QTextCursor(block)
        self.card.show_about(self._problems.on_line(line), None, "", self._view.cursorRect(cursor))

    def _mended(self, mend: Callable[[Fix], object]) -> Callable[[Fix], object]:
        def run(fix: Fix) -> None:
            self.hide()
            mend(fix)

        return run

    def _show_at(self, place: QPointF) -> None:
        chip = self._chips.at(place)
        if chip is not None:
            box = QRect(place.toPoint(), place.toPoint())
            if chip.tooltip:
                self.card.show_about((), None, chip.tooltip, box.adjusted(0, 0, 0, 8))
            return
        position = self._view.position_at(place)
        if position is not None:
            self._explain(position, self._problems.at(position))

    def _explain(self, position: int, marks: list[Mark]) -> None:
        offset = self._view.offset(position)

        def show(about: Hover | None) -> None:
            if about is None and not marks:
                self.card.hide()
                return
            self.card.show_about(marks, about, "", self._box(position, about))

        self._assistant.ask("hover", offset, hover, show)

    def _box(self, position: int, about: Hover | None) -> QRect:
        cursor = QTextCursor(self._view.document())
        start = position if about is None else self._view.position(about.start)
        block = self._view.document().findBlock(position)
        cursor.setPosition(max(start, block.position()))
        return self._view.cursorRect(cursor)

    def _leave(self) -> None:
        """Go, unless the mouse is on the card: there may be something to press."""
        if self.card.isVisible():
            over = self.card.rect().contains(self.card.mapFromGlobal(QCursor.pos()))
            if not over:
                self.hide()
            else:
                self._away.start()


def _wrapped(words: str, parent: QWidget, width: int) -> Label:
    label = Label(words, parent, wrap=True)
    metrics = label.fontMetrics()
    needed = metrics.boundingRect(0, 0, width, 10_000, int(_WRAP), words)
    label.setFixedSize(min(width, needed.width() + 4), needed.height() + 2)
    return label


def _link(name: str, url: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setFont(theme.ui_font(0.9))
    if url.startswith(("https://", "http://")):
        color = theme.colors().accent.name()
        label.setText(f'<a style="color: {color}" href="{url}">{name}</a>')
        label.setOpenExternalLinks(True)
        label.setToolTip(url)
    else:
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText(name)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


_WRAP: Final = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value
