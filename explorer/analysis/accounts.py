"""The names of users and groups, as the image's own ``/etc/passwd`` and ``/etc/group`` give them.

See passwd(5) and group(5). What is no valid line is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.analysis.opened import OpenImage
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.state import State

_LIMIT = 1 << 20  # bytes of a table that are read


@dataclass(frozen=True, slots=True)
class Accounts:
    """Numbers by name; where a number has several names, the first is the one shown."""

    users: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)

    def user(self, uid: int) -> str:
        """The name of a user, or the number where it has none."""
        return _name(self.users, uid)

    def group(self, gid: int) -> str:
        """The name of a group, or the number where it has none."""
        return _name(self.groups, gid)


def read_accounts(image: OpenImage, state: State) -> Accounts:
    """The accounts of a filesystem; ``root`` is always known."""
    users = _table(image, state, b"/etc/passwd")
    groups = _table(image, state, b"/etc/group")
    users.setdefault("root", 0)
    groups.setdefault("root", 0)
    return Accounts(users, groups)


def _table(image: OpenImage, state: State, path: bytes) -> dict[str, int]:
    try:
        node = image.resolve(state, path)
        data = image.content(int(state.visible[node])).read_at(0, _LIMIT)
    except (NotFound, DamagedImage):
        return {}
    table: dict[str, int] = {}
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        name, _, rest = line.partition(":")
        number = rest.partition(":")[2].partition(":")[0]
        if name and number.isascii() and number.isdigit() and len(number) <= 10:
            table.setdefault(name, int(number))
    return table


def _name(table: Mapping[str, int], number: int) -> str:
    return next((name for name, each in table.items() if each == number), str(number))
