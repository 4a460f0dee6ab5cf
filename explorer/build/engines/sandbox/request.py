"""What the engine asks of the worker, as plain values that travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MountKind = Literal["bind", "tmpfs", "layers", "file"]


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount of a RUN, at ``target`` in the sandbox.

    A ``bind`` shows ``source``, a file or folder of this machine; with ``owned`` it is ours, and
    gets ``mode``, ``uid`` and ``gid``. ``layers`` shows the path ``source`` of some folders laid
    upon each other, the uppermost first; what is written goes to ``upper``, or nowhere. A ``file``
    holds ``content`` (base64) in memory, with that mode and owner. ``size`` bounds a tmpfs, in
    bytes; 0 leaves it to the system.
    """

    kind: MountKind
    target: str
    source: str = ""
    readonly: bool = False
    size: int = 0
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    owned: bool = False
    lowers: tuple[str, ...] = ()
    upper: str = ""
    work: str = ""
    content: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Command:
    """One process to run in the sandbox.

    ``lowers`` are folders, the uppermost first; ``upper`` takes what changes, ``work`` is
    overlayfs's own, and ``merged`` an empty folder to mount them at. ``user`` are the numbers of
    user and group, ``groups`` the further ones. With a ``terminal`` it has one of its own, whose
    other end is sent over the socket that stands for its output.
    """

    lowers: tuple[str, ...]
    upper: str
    work: str
    merged: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str = "/"
    user: tuple[int, int] = (0, 0)
    groups: tuple[int, ...] = ()
    mounts: tuple[Mount, ...] = ()
    network: bool = True
    hostname: str = "buildkitsandbox"
    processes: int = 4096
    terminal: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it travels."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Command:
        """What :meth:`to_json` gave."""
        values = dict(found)
        values["mounts"] = tuple(
            Mount(**{**each, "lowers": tuple(each["lowers"])}) for each in values["mounts"]
        )
        for name in ("lowers", "argv", "user", "groups"):
            values[name] = tuple(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Lower:
    """A layer that is to be a folder below an overlay: a blob of the store, and where to put it."""

    blob: str
    compression: str
    target: str
    below: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """As it travels."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Lower:
        """What :meth:`to_json` gave."""
        return cls(**{**found, "below": tuple(found["below"])})
