"""Many short strings in one array of bytes, searched all at once.

Layer indexes keep names and link targets this way: string ``i`` is ``data[at[i]:at[i + 1]]``. A
million of them are searched in some milliseconds, whatever the number of hits, for no step is
taken string by string.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.filesystem.index import Array

_PIECE = 1 << 20  # bytes looked at in one step: what a processor's cache holds
_CASE = 0x20


@dataclass(frozen=True, slots=True, eq=False)
class Strings:
    """``at`` has one number more than there are strings."""

    data: Array
    at: Array

    def __len__(self) -> int:
        return max(len(self.at) - 1, 0)

    def string(self, index: int) -> bytes:
        """One string."""
        return self.data[self.at[index] : self.at[index + 1]].tobytes()

    def containing(self, text: bytes, *, fold: bool) -> Array:
        """Which strings, by number and rising, hold ``text`` anywhere."""
        if not text:
            return np.arange(len(self))
        hits = occurrences(self.data, text, fold=fold)
        owners = np.searchsorted(self.at, hits, side="right") - 1
        # A hit that runs over the end of a string is none.
        owners = owners[hits + len(text) <= self.at[owners + 1]]
        fresh = np.ones(len(owners), bool)
        fresh[1:] = owners[1:] != owners[:-1]
        return owners[fresh]

    def starting(self, text: bytes, *, fold: bool) -> Array:
        """Which strings begin with ``text``."""
        return self._narrowed(np.arange(len(self)), text, fold=fold, from_end=False)

    def ending(self, text: bytes, *, fold: bool) -> Array:
        """Which strings end with ``text``."""
        return self._narrowed(np.arange(len(self)), text, fold=fold, from_end=True)

    def equal(self, text: bytes, *, fold: bool) -> Array:
        """Which strings are ``text``."""
        rows = np.flatnonzero(np.diff(self.at) == len(text))
        return self._narrowed(rows, text, fold=fold, from_end=False)

    def in_order(self, pieces: list[bytes], *, fold: bool) -> Array:
        """Which strings are the pieces in their order with anything between them.

        The first piece is where a string begins, the last where it ends; either can be empty.
        """
        first, *middle, last = pieces
        if not first and not last and len(middle) == 1:
            return self.containing(middle[0], fold=fold)
        rows = np.arange(len(self))
        for text in middle:
            # The cheap question first, so that few strings are left for the exact one.
            if text and len(rows):
                rows = self.containing(text, fold=fold)
                break
        rows = self._narrowed(rows, first, fold=fold, from_end=False)
        rows = self._narrowed(rows, last, fold=fold, from_end=True)
        return self._middle(rows, len(first), middle, len(last), fold=fold)

    def _middle(
        self, rows: Array, skip: int, middle: list[bytes], keep: int, *, fold: bool
    ) -> Array:
        """Those of ``rows`` that hold ``middle`` in order, between their first and last bytes."""
        place = self.at[rows].astype(np.int64) + skip
        stop = self.at[rows + 1].astype(np.int64) - keep
        rows, place, stop = _chosen(place <= stop, rows, place, stop)
        for text in middle:
            if not text or not len(rows):
                continue
            hits = np.append(occurrences(self.data, text, fold=fold), np.iinfo(np.int64).max >> 1)
            # The leftmost place is as good as any other: it leaves the most room.
            place = hits[np.searchsorted(hits, place)] + len(text)
            rows, place, stop = _chosen(place <= stop, rows, place, stop)
        return rows

    def _narrowed(self, rows: Array, text: bytes, *, fold: bool, from_end: bool) -> Array:
        if not text:
            return rows
        start, stop = self.at[rows].astype(np.int64), self.at[rows + 1].astype(np.int64)
        long = stop - start >= len(text)
        rows, place = rows[long], (stop - len(text) if from_end else start)[long]
        for offset, byte in enumerate(text):
            if not len(rows):
                break
            same = _is(self.data[place + offset], byte, fold=fold)
            rows, place = rows[same], place[same]
        return rows


def occurrences(data: Array, text: bytes, *, fold: bool) -> Array:
    """Where ``text`` occurs in ``data``, overlapping ones too, rising."""
    last = len(data) - len(text) + 1
    if last <= 0 or not text:
        return np.empty(0, np.int64)
    order = _rarest_first(data, text, fold=fold)
    found = [np.empty(0, np.int64)]
    for low in range(0, last, _PIECE):
        high = min(low + _PIECE, last)
        pivot = order[0]
        hits = np.flatnonzero(_is(data[low + pivot : high + pivot], text[pivot], fold=fold)) + low
        for offset in order[1:]:
            if not len(hits):
                break
            hits = hits[_is(data[hits + offset], text[offset], fold=fold)]
        found.append(hits)
    return np.concatenate(found)


def _rarest_first(data: Array, text: bytes, *, fold: bool) -> list[int]:
    """The places in ``text``, those of its rarest bytes in ``data`` first."""
    counts = np.bincount(data[: 1 << 16], minlength=256)
    if fold:
        counts = counts + counts[np.array([_other_case(byte) for byte in range(256)])]
    return sorted(range(len(text)), key=lambda offset: int(counts[text[offset]]))


def _is(data: Array, byte: int, *, fold: bool) -> Array:
    other = _other_case(byte) if fold else byte
    same: Array = data == byte
    return same if other == byte else same | (data == other)


def _other_case(byte: int) -> int:
    return byte ^ _CASE if chr(byte).isascii() and chr(byte).isalpha() else byte


def _chosen(keep: Array, *columns: Array) -> tuple[Array, ...]:
    return tuple(column[keep] for column in columns)
