"""Values that Docker and BuildKit print into history with Go's ``%q`` and ``%v``."""

from __future__ import annotations

import re
from typing import Final

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LIST: Final = re.compile(r'\s*\[\s*(?:"(?:[^"\\]|\\.)*"[\s,]*)*\]\s*', re.DOTALL)
_RUNE: Final = re.compile(r"'((?:[^'\\]|\\.)[^']{0,10})'", re.DOTALL)
_ESCAPE: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL
)
# Four durations and a number. Searching is quadratic in the worst case, hence the bound.
_LONGEST_TAIL: Final = 500
_SIMPLE: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def quoted_list(text: str) -> list[str] | None:
    """The strings of ``["nginx" "-g"]`` or ``["nginx", "-g"]``; ``None`` for anything else."""
    if _LIST.fullmatch(text) is None:
        return None
    return [unquote(match) for match in _QUOTED.findall(text)]


def plain_list(text: str) -> list[str] | None:
    """The words of ``[/data /logs]`` or the keys of ``map[80/tcp:{} 443/tcp:{}]``.

    Where one member has a space, this form does not tell; it is split there.
    """
    if text.startswith("map[") and text.endswith("]"):
        return [word.removesuffix(":{}") for word in text[4:-1].split()]
    if text.startswith("[") and text.endswith("]"):
        return text[1:-1].split()
    return None


def healthcheck(text: str) -> tuple[list[str], list[str], int] | None:
    """The test, the durations and the retries of ``&{["CMD" "x"] "30s" "3s" "0s" '\\x03'}``."""
    if not (text.startswith("&{[") and text.endswith("}")):
        return None
    inside, bracket, rest = text[2:-1].partition("] ")
    test = quoted_list(f"{inside}]")
    if not bracket or test is None:
        return None
    rest = rest[:_LONGEST_TAIL]
    durations = [unquote(match) for match in _QUOTED.findall(rest)]
    rune = _RUNE.search(rest)
    retries = unquote(rune[1]) if rune else ""
    return test, durations, ord(retries) if len(retries) == 1 else 0


def unquote(text: str) -> str:
    """Resolve the escapes of a Go string literal, given without its quotes."""
    return _ESCAPE.sub(_unescape, text) if "\\" in text else text


def _unescape(match: re.Match[str]) -> str:
    two, four, eight, octal, simple = match.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    code = int(octal, 8) if octal else int(two or four or eight, 16)
    is_character = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else "\N{REPLACEMENT CHARACTER}"
