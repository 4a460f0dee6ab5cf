"""What completion and hover may ask of the world outside the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Account:
    """A user or a group of an image; ``id`` is its number."""

    name: str
    id: int


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """What is known of an image that a stage builds upon. ``size`` is in bytes, as stored.

    ``entrypoint`` and ``cmd`` are ``None`` where the configuration has none. ``exposed`` are
    ports as in ``80/tcp``.
    """

    name: str
    digest: str = ""
    platform: str = ""
    size: int | None = None
    layers: int | None = None
    env: tuple[tuple[str, str], ...] = ()
    user: str = ""
    workdir: str = ""
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    exposed: tuple[str, ...] = ()


class Surroundings(Protocol):
    """The build context, the stages as they will be, and their base images.

    Answers come at once from what is known already; nothing is fetched, nothing is run. A
    listing holds the entries of one directory: those whose path begins with ``prefix`` and has
    no slash after it, except the one that ends the path of a directory.
    """

    def context_paths(self, prefix: str) -> Iterable[str]:
        """Paths in the build context, relative to it, without those that the ignore file hides."""
        ...

    def stage_paths(self, stage_index: int, prefix: str) -> Iterable[str]:
        """Absolute paths in a stage as it is at its end."""
        ...

    def image_paths(self, name: str, prefix: str) -> Iterable[str]:
        """Absolute paths in an image or a named build context that is not a stage."""
        ...

    def users(self, stage_index: int) -> Iterable[Account]:
        """The users of a stage's base, from its ``/etc/passwd``."""
        ...

    def groups(self, stage_index: int) -> Iterable[Account]:
        """The groups of a stage's base, from its ``/etc/group``."""
        ...

    def base(self, stage_index: int) -> BaseFacts | None:
        """The image a stage builds upon, where it is one and is known."""
        ...


class NoSurroundings:
    """Surroundings of which nothing is known."""

    def context_paths(self, prefix: str) -> Iterable[str]:
        """None."""
        return ()

    def stage_paths(self, stage_index: int, prefix: str) -> Iterable[str]:
        """None."""
        return ()

    def image_paths(self, name: str, prefix: str) -> Iterable[str]:
        """None."""
        return ()

    def users(self, stage_index: int) -> Iterable[Account]:
        """None."""
        return ()

    def groups(self, stage_index: int) -> Iterable[Account]:
        """None."""
        return ()

    def base(self, stage_index: int) -> BaseFacts | None:
        """None."""
        return None
