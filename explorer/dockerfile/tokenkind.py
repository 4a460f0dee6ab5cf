"""The kinds of tokens."""

from __future__ import annotations

from enum import Enum


class TokenKind(Enum):
    """What a stretch of text is."""

    SPACE = "space"
    NEWLINE = "newline"
    BYTE_ORDER_MARK = "byte order mark"
    COMMENT = "comment"
    CONTINUATION = "continuation"
    DIRECTIVE = "directive"
    DIRECTIVE_VALUE = "directive value"
    KEYWORD = "keyword"
    UNKNOWN_KEYWORD = "unknown keyword"
    FLAG = "flag"
    FLAG_VALUE = "flag value"
    OPERATOR = "operator"
    KEY = "key"
    VALUE = "value"
    ARGUMENT = "argument"
    STAGE = "stage"
    SHELL = "shell"
    STRING = "string"
    PUNCTUATION = "punctuation"
    VARIABLE = "variable"
    HEREDOC_MARKER = "heredoc marker"
    HEREDOC_BODY = "heredoc body"
    HEREDOC_END = "heredoc end"
    TEXT = "text"
