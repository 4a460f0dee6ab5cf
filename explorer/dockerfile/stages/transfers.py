"""What may not be copied or added, in BuildKit's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.commands.model import Add, Copy
from explorer.dockerfile.stages.modes import mode_problem
from explorer.dockerfile.words import Word

_HTTP: Final = re.compile(r"https?://")
_GIT: Final = re.compile(
    r"(?i:git|ssh)://|(?i:https?)://[^#?]*\.git(?:[#?]|$)|[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:"
)
_DIGEST: Final = re.compile(r"([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)")
_HEX: Final = re.compile(r"[a-f0-9]+")
_DIGITS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}


def is_git(source: str) -> bool:
    """Whether ADD takes the source for a repository."""
    return _GIT.match(source) is not None


def is_http(source: str) -> bool:
    """Whether ADD takes the source for a file to download."""
    return _HTTP.match(source) is not None and not is_git(source)


def transfer_problems(command: Copy | Add) -> Iterator[tuple[str, Word]]:
    """What is wrong with an expanded COPY or ADD, and where."""
    transfer = command.transfer
    if transfer.mode is not None and transfer.mode.value:
        problem = mode_problem(transfer.mode.value)
        if problem:
            yield problem, transfer.mode
    if isinstance(command, Add):
        yield from _checksum(command)
        return
    for source in transfer.sources:
        if is_git(source.value):
            yield "source can't be a git ref for COPY", source
        elif is_http(source.value):
            yield "source can't be a URL for COPY", source


def _checksum(command: Add) -> Iterator[tuple[str, Word]]:
    checksum, sources = command.checksum, command.transfer.sources
    if checksum is None or not checksum.value:
        return
    if len(sources) != 1:
        yield "checksum can't be specified for multiple sources", checksum
    elif is_http(sources[0].value):
        problem = _digest_problem(checksum.value)
        if problem:
            yield problem, checksum
    elif not is_git(sources[0].value):
        yield "checksum requires HTTP(S) or Git sources", checksum


def _digest_problem(text: str) -> str:
    """Why a text is no digest, as the library of BuildKit says it; ``""`` where it is one."""
    found = _DIGEST.fullmatch(text)
    if found is None:
        return "invalid checksum digest format"
    algorithm, digits = found.groups()
    if algorithm not in _DIGITS:
        return "unsupported digest algorithm"
    if len(digits) != _DIGITS[algorithm]:
        return "invalid checksum digest length"
    return "" if _HEX.fullmatch(digits) else "invalid checksum digest format"
