"""One part of a cache key that is another than it was: what it was, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from explorer.filesystem.names import display

MOST: Final = 40
"""Files of one source that are told one by one."""
CHANGED: Final = "changed"
NEW: Final = "is new"
GONE: Final = "is gone"
AGAIN: Final = "runs again"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A part of a key as it was and as it is; "" where there was none, or it cannot be told.

    ``what`` names the part: ``ARG VERSION``, a path, the step above; "" for what is no part by
    itself. ``sizes`` are the bytes of a file, before and after, None for a side without it.
    ``said`` is all of it in one sentence, "" for what the sentences before have said already.
    """

    what: str
    before: str = ""
    after: str = ""
    said: str = ""
    sizes: tuple[int | None, int | None] | None = None

    def to_json(self) -> list[Any]:
        """As histories and events have it."""
        sizes = list(self.sizes) if self.sizes is not None else None
        return [self.what, self.before, self.after, self.said, sizes]

    @classmethod
    def from_json(cls, found: list[Any]) -> KeyChange:
        """Read what :meth:`to_json` gave.

        Raises:
            ValueError, TypeError: it is something else.
        """
        what, before, after, said, sizes = found
        pair = None
        if sizes is not None:
            old, new = sizes
            pair = (None if old is None else int(old), None if new is None else int(new))
        return cls(str(what), str(before), str(after), str(said), pair)

    @classmethod
    def parted(cls, sentence: str) -> KeyChange:
        """What a sentence says: ``the step above, line 4, runs again``."""
        for verb in (AGAIN, CHANGED, NEW, GONE):
            if sentence.endswith(f" {verb}"):
                what = sentence.removesuffix(verb).rstrip(" ,")
                return cls(what, "", "" if verb == GONE else verb, sentence)
        return cls(sentence, "", CHANGED, sentence)


@dataclass(frozen=True, slots=True)
class Entry:
    """What counts of one file besides its bytes and extended attributes."""

    type: int
    mode: int
    uid: int
    gid: int
    size: int


def file_change(path: bytes, was: Entry | None, now: Entry | None, said: str) -> KeyChange:
    """What became of one file."""
    sizes = (was.size if was is not None else None, now.size if now is not None else None)
    before, after = "", ""
    if was is not None and now is not None and was.size == now.size:
        before, after = _told(was, now)
    return KeyChange(display(path), before, after, said, sizes)


def _told(was: Entry, now: Entry) -> tuple[str, str]:
    """What differs of a file of the same size."""
    if was.mode != now.mode:
        return f"{was.mode:04o}", f"{now.mode:04o}"
    if (was.uid, was.gid) != (now.uid, now.gid):
        return f"{was.uid}:{was.gid}", f"{now.uid}:{now.gid}"
    return "", "another type" if was.type != now.type else "other content"
