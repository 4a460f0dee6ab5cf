"""The looks of a help page: what Qt reads from Markdown, in the scheme and the fonts in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtGui import (
    QBrush,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextFrameFormat,
    QTextTable,
)

from explorer.ui import theme
from explorer.ui.help import tables
from explorer.ui.help.library import anchor
from explorer.ui.help.markup import KEY

_HEADINGS: Final = {1: (1.7, 0, 3), 2: (1.25, 6, 2), 3: (1.05, 4, 1)}
"""Of each rank the scale, and the steps of the grid above and below it."""
_LINE, _CODE_LINE = 140, 125  # percent
_NBSP: Final = "\N{NO-BREAK SPACE}"
_FRAME_KIND: Final = QTextFormat.Property.UserProperty.value + 1
_CODE, _QUOTE = "code", "quote"
_Height = QTextBlockFormat.LineHeightTypes
_Property = QTextFormat.Property


def typeset(document: QTextDocument, markdown: str) -> None:
    """Fill ``document`` with ``markdown`` as :func:`explorer.ui.help.markup.prepare` made it."""
    document.setDefaultFont(theme.ui_font(1.05))
    dialect = QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    document.setMarkdown(markdown, dialect | QTextDocument.MarkdownFeature.MarkdownNoHTML)
    _frame(document, _Property.BlockCodeFence, _code_frame())
    _frame(document, _Property.BlockQuoteLevel, _quote_frame())
    for block in _blocks(document):
        QTextCursor(block).setBlockFormat(_block_format(block))
        for fragment in list(_fragments(block)):
            _set_fragment(block, fragment)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            tables.set_table(frame)


def _block_format(block: QTextBlock) -> QTextBlockFormat:
    form = QTextBlockFormat(block.blockFormat())
    rank, kind = form.headingLevel(), _kind(block)
    form.clearProperty(_Property.BlockQuoteLevel.value)
    form.setLeftMargin(0)
    form.setRightMargin(0)
    form.setTopMargin(0)
    form.setBottomMargin(0)
    form.setLineHeight(_CODE_LINE if kind == _CODE else _LINE, _Height.ProportionalHeight.value)
    if rank:
        _, above, below = _HEADINGS[min(rank, 3)]
        form.setTopMargin(theme.space(above))
        form.setBottomMargin(theme.space(below))
    elif kind:
        return form
    elif not block.text():
        # Qt puts an empty line before and behind each frame and table.
        form.setLineHeight(1, _Height.FixedHeight.value)
    else:
        form.setBottomMargin(theme.space(1 if block.textList() else 3))
    return form


def _kind(block: QTextBlock) -> str:
    """Return what sort of frame a block is in, or nothing."""
    frame = QTextCursor(block).currentFrame()
    if isinstance(frame, QTextTable):
        return "table"
    kind = frame.frameFormat().property(_FRAME_KIND)
    return kind if isinstance(kind, str) else ""


def _set_fragment(block: QTextBlock, fragment: QTextFragment) -> None:
    old = fragment.charFormat()
    cursor = _select(block, fragment)
    if old.isImageFormat():
        form = QTextCharFormat()
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        cursor.mergeCharFormat(form)
    elif fragment.text().startswith(KEY):
        keys = fragment.text().removeprefix(KEY).replace(" ", _NBSP)
        cursor.insertText(f"{_NBSP}{keys}{_NBSP}", _key_format())
    else:
        cursor.setCharFormat(_words_format(block, old))


def _words_format(block: QTextBlock, old: QTextCharFormat) -> QTextCharFormat:
    colors, rank, kind = theme.colors(), block.blockFormat().headingLevel(), _kind(block)
    form = QTextCharFormat()
    form.setForeground(colors.text)
    is_bold = old.fontWeight() > 500
    form.setFont(theme.ui_font(1.05, bold=is_bold))
    form.setFontItalic(old.fontItalic())
    if rank:
        form.setFont(theme.ui_font(_HEADINGS[min(rank, 3)][0], bold=True))
        form.setAnchor(True)
        form.setAnchorNames([anchor(block.text())])
    elif kind == _CODE:
        form.setFont(theme.mono_font(1.05))
    elif old.fontFixedPitch():
        form.setFont(theme.mono_font(1.05))
        form.setBackground(colors.hover)
    if old.anchorHref():
        form.setForeground(colors.accent)
        form.setAnchor(True)
        form.setAnchorHref(old.anchorHref())
    return form


def _key_format() -> QTextCharFormat:
    form = QTextCharFormat()
    form.setFont(theme.ui_font(0.9))
    form.setForeground(theme.colors().muted)
    form.setBackground(theme.colors().hover)
    return form


def _select(block: QTextBlock, fragment: QTextFragment) -> QTextCursor:
    cursor = QTextCursor(block)
    cursor.setPosition(fragment.position())
    end = fragment.position() + fragment.length()
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _code_frame() -> QTextFrameFormat:
    form = QTextFrameFormat()
    form.setProperty(_FRAME_KIND, _CODE)
    form.setBackground(theme.colors().window)
    form.setBorder(1)
    form.setBorderBrush(QBrush(theme.colors().border))
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setPadding(theme.space(2))
    form.setBottomMargin(theme.space(3))
    return form


def _quote_frame() -> QTextFrameFormat:
    form = QTextFrameFormat()
    form.setProperty(_FRAME_KIND, _QUOTE)
    form.setBackground(theme.colors().accent_soft)
    form.setPadding(theme.space(3))
    form.setBottomMargin(theme.space(3))
    return form


def _frame(document: QTextDocument, mark: QTextFormat.Property, form: QTextFrameFormat) -> None:
    """Put each stretch of blocks that carry ``mark`` into a frame of its own."""
    stretches: list[list[QTextBlock]] = []
    for block in _blocks(document):
        if not block.blockFormat().hasProperty(mark.value):
            continue
        if stretches and stretches[-1][-1].next() == block:
            stretches[-1].append(block)
        else:
            stretches.append([block])
    # From the end on: a frame moves what lies behind it.
    for stretch in reversed(stretches):
        last = stretch[-1]
        cursor = QTextCursor(stretch[0])
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertFrame(form)


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    place = block.begin()
    while not place.atEnd():
        yield place.fragment()
        place += 1
