"""Text in binary files, as the program strings(1) finds it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.analysis.content import FileContent
from explorer.progress import Job

LEAST = 4
"""The least length of a text, in characters."""
MOST = 20_000
"""Texts that are collected at most."""
SCANNED = 64 << 20
"""Bytes that are looked at at most."""
LONGEST = 400
"""Characters that are kept of one text."""
_CHUNK = 1 << 20
_TEXT = re.compile(rb"[\x20-\x7e\t]{%d,}" % LEAST)


@dataclass(frozen=True, slots=True)
class Found:
    """A text and its offset in the file, in bytes."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Strings:
    """What was found; ``complete`` is false where a bound cut it short."""

    found: tuple[Found, ...]
    complete: bool


def strings(content: FileContent, job: Job | None = None) -> Strings:
    """Find runs of printable ASCII. Raises what reading raises, and ``Cancelled``."""
    job = job or Job()
    found: list[Found] = []
    offset, carried = 0, b""
    end = min(content.size, SCANNED)
    while offset < end and len(found) < MOST:
        data = carried + content.read_at(offset, min(_CHUNK, end - offset))
        base = offset - len(carried)
        offset += len(data) - len(carried)
        carried = b"" if offset >= end else _unfinished(data)
        for match in _TEXT.finditer(data, 0, len(data) - len(carried)):
            text = match[0][:LONGEST].decode("ascii").replace("\t", " ")
            found.append(Found(base + match.start(), text))
        job.check()
    return Strings(tuple(found[:MOST]), offset >= content.size and len(found) <= MOST)


def _unfinished(data: bytes) -> bytes:
    """The end of a chunk that a text may go on from; bounded, for a text may be endless."""
    at = len(data)
    while at and len(data) - at < LONGEST and (0x20 <= data[at - 1] <= 0x7E or data[at - 1] == 9):
        at -= 1
    return data[at:]
