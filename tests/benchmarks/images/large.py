"""The large image: ten layers as a build leaves them, 40,000 entries, 2 GB.

Upper layers store some paths again (the same bytes, others of the same size, more of them), and
delete about as much as ``apt-get purge`` and ``rm -rf`` do: files, whole directories, and what an
opaque directory hides.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.benchmarks.images.content import Body, size_of, slice_of, word
from tests.benchmarks.images.saved import SavedImage, Writer, configuration
from tests.factory import Entry, directory, hardlink, opaque, symlink, whiteout

TAG = "bench.test/large:1.0"

# What made each layer, and its share of all entries. "#" marks a step without a layer.
_STEPS = (
    ("/bin/sh -c #(nop) ADD file:rootfs in /", 0.26),
    ("RUN apt-get update && apt-get install -y build-essential # buildkit", 0.21),
    ("#ENV LANG=C.UTF-8", 0),
    ("RUN apt-get purge -y --auto-remove gcc && rm -rf /var/lib/apt/lists/* # buildkit", 0.02),
    ("#WORKDIR /srv/app", 0),
    ("RUN pip install -r requirements.txt # buildkit", 0.18),
    ("COPY --chown=app package.json . # buildkit", 0.01),
    ("RUN npm ci # buildkit", 0.14),
    ("RUN chown -R app:app /srv/app # buildkit", 0.05),
    ("COPY . . # buildkit", 0.07),
    ("RUN npm run build && rm -rf node_modules/.cache # buildkit", 0.05),
    ("COPY --from=assets /out /srv/app/public # buildkit", 0.01),
    ('#CMD ["serve"]', 0),
)
_ROOTS = (
    "usr/lib/x86_64-linux-gnu",
    "usr/share/doc",
    "usr/lib/python3/dist-packages",
    "usr/local/lib/node_modules",
    "srv/app/src",
    "var/lib/dpkg/info",
)
_ENDINGS = ("so.6", "py", "pyc", "js", "map", "md", "json", "a", "h", "svg", "gz")
_AGAIN = 0.06  # of an upper layer's entries, the share that stands in a lower layer already
_DELETED_FILES, _DELETED_FOLDERS = 20, 4  # by each upper layer
_OPAQUE = (4, 7)  # layers with an opaque directory

Member = tuple[Entry, Body]


@dataclass(slots=True)
class _Plan:
    """The members of each layer, and what is visible above it."""

    rnd: random.Random
    mean: float
    layers: list[list[Member]] = field(default_factory=list)
    folders: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Member] = field(default_factory=dict)
    whiteouts: int = 0

    def add_layer(self, count: int) -> None:
        layer: list[Member] = []
        if self.layers:
            self._delete(layer)
            self._store_again(layer, int(count * _AGAIN))
        if len(self.layers) in _OPAQUE:
            self._hide_below(layer)
        while len(layer) < count:
            self._add_package(layer, count - len(layer))
        self.layers.append(layer)

    def _add_package(self, layer: list[Member], room: int) -> None:
        rnd = self.rnd
        folder = f"{rnd.choice(_ROOTS)}/{word(rnd)}-{rnd.randint(0, 99)}"
        if rnd.random() < 0.4:
            folder += "/" + word(rnd)
        if folder not in self.folders:
            self.folders[folder] = []
            layer.append((directory(folder), Body()))
        first = ""
        for _ in range(min(room - 1, rnd.randint(3, 60))):
            path = f"{folder}/{word(rnd)}{rnd.randint(0, 999)}.{rnd.choice(_ENDINGS)}"
            if path in self.files:
                continue
            luck = rnd.random()
            if luck < 0.02:
                layer.append((symlink(path, f"../{word(rnd)}"), Body()))
            elif luck < 0.025 and first:
                layer.append((hardlink(path, first), Body()))
            else:
                if luck > 0.997:  # too long for a ustar header
                    path += ".".join(word(rnd) for _ in range(16))
                first = first or path
                layer.append(self._add_file(folder, path))

    def _add_file(self, folder: str, path: str) -> Member:
        body = slice_of(self.rnd, size_of(self.rnd, self.mean))
        mode = self.rnd.choice((0o644, 0o644, 0o755))
        self.files[path] = member = (Entry(path.encode(), mode=mode), body)
        self.folders[folder].append(path)
        return member

    def _store_again(self, layer: list[Member], count: int) -> None:
        rnd = self.rnd
        for number, path in enumerate(rnd.sample(sorted(self.files), count)):
            entry, body = self.files[path]
            if number % 4 == 1:
                entry = replace(entry, uid=1000, gid=1000)
            elif number % 4 == 2:
                body = slice_of(rnd, body.size)
            elif number % 4 == 3:
                body = slice_of(rnd, body.size + rnd.randint(1, 4096))
            self.files[path] = (replace(entry, mtime=entry.mtime + len(self.layers)), body)
            layer.append(self.files[path])

    def _delete(self, layer: list[Member]) -> None:
        rnd = self.rnd
        for path in rnd.sample(sorted(self.files), min(_DELETED_FILES, len(self.files) // 20)):
            self._forget(path)
            layer.append((whiteout(path), Body()))
        folders = sorted(self.folders)
        for folder in rnd.sample(folders, min(_DELETED_FOLDERS, len(folders) // 20)):
            if folder in self.folders:  # not below another that just went
                self._forget_below(folder)
                layer.append((whiteout(folder), Body()))
        self.whiteouts += len(layer)

    def _hide_below(self, layer: list[Member]) -> None:
        folder = self.rnd.choice(sorted(self.folders))
        self._forget_below(folder)
        self.folders[folder] = []
        layer += [(directory(folder), Body()), (opaque(folder), Body())]
        self.whiteouts += 1

    def _forget(self, path: str) -> None:
        del self.files[path]
        self.folders[path.rpartition("/")[0]].remove(path)

    def _forget_below(self, folder: str) -> None:
        for each in [each for each in self.folders if f"{each}/".startswith(f"{folder}/")]:
            for path in list(self.folders[each]):
                self._forget(path)
            del self.folders[each]


def write(entries: int, size: int, plain: Path, gzip: Path) -> dict[str, int]:
    """Write the image as two archives; returns what was counted."""
    plan = _Plan(random.Random("large"), mean=1.1 * size / entries)  # not all entries are files
    shares = [share for _, share in _STEPS if share]
    for share in shares:
        plan.add_layer(round(entries * share))
    images = [SavedImage(plain, compressed=False), SavedImage(gzip, compressed=True)]
    writer = Writer(images)
    try:
        diff_ids = [writer.layer(_tar(layer))[0] for layer in plan.layers]
    finally:
        writer.close()
    config = configuration(diff_ids, [line for line, _ in _STEPS])
    images[0].finish(config, TAG, docker=True)
    images[1].finish(config, TAG, docker=False)
    return {
        "entries": sum(map(len, plan.layers)),
        "layers": len(plan.layers),
        "whiteouts": plan.whiteouts,
        "size": writer.size,
    }


def _tar(layer: list[Member]) -> Iterator[bytes | memoryview]:
    for entry, body in layer:
        if not body.size:
            yield entry.header()
            continue
        yield entry.with_size(body.size).header()
        yield from body.chunks()
        yield bytes(-body.size % 512)
