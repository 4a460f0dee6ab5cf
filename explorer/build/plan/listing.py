"""The files that a step copies, as one digest, and as a list that can be compared with another.

What counts is what counts for BuildKit: type, permissions, owner, size, link target, extended
attributes and bytes of each entry, not its times.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.build.plan.changes import Entry
from explorer.build.tree import Branch
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import join

_COLUMNS: Final = {"parent": "<u4", "length": "<u2", "type": "u1", "mode": "<u2", "uid": "<u4",
                   "gid": "<u4", "size": "<i8"}  # fmt: skip
_CONTENT: Final = 16  # bytes of each digest that are kept in a record
_LARGEST: Final = 1 << 30  # bytes that a list may take when it is read again
_VERSION: Final = b"listing 1\n"


@dataclass(frozen=True, slots=True)
class Differences:
    """How two lists differ: paths in order."""

    changed: tuple[bytes, ...] = ()
    added: tuple[bytes, ...] = ()
    removed: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed)


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Entries in preorder, row 0 the source itself, whose path is ``path``."""

    path: bytes
    columns: Mapping[str, Array]
    names: bytes
    extras: Mapping[int, str]
    content: Array

    @classmethod
    def of(cls, branch: Branch, rows: Array, digests: Array, path: bytes = b"") -> Listing:
        """Some rows of a branch, each row's directory among them, with their content's digests.

        ``path`` is what the source is called; the branch's own path by default.
        """
        whole = len(rows) == len(branch)
        place = np.zeros(len(branch), np.uint32)
        place[rows] = np.arange(len(rows), dtype=np.uint32)
        lengths = np.diff(branch.name_at)
        names = branch.names
        if not whole:
            kept = np.zeros(len(branch), np.bool_)
            kept[rows] = True
            first = int(branch.name_at[0])
            names = names[first : int(branch.name_at[-1])][np.repeat(kept, lengths)]
        types = branch.types[rows]
        columns = {
            "parent": place[branch.parent[rows]],
            "length": lengths[rows],
            "type": types,
            # A symlink has permissions that nobody can choose.
            "mode": np.where(types == EntryType.SYMLINK, 0o777, branch.mode[rows]),
            "uid": branch.uid[rows],
            "gid": branch.gid[rows],
            "size": np.where(types == EntryType.FILE, branch.size[rows], 0),
        }
        fixed = {name: np.ascontiguousarray(columns[name], kind) for name, kind in _COLUMNS.items()}
        extras = _extras(branch, place, rows)
        return cls(path or branch.path, fixed, names.tobytes(), extras, digests[rows])

    @property
    def digest(self) -> str:
        """SHA-256 over everything that counts; the path of the source is no part of it."""
        state = hashlib.sha256()
        for column in self.columns.values():
            state.update(column.data)
        state.update(self.names)
        state.update(json.dumps(sorted(self.extras.items())).encode())
        state.update(np.ascontiguousarray(self.content).data)
        return f"sha256:{state.hexdigest()}"

    @property
    def files(self) -> int:
        """How many entries but directories."""
        return int((self.columns["type"] != EntryType.DIR).sum())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return int(self.columns["size"].sum())

    def encoded(self) -> bytes:
        """As it is kept with the records of builds."""
        header = {
            "path": self.path.decode("latin-1"),
            "rows": len(self.content),
            "names": len(self.names),
            "extras": {str(row): text for row, text in self.extras.items()},
        }
        columns = b"".join(column.tobytes() for column in self.columns.values())
        content = np.ascontiguousarray(self.content[:, :_CONTENT]).tobytes()
        body = json.dumps(header).encode() + b"\n" + columns + self.names + content
        return _VERSION + zlib.compress(body, 1)

    @classmethod
    def decoded(cls, data: bytes) -> Listing:
        """Read what :meth:`encoded` gave; its digest cannot be told again.

        Raises:
            ValueError: it is something else, or damaged.
        """
        if not data.startswith(_VERSION):
            raise ValueError("no list of files")
        reader = zlib.decompressobj()
        try:
            body = reader.decompress(data[len(_VERSION) :], _LARGEST)
        except zlib.error as error:
            raise ValueError("a damaged list of files") from error
        if not reader.eof:
            raise ValueError("a list of files that was cut short")
        head, _, rest = body.partition(b"\n")
        header = json.loads(head)
        count, at = int(header["rows"]), 0
        columns = {}
        for name, kind in _COLUMNS.items():
            columns[name] = np.frombuffer(rest, kind, count, at)
            at += columns[name].nbytes
        names = rest[at : at + int(header["names"])]
        content = np.frombuffer(rest, np.uint8, count * _CONTENT, at + len(names))
        extras = {int(row): str(text) for row, text in header["extras"].items()}
        path = str(header["path"]).encode("latin-1")
        return cls(path, columns, names, extras, content.reshape(-1, _CONTENT))

    def fingerprints(self) -> dict[bytes, bytes]:
        """What tells each path from another version of it."""
        table = np.concatenate(
            [self.columns[name].astype("<i8").reshape(-1, 1).view(np.uint8)
             for name in ("type", "mode", "uid", "gid", "size")]
            + [self.content[:, :_CONTENT]], axis=1,
        )  # fmt: skip
        raw, width = table.tobytes(), table.shape[1]
        return {
            path: raw[row * width : (row + 1) * width] + self.extras.get(row, "").encode()
            for row, path in enumerate(self._paths())
        }

    def _paths(self) -> list[bytes]:
        parents, ends = self.columns["parent"].tolist(), np.cumsum(self.columns["length"]).tolist()
        out = [self.path]
        for row in range(1, len(parents)):
            name = self.names[ends[row - 1] : ends[row]]
            out.append(join(out[parents[row]], name))
        return out

    def entries(self, wanted: Collection[bytes]) -> dict[bytes, Entry]:
        """What is listed of some paths; those that are not listed are left out."""
        if not wanted:
            return {}
        columns = [self.columns[name] for name in ("type", "mode", "uid", "gid", "size")]
        return {
            path: Entry(*(int(column[row]) for column in columns))
            for row, path in enumerate(self._paths())
            if path in wanted
        }

    def differences(self, older: Listing) -> Differences:
        """What changed since an older list."""
        now, before = self.fingerprints(), older.fingerprints()
        changed = [path for path, state in now.items() if before.get(path, state) != state]
        added = [path for path in now if path not in before]
        removed = [path for path in before if path not in now]
        return Differences(tuple(changed), tuple(added), tuple(removed))


def _extras(branch: Branch, place: Array, rows: Array) -> dict[int, str]:
    """Link targets, device numbers and extended attributes, by row."""
    kept = set(rows.tolist()) if len(rows) < len(branch) else None
    found: dict[int, list[str]] = {}

    def note(row: int, text: str) -> None:
        if kept is None or row in kept:
            found.setdefault(int(place[row]), []).append(text)

    for row, target in branch.links.items():
        note(row, f"link {target.decode('latin-1')}")
    for row, device in branch.devices.items():
        note(row, f"device {device[0]}:{device[1]}")
    for row, xattrs in branch.xattrs.items():
        pairs = [(name.decode("latin-1"), value.hex()) for name, value in sorted(xattrs.items())]
        note(row, f"xattrs {json.dumps(pairs)}")
    return {row: "\n".join(texts) for row, texts in sorted(found.items())}
