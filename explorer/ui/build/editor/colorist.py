"""Applies spans that were found on a thread; nothing is lexed here.

Only lines that come into view are touched: a file of 100,000 lines opens as quickly as one of ten.
"""

from __future__ import annotations

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from explorer.ui import theme
from explorer.ui.build.editor.inks import Ink, char_format
from explorer.ui.build.editor.language import Language
from explorer.ui.build.editor.lexing import Colours, LineSpans
from explorer.ui.build.editor.mirror import Change, Mirror
from explorer.ui.build.editor.shifting import shift

_NOTHING: LineSpans = ()


class Colorist(QSyntaxHighlighter):
    """Made after the mirror, so that it hears of a change when the spans are shifted already."""

    def __init__(self, document: QTextDocument, mirror: Mirror, language: Language) -> None:
        super().__init__(document)
        self._language = language
        self._spans: Colours = []
        self._applied: dict[int, LineSpans] = {}
        self._formats: dict[Ink, QTextCharFormat] = {}
        self._view = range(0)
        mirror.changed.connect(self._follow)
        language.parsed.connect(self._renew)
        theme.switch().changed.connect(self._repaint)

    def show(self, lines: range) -> None:
        """Colour the lines in view, counted from 0."""
        self._view = lines
        for number in lines:
            if self._applied.get(number, _NOTHING) is not self._of(number):
                block = self.document().findBlockByNumber(number)
                if block.isValid():
                    self.rehighlightBlock(block)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        number = self.currentBlock().blockNumber()
        spans = self._of(number)
        if not spans:
            self._applied.pop(number, None)
            return
        for start, length, ink in spans:
            self.setFormat(start, length, self._format(ink))
        self._applied[number] = spans

    def _of(self, number: int) -> LineSpans:
        return self._spans[number] if number < len(self._spans) else _NOTHING

    def _follow(self, change: Change) -> None:
        shift(self._spans, change)
        if change.grown:
            moved = ((change.moved_line(line), spans) for line, spans in self._applied.items())
            self._applied = {line: spans for line, spans in moved if line is not None}

    def _renew(self) -> None:
        spans = list(self._language.reading.colours)
        for change in self._language.since:
            shift(spans, change)
        self._spans = spans
        self.show(self._view)

    def _repaint(self) -> None:
        self._formats.clear()
        # What is out of view is coloured anew when it comes into view.
        self._applied = {line: (*spans, (0, 0, Ink.PLAIN)) for line, spans in self._applied.items()}
        self.show(self._view)

    def _format(self, ink: Ink) -> QTextCharFormat:
        if ink not in self._formats:
            self._formats[ink] = char_format(ink)
        return self._formats[ink]
