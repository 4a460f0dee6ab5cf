"""What may not be copied or added, in BuildKit's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.commands.model import Add, Copy
from explorer.dockerfile.stages.modes import mode_problem
from explorer.dockerfile.words import Word
from explorer.errors import DamagedImage
from explorer.oci.digest import Digest

_HTTP: Final = re.compile(r"https?://")
_GIT: Final = re.compile(
    r"(?:git|ssh)://|https?://[^#?]*\.git(?:[#?]|$)|[A-Za-z0-9._-]+@[^/:]+:[^/].*|git@"
)
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")


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
        try:
            Digest.parse(checksum.value)
        except DamagedImage as error:
            yield str(error), checksum
    elif not is_git(sources[0].value):
        yield "checksum requires HTTP(S) or Git sources", checksum
