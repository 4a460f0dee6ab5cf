"""The ignore file of a context: which one it is, and what it decides on the way down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.build.context.opening import closing, open_file
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.ignore import DEFAULT_NAME, IgnoreFile, Matched
from explorer.errors import LimitExceeded

MOST_BYTES: Final = 4 << 20
"""An ignore file is no longer than this."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """An ignore file in force; ``name`` is what it is called, ``""`` where there is none."""

    name: str = ""
    rules: IgnoreFile = field(default_factory=IgnoreFile)

    @classmethod
    def found(cls, context: Path, dockerfile: Path | None = None) -> Ignore:
        """The ignore file of a build: ``NAME.dockerignore`` beside its Dockerfile, else the
        context's ``.dockerignore``.

        Raises:
            IgnoreError: a pattern that Docker refuses.
            LimitExceeded: the file is longer than any ignore file.
        """
        for folder, name in _candidates(context, dockerfile):
            text = _read(folder, name)
            if text is not None:
                return cls(name, IgnoreFile.parse(text))
        return cls()


def _candidates(context: Path, dockerfile: Path | None) -> Iterator[tuple[Path, str]]:
    if dockerfile is not None:
        yield dockerfile.parent, f"{dockerfile.name}{DEFAULT_NAME}"
    yield context, DEFAULT_NAME


def _read(folder: Path, name: str) -> str | None:
    try:
        with closing(open_file(folder, os.fsencode(name))) as fd:
            data = _bounded(fd)
    except OSError:
        return None
    if len(data) > MOST_BYTES:
        raise LimitExceeded(
            f"{name} is no ignore file", why=f"it is longer than {MOST_BYTES >> 20} MiB"
        )
    return decode(data)


def _bounded(fd: int) -> bytes:
    data = bytearray()
    while len(data) <= MOST_BYTES and (chunk := os.read(fd, 1 << 16)):
        data += chunk
    return bytes(data)


class Decider:
    """Decides for one path after another, each below a directory that was decided before.

    As :meth:`IgnoreFile.below`, without making what only directories need.
    """

    def __init__(self, rules: IgnoreFile) -> None:
        self._rules = rules
        self._tests = [(rule.excepts, rule.pattern.matches) for rule in rules.rules]
        self._excepts = rules.has_exceptions
        leaving = [rule.pattern for rule in rules.rules if not rule.excepts]
        self._named = frozenset(p.literal_start for p in leaving if p.is_literal)
        self._wild = [pattern.matches for pattern in leaving if not pattern.is_literal]

    @property
    def idle(self) -> bool:
        """Whether nothing is left out at all."""
        return not self._tests

    def folder(self, path: str, above: Matched | None) -> tuple[bool, Matched]:
        """Whether a directory is left out, and what to decide with below it."""
        return self._rules.below(path, above)

    def file(self, path: str, above: Matched | None) -> bool:
        """Whether anything but a directory is left out."""
        if above is None or True not in above:
            # Nothing is kept before something is left out: most files are done with here.
            if path not in self._named and not any(matches(path) for matches in self._wild):
                return False
            above = (False,) * len(self._tests)
        ignored = False
        for (excepts, matches), known in zip(self._tests, above, strict=True):
            if known or (excepts == ignored and matches(path)):
                ignored = not excepts
        return ignored

    def may_keep_below(self, directory: str) -> bool:
        """Whether an ignored directory may hold something that is kept."""
        return self._excepts and self._rules.may_except_below(directory)

    def at(self, path: str) -> tuple[bool, Matched | None]:
        """As :meth:`folder`, for a directory wherever it is; the root's own path is empty."""
        ignored, matched = False, None
        parts = path.split("/") if path else []
        for place in range(len(parts)):
            ignored, matched = self.folder("/".join(parts[: place + 1]), matched)
        return ignored, matched
