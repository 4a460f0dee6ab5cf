"""What a plan may know of the outside. Nothing here fetches, runs or writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from explorer.build.tree import Tree
from explorer.oci.platform import Platform


class Bases(Protocol):
    """Images that are at hand."""

    def digest(self, name: str, platform: Platform) -> str | None:
        """The digest that a reference means for a platform; ``None`` where it is not resolved."""

    def tree(self, name: str, platform: Platform) -> Tree | None:
        """The files of an image; ``None`` where they are not at hand."""


class NoBases:
    """No image is at hand."""

    def digest(self, name: str, platform: Platform) -> str | None:
        """Nothing."""

    def tree(self, name: str, platform: Platform) -> Tree | None:
        """Nothing."""


def _nothing(_stage: int) -> Tree | None:
    return None


def _unknown(_url: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the Dockerfile.

    ``context`` is the build context, ``contexts`` are the named ones that are folders, by name;
    ``context_images`` those that are images, by name the digest. ``stage`` gives the files that a
    stage ends with, where they are known; ``remote`` a digest of what a URL or repository holds.
    """

    context: Tree | None = None
    contexts: Mapping[str, Tree] = field(default_factory=dict)
    context_images: Mapping[str, str] = field(default_factory=dict)
    bases: Bases = field(default_factory=NoBases)
    stage: Callable[[int], Tree | None] = _nothing
    remote: Callable[[str], str | None] = _unknown
