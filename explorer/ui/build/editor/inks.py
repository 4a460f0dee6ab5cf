"""What the parts of a Dockerfile look like: a hue for each kind, readable on either ground."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Final

from PySide6.QtGui import QColor, QTextCharFormat

from explorer.dockerfile.tokenkind import TokenKind
from explorer.ui import theme
from explorer.ui.inspect import highlight
from explorer.ui.theme.oklch import oklch


class Ink(IntEnum):
    """The look of a stretch of text."""

    PLAIN = 0
    COMMENT = 1
    INSTRUCTION = 2
    FLAG = 3
    VARIABLE = 4
    STRING = 5
    STAGE = 6
    KEY = 7
    MARKER = 8
    CONTINUATION = 9
    DIRECTIVE = 10
    UNKNOWN = 11
    WORD = 12
    """A word of the shell or of another language that has a meaning of its own."""
    NUMBER = 13


OF_TOKEN: Final = {
    TokenKind.COMMENT: Ink.COMMENT,
    TokenKind.CONTINUATION: Ink.CONTINUATION,
    TokenKind.DIRECTIVE: Ink.DIRECTIVE,
    TokenKind.DIRECTIVE_VALUE: Ink.STRING,
    TokenKind.KEYWORD: Ink.INSTRUCTION,
    TokenKind.UNKNOWN_KEYWORD: Ink.UNKNOWN,
    TokenKind.FLAG: Ink.FLAG,
    TokenKind.OPERATOR: Ink.CONTINUATION,
    TokenKind.PUNCTUATION: Ink.CONTINUATION,
    TokenKind.KEY: Ink.KEY,
    TokenKind.STAGE: Ink.STAGE,
    TokenKind.STRING: Ink.STRING,
    TokenKind.VARIABLE: Ink.VARIABLE,
    TokenKind.HEREDOC_MARKER: Ink.MARKER,
    TokenKind.HEREDOC_END: Ink.MARKER,
}
"""The ink of the tokens that have one."""

OF_CODE: Final = {
    highlight.Ink.COMMENT: Ink.COMMENT,
    highlight.Ink.KEYWORD: Ink.WORD,
    highlight.Ink.STRING: Ink.STRING,
    highlight.Ink.NUMBER: Ink.NUMBER,
    highlight.Ink.TYPE: Ink.VARIABLE,
    highlight.Ink.ADDED: Ink.STRING,
    highlight.Ink.REMOVED: Ink.UNKNOWN,
    highlight.Ink.HEADING: Ink.WORD,
}
"""The ink of what another language's lexer found."""

_ROLES: Final = {
    Ink.PLAIN: "text",
    Ink.COMMENT: "muted",
    Ink.CONTINUATION: "muted",
    Ink.INSTRUCTION: "accent",
    Ink.UNKNOWN: "danger",
}
_HUES: Final = {
    Ink.FLAG: (0.11, 210),
    Ink.VARIABLE: (0.17, 318),
    Ink.STRING: (0.11, 155),
    Ink.STAGE: (0.13, 45),
    Ink.KEY: (0.09, 240),
    Ink.MARKER: (0.12, 75),
    Ink.DIRECTIVE: (0.11, 290),
    Ink.WORD: (0.12, 270),
    Ink.NUMBER: (0.12, 75),
}
"""Chroma and hue; the lightness goes with the ground."""
_LIGHTNESS: Final = {False: 0.47, True: 0.80}
BOLD: Final = frozenset({Ink.INSTRUCTION})
ITALIC: Final = frozenset({Ink.COMMENT})


def color(ink: Ink) -> QColor:
    """The colour of an ink in the scheme in force."""
    scheme = theme.colors()
    if ink in _ROLES:
        return QColor(getattr(scheme, _ROLES[ink]))
    return _hue(ink, scheme.dark)


@cache
def _hue(ink: Ink, dark: bool) -> QColor:
    chroma, hue = _HUES[ink]
    return oklch(_LIGHTNESS[dark], chroma, hue)


def char_format(ink: Ink) -> QTextCharFormat:
    """How Qt is to write it."""
    form = QTextCharFormat()
    form.setForeground(color(ink))
    if ink in BOLD:
        form.setFontWeight(600)
    if ink in ITALIC:
        form.setFontItalic(True)
    return form
