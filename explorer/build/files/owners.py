"""``--chown`` and USER as numbers, looked up where BuildKit looks: in the base's own tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from explorer.build.tree import Readable, resolve
from explorer.errors import ExplorerError

_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_LARGEST: Final = 2**31 - 1
_TABLE_LIMIT: Final = 10 << 20  # bytes; BuildKit reads no more either


class OwnerError(Exception):
    """An owner that BuildKit refuses, in its words."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Numbers of a user and a group; ``remark`` tells of a name that nothing defines."""

    uid: int
    gid: int
    remark: str = ""


def read_owner(text: str, base: Readable | None) -> Owner:
    """The owner that ``USER[:GROUP]`` means; ``base`` is ``None`` where there is no filesystem.

    A user given by number has the group of that number, one given by name the group of its
    ``/etc/passwd`` line. A name that is in no table is root, as in BuildKit; ``remark`` says so.

    Raises:
        OwnerError: a name is given and there is no filesystem to look it up in.
    """
    user, colon, group = text.partition(":")
    remarks: list[str] = []
    number = _number(user)
    if number is not None:
        uid = gid = number
    else:
        uid, gid = _looked_up(base, user, "passwd", "user", remarks, lambda f: (f[2], f[3])) or (
            0,
            0,
        )
    if colon:
        number = _number(group)
        if number is not None:
            gid = number
        else:
            found = _looked_up(base, group, "group", "group", remarks, lambda f: (f[2],))
            gid = found[0] if found else gid
    return Owner(uid & 0xFFFFFFFF, gid & 0xFFFFFFFF, "; ".join(remarks))


def _number(text: str) -> int | None:
    if text == "root":
        return 0
    if not _NUMBER.fullmatch(text) or len(text) > 12 or abs(int(text)) > _LARGEST:
        return None
    return int(text)


def _looked_up(
    base: Readable | None,
    name: str,
    table: str,
    what: str,
    remarks: list[str],
    pick: Callable[[list[str]], tuple[str, ...]],
) -> tuple[int, ...] | None:
    if base is None:
        raise OwnerError("invalid user index: -1")
    for line in _lines(base, f"/etc/{table}".encode()):
        fields = [*line.split(":"), "", "", ""]
        if fields[0] == name and line.strip():
            return tuple(int(n) if n.isascii() and n.isdigit() else 0 for n in pick(fields))
    remarks.append(f"there is no {what} {name!r} in /etc/{table}: BuildKit takes root instead")
    return None


def _lines(base: Readable, path: bytes) -> list[str]:
    real = resolve(base, path)
    try:
        content = base.content(real) if real is not None else None
        data = content.read_at(0, _TABLE_LIMIT) if content is not None else b""
    except ExplorerError:
        return []
    return data.decode("utf-8", "surrogateescape").split("\n")
