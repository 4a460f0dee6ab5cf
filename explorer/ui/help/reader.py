"""Shows one help topic: a column of comfortable width, links, pictures, matches marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from explorer.ui import theme
from explorer.ui.help.library import Place
from explorer.ui.help.markup import prepare
from explorer.ui.help.pictures import picture
from explorer.ui.help.typeset import typeset

_COLUMN = 720
"""The widest that a line may be, in device-independent pixels: some 80 letters."""


class Reader(QTextBrowser):
    """Give it Markdown with :meth:`show_text`."""

    place_wanted = Signal(object)
    """A link to this :class:`Place` was followed."""
    action_wanted = Signal(str)
    """A link that runs this action was followed."""

    def __init__(self, keys_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys_of = keys_of
        self._topic = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setAccessibleName("Help text")
        self.anchorClicked.connect(self._follow)

    def show_text(self, topic: str, markdown: str) -> None:
        """Show a text, from its beginning."""
        self._topic = topic
        self.setExtraSelections([])
        typeset(self.document(), prepare(markdown, self._keys_of))
        self._set_margins()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def mark(self, words: Sequence[str]) -> int:
        """Mark every place where one of ``words`` stands; return how many there are."""
        marks = [mark for word in words for mark in self._marks(word)]
        self.setExtraSelections(marks)
        return len(marks)

    def turn_page(self, by: int) -> None:
        """Scroll by so many pages."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + by * bar.pageStep())

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        """Draw the pictures; load nothing else, from nowhere."""
        name = QUrl(name)
        if type == QTextDocument.ResourceType.ImageResource.value:
            return picture(name.scheme(), name.path(), self.devicePixelRatioF())
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short enough to read, and away from the edges."""
        super().resizeEvent(event)
        self._set_margins()

    def _set_margins(self) -> None:
        edge = theme.space(8 if self.width() > 560 else 4)
        root = self.document().rootFrame()
        form = root.frameFormat()
        form.setLeftMargin(edge)
        form.setRightMargin(max(edge, self.viewport().width() - edge - _COLUMN))
        form.setTopMargin(theme.space(6))
        form.setBottomMargin(theme.space(8))
        root.setFrameFormat(form)

    def _marks(self, word: str) -> list[QTextEdit.ExtraSelection]:
        marks = []
        cursor = self.document().find(word)
        while not cursor.isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(theme.colors().modified_soft)
            marks.append(mark)
            cursor = self.document().find(word, cursor)
        return marks

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == "action":
            self.action_wanted.emit(url.path())
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        else:
            place = Place.parse(url.toString())
            self.place_wanted.emit(place if place.topic else Place(self._topic, place.anchor))
