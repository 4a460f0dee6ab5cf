"""What extraction takes, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is written: bytes of content, and entries of any type."""

    bytes: int = 64 << 30
    entries: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path of the image that was not written, or not with everything it has, and why."""

    path: bytes
    why: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was written to ``path``: ``files`` are entries other than directories.

    ``bytes`` are those of content; holes of sparse files and further names of a file cost none.
    """

    path: Path
    files: int
    bytes: int
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept that could do harm: device nodes, privileges, owners; ``force`` replaces files.

    Privileges are the set-user-ID and set-group-ID bits, and file capabilities.
    """

    devices: bool = False
    setuid: bool = False
    owners: bool = False
    force: bool = False

    def mode(self, mode: int, *, is_dir: bool) -> int:
        """The permission bits to set. The one who extracts can always read, and enter folders.

        Unless owners are kept, nobody else can write: the bits were meant for other users.
        """
        kept = mode & 0o7777
        if not self.setuid:
            kept &= ~0o6000
        if self.owners:
            return kept
        return kept & ~0o022 | (0o700 if is_dir else 0o400)

    def xattr(self, name: bytes) -> bool:
        """Whether to set an extended attribute: the user's own, or those that go with what is kept.

        What overlayfs keeps its books in is never set: it would hide files of this machine.
        """
        if name == b"security.capability":
            return self.setuid
        return not name.startswith(_OVERLAY) and (self.owners or name.startswith(b"user."))


_OVERLAY = (b"trusted.overlay.", b"user.overlay.")
