"""Shell scripts, as far as advice needs them: which commands they run with which words.

This is no shell. It knows quotes, substitutions, separators, redirections, comments and reserved
words of POSIX shells (POSIX.1-2017, Shell Command Language, 2.2 to 2.10); whatever a script holds,
it gives commands, in time proportional to its length.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

from explorer.dockerfile.advice.quoting import quoted_end
from explorer.dockerfile.header import LONGEST_REMEMBERED, REMEMBERED

_BLANK: Final = re.compile(r"(?:[ \t\r\f\v]|\\\r?\n)+")
_COMMENT: Final = re.compile(r"#[^\n]*")
_REDIRECT: Final = re.compile(r"[0-9]{0,9}(?:<<<|<<-?|>>|>&|<&|<>|>\||>|<)|&>>?")
_OPERATOR: Final = re.compile(r"\n|&&|\|\||;;&?|;&|;|\|&|\||&|\(|\)")
_PLAIN: Final = re.compile(r"[^\s\"'\\$`;&|()<>]+")
_SINGLE: Final = re.compile(r"'[^']*(?:'|\Z)")
_ESCAPED: Final = re.compile(r"\\([\s\S]|\Z)")
_EXPANDS: Final = re.compile(r"[$`]")
_GLOB: Final = re.compile(r"[*?\[]")
_UNQUOTE: Final = re.compile(r"\\([\"\\$`\n])")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")

_OPENERS: Final = frozenset(
    {"if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "fi", "done", "}"}
    | {"esac"}
)
_WRAPPERS: Final = frozenset({"sudo", "env", "exec", "command", "nice", "nohup"})


@dataclass(frozen=True, slots=True)
class ShellWord:
    """A word without its quotes; offsets count in the script.

    ``literal`` tells that nothing in it is expanded; patterns such as ``*`` still may be.
    """

    value: str
    start: int
    end: int
    literal: bool = True

    @property
    def is_pattern(self) -> bool:
        """Whether it may stand for several paths."""
        return _GLOB.search(self.value) is not None


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A simple command; ``words`` begin with its name, assignments before it apart.

    ``name`` is the program without its folder: ``apt-get`` of ``/usr/bin/apt-get``. ``options``
    are the arguments that begin with a dash, ``operands`` the others.
    ``before`` and ``after`` are the operators around it: ``&&``, ``|``, ``;``, a line feed, ...;
    ``""`` at the ends of the script. ``nested`` tells that it runs in parentheses or inside a
    compound command, so perhaps not at all.
    """

    words: tuple[ShellWord, ...]
    name: str
    options: tuple[str, ...]
    operands: tuple[ShellWord, ...]
    before: str = ""
    after: str = ""
    nested: bool = False
    assignments: tuple[ShellWord, ...] = ()

    @classmethod
    def of(
        cls,
        words: Sequence[ShellWord],
        before: str,
        after: str,
        nested: bool,
        assignments: Sequence[ShellWord],
    ) -> Self:
        """A command of some words, at least one."""
        arguments = words[1:]
        return cls(
            words=tuple(words),
            name=words[0].value.rpartition("/")[2],
            options=tuple(word.value for word in arguments if word.value.startswith("-")),
            operands=tuple(word for word in arguments if not word.value.startswith("-")),
            before=before,
            after=after,
            nested=nested,
            assignments=tuple(assignments),
        )

    @property
    def arguments(self) -> tuple[ShellWord, ...]:
        """The words after the name."""
        return self.words[1:]

    def verb_among(self, verbs: Collection[str]) -> ShellWord | None:
        """The first operand that is one of some verbs, values of options before it skipped."""
        for word in self.operands:
            if word.value in verbs:
                return word
        return None

    @property
    def start(self) -> int:
        """Where the command begins, in the script."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.words[-1].end

    def has(self, *options: str) -> bool:
        """Whether any of some options is given, ``--name=value`` counting as ``--name``."""
        return any(o in options or o.partition("=")[0] in options for o in self.options)


def parse_script(text: str) -> tuple[ShellCommand, ...]:
    """The simple commands of a script, in the order they stand in."""
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _parse(text)


def _parse(text: str) -> tuple[ShellCommand, ...]:
    return tuple(_Reader(text).commands())


_remembered = lru_cache(maxsize=REMEMBERED)(_parse)


@dataclass(slots=True)
class _Draft:
    before: str = ""
    words: list[ShellWord] = field(default_factory=list)
    assignments: list[ShellWord] = field(default_factory=list)

    def add(self, word: ShellWord) -> None:
        if not self.words and word.value in _OPENERS:
            return
        if not self.words and _ASSIGNMENT.match(word.value):
            self.assignments.append(word)
        else:
            self.words.append(word)

    def finished(self, after: str, nested: bool) -> ShellCommand | None:
        words, assigned = self.words, self.assignments
        while len(words) > 1 and words[0].value in _WRAPPERS and words[0].literal:
            words = words[1:]
            while len(words) > 1 and words[0].value.startswith("-"):
                words = words[1:]
            while len(words) > 1 and _ASSIGNMENT.match(words[0].value):
                assigned, words = [*assigned, words[0]], words[1:]
        if not words:
            return None
        return ShellCommand.of(words, self.before, after, nested, assigned)


_DEEPER: Final = frozenset({"if", "while", "until", "for", "case", "{", "select"})
_SHALLOWER: Final = frozenset({"fi", "done", "esac", "}"})


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._draft = _Draft()
        self._heredocs: list[tuple[str, bool]] = []

    def commands(self) -> Iterator[ShellCommand]:
        text = self._text
        while self._at < len(text):
            if blank := _BLANK.match(text, self._at):
                self._at = blank.end()
            elif comment := _COMMENT.match(text, self._at):
                self._at = comment.end()
            elif redirect := _REDIRECT.match(text, self._at):
                self._at = redirect.end()
                self._redirection(redirect[0])
            elif operator := _OPERATOR.match(text, self._at):
                self._at = operator.end()
                yield from self._separated(operator[0])
            else:
                self._word(self._next_word())
        yield from self._separated("")

    def _word(self, word: ShellWord) -> None:
        if not self._draft.words:
            if word.value in _DEEPER:
                self._depth += 1
            elif word.value in _SHALLOWER:
                self._depth = max(self._depth - 1, 0)
        self._draft.add(word)

    def _separated(self, operator: str) -> Iterator[ShellCommand]:
        command = self._draft.finished(operator, self._depth > 0)
        if command is not None:
            yield command
            self._draft = _Draft(operator)
        elif operator not in ("\n", "(", ")"):
            self._draft = _Draft(operator)
        if operator == "(":
            self._depth += 1
        elif operator == ")":
            self._depth = max(self._depth - 1, 0)
        elif operator == "\n" and self._heredocs:
            self._skip_heredocs()

    def _redirection(self, operator: str) -> None:
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        at = self._at
        if at >= len(self._text) or _OPERATOR.match(self._text, at):
            return
        word = self._next_word()
        if operator.lstrip("0123456789") in ("<<", "<<-"):
            self._heredocs.append((word.value, operator.endswith("-")))

    def _skip_heredocs(self) -> None:
        for name, strips in self._heredocs:
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end].rstrip("\r")
                self._at = min(end + 1, len(self._text))
                if (line.lstrip("\t") if strips else line) == name:
                    break
        self._heredocs = []

    def _next_word(self) -> ShellWord:
        start, parts, literal = self._at, [], True
        while self._at < len(self._text):
            part, constant = self._part()
            if not part and not constant:
                break
            literal &= constant != "no"
            parts.append(part)
        if self._at == start:  # a character that begins nothing
            self._at += 1
            parts.append(self._text[start])
        return ShellWord("".join(parts), start, self._at, literal)

    def _part(self) -> tuple[str, str]:
        """The next part of a word and whether it stands for itself; ``""`` twice at its end."""
        text, at = self._text, self._at
        if plain := _PLAIN.match(text, at):
            self._at = plain.end()
            return plain[0], "yes"
        char = text[at]
        if char == "\\":
            escaped = _ESCAPED.match(text, at)
            assert escaped is not None
            if escaped[1] in ("\n", "\r"):
                return "", ""
            self._at = escaped.end()
            return escaped[1], "yes"
        if char == "'":
            single = _SINGLE.match(text, at)
            assert single is not None
            self._at = single.end()
            return single[0].strip("'"), "yes"
        if char not in '"$`':
            return "", ""
        self._at = quoted_end(text, at)
        raw = text[at : self._at]
        if char != '"':
            return raw, "no"
        inner = raw[1:-1] if raw.endswith('"') and len(raw) > 1 else raw[1:]
        return _UNQUOTE.sub(r"\1", inner), "no" if _EXPANDS.search(inner) else "yes"
