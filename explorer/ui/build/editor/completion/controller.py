"""When the list opens, what keys do to it, what accepting inserts."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCursor

from explorer.dockerfile.nodes import Comment, Instruction
from explorer.dockerfile.services.completion import Completion, Completions, complete
from explorer.dockerfile.tokenkind import TokenKind
from explorer.ui.build.editor.assistant import Assistant
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.completion.popup import Popup
from explorer.ui.build.editor.completion.snippets import SnippetSession
from explorer.ui.build.editor.language import Language
from explorer.ui.build.editor.mirror import Change

_TRIGGERS: Final = frozenset("-$={/.,_")
_VARIABLE: Final = re.compile(r"\$\{?\w*$")
_SCRIPT: Final = frozenset({TokenKind.SHELL, TokenKind.HEREDOC_BODY, TokenKind.COMMENT})
_GO_ON: Final = ("=", "/")
"""What is inserted and ends so is not finished: the list opens again."""
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}
_ACCEPT: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class Completing(QObject):
    """Never takes a key that would have written something else than the item chosen."""

    def __init__(
        self, view: CodeView, language: Language, assistant: Assistant, snippets: SnippetSession
    ) -> None:
        super().__init__(view)
        self._view, self._language = view, language
        self._assistant, self._snippets = assistant, snippets
        self.popup = Popup(view.viewport())
        self._start = self._end = 0
        self._asked_for = False
        self._dismissed = -1
        self._typing = False
        self._check = QTimer(self, singleShot=True, interval=0)
        self._check.timeout.connect(self._renew)
        self.popup.accepted.connect(self.accept)
        view.mirror.changed.connect(self._follow)
        view.cursorPositionChanged.connect(self._moved)
        view.left.connect(self._left)

    @property
    def is_open(self) -> bool:
        """Whether the list is in view."""
        return self.popup.isVisible()

    def open(self) -> None:
        """Offer what could stand at the caret, because somebody asked."""
        self._dismissed = -1
        self._ask(asked_for=True)

    def close(self) -> None:
        """Close the list."""
        self._assistant.forget("completion")
        self.popup.hide()

    def handle(self, event: QKeyEvent) -> bool:
        """Keys of the open list; all others note that something is being typed."""
        self._typing = bool(event.text()) and event.text().isprintable()
        if not self.is_open:
            return False
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers:
            return False
        if key in _STEPS:
            self.popup.move_by(_STEPS[key])
            return True
        if key == Qt.Key.Key_Escape:
            self._dismissed = self._start
            self.close()
            return True
        if key in _ACCEPT:
            return self._accept_current()
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.close()
        return False

    def accept(self, item: Completion) -> None:
        """Put an item in the place of what was typed."""
        start, end = self._start, self._end
        self.close()
        if item.snippet:
            self._snippets.insert(start, end, item.insert)
        else:
            cursor = self._view.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(self._view.mirror.shown(item.insert))
            self._view.setTextCursor(cursor)
        self._view.ensureCursorVisible()
        self._view.setFocus()
        if item.insert.endswith(_GO_ON):
            self._ask(asked_for=False)

    def _accept_current(self) -> bool:
        item = self.popup.current
        if item is None:
            return False
        if not item.snippet and self._typed() == item.insert.rstrip(" "):
            # Accepting what is there already would only eat the key.
            self.close()
            return False
        self.accept(item)
        return True

    def _typed(self) -> str:
        """What an item would take the place of."""
        text, view = self._view.mirror.text, self._view
        return text[view.offset(self._start) : view.offset(self._end)]

    # -- when to open -------------------------------------------------------------------------

    def _follow(self, change: Change) -> None:
        self._start = change.moved(self._start, sticky=True)
        self._end = change.moved(self._end)
        if self._dismissed >= 0:
            self._dismissed = change.moved(self._dismissed, sticky=True)
        typed = self._typing and change.added in (1, 2) and self._view.hasFocus()
        self._typing = False
        if self.is_open or (typed and self._is_trigger()):
            self._check.start()

    def _is_trigger(self) -> bool:
        cursor = self._view.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        char = before[-1:]
        if not char.isalnum() and char not in _TRIGGERS:
            return False
        return bool(_VARIABLE.search(before)) or not self._is_in_script()

    def _is_in_script(self) -> bool:
        """Whether the caret is where only variables could be offered: in shell, in a comment."""
        offset = self._view.offset(self._view.textCursor().position())
        excerpt = self._language.excerpt(offset)
        place = offset - excerpt.start - 1
        node = excerpt.document.node_at(place)
        if not isinstance(node, Instruction):
            return isinstance(node, Comment) and not node.text.lstrip("# ").isidentifier()
        tokens = excerpt.document.tokens((node,))
        return any(t.kind in _SCRIPT and t.start <= place < t.end for t in tokens)

    def _moved(self) -> None:
        if self.is_open:
            self._check.start()

    def _left(self) -> None:
        if self.is_open and not self.popup.underMouse():
            self.close()

    def _renew(self) -> None:
        caret = self._view.textCursor().position()
        if self.is_open and not self._start <= caret <= self._end:
            self.close()
            return
        self._ask(asked_for=self._asked_for and self.is_open)

    def _ask(self, *, asked_for: bool) -> None:
        self._asked_for = asked_for
        cursor = self._view.textCursor()
        if cursor.hasSelection() or self._view.isReadOnly():
            self.close()
            return
        offset = self._view.offset(cursor.position())
        self._assistant.ask("completion", offset, complete, self._show)

    def _show(self, found: Completions) -> None:
        start, end = self._view.position(found.start), self._view.position(found.end)
        caret = self._view.textCursor().position()
        typed = self._view.mirror.text[found.start : self._view.offset(caret)]
        if not start <= caret <= end or not self._worth_showing(found, typed, start):
            self.popup.hide()
            return
        self._start, self._end = start, end
        place = QTextCursor(self._view.document())
        place.setPosition(start)
        self.popup.show_items(found.items, typed, self._view.cursorRect(place))

    def _worth_showing(self, found: Completions, typed: str, start: int) -> bool:
        items = found.items
        if not items or not self._view.isVisible():
            return False
        if self._asked_for:
            return True
        if start == self._dismissed or not self._view.hasFocus():
            return False
        return not (len(items) == 1 and items[0].insert.rstrip(" ") == typed)
