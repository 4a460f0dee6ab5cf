"""What an instruction asks for, as parts of keys: flags, mounts, words."""

from __future__ import annotations

import re
from typing import Final

from explorer.build.files.sources import Remote
from explorer.build.plan.keys import Part, PartKind, digest_of, shortened
from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.mount import Mount

_COMMIT: Final = re.compile(r"#[0-9a-f]{40}(?:[0-9a-f]{24})?(?::.*)?\Z", re.DOTALL)
"""A repository at a commit, given in full, perhaps with a folder in it."""


def flag_parts(command: model.Copy | model.Add) -> list[Part]:
    """The flags that are given, each a part."""
    transfer = command.transfer
    found = {
        "--chown": transfer.owner.value if transfer.owner else "",
        "--chmod": transfer.mode.value if transfer.mode else "",
        "--link": "true" if transfer.link else "",
    }
    if isinstance(command, model.Copy):
        found["--parents"] = "true" if command.parents else ""
    else:
        found["--checksum"] = command.checksum.value if command.checksum else ""
        found["--unpack"] = "" if command.unpack is None else str(command.unpack).lower()
        keeps = command.keep_git_dir
        found["--keep-git-dir"] = "" if keeps is None else str(keeps).lower()
    parts = [Part.of(PartKind.FLAG, value, name) for name, value in found.items() if value]
    if transfer.excludes:
        excludes = tuple(word.value for word in transfer.excludes)
        parts.append(words_part(PartKind.FLAG, excludes, "--exclude"))
    return parts


def keeps_path(command: model.Copy | model.Add) -> bool:
    """Whether files keep the path that they were found at."""
    return isinstance(command, model.Copy) and command.parents


def remote_digest(command: model.Copy | model.Add, remote: Remote) -> str | None:
    """What a remote source is known to hold: a file by its checksum, a repository by a commit."""
    url = remote.word.value
    if remote.is_git:
        found = _COMMIT.search(url)
        return None if found is None else digest_of("git", url)
    checksum = command.checksum if isinstance(command, model.Add) else None
    return checksum.value if checksum is not None and checksum.value else None


def mount_part(mount: Mount) -> Part:
    """A mount as it is asked for; where it comes from is a part of its own."""
    options = {
        "target": mount.target,
        "source": "" if mount.type == "bind" else mount.source,
        "id": mount.id,
        "sharing": mount.sharing,
        "readonly": "" if mount.readonly else "false",
        "required": "true" if mount.required else "",
        "size": str(mount.size or ""),
        "env": mount.env or "",
        "mode": "" if mount.mode is None else f"{mount.mode:o}",
        "uid": "" if mount.uid is None else str(mount.uid),
        "gid": "" if mount.gid is None else str(mount.gid),
    }
    given = ",".join(f"{name}={value}" for name, value in options.items() if value)
    return Part.of(PartKind.MOUNT, f"type={mount.type},{given}", mount.target or mount.id)


def words_part(kind: PartKind, words: tuple[str, ...], name: str = "") -> Part:
    """Words as a part; no two lists of them are the same part."""
    return Part(kind, name, shortened(" ".join(words)), digest_of(*words))
