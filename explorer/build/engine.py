"""Engines: what carries a build out, each behind the same face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from explorer.build.events import End, Event
from explorer.build.request import BuildRequest

EngineName = Literal["sandbox", "docker", "podman", "buildkit"]
Tell = Callable[[Event], None]
"""Takes each event, in the event loop; it must not take long."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an engine can build here.

    ``version`` is what it says of itself, ``where`` its socket, builder or context. ``why`` says
    what it lacks, ``hint`` what to do about it; ``limits`` are things that it cannot do here.
    """

    name: EngineName
    title: str
    ready: bool
    version: str = ""
    where: str = ""
    why: str = ""
    hint: str = ""
    limits: tuple[str, ...] = ()


class Engine(Protocol):
    """Builds images."""

    @property
    def name(self) -> EngineName:
        """What ``--engine`` calls it."""

    async def health(self) -> Health:
        """Whether it can build here; quick, never raises, changes nothing."""

    async def build(self, request: BuildRequest, tell: Tell) -> End:
        """Build, telling each event; returns the last, which was told too.

        What goes wrong in the build is :class:`~explorer.build.events.Failed`. Cancelling the task
        stops the build, leaves nothing behind, and tells
        :class:`~explorer.build.events.Stopped` before CancelledError goes on. Raises
        :class:`explorer.errors.Unsupported` for what this engine does not do, by name, and
        :class:`explorer.errors.ExplorerError` for a Dockerfile or context that cannot be read,
        before anything runs or is told.
        """
