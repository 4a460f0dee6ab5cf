"""Small Markdown in the fonts of the window; nothing is ever loaded for it."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from explorer.ui import theme

_SAFE = ("http", "https")


class MarkdownView(QTextBrowser):
    """As wide as it is told, and as high as its text, up to a limit; then it scrolls."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.anchorClicked.connect(_open)

    def show_text(self, markdown: str, width: int, highest: int) -> None:
        """Show a text in a given width, in pixels."""
        colors = theme.colors()
        document = self.document()
        document.setDefaultFont(theme.ui_font())
        document.setIndentWidth(theme.space(4))
        code = theme.mono_font(0.95)
        self.setFont(theme.ui_font())
        self.setMarkdown(markdown)
        _set_code_font(document, code.family(), code.pointSizeF())
        self.setStyleSheet(f"background: transparent; color: {colors.text.name()};")
        self.setFixedSize(width, min(_height(document, width), highest))

    def loadResource(self, _type: int, _name: QUrl | str) -> object:
        """Load nothing: a text may come from an image."""
        return None


def _height(document: QTextDocument, width: int) -> int:
    # The document itself is laid out in the width that the view has, not in what it will have.
    measured = document.clone()
    measured.setTextWidth(width)
    height = math.ceil(measured.size().height())
    measured.deleteLater()
    return height + 2


def _set_code_font(document: QTextDocument, family: str, points: float) -> None:
    """Markdown's code is written in a font of its own; let it be the one of the editor."""
    block = document.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            _restyle(document, fragments, family, points)
            fragments += 1
        block = block.next()


def _restyle(
    document: QTextDocument, fragments: QTextBlock.iterator, family: str, points: float
) -> None:
    fragment = fragments.fragment()
    form = fragment.charFormat()
    if not form.fontFixedPitch():
        return
    form.setFontFamilies([family])
    form.setFontPointSize(points)
    cursor = QTextCursor(document)
    cursor.setPosition(fragment.position())
    cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(form)


def _open(url: QUrl) -> None:
    if url.scheme() in _SAFE:
        QDesktopServices.openUrl(url)
