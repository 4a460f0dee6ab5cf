"""The note left in a finished `.venv`, and what to do about the one found there.

The stamp is written last, so an installation that was interrupted leaves none.
"""

import enum
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

_VERSION_IN_METADATA = re.compile(r"-[^-]+\.(dist-info|egg-info)$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an environment was made from and what it held when it was finished."""

    interpreter: str
    location: str
    project: str
    extras: tuple[str, ...]
    packages: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Stamp | None":
        """Read a stamp; None for anything but a whole one."""
        try:
            fields = json.loads(text)
            return cls(
                interpreter=str(fields["interpreter"]),
                location=str(fields["location"]),
                project=str(fields["project"]),
                extras=tuple(map(str, fields["extras"])),
                packages=tuple(map(str, fields["packages"])),
            )
        except (ValueError, KeyError, TypeError):
            return None

    def __str__(self) -> str:
        return json.dumps(asdict(self), indent=1)


class Action(enum.Enum):
    """What an environment needs before it can be used."""

    NOTHING = "ready"
    INSTALL = "install"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the reason in words (empty when there is nothing to do)."""

    action: Action
    reason: str = ""


def decide(found: Stamp | None, wanted: Stamp, present: frozenset[str]) -> Decision:
    """Compare the stamp found with the one wanted and with the packages present."""
    if found is None:
        return Decision(Action.REBUILD, "it was never finished")
    if found.interpreter != wanted.interpreter:
        return Decision(Action.REBUILD, "it was made by another Python")
    if found.location != wanted.location:
        return Decision(Action.REBUILD, "the project has moved")
    if lost := sorted(set(found.packages) - present):
        return Decision(Action.REBUILD, f"it is damaged ({lost[0]} is gone)")
    if found.project != wanted.project:
        return Decision(Action.INSTALL, "pyproject.toml has changed")
    if not set(wanted.extras) <= set(found.extras):
        return Decision(Action.INSTALL, "more tools are needed")
    return Decision(Action.NOTHING)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def package_names(entries: Iterable[str]) -> frozenset[str]:
    """Names in a site-packages folder without versions or caches.

    An upgrade by hand must not look like damage.
    """
    return frozenset(
        _VERSION_IN_METADATA.sub(r".\1", name) for name in entries if name != "__pycache__"
    )
