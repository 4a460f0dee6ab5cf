"""Which engine builds."""

from __future__ import annotations

from explorer.build.engine import Engine, Health
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.errors import Unsupported


def engines() -> tuple[Engine, ...]:
    """All there are, the embedded one first."""
    return (SandboxEngine(),)


async def choose(name: str = "auto") -> Engine:
    """The engine of a name; ``auto`` is the embedded one.

    Raises :class:`Unsupported` for one that cannot build here, with why and what to do.
    """
    known = {engine.name: engine for engine in engines()}
    if name == "auto":
        return known["sandbox"]
    for engine in known.values():
        if engine.name == name:
            health = await engine.health()
            if not health.ready:
                raise unavailable(health)
            return engine
    raise Unsupported(f"{name} is not an engine of this version", hint="Leave out --engine")


def unavailable(health: Health) -> Unsupported:
    """The error for an engine that cannot build here."""
    return Unsupported(f"{health.title} cannot build here", why=health.why, hint=health.hint)
