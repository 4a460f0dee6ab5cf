"""Going to definitions, references, lines; Ctrl+click; and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTextCharFormat
from PySide6.QtWidgets import QMenu

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.navigation import definition, references
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.ui import theme
from explorer.ui.build.editor.assistant import Assistant
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.decorations import Decoration, Decorations
from explorer.ui.build.editor.folding import Folding
from explorer.ui.build.editor.inlinefield import InlineField
from explorer.ui.text import middle_elided

_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Jump:
    """The caret went from one offset of the text to another, further than by moving it."""

    origin: int
    target: int


class Going(QObject):
    """Every jump is told, so that whoever keeps a history can go back."""

    jumped = Signal(object)
    """A :class:`Jump`."""
    said = Signal(str)
    """Why nothing happened, in a few words."""

    def __init__(
        self,
        view: CodeView,
        assistant: Assistant,
        folding: Folding,
        decorations: Decorations,
        field: InlineField,
    ) -> None:
        super().__init__(view)
        self._view, self._assistant, self._folding = view, assistant, folding
        self._decorations, self._field = decorations, field
        self._link: Span | None = None
        self._mouse: QPointF | None = None
        decorations.add(lambda _start, _end: self._decorate())
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)

    def reveal(self, offset: int, length: int = 0, *, focus: bool = True) -> None:
        """Put the caret at an offset, select ``length`` characters, and bring it into view."""
        cursor = self._view.cursor_for(offset, offset + length)
        self._folding.reveal(self._view.document().findBlock(cursor.selectionStart()).blockNumber())
        visible = {row.number for row in self._view.rows()[:-1]}
        self._view.setTextCursor(cursor)
        if cursor.blockNumber() in visible:
            self._view.ensureCursorVisible()
        else:
            self._view.centerCursor()
        if focus:
            self._view.setFocus()

    def jump(self, offset: int, length: int = 0) -> None:
        """Go to an offset in a way that one can come back from."""
        origin = self._view.offset(self._view.textCursor().position())
        self.reveal(offset, length)
        if origin != offset:
            self.jumped.emit(Jump(origin, offset))

    def go_to_definition(self) -> None:
        """Go to where the name at the caret is defined."""
        self._ask_definition(self._caret())

    def find_references(self) -> None:
        """List every place of the name at the caret."""
        self._assistant.ask("references", self._caret(), _references, self._list)

    def ask_line(self) -> None:
        """Ask for a line, and go there."""
        last = self._view.blockCount()

        def judge(text: str) -> tuple[str, bool]:
            return f"Line 1 to {last}, or line:column", _line_and_column(text) is not None

        where = QPoint(self._view.width() // 2 - 130, theme.space(2))
        line = str(self._view.textCursor().blockNumber() + 1)
        self._field.ask("Line to go to", line, where, self._go_to_line, judge)

    def go_to_line(self, line: int, column: int = 1) -> None:
        """Go to a line and a column, both from 1."""
        block = self._view.document().findBlockByNumber(
            min(max(line, 1), self._view.blockCount()) - 1
        )
        place = block.position() + min(max(column, 1) - 1, block.length() - 1)
        self.jump(self._view.offset(place))

    def _go_to_line(self, text: str) -> None:
        found = _line_and_column(text)
        if found is not None:
            self.go_to_line(*found)

    def _caret(self) -> int:
        return self._view.offset(self._view.textCursor().position())

    def _ask_definition(self, offset: int) -> None:
        def go(span: Span | None) -> None:
            if span is None:
                self.said.emit("Nothing here is defined elsewhere")
            else:
                self.jump(span.start, len(span))

        self._assistant.ask("definition", offset, _definition, go)

    def _list(self, spans: tuple[Span, ...]) -> None:
        if not spans:
            self.said.emit("No name stands here")
            return
        menu = QMenu(self._view)
        menu.setFont(theme.mono_font(0.95))
        text = self._view.mirror.text
        for span in spans[:_MOST]:
            start = text.rfind("\n", 0, span.start) + 1
            end = text.find("\n", span.end)
            words = text[start : end if end >= 0 else len(text)].strip()
            line = text.count("\n", 0, span.start) + 1
            label = f"{line:>4}  {middle_elided(words, 90)}".replace("&", "&&")
            menu.addAction(label).triggered.connect(partial(self._jump_to, span))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._view.viewport().mapToGlobal(self._view.cursorRect().bottomLeft()))

    def _jump_to(self, span: Span, *_checked: object) -> None:
        self.jump(span.start, len(span))

    # -- Ctrl+click ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse and Ctrl."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._mouse = event.position()
            held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._look_under_mouse(held and not event.buttons())
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(
            event, QKeyEvent
        ):
            if event.key() == Qt.Key.Key_Control:
                self._look_under_mouse(kind == QEvent.Type.KeyPress)
        elif kind == QEvent.Type.Leave:
            self._mouse = None
            self._underline(None)
        elif kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return self._clicked(event)
        return False

    def _clicked(self, event: QMouseEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not control or event.button() != Qt.MouseButton.LeftButton:
            return False
        position = self._view.position_at(event.position())
        if position is None:
            return False
        self._underline(None)
        self._ask_definition(self._view.offset(position))
        return True

    def _look_under_mouse(self, held: bool) -> None:
        position = self._view.position_at(self._mouse) if held and self._mouse else None
        if position is None:
            self._underline(None)
            return
        offset = self._view.offset(position)
        if self._link is None or offset not in self._link:
            self._assistant.ask("link", offset, _linked, self._underline)

    def _underline(self, span: Span | None) -> None:
        if span == self._link:
            return
        self._link = span
        shape = Qt.CursorShape.PointingHandCursor if span else Qt.CursorShape.IBeamCursor
        self._view.viewport().setCursor(shape)
        self._decorations.refresh()

    def _decorate(self) -> list[Decoration]:
        if self._link is None:
            return []
        look = QTextCharFormat()
        look.setForeground(theme.colors().accent)
        look.setFontUnderline(True)
        start, end = self._view.position(self._link.start), self._view.position(self._link.end)
        return [Decoration(start, end, look)]


def _definition(document: Document, program: Program, offset: int, _outside: Surroundings) -> Any:
    return definition(document, program, offset)


def _references(document: Document, program: Program, offset: int, _outside: Surroundings) -> Any:
    return references(document, program, offset)


def _linked(document: Document, program: Program, offset: int, _outside: Surroundings) -> Any:
    """The name at an offset that leads somewhere."""
    if definition(document, program, offset) is None:
        return None
    spans = references(document, program, offset)
    return next((span for span in spans if span.start <= offset <= span.end), None)


def _line_and_column(text: str) -> tuple[int, int] | None:
    line, _, column = text.strip().partition(":")
    try:
        return int(line), int(column or 1)
    except ValueError:
        return None
