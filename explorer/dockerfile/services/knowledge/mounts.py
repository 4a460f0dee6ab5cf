"""The options of ``RUN --mount``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.services.knowledge.topic import Topic

TYPES: Final[dict[str, Topic]] = {
    "bind": Topic(
        "type=bind",
        "Files of the build context, a stage or an image; what is written there is thrown away.",
        "run---mounttypebind",
    ),
    "cache": Topic(
        "type=cache",
        "A folder that is kept from one build to the next, for package managers and compilers.",
        "run---mounttypecache",
        "It may be empty at any time, and is not part of the image.",
    ),
    "secret": Topic(
        "type=secret",
        "A file or a variable given with `--secret`; it is in no layer and in no cache.",
        "run---mounttypesecret",
    ),
    "ssh": Topic(
        "type=ssh",
        "The keys of an SSH agent, given with `--ssh`.",
        "run---mounttypessh",
    ),
    "tmpfs": Topic("type=tmpfs", "An empty folder in memory.", "run---mounttypetmpfs"),
}


@dataclass(frozen=True, slots=True)
class MountOption:
    """An option, what it means, and the types of mounts that have it.

    One with ``is_switch`` may stand without a value.
    """

    name: str
    summary: str
    types: tuple[str, ...]
    is_switch: bool = False
    values: tuple[str, ...] = ()


_FILES: Final = ("bind", "cache")
_OWNED: Final = ("cache", "secret", "ssh")
_TRUTH: Final = ("true", "false")

OPTIONS: Final = (
    MountOption("target", "Where the command finds it.", (*_FILES, "tmpfs", "secret", "ssh")),
    MountOption("source", "The path in what it comes from; its root by default.", _FILES),
    MountOption("from", "The stage, context or image that it comes from.", _FILES),
    MountOption("id", "Its name; that of the target by default.", _OWNED),
    MountOption(
        "sharing",
        "What happens when builds use it at once: they share it, each has its own, or they wait.",
        ("cache",),
        values=("shared", "private", "locked"),
    ),
    MountOption("rw", "Allows writing; what is written is thrown away.", ("bind",), True, _TRUTH),
    MountOption("ro", "Forbids writing.", ("cache",), True, _TRUTH),
    MountOption(
        "required", "Fails where it was not given, instead of going on.", ("secret", "ssh"), True,
        _TRUTH,
    ),
    MountOption("env", "The variable that holds the secret.", ("secret",)),
    MountOption("mode", "Its permissions, octal.", _OWNED),
    MountOption("uid", "The number of its owner; 0 by default.", _OWNED),
    MountOption("gid", "The number of its group; 0 by default.", _OWNED),
    MountOption("size", "The most it may hold, as in `64m`.", ("tmpfs",)),
)  # fmt: skip

ALIASES: Final = {
    "dst": "target",
    "destination": "target",
    "src": "source",
    "readonly": "ro",
    "readwrite": "rw",
}
"""Other names of options."""

CACHES: Final = (
    ("/root/.cache/pip", "pip", ""),
    ("/root/.cache/uv", "uv", ""),
    ("/root/.npm", "npm", ""),
    ("/root/.cache/go-build", "go build", ""),
    ("/go/pkg/mod", "Go modules", ""),
    ("/usr/local/cargo/registry", "cargo", ""),
    ("/root/.m2", "Maven", ""),
    ("/root/.gradle", "Gradle", ""),
    ("/var/cache/apt", "apt packages", "locked"),
    ("/var/lib/apt/lists", "apt lists", "locked"),
    ("/var/cache/apk", "apk packages", "locked"),
)
"""Folders that are worth a cache: the path, whose it is, and how it must be shared."""


def option(name: str) -> MountOption | None:
    """The option of a name or an alias, in any case."""
    wanted = ALIASES.get(name.lower(), name.lower())
    return next((option for option in OPTIONS if option.name == wanted), None)
