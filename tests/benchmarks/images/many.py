"""The image with a million entries: four layers of small files, as a dependency tree leaves them.

The second adds as the first does, the third stores a tenth of the first again under another owner,
the last deletes a few hundred folders and adds the rest. The first also names some paths twice: one
real layer has 63 such.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.benchmarks.images.content import Body, slice_of, word
from tests.benchmarks.images.saved import SavedImage, Writer, configuration
from tests.factory import Entry, directory, whiteout

TAG = "bench.test/many:1.0"

_STEPS = (
    ("ADD rootfs.tar / # buildkit", 0.7),
    ("RUN npm ci # buildkit", 0.2),
    ("RUN chown -R app:app /srv # buildkit", 0.07),
    ("RUN rm -rf /srv/cache && npm run build # buildkit", 0.03),
)
_FILES = 19  # in a folder
_DELETED = 300  # folders
_TWICE = 4  # folders whose files are named twice in the first layer
_ENDINGS = ("js", "d.ts", "js.map", "py", "md", "json", "h", "css")
_TEXT = range(100, 500)  # bytes in a file that has any
_WITH_CONTENT = 8  # one file of so many


class _Headers:
    """Headers of regular files, from a template: a million of them in seconds."""

    def __init__(self, uid: int = 0) -> None:
        block = Entry(b"", uid=uid, gid=uid).header()
        self._block = bytearray(block)
        self._block[148:156] = b" " * 8
        self._block[124:135] = bytes(11)
        self._sum = sum(self._block)

    def file(self, name: bytes, size: int) -> bytes:
        """The header of a file; ``name`` has at most 100 bytes."""
        digits = b"%011o" % size
        block = self._block[:]
        block[: len(name)] = name
        block[124:135] = digits
        block[148:156] = b"%06o\0 " % (self._sum + sum(name) + sum(digits))
        return bytes(block)


class _Plan:
    """Folders and the files in them, made out again whenever they are asked for."""

    def __init__(self, folders: int) -> None:
        rnd = random.Random("many")
        words = [word(rnd) for _ in range(5000)]
        roots = [f"srv/{rnd.choice(words)}/node_modules" for _ in range(20)]
        self._names = sorted({f"{each}.{rnd.choice(_ENDINGS)}" for each in words})
        self.folders = [
            f"{rnd.choice(roots)}/{rnd.choice(words)}-{number // 8}/{rnd.choice(words)}{number % 8}"
            for number in range(folders)
        ]
        self.folders.sort()

    def files(self, number: int) -> Iterator[tuple[bytes, Body]]:
        """The paths and contents of a folder's files."""
        rnd = random.Random(number)
        folder = self.folders[number]
        for place, name in enumerate(sorted(rnd.sample(self._names, _FILES))):
            size = 0 if (number + place) % _WITH_CONTENT else rnd.choice(_TEXT)
            yield f"{folder}/{name}".encode(), slice_of(rnd, size)


def write(entries: int, path: Path) -> dict[str, int]:
    """Write the image; returns what was counted."""
    total = entries // (_FILES + 1)
    counts = [round(total * share) for _, share in _STEPS]
    plan = _Plan(counts[0] + counts[1] + counts[3])
    numbers = range(len(plan.folders))
    first, second = numbers[: counts[0]], numbers[counts[0] : counts[0] + counts[1]]
    last = numbers[counts[0] + counts[1] :]
    deleted = random.Random("deleted").sample(first, min(_DELETED, len(first) // 20))
    again = first[:: len(first) // counts[2]][: counts[2]]
    image = SavedImage(path, compressed=False)
    writer = Writer([image])
    try:
        diff_ids = [
            *writer.layer(chain(_folders(plan, first), _folders(plan, first[:_TWICE]))),
            *writer.layer(_folders(plan, second)),
            *writer.layer(_folders(plan, again, uid=1000)),
            *writer.layer(_last(plan, deleted, last)),
        ]
    finally:
        writer.close()
    image.finish(configuration(diff_ids, [line for line, _ in _STEPS]), TAG, docker=True)
    folders = sum(map(len, (first, first[:_TWICE], second, again, last)))
    count = folders * (_FILES + 1) + len(deleted)
    return {"entries": count, "layers": len(_STEPS), "size": writer.size}


def _last(plan: _Plan, deleted: list[int], added: range) -> Iterator[bytes | memoryview]:
    for number in sorted(deleted):
        yield whiteout(plan.folders[number]).header()
    yield from _folders(plan, added)


def _folders(plan: _Plan, numbers: range, uid: int = 0) -> Iterator[bytes | memoryview]:
    headers = _Headers(uid)
    for number in numbers:
        yield directory(plan.folders[number], uid=uid, gid=uid).header()
        for path, body in plan.files(number):
            yield headers.file(path, body.size)
            if body.size:
                yield from body.chunks()
                yield bytes(-body.size % 512)
