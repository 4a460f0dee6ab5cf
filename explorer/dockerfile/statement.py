"""One instruction, without its place: keyword, flags and arguments.

The argument rules are those of BuildKit's parser (``frontend/dockerfile/parser``): each keyword
has one of a handful of shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.gotext import SPACE, quote, shorten
from explorer.dockerfile.jsonform import NotStringsError, json_words
from explorer.dockerfile.words import (
    Flag,
    Pair,
    Word,
    split_blank,
    split_first,
    split_keyword,
    split_legacy,
    split_pair,
    split_quoted,
    take_flags,
)

MAX_LENGTH: Final = 1 << 18
"""Characters of an instruction that are looked into; a longer one is kept, but not understood."""

MAX_TRIGGERS: Final = 16
"""How many ONBUILD may stand before each other; BuildKit allows one."""

NOT_STRINGS: Final = "when using JSON array syntax, arrays must be comprised of strings only"


_NOTHING: Final = Word("", 0, 0)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake, placed by offsets into the joined text."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A keyword and what follows it; offsets count in the instruction's joined text.

    ``name`` is the keyword in upper case. ``rest`` is everything after the flags. ``words`` are
    the arguments; those of ENV and LABEL are ``pairs``. ``is_json`` tells the exec form. What
    ONBUILD holds is ``trigger``. ``fault`` is why BuildKit's parser stops here.
    """

    keyword: Word
    name: str
    flags: tuple[Flag, ...] = ()
    rest: Word = _NOTHING
    words: tuple[Word, ...] = ()
    pairs: tuple[Pair, ...] = ()
    is_json: bool = False
    trigger: Statement | None = None
    fault: Fault | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is such an instruction."""
        return self.name in KEYWORDS


@dataclass(frozen=True, slots=True)
class _Arguments:
    words: tuple[Word, ...] = ()
    pairs: tuple[Pair, ...] = ()
    is_json: bool = False
    trigger: Statement | None = None
    fault: Fault | None = None


def parse_statement(text: str, base: int, escape: str, depth: int = 0) -> Statement:
    """Read one instruction; ``text`` has no white space around it and begins at ``base``."""
    keyword, after = split_keyword(text)
    name = keyword.upper()
    word = Word(keyword, base, base + len(keyword))
    if len(text) > MAX_LENGTH:
        rest = _trimmed(text, after, base)
        fault = Fault(f"{shorten(name)} is longer than {MAX_LENGTH} characters", base, word.end)
        return Statement(word, name, rest=rest, fault=fault)
    flags, taken = take_flags(text[after:], base + after, escape)
    rest = _trimmed(text, after + taken, base)
    read = _READERS.get(name)
    arguments = read(rest, name, escape, depth) if read else _Arguments()
    return Statement(
        word,
        name,
        flags,
        rest,
        arguments.words,
        arguments.pairs,
        arguments.is_json,
        arguments.trigger,
        arguments.fault,
    )


def _trimmed(text: str, start: int, base: int) -> Word:
    left = text[start:].lstrip(SPACE)
    begin = base + len(text) - len(left)
    value = left.rstrip(SPACE)
    return Word(value, begin, begin + len(value))


def _plain_words(rest: Word, _name: str, _escape: str, _depth: int) -> _Arguments:
    return _Arguments(split_blank(rest.value, rest.start))


def _quoted_words(rest: Word, _name: str, escape: str, _depth: int) -> _Arguments:
    return _Arguments(split_quoted(rest.value, rest.start, escape))


def _one_text(rest: Word, _name: str, _escape: str, _depth: int) -> _Arguments:
    return _Arguments((rest,) if rest.value else ())


def _shell_or_json(rest: Word, name: str, escape: str, depth: int) -> _Arguments:
    return _maybe_json(rest) or _one_text(rest, name, escape, depth)


def _words_or_json(rest: Word, name: str, escape: str, depth: int) -> _Arguments:
    return _maybe_json(rest) or _plain_words(rest, name, escape, depth)


def _maybe_json(rest: Word) -> _Arguments | None:
    try:
        words = json_words(rest.value, rest.start)
    except NotStringsError:
        return _Arguments(fault=Fault(NOT_STRINGS, rest.start, rest.end))
    return None if words is None else _Arguments(words, is_json=True)


def _healthcheck(rest: Word, name: str, escape: str, depth: int) -> _Arguments:
    if not rest.value:
        return _Arguments()
    kind, after = split_first(rest.value)
    word = Word(kind, rest.start, rest.start + len(kind))
    command = Word(rest.value[after:], rest.start + after, rest.end)
    arguments = _shell_or_json(command, name, escape, depth)
    return _Arguments((word, *arguments.words), is_json=arguments.is_json, fault=arguments.fault)


def _pairs(rest: Word, name: str, escape: str, _depth: int) -> _Arguments:
    words = split_quoted(rest.value, rest.start, escape)
    if not words:
        return _Arguments()
    if "=" not in words[0].value:
        legacy = split_legacy(rest.value, rest.start)
        if legacy is None:
            fault = Fault(f"{name} must have two arguments", rest.start, rest.end)
            return _Arguments(fault=fault)
        return _Arguments(pairs=(legacy,))
    pairs: list[Pair] = []
    for word in words:
        pair = split_pair(word)
        if pair is None:
            message = f"Syntax error - can't find = in {quote(shorten(word.value))}."
            fault = Fault(f"{message} Must be of the form: name=value", word.start, word.end)
            return _Arguments(pairs=tuple(pairs), fault=fault)
        pairs.append(pair)
    return _Arguments(pairs=tuple(pairs))


def _trigger(rest: Word, _name: str, escape: str, depth: int) -> _Arguments:
    if not rest.value:
        return _Arguments()
    if depth >= MAX_TRIGGERS:
        message = f"more than {MAX_TRIGGERS} ONBUILD before each other"
        return _Arguments(fault=Fault(message, rest.start, rest.end))
    inner = parse_statement(rest.value, rest.start, escape, depth + 1)
    return _Arguments(trigger=inner, fault=inner.fault)


_READERS: Final[dict[str, Callable[[Word, str, str, int], _Arguments]]] = {
    "ADD": _words_or_json,
    "ARG": _quoted_words,
    "CMD": _shell_or_json,
    "COPY": _words_or_json,
    "ENTRYPOINT": _shell_or_json,
    "ENV": _pairs,
    "EXPOSE": _plain_words,
    "FROM": _plain_words,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _one_text,
    "ONBUILD": _trigger,
    "RUN": _shell_or_json,
    "SHELL": _shell_or_json,
    "STOPSIGNAL": _one_text,
    "USER": _one_text,
    "VOLUME": _words_or_json,
    "WORKDIR": _one_text,
}

KEYWORDS: Final = frozenset(_READERS)
"""All instructions, in upper case."""
