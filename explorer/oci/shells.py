"""Recognising the shells that builders and images start commands with."""

from __future__ import annotations

import re
from typing import Final

DEFAULT_SHELLS: Final = frozenset({"/bin/sh -c", "cmd /S /C"})
"""What Docker runs a shell form with where no SHELL instruction says otherwise."""

_POSIX: Final = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"})
_POWERSHELL: Final = frozenset({"powershell", "pwsh"})
_POSIX_COMMAND: Final = re.compile(r"-[A-Za-z]*c")
_TAKES_VALUE: Final = re.compile(r"[-+][A-Za-z]*[oO]")
# "/bin/bash -e -u -x -o pipefail -c" is the longest met in the wild; a bound keeps this linear.
_LONGEST_PREFIX: Final = 12


def shell_length(words: list[str]) -> int:
    """How many leading words start a shell that takes a command: 2 for ``/bin/sh -c ...``.

    0 where the words start something else. Knows POSIX shells, ``cmd /S /C`` and PowerShell.
    """
    if not words:
        return 0
    name = re.split(r"[/\\]", words[0][-100:])[-1].lower().removesuffix(".exe")
    options = words[1:_LONGEST_PREFIX]
    if name in _POSIX:
        return _posix_length(options)
    if name == "cmd":
        return _length(options, "/", {"/c", "/k"})
    if name in _POWERSHELL:
        return _powershell_length(options)
    return 0


def split_shell(command: str) -> tuple[str, str]:
    """``/bin/sh -c make all`` as shell and script; the shell is ``""`` where there is none."""
    words = command.split(" ", _LONGEST_PREFIX)
    length = shell_length(words)
    return " ".join(words[:length]), " ".join(words[length:])


def _posix_length(options: list[str]) -> int:
    expects_value = False
    for index, word in enumerate(options):
        if expects_value:
            expects_value = False
        elif _POSIX_COMMAND.fullmatch(word):
            return index + 2
        elif word[:1] not in ("-", "+"):
            return 0
        else:
            expects_value = _TAKES_VALUE.fullmatch(word) is not None
    return 0


def _length(options: list[str], mark: str, last: set[str]) -> int:
    for index, word in enumerate(options):
        if word.lower() in last:
            return index + 2
        if not word.startswith(mark):
            return 0
    return 0


def _powershell_length(options: list[str]) -> int:
    # Options such as "-ExecutionPolicy Bypass" take a value, so every word up to -Command counts.
    for index, word in enumerate(options):
        if word.lower() in {"-command", "-c"}:
            return index + 2
    return 0
