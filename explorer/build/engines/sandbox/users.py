"""The users of a user namespace: root is the user, the others are the user's subordinate ids.

user_namespaces(7), subuid(5), newuidmap(1).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.errors import Unsupported

_SUBUID, _SUBGID = Path("/etc/subuid"), Path("/etc/subgid")
_ENOUGH: Final = 65536
_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Subordinates:
    """A range of ids that a user may hand out."""

    start: int
    count: int


def subordinates(table: Path, uid: int) -> Subordinates | None:
    """The largest range of a user; None where there is none."""
    names = {str(uid)}
    with contextlib.suppress(KeyError):
        names.add(pwd.getpwuid(uid).pw_name)
    try:
        lines = table.read_text(errors="replace").splitlines()
    except OSError:
        return None
    found: list[Subordinates] = []
    for line in lines:
        parts = line.strip().split(":")
        if len(parts) == 3 and parts[0] in names and parts[1].isdigit() and parts[2].isdigit():
            found.append(Subordinates(int(parts[1]), int(parts[2])))
    return max(found, key=lambda each: each.count, default=None)


def why_single() -> str:
    """Why only one user can exist in a sandbox of this user; empty where many can."""
    uid = os.geteuid()
    for program in ("newuidmap", "newgidmap"):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: apt install uidmap)"
    for table in (_SUBUID, _SUBGID):
        found = subordinates(table, uid)
        if found is None or found.count < 2:
            return f"{table} gives this user no ids (usermod --add-subuids 100000-165535 USER)"
    return ""


def why_no_namespaces(error: str, settings: Path = Path("/proc/sys")) -> str:
    """Why this system lets its users make no namespaces, and which of its settings says so."""
    for name, forbids, words in (
        ("user/max_user_namespaces", "0", "user.max_user_namespaces is 0"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "AppArmor restricts them (kernel.apparmor_restrict_unprivileged_userns is 1)",
        ),
    ):
        with contextlib.suppress(OSError):
            if (settings / name).read_text().strip() == forbids:
                return f"this system lets its users make no namespaces: {words}"
    return f"this system lets its users make no namespaces: {error}"


def map_users(process: int) -> bool:
    """Map the users of a process's new namespace; False where only root is there.

    Raises :class:`Unsupported` where nothing can be mapped.
    """
    uid, gid = os.geteuid(), os.getegid()
    if not why_single():
        uids, gids = subordinates(_SUBUID, uid), subordinates(_SUBGID, uid)
        assert uids is not None
        assert gids is not None
        try:
            _helper("newuidmap", process, uid, uids)
            _helper("newgidmap", process, gid, gids)
        except (OSError, subprocess.SubprocessError) as error:
            raise _cannot(str(error)) from error
        return True
    try:
        Path(f"/proc/{process}/uid_map").write_text(f"0 {uid} 1\n")
        Path(f"/proc/{process}/setgroups").write_text("deny")
        Path(f"/proc/{process}/gid_map").write_text(f"0 {gid} 1\n")
    except OSError as error:
        raise _cannot(error.strerror or str(error)) from error
    return False


def _helper(program: str, process: int, own: int, others: Subordinates) -> None:
    count = min(others.count, _ENOUGH)
    numbers = (process, 0, own, 1, 1, others.start, count)
    done = subprocess.run(
        [program, *map(str, numbers)], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise OSError(done.returncode, done.stderr.strip() or f"{program} failed")


def _cannot(why: str) -> Unsupported:
    return Unsupported(
        "The sandbox cannot be made",
        why=f"a user namespace gets no users: {why}",
        hint="Build as root, or with another engine: --engine docker, podman or buildkit",
    )
