"""What a plan may know of the outside. Nothing here fetches, runs or writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from explorer.build.bases import Bases, NoBases
from explorer.build.tree import Tree


def _no_stage(_stage: int) -> Tree | None:
    return None


def _nothing(_url: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the Dockerfile.

    ``context`` is the build context; ``bases`` resolves images and named contexts. ``stage`` gives
    the files that a stage ends with, where they are known; ``remote`` a digest of what a URL or
    repository holds, where that is known. Both raise only errors of the family.
    """

    context: Tree | None = None
    bases: Bases = field(default_factory=NoBases)
    stage: Callable[[int], Tree | None] = _no_stage
    remote: Callable[[str], str | None] = _nothing
