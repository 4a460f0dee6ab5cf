"""Variables in scripts for a POSIX shell.

Not a parser of the shell's language: it knows quotes, escapes and comments, which is what decides
whether ``$name`` is replaced. Anything else that mentions a name in a way that depends on it, an
assignment or a command about variables, is found as a *doubt*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.substitution import Reference

_PART: Final = re.compile(
    r"(?P<escape>\\[\s\S]?)|(?P<single>'[^']*'?)|(?P<double>\")|(?P<comment>(?<![^\s;&|(])#[^\n]*)"
    r"|\$\{[#!]?(?P<braced>[A-Za-z_]\w*)|\$(?P<plain>[A-Za-z_]\w*)"
)
_ABOUT: Final = r"(?:export|unset|read|readonly|local|declare|typeset|printenv|getopts)"
SHELLS: Final = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"})
"""Programs that read scripts as this module does."""


def references(script: str, *, quotes: bool = True) -> Iterator[Reference]:
    """Where a script uses variables, from the dollar sign to the end of the name.

    With ``quotes`` off quotes are ordinary characters, as in a here-document inside a script.
    """
    in_double = False
    at = 0
    while found := _PART.search(script, at):
        at = found.end()
        kind = found.lastgroup
        if kind in ("braced", "plain"):
            yield Reference(found[kind], found.start(), found.end())
        elif not quotes and kind in ("single", "double", "comment"):
            at = found.start() + 1
        elif kind == "double":
            in_double = not in_double
        elif in_double and kind in ("single", "comment"):
            at = found.start() + 1


def doubt(script: str, name: str) -> int:
    """Where a script sets a variable of this name, or asks for it in another way; -1 if nowhere.

    Text in single quotes that mentions ``$name`` counts too: another shell may read it.
    """
    word = re.escape(name)
    pattern = (
        rf"(?<![\w$.{{/-]){word}\+?=|\b{_ABOUT}\b[^\n;&|]*?(?<![\w$.{{/-]){word}\b"
        rf"|\bfor\s+{word}\b|'[^'\n]*\$\{{?{word}\b[^'\n]*'|\(\(.*?(?<![\w$]){word}\b"
    )
    found = re.search(pattern, script)
    return found.start() if found else -1
