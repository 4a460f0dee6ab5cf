"""Colours that programs print: the SGR sequences of ECMA-48, section 8.3.117.

Every other control sequence is dropped: a log is text, not a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

_CONTROL: Final = re.compile(
    # What begins with one of a set of characters is found quickly.
    rb"[\x00-\x08\x0b-\x1f\x7f](?:(?<=\x1b)(?:"
    rb"\[([0-9;:]*)m"  # SGR
    rb"|\[[0-?]*[ -/]*[@-~]"  # any other control sequence
    rb"|[\]PX^_][^\n]*?(?:\x07|\x1b\\|$|(?=\n))"  # strings: titles of windows, hyperlinks, ...
    rb"|[ -/]*[0-~]?"  # two characters, and what is cut short
    rb"))?"
)
_SPECIAL: Final = re.compile(rb"[\x00-\x1f\x7f]")
_SPECIAL_BUT_LF: Final = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")
_RESET: Final = b"\x1b[0m"
_MOST_PARAMETERS: Final = 32

Color = int | tuple[int, int, int] | None
"""One of the 256 of a terminal, red green blue, or the default."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text is printed."""

    ink: Color = None
    ground: Color = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False


PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style."""

    text: str
    style: Style = PLAIN


def runs(line: bytes, style: Style = PLAIN) -> tuple[Run, ...]:
    """A line of output in the styles it is printed in; it begins in ``style``.

    What is not UTF-8 becomes U+FFFD, and a tab reaches to the next multiple of 8. Of a line that
    was written over after a carriage return, the last version is shown.
    """
    if not _SPECIAL.search(line):
        return (Run(line.decode("utf-8", "replace"), style),) if line else ()
    return tuple(_runs(line, style))


def _runs(line: bytes, style: Style) -> Iterator[Run]:
    found: list[tuple[bytes, Style]] = []
    last = 0
    for match in _CONTROL.finditer(line):
        found.append((line[last : match.start()], style))
        last = match.end()
        if match[0] == b"\r" and match.end() < len(line):
            found.clear()
        elif match[1] is not None:
            style = changed(style, match[1])
    found.append((line[last:], style))
    column = 0
    for part, how in found:
        text = part.decode("utf-8", "replace")
        if "\t" in text:
            text = _without_tabs(text, column)
        column += len(text)
        if text:
            yield Run(text, how)


def _without_tabs(text: str, column: int) -> str:
    written = ""
    for part in text.split("\t")[:-1]:
        written += part
        written += " " * (8 - (column + len(written)) % 8)
    return written + text.rpartition("\t")[2]


def plain_lines(lines: Sequence[bytes]) -> str:
    """Many lines without their colours, line feeds between them; much quicker than one by one."""
    joined = b"\n".join(lines)
    if b"\r" in joined or b"\t" in joined:
        return "\n".join(map(plain, lines))
    if _SPECIAL_BUT_LF.search(joined):
        joined = _CONTROL.sub(b"", joined)
    return joined.decode("utf-8", "replace")


def style_after(line: bytes, style: Style) -> Style:
    """The style that the line after ``line`` begins in."""
    reset = line.rfind(_RESET)
    if reset >= 0:
        style, line = PLAIN, line[reset + len(_RESET) :]
    if b"\x1b" in line:
        for match in _CONTROL.finditer(line):
            if match[1] is not None:
                style = changed(style, match[1])
    return style


def plain(line: bytes) -> str:
    """A line of output without its colours."""
    return "".join(run.text for run in runs(line))


@lru_cache(maxsize=1024)
def changed(style: Style, parameters: bytes) -> Style:
    """A style after an SGR sequence; what it does not know changes nothing."""
    numbers = [int(p[:4] or b"0") for p in re.split(rb"[;:]", parameters)[:_MOST_PARAMETERS]]
    at = 0
    while at < len(numbers):
        number = numbers[at]
        if number in (38, 48):
            color, used = _extended(numbers[at + 1 :])
            if color is not None:
                style = replace(style, ink=color) if number == 38 else replace(style, ground=color)
            at += 1 + used
            continue
        style = _simple(style, number)
        at += 1
    return style


def _extended(rest: Sequence[int]) -> tuple[Color, int]:
    """The colour behind 38 or 48, and how many parameters it took."""
    if len(rest) >= 2 and rest[0] == 5:
        return (rest[1] if rest[1] < 256 else None), 2
    if len(rest) >= 4 and rest[0] == 2:
        red, green, blue = (min(part, 255) for part in rest[1:4])
        return (red, green, blue), 4
    return None, len(rest)


_FLAGS: Final[dict[int, dict[str, bool]]] = {
    1: {"bold": True},
    2: {"faint": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"inverse": True},
    21: {"underline": True},
    22: {"bold": False, "faint": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"inverse": False},
}


def _simple(style: Style, number: int) -> Style:
    if number == 0:
        return PLAIN
    if number in _FLAGS:
        return replace(style, **_FLAGS[number])
    if 30 <= number <= 37:
        return replace(style, ink=number - 30)
    if 40 <= number <= 47:
        return replace(style, ground=number - 40)
    if 90 <= number <= 97:
        return replace(style, ink=number - 82)
    if 100 <= number <= 107:
        return replace(style, ground=number - 92)
    if number == 39:
        return replace(style, ink=None)
    return replace(style, ground=None) if number == 49 else style
