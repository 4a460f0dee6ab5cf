"""What is known around a Dockerfile: its build context, and images that are here."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class ContextFacts:
    """What a build context holds once the ignore file is applied.

    ``sent`` holds the bytes below each path (relative, with slashes, without ``./``), directories
    and files, as deep as was looked. ``whole`` is false where looking was given up; paths that are
    absent may then be there. ``ignore_name`` is the ignore file in force.
    """

    sent: Mapping[str, int] = field(repr=False)
    files: int = 0
    bytes: int = 0
    directories: frozenset[str] = frozenset()
    ignore_name: str | None = None
    whole: bool = True

    @classmethod
    def of(
        cls,
        entries: Iterable[tuple[str, int | None]],
        ignore_name: str | None = None,
        *,
        whole: bool = True,
    ) -> Self:
        """Add up what is sent: paths with their bytes, ``None`` for a directory.

        Directories come before what is in them.
        """
        sent: dict[str, int] = {}
        directories: set[str] = set()
        files = total = 0
        for path, size in entries:
            sent[path] = sent.get(path, 0) + (size or 0)
            if size is None:
                directories.add(path)
                continue
            files, total = files + 1, total + size
            above = path.rpartition("/")[0]
            while above:
                sent[above] = sent.get(above, 0) + size
                above = above.rpartition("/")[0]
        return cls(sent, files, total, frozenset(directories), ignore_name, whole)

    def has(self, path: str) -> bool:
        """Whether a path, cleaned first, is sent."""
        return normal(path) in self.sent

    def weight(self, path: str) -> int:
        """The bytes at and below a path; 0 where nothing is sent."""
        path = normal(path)
        return self.bytes if path == "" else self.sent.get(path, 0)

    def is_directory(self, path: str) -> bool:
        """Whether a path is a directory of the context."""
        path = normal(path)
        return path == "" or path in self.directories


@dataclass(frozen=True, slots=True)
class Facts:
    """What advice may rest on besides the Dockerfile; ``None`` and empty mean unknown.

    ``digests`` are those of base images that are here, by ``str(Reference)``.
    """

    context: ContextFacts | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


def normal(path: str) -> str:
    """A source of COPY relative to the context: ``""`` for the context itself."""
    cleaned = posixpath.normpath("/" + path.lstrip("/"))
    return cleaned.lstrip("/")
