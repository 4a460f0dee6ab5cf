"""Where quoted texts and substitutions of a shell end."""

from __future__ import annotations

import re
from typing import Final

_QUIET: Final = re.compile(r"[^\"'\\`$(){}]+")


def quoted_end(text: str, at: int) -> int:
    """Where a quoted text or a substitution that begins at an offset ends, nesting counted."""
    closers: list[str] = []
    while at < len(text):
        quiet = _QUIET.match(text, at)
        if quiet and closers:
            at = quiet.end()
            continue
        at = _step(text, at, closers)
        if not closers:
            return at
    return len(text)


def _step(text: str, at: int, closers: list[str]) -> int:
    """Take one special character; ``closers`` are what the open parts end with."""
    char, inside = text[at], closers[-1] if closers else ""
    if char == "\\":
        return min(at + 2, len(text))
    if char == inside:
        closers.pop()
    elif char == "$" and text[at + 1 : at + 2] in ("(", "{"):
        closers.append(")" if text[at + 1] == "(" else "}")
        return at + 2
    elif char == "`":
        closers.append("`")
    elif char == '"':
        closers.append('"')
    elif char == "'" and inside not in ('"', ""):
        end = text.find("'", at + 1)
        return len(text) if end < 0 else end + 1
    elif char == "(" and inside == ")":
        closers.append(")")
    return at + 1
