"""The arguments of an instruction, cut into words as BuildKit's parser cuts them.

Offsets count in the instruction's joined text (:class:`~explorer.dockerfile.logical.LogicalLine`).
Values are what BuildKit's tree holds: quotes and escapes are still there, variables not yet
replaced, except in flags and in JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.gotext import NOT_UTF8, SPACE

BLANK: Final = "\t\v\f\r "
"""The white space that separates a keyword and plain arguments; narrower than SPACE."""

_PLAIN: Final = re.compile(f"[^{BLANK}]+")
_BLANKS: Final = re.compile(f"[{BLANK}]+")
_ASCII_SPACES: Final = re.compile(f"[{BLANK}\n]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One argument, and where it stands."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """``key=value`` of ENV or LABEL; ``legacy`` is the old form with a blank between."""

    key: Word
    value: Word
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """``--name=value``, or ``--name`` alone with ``value`` ``None``.

    ``text`` is the whole without its quotes and escapes. ``value_start`` is where the value
    begins; the end of the flag where there is none.
    """

    name: str
    value: str | None
    text: str
    start: int
    end: int
    value_start: int


class _Grammar:
    """The patterns of one escape character. None of them can fail late, so none backtracks."""

    def __init__(self, escape: str) -> None:
        e = re.escape(escape)
        double = rf'"(?:{e}[\s\S]|[^"{e}])*(?:"|\Z|(?={e}\Z))'
        single = r"'[^']*(?:'|\Z)"
        outside = f"[^{SPACE}'\"{e}]+"
        self.word: Final = re.compile(rf"((?:{outside}|{e}[\s\S]|{double}|{single})+)(?:{e}\Z)?")
        # Flags are read byte by byte: only ASCII white space ends one. In them single quotes are
        # no stronger than double ones.
        plain = f"[^{BLANK}\n'\"{e}]+"
        either = rf"""(["'])((?:{e}[\s\S]|(?!\3)[^{e}])*)(?:\3|\Z|(?={e}\Z))"""
        self.flag_part: Final = re.compile(rf"({plain})|{e}([\s\S]|\Z)|{either}")
        self.escaped: Final = re.compile(rf"{e}([\s\S])")


_GRAMMARS: Final = {escape: _Grammar(escape) for escape in ("\\", "`")}


def split_keyword(text: str) -> tuple[str, int]:
    """The keyword, and where what follows it begins. The text has no white space around it."""
    found = _BLANKS.search(text)
    return (text, len(text)) if found is None else (text[: found.start()], found.end())


def split_first(text: str) -> tuple[str, int]:
    """What stands before the first ASCII white space, and where what follows it begins."""
    found = _ASCII_SPACES.search(text)
    return (text, len(text)) if found is None else (text[: found.start()], found.end())


def split_blank(text: str, base: int) -> tuple[Word, ...]:
    """Plain words between blanks."""
    return tuple(
        Word(found[0], base + found.start(), base + found.end()) for found in _PLAIN.finditer(text)
    )


def split_quoted(text: str, base: int, escape: str) -> tuple[Word, ...]:
    """Words in which quotes and escapes protect white space; both stay in the values.

    Bytes that are no UTF-8 become replacement characters here, as in BuildKit.
    """
    text = NOT_UTF8.sub("\ufffd", text)
    return tuple(
        Word(found[1], base + found.start(), base + found.end(1))
        for found in _GRAMMARS[escape].word.finditer(text)
    )


def split_legacy(text: str, base: int) -> Pair | None:
    """``ENV key the value``; ``None`` where there is no value."""
    found = _BLANKS.search(text)
    if found is None:
        return None
    key = Word(text[: found.start()], base, base + found.start())
    value = Word(text[found.end() :], base + found.end(), base + len(text))
    return Pair(key, value, legacy=True)


def split_pair(word: Word) -> Pair | None:
    """``key=value`` cut at its first equals sign; ``None`` without one."""
    key, equals, value = word.value.partition("=")
    if not equals:
        return None
    middle = word.start + len(key)
    return Pair(Word(key, word.start, middle), Word(value, middle + 1, word.end))


def take_flags(text: str, base: int, escape: str) -> tuple[tuple[Flag, ...], int]:
    """The flags that a text begins with, and the offset of what follows them in ``text``."""
    flags: list[Flag] = []
    at = 0
    while True:
        at = _leading(text, at)
        if not text.startswith("--", at):
            return tuple(flags), at
        start, (value, at) = at, _unquoted(text, at, escape)
        if value == "--":
            return tuple(flags), at
        if value:
            flags.append(_flag(value, text, base, start, at))


def _leading(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _flag(value: str, text: str, base: int, start: int, end: int) -> Flag:
    name, equals, argument = value[2:].partition("=")
    value_start = text.index("=", start, end) + 1 if equals else end
    return Flag(
        name, argument if equals else None, value, base + start, base + end, base + value_start
    )


def _unquoted(text: str, at: int, escape: str) -> tuple[str, int]:
    """The word at an offset without quotes and escapes, and where it ends."""
    grammar = _GRAMMARS[escape]
    parts: list[str] = []
    while found := grammar.flag_part.match(text, at):
        if found.end() == at:
            break
        plain, escaped, _, inside = found.groups()
        if inside is not None:
            parts.append(grammar.escaped.sub(r"\1", inside))
        else:
            parts.append(plain or escaped or "")
        at = found.end()
    return "".join(parts), at
