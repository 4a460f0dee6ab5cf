"""Laying out a recorded command as lines of a Dockerfile.

Builders record a command after joining its continued lines, so runs of blanks show where the
author broke them. Breaking there again changes nothing: to the parser, a backslash at the end of
a line is as good as a blank.
"""

from __future__ import annotations

import re
from typing import Final

LONG: Final = 80
"""A command longer than this is broken even where its author left no trace of lines."""

_INDENT: Final = " \\\n    "
_TOKEN: Final = re.compile(r"""[ \t]+|\\.|'[^']*'?|"(?:[^"\\]|\\.)*"?|[^ \t'"\\]+|\\""", re.DOTALL)
_HEREDOC: Final = re.compile(r"<<-?\s*([\"']?)(\w{1,64})\1")
# Control characters could rewrite a terminal, and bidirectional ones the order of what is read.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def visible(text: str) -> str:
    """The text with control and bidirectional characters spelled out (``\\x1b``)."""
    return _UNSAFE.sub(_spell, text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 400) -> str:
    """The text on one line, blanks collapsed, cut at ``limit`` characters."""
    line = " ".join(visible(text[: 4 * limit]).split())
    return line if len(line) <= limit and len(text) <= 4 * limit else f"{line[: limit - 1]}…"


def lay_out(keyword: str, command: str) -> str:
    """``keyword command`` as one Dockerfile instruction on as many lines as it deserves."""
    command = command.strip(" \t\n")
    if "\n" in command:
        return _with_heredoc(keyword, command)
    tokens = _TOKEN.findall(f"{keyword} {command}")
    broken = _break_at_runs(tokens)
    if "\n" not in broken and len(broken) > LONG:
        broken = _break_at_operators(tokens)
    return broken


def _break_at_runs(tokens: list[str]) -> str:
    return "".join(
        _INDENT if token.isspace() and (len(token) > 1 or token == "\t") else token
        for token in tokens
    )


def _break_at_operators(tokens: list[str]) -> str:
    out: list[str] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        ends_command = index > 0 and tokens[index - 1].endswith(";")
        at_operator = following in ("&&", "||") or ends_command
        out.append(_INDENT if token.isspace() and at_operator else token)
    return "".join(out)


def _with_heredoc(keyword: str, command: str) -> str:
    first, _, rest = command.partition("\n")
    own = _HEREDOC.search(first)
    if own is not None and own[2] in rest.split("\n"):
        return f"{keyword} {command}"
    mark = "EOF"
    lines = set(command.split("\n"))
    while mark in lines:
        mark += "_"
    return f"{keyword} <<{mark}\n{command}\n{mark}"


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
