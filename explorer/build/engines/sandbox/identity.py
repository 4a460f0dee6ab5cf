"""Who a RUN runs as: USER looked up in the stage's own tables, as the engines do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.build.tree import Readable, resolve
from explorer.errors import ExplorerError

_TABLE_LIMIT: Final = 10 << 20  # bytes


class UnknownUserError(Exception):
    """A user or group that no table of the stage has, in the engines' words."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Numbers of user and group, the further groups, and where the user is at home."""

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = ()
    home: str = "/"


def identify(user: str, tree: Readable) -> Identity:
    """The identity that ``USER[:GROUP]`` means; ``""`` is root.

    Raises :class:`UnknownUserError` for a name that is in no table.
    """
    name, _, group = user.partition(":")
    people = _table(tree, b"/etc/passwd", 7)
    number = _number(name or "0")
    person = next((p for p in people if p[0] == name or _number(p[2]) == number is not None), None)
    if person is None and number is None:
        raise UnknownUserError(f"unable to find user {name}: no matching entries in passwd file")
    uid = number if number is not None else _number(person[2] if person else "") or 0
    gid = (_number(person[3]) or 0) if person is not None else 0
    tables = _table(tree, b"/etc/group", 4)
    groups: tuple[int, ...] = ()
    if group:
        gid = _group(group, tables)
    elif person is not None:
        mine = (_number(g[2]) for g in tables if person[0] in g[3].split(","))
        groups = tuple(n for n in mine if n is not None)
    return Identity(uid, gid, tuple(dict.fromkeys((gid, *groups))), person[5] if person else "/")


def _group(name: str, tables: list[list[str]]) -> int:
    number = _number(name)
    if number is not None:
        return number
    found = next((_number(fields[2]) for fields in tables if fields[0] == name), None)
    if found is None:
        raise UnknownUserError(f"unable to find group {name}: no matching entries in group file")
    return found


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        return None
    return int(text) if int(text) < 2**31 else None


def _table(tree: Readable, path: bytes, fields: int) -> list[list[str]]:
    try:
        real = resolve(tree, path)
        data = tree.content(real).read_at(0, _TABLE_LIMIT) if real is not None else b""
    except ExplorerError:
        return []
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [(line.strip().split(":") + [""] * fields)[:fields] for line in lines if line.strip()]
