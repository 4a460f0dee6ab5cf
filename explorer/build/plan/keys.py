"""Cache keys, with the parts that they are made of.

What counts is what counts for BuildKit; the keys themselves are our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

LONGEST_VALUE: Final = 512
"""Characters of a value that are kept to be shown; its digest is that of the whole."""


class PartKind(Enum):
    """What a part of a key is."""

    BASE = "base"
    PARENT = "parent"
    INSTRUCTION = "instruction"
    COMMAND = "command"
    SCRIPT = "script"
    ARG = "arg"
    ENV = "env"
    WORKDIR = "workdir"
    USER = "user"
    SHELL = "shell"
    NETWORK = "network"
    SECURITY = "security"
    DEVICE = "device"
    PLATFORM = "platform"
    MOUNT = "mount"
    SOURCE = "source"
    """Files that are copied or mounted, by their content."""
    ORIGIN = "origin"
    """A stage or image that files come from, by its key or digest."""
    REMOTE = "remote"
    DESTINATION = "destination"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a step depends on.

    ``name`` tells it from others of its kind, ``value`` is for people, ``digest`` decides.
    ``named`` tells whether the name counts, too.
    """

    kind: PartKind
    name: str
    value: str
    digest: str
    named: bool = True

    @classmethod
    def of(cls, kind: PartKind, value: str, name: str = "", *, secret: bool = False) -> Part:
        """A part that is what its value says; one that is ``secret`` keeps no value."""
        shown = "" if secret else shortened(value)
        digest = _digest_of_short(value) if len(value) <= LONGEST_VALUE else digest_of(value)
        return cls(kind, name, shown, digest)

    def to_json(self) -> list[Any]:
        """As records have it."""
        return [self.kind.value, self.name, self.value, self.digest]

    @classmethod
    def from_json(cls, found: list[Any]) -> Part:
        """Read what :meth:`to_json` gave.

        Raises:
            ValueError: it is something else.
        """
        kind, name, value, digest = found
        if not all(isinstance(text, str) for text in (name, value, digest)):
            raise ValueError("no part of a key")
        return cls(PartKind(kind), name, value, digest)


def below_of(parts: Iterable[Part]) -> str:
    """What a step of some parts builds upon; "" where that makes no difference to it."""
    below = (part.digest for part in parts if part.kind in (PartKind.BASE, PartKind.PARENT))
    return next(below, "")


@dataclass(frozen=True, slots=True)
class Key:
    """A cache key: a digest, and what it is made of."""

    digest: str
    parts: tuple[Part, ...]

    @property
    def below(self) -> str:
        """What the step builds upon; "" where that makes no difference to it."""
        return below_of(self.parts)

    @classmethod
    def of(cls, parts: Iterable[Part]) -> Key:
        """Make a key of its parts; their order counts."""
        taken = tuple(parts)
        texts = [(part.kind.value, part.name if part.named else "", part.digest) for part in taken]
        return cls(digest_of(*(text for each in texts for text in each)), taken)

    def __str__(self) -> str:
        return self.digest


def sources_of(key: Key | None) -> tuple[Part, ...]:
    """The parts of a key that are files by their content."""
    return () if key is None else tuple(p for p in key.parts if p.kind is PartKind.SOURCE)


def digest_of(*texts: str) -> str:
    """SHA-256 over texts, each with its length before it."""
    raws = [text.encode("utf-8", "surrogateescape") for text in texts]
    joined = b"".join([part for raw in raws for part in (b"%d:" % len(raw), raw)])
    return f"sha256:{hashlib.sha256(joined).hexdigest()}"


@lru_cache(maxsize=4096)
def _digest_of_short(text: str) -> str:
    return digest_of(text)


def shortened(value: str) -> str:
    """A value that fits into a record."""
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
