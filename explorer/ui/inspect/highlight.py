"""Text in colours: lexed once, in a thread, into spans that a view only applies. No widgets here.

Lexers come from a fixed list of those that are at home in images; a file decides by its name or
its first line which of them reads it, never how much: text is bounded, and so are its lines.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from explorer.progress import Job

BOUND: Final = 256 << 10
"""Characters that are lexed; what follows stays plain."""
_LONGEST_LINE: Final = 2000
_SECONDS: Final = 1.5


class Ink(IntEnum):
    """The role of a stretch of text."""

    PLAIN = 0
    COMMENT = 1
    KEYWORD = 2
    STRING = 3
    NUMBER = 4
    NAME = 5
    TYPE = 6
    ADDED = 7
    REMOVED = 8
    HEADING = 9


ROLE_OF: Final = {
    Ink.PLAIN: "text",
    Ink.COMMENT: "muted",
    Ink.KEYWORD: "accent",
    Ink.STRING: "added",
    Ink.NUMBER: "modified",
    Ink.NAME: "text",
    Ink.TYPE: "accent",
    Ink.ADDED: "added",
    Ink.REMOVED: "removed",
    Ink.HEADING: "accent",
}
"""The scheme's colour role of each ink."""
BOLD: Final = frozenset({Ink.KEYWORD, Ink.HEADING})

Span = tuple[int, int, Ink]
"""Start and length within the line, in UTF-16 units, as Qt counts; and the ink."""


@dataclass(frozen=True, slots=True)
class Highlighted:
    """The spans of each line; ``language`` is empty where nothing was recognised."""

    language: str
    lines: tuple[tuple[Span, ...], ...]


_INKS: Final = (
    (Token.Comment, Ink.COMMENT),
    (Token.Keyword.Type, Ink.TYPE),
    (Token.Keyword.Constant, Ink.NUMBER),
    (Token.Keyword, Ink.KEYWORD),
    (Token.Operator.Word, Ink.KEYWORD),
    (Token.Literal.String, Ink.STRING),
    (Token.Literal.Number, Ink.NUMBER),
    (Token.Name.Tag, Ink.KEYWORD),
    (Token.Name.Attribute, Ink.TYPE),
    (Token.Name.Builtin, Ink.TYPE),
    (Token.Name.Class, Ink.TYPE),
    (Token.Name.Decorator, Ink.TYPE),
    (Token.Name.Variable, Ink.TYPE),
    (Token.Name.Constant, Ink.NUMBER),
    (Token.Name.Function, Ink.NAME),
    (Token.Generic.Inserted, Ink.ADDED),
    (Token.Generic.Deleted, Ink.REMOVED),
    (Token.Generic.Heading, Ink.HEADING),
    (Token.Generic.Subheading, Ink.HEADING),
)
_BY_ENDING: Final = {
    "sh": "bash", "bash": "bash", "ash": "bash", "profile": "bash", "bashrc": "bash",
    "py": "python", "pyi": "python", "rb": "ruby", "pl": "perl", "pm": "perl", "lua": "lua",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "ts": "typescript",
    "json": "json", "jsonl": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "ini": "ini", "conf": "ini", "cfg": "ini", "cnf": "ini", "service": "ini", "desktop": "ini",
    "properties": "properties", "xml": "xml", "svg": "xml", "html": "html", "htm": "html",
    "css": "css", "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp", "hpp": "cpp", "go": "go",
    "rs": "rust", "java": "java", "sql": "sql", "diff": "diff", "patch": "diff",
    "mk": "make", "md": "markdown", "php": "php", "awk": "awk", "cmake": "cmake",
}  # fmt: skip
_BY_NAME: Final = {
    "dockerfile": "docker",
    "containerfile": "docker",
    "makefile": "make",
    "nginx.conf": "nginx",
    "cmakelists.txt": "cmake",
    "profile": "bash",
    ".bashrc": "bash",
    ".profile": "bash",
    "os-release": "bash",
    "gemfile": "ruby",
}
_BY_INTERPRETER: Final = (
    (re.compile(r"(?:ba|da|a|k|z)?sh\b"), "bash"),
    (re.compile(r"python"), "python"),
    (re.compile(r"perl"), "perl"),
    (re.compile(r"ruby"), "ruby"),
    (re.compile(r"node"), "javascript"),
    (re.compile(r"lua"), "lua"),
    (re.compile(r"php"), "php"),
    (re.compile(r"[gm]?awk"), "awk"),
)


def language_of(name: str, text: str) -> str:
    """The language a text is in, by the name of its file or its first line; empty if unknown."""
    lower = name.lower()
    if lower in _BY_NAME:
        return _BY_NAME[lower]
    first = text.partition("\n")[0][:200]
    if first.startswith("#!"):
        program = first[2:].replace("env ", "").strip().rpartition("/")[2]
        for pattern, language in _BY_INTERPRETER:
            if pattern.match(program.strip()):
                return language
        return ""
    if "nginx" in lower and lower.endswith(".conf"):
        return "nginx"
    if lower.startswith("dockerfile"):
        return "docker"
    ending = lower.rpartition(".")[2] if "." in lower else ""
    if ending in _BY_ENDING:
        language = _BY_ENDING[ending]
        # Settings in braces, each closed by a semicolon, are not of the INI family.
        return "nginx" if language == "ini" and _in_braces(text) else language
    return "xml" if first.startswith("<?xml") else ""


def _in_braces(text: str) -> bool:
    ends = [line.rstrip()[-1:] for line in text[:4096].split("\n")]
    return "{" in ends and ends.count(";") >= 2


def highlight(text: str, language: str, job: Job | None = None) -> Highlighted:
    """Lex a text as far as :data:`BOUND`; what is too long or takes too long stays plain.

    Raises :class:`explorer.errors.Cancelled`.
    """
    lexer = _lexer(language) if language else None
    part = text[:BOUND]
    if lexer is None or max(map(len, part.split("\n")), default=0) > _LONGEST_LINE:
        return Highlighted("", ())
    lines: list[list[Span]] = [[]]
    column = 0
    for ink, piece in _pieces(lexer, part, job or Job()):
        for number, line in enumerate(piece.split("\n")):
            if number:
                lines.append([])
                column = 0
            width = _units(line)
            if width and ink is not Ink.PLAIN:
                lines[-1].append((column, width, ink))
            column += width
    return Highlighted(lexer.name, tuple(map(tuple, lines)))


def _pieces(lexer: Lexer, text: str, job: Job) -> Iterator[tuple[Ink, str]]:
    deadline = time.monotonic() + _SECONDS
    for token, piece in lexer.get_tokens(text):
        yield _ink(token), piece
        job.check()
        if time.monotonic() > deadline:
            return


@cache
def _ink(token: _TokenType) -> Ink:
    return next((ink for kind, ink in _INKS if token[: len(kind)] == kind), Ink.PLAIN)


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        # The text is shown as it is: nothing may be stripped from it.
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _units(text: str) -> int:
    """The length of a text as Qt counts it, in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)
