"""Texts made by rule and by chance: Dockerfiles, nearly Dockerfiles, and rubbish.

Each is a function of its number alone, so a failure can be made again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

COUNT = int(os.environ.get("LAYERSCOPE_GENERATED", "2000"))
"""How many texts a test looks at; 100,000 where thousands of variants are asked for."""

MANY = int(os.environ.get("LAYERSCOPE_GENERATED_MANY", "100000"))

# fmt: off
_WORDS = [
    "a", "b=c", "x=1", "/app", "$A", "${B}", "${C:-d}", '"q w"', "'s $t'", "é", "\\ ", "a\\",
    "--from=0", "--", "--x", "--mount=type=cache,target=/c", "<<EOF", "<<-E", "<<'E F'", '<<"X"',
    '["a", "b"]', "[", "]", '["a",1]', "as", "AS", "s1", "scratch", "alpine:3", "CMD", "NONE", "",
    "$", "${", "}", "`", "#", "=", "💡", "\x00", "\udc80", "\ufeff", "\u00a0", "\u2028", "\x1c",
]
_KEYWORDS = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
    "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "run",
    "From", "ONBUILD RUN", "onbuild copy", "FROM a AS b\n", "NOPE", "", "#", "# escape=`",
    "# check=skip=a",
]
_ENDS = [
    "\n", "\n", "\n", "\r\n", " \\\n", "\\\n", "`\n", "\\ \t\n", "\\\r\n", "\n\n", "\\\\\n", "",
]
_LINES = [
    "EOF\n", "E\n", "\tE\n", "E F\n", "X\n", "# comment\n", "  # indented\n", "\n", " \n", "\t\n",
    "# syntax=docker/dockerfile:1\n", "#!/bin/sh\n", "text $A \\$B ${C}\n", "\r\n", "\r",
]
_BLANKS = [" ", " ", " ", "  ", "\t", " \\\n ", " \\\n# c\n", "\\\n\n"]
# fmt: on


def texts(count: int, first: int = 0) -> Iterator[str]:
    """``count`` texts, from number ``first`` on."""
    return (text(number) for number in range(first, first + count))


def text(number: int) -> str:
    """The text of a number."""
    random = Random(number)
    kind = number % 8
    if kind == 0:
        return _rubbish(random)
    made = "".join(_line(random) for _ in range(random.randint(0, 12)))
    return _damaged(made, random) if kind < 3 else made


def _line(random: Random) -> str:
    if random.random() < 0.25:
        return random.choice(_LINES)
    words = random.choices(_WORDS, k=random.randint(0, 6))
    blank = random.choice(_BLANKS)
    indent = random.choice(("", "", "", "  "))
    return indent + blank.join([random.choice(_KEYWORDS), *words]) + random.choice(_ENDS)


def _rubbish(random: Random) -> str:
    alphabet = "ab \t\n\r\\`#\"'<>-=$[]{},\x00\udcff\ufeffFROMRUN"
    return "".join(random.choices(alphabet, k=random.randint(0, 80)))


def _damaged(whole: str, random: Random) -> str:
    """Cut, doubled or spliced somewhere."""
    a, b = sorted((random.randint(0, len(whole)), random.randint(0, len(whole))))
    return random.choice((whole[:a] + whole[b:], whole[:b] + whole[a:], whole[a:b], whole[:b]))
