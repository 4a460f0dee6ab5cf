"""Why hidden bytes are hidden: deleted, moved, changed, or stored again for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.renames import renames
from explorer.analysis.suggestions.hidden import Hidden
from explorer.analysis.suggestions.values import Kind
from explorer.filesystem.arrays import distinct, is_in
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING
from explorer.progress import Job

_CODES = (Kind.DELETED, Kind.MOVED, Kind.METADATA, Kind.REPLACED, Kind.REPEATED)
_COMPARED = 4 << 30  # bytes that are read to tell a copy with a new mode from new content


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """Files that one layer stores and another hides for one reason; ``files`` are at least one."""

    kind: Kind
    stored_in: int
    hidden_by: int
    files: Hidden

    @property
    def size(self) -> int:
        """Bytes stored in vain."""
        return int(self.files.sizes.sum())

    def only(self, rows: Array) -> Loss:
        """The same for some of the files, by mask."""
        return replace(self, files=self.files.take(rows))

    @property
    def largest(self) -> int:
        """The node of the largest file."""
        return int(self.files.nodes[np.argmax(self.files.sizes)])


def losses(image: OpenImage, hidden: Hidden, job: Job) -> list[Loss]:
    """All hidden files, grouped by the layers to blame and the reason."""
    codes = _reasons(image, hidden, job)
    base = len(_CODES) * (image.top + 1)
    keys = hidden.layers * base + hidden.hiders * len(_CODES) + codes
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    found: list[Loss] = []
    for rows in np.split(order, starts[1:]) if len(order) else ():
        layer, rest = divmod(int(keys[rows[0]]), base)
        hider, code = divmod(rest, len(_CODES))
        found.append(Loss(_CODES[code], layer, hider, hidden.take(rows)))
    return found


def _reasons(image: OpenImage, hidden: Hidden, job: Job) -> Array:
    """For each file the place of its reason in :data:`_CODES`."""
    codes = np.full(len(hidden), _CODES.index(Kind.REPLACED), np.int64)
    codes[hidden.after == NOTHING] = _CODES.index(Kind.DELETED)
    stack = image.stack
    after = stack.inodes(hidden.after)
    maybe = np.flatnonzero(after != NOTHING)
    kinds, sizes = stack.column("type", after[maybe]), stack.column("size", after[maybe])
    same_size = sizes == stack.column("size", hidden.providers[maybe])
    left = _COMPARED
    for row in maybe[(kinds == EntryType.FILE) & same_size].tolist():
        job.check()
        left -= int(hidden.sizes[row])
        if left >= 0 and stack.same_content(int(hidden.providers[row]), int(after[row])):
            aspects = stack.aspects(int(hidden.providers[row]), int(hidden.after[row]))
            codes[row] = _CODES.index(Kind.METADATA if aspects else Kind.REPEATED)
    _mark_moves(image, hidden, codes, job)
    return codes


def _mark_moves(image: OpenImage, hidden: Hidden, codes: Array, job: Job) -> None:
    deleted = codes == _CODES.index(Kind.DELETED)
    for layer in distinct(hidden.hiders[deleted]).tolist():
        moved = [rename.before for rename in renames(image.changes(layer), job, least=256)]
        rows = deleted & (hidden.hiders == layer) & is_in(hidden.providers, np.array(moved))
        codes[rows] = _CODES.index(Kind.MOVED)
