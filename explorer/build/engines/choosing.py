"""Which engine builds. One that is not asked for is not even imported: it takes a third of a second
to import them all, longer than a build that is cached.
"""

from __future__ import annotations

import asyncio

from explorer.build.engine import Engine, Health
from explorer.errors import Unsupported


def engines() -> tuple[Engine, ...]:
    """All there are, the embedded one first."""
    from explorer.build.engines.buildkit.engine import BuildkitEngine
    from explorer.build.engines.docker.engine import DockerEngine
    from explorer.build.engines.podman.engine import PodmanEngine

    return (_embedded(), DockerEngine(), PodmanEngine(), BuildkitEngine())


def _embedded() -> Engine:
    from explorer.build.engines.sandbox.engine import SandboxEngine

    return SandboxEngine()


async def healths() -> tuple[Health, ...]:
    """How all of them are, asked side by side; in the order of :func:`engines`."""
    return tuple(await asyncio.gather(*(engine.health() for engine in engines())))


async def choose(name: str = "auto") -> Engine:
    """The engine of a name; ``auto`` is the embedded one.

    Raises :class:`Unsupported` for one that cannot build here, with why and what to do.
    """
    if name in ("auto", "sandbox"):
        return _embedded()  # it builds everywhere; what it cannot run it refuses by name
    known = {engine.name: engine for engine in engines()}
    for engine in known.values():
        if engine.name == name:
            health = await engine.health()
            if not health.ready:
                raise unavailable(health)
            return engine
    listed = ", ".join(("auto", *known))
    raise Unsupported(f"{name} is not an engine of this version", hint=f"Choose one of {listed}")


def unavailable(health: Health) -> Unsupported:
    """The error for an engine that cannot build here."""
    return Unsupported(f"{health.title} cannot build here", why=health.why, hint=health.hint)
