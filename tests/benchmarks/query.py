"""How long a query takes on a synthetic image of a million paths.

    python -m tests.benchmarks.query

The median of several runs; ``first`` is the first of all, which makes the columns that later ones
find ready.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.query import EVERY_LAYER, compile_query, select
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array, LayerIndex
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches

QUERIES = (
    "so",
    "*.so",
    "lib*.so*",
    "e",
    "README7*.md",
    "/srv/d1/",
    "srv/**/d77*/*.js",
    "file_????.js",
    "size>1M",
    "type:dir",
    "mode:setuid",
    "uid:1000",
    "mtime>2024-01-01",
    "change:removed",
    "change:modified",
    "layer:1",
    "*.so size>1M layer:1 mode:setuid",
    "-type:dir (ext:so or size>1M) -test",
)
_ENDINGS = (b".js", b".so", b".so.1", b".json", b".py", b".d.ts", b".md", b"")
_STEMS = (b"index", b"libcrypto", b"README", b"file_", b"test_module", b"package", b"LICENSE")


def synthetic_layer(files: range, dirs: int, *, removed: int = 0) -> LayerIndex:
    """A layer of files by number, below directories three or four deep; the last ones whiteouts.

    A number stands for the same path in every layer.
    """
    numbers = np.arange(files.start, files.stop, dtype=np.int64)
    names = [b"", b"srv"] + [b"d%d" % number for number in range(dirs - 2)]
    names += [b"%s%d%s" % (_STEMS[n % 7], n, _ENDINGS[n * 5 % 8]) for n in numbers.tolist()]
    parent = np.ones(len(names), np.uint32)
    parent[:2] = 0
    deep = np.arange(40, dirs)
    parent[deep] = (deep // 40) + 1
    parent[dirs:] = 2 + numbers * 2_654_435_761 % (dirs - 2)
    kinds = np.full(len(names), EntryType.FILE, np.uint8)
    kinds[:dirs] = EntryType.DIR
    if removed:
        kinds[-removed:] = EntryType.WHITEOUT
    return LayerIndex(_columns(names, parent, kinds, np.random.default_rng(files.start)), 0)


def _columns(names: list[bytes], parent: Array, kinds: Array, random: Any) -> dict[str, Array]:
    count = len(names)
    is_file = kinds == EntryType.FILE
    modes = np.where(kinds == EntryType.DIR, 0o755, 0o644).astype(np.uint16)
    modes[random.integers(0, count, 50)] = 0o4755
    lengths = np.fromiter(map(len, names), np.int64, count)
    return {
        "parent": parent,
        "name_at": np.concatenate(([0], np.cumsum(lengths))).astype(np.uint32),
        "names": np.frombuffer(b"".join(names), np.uint8),
        "node": np.arange(count, dtype=np.uint32),
        "type": kinds,
        "mode": modes,
        "uid": np.where(random.random(count) < 0.1, 1000, 0).astype(np.uint32),
        "gid": np.zeros(count, np.uint32),
        "size": np.where(is_file, random.lognormal(8, 2.5, count), 0).astype(np.int64),
        "mtime": random.integers(1_600_000_000, 1_750_000_000, count) * 1_000_000_000,
        "offset": np.zeros(count, np.int64),
        "live": np.ones(count, bool),
        "link_entry": np.empty(0, np.uint32),
        "link_at": np.zeros(1, np.uint32),
        "link_target": np.empty(0, np.int32),
        "links": np.empty(0, np.uint8),
        "fingerprint": np.repeat(np.arange(count, dtype=np.uint64), 2),
    }


def synthetic_image(paths: int, cache: Path) -> OpenImage:
    """Three layers: the second changes some files of the first, the third removes some."""
    dirs = paths // 12
    layers = [
        synthetic_layer(range(paths * 8 // 10), dirs),
        synthetic_layer(range(paths * 7 // 10, paths - dirs), dirs),
        synthetic_layer(range(paths // 100), dirs, removed=paths // 200),
    ]
    indexed = []
    for number, index in enumerate(layers):
        layer = Layer(number, None, None, None, "", "none", 0, None)
        indexed.append(IndexedLayer(layer, index, None, 0))
    return OpenImage(cast(Any, None), indexed, Caches.at(cache))


def measured(work: Callable[[], Array], runs: int = 7) -> tuple[float, float, int]:
    """The first time and the median of the others, in seconds, and how many were found."""
    times: list[float] = []
    found = 0
    for _ in range(runs):
        start = time.perf_counter()
        found = len(work())
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:]), found


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as cache:
        image = synthetic_image(1_000_000, Path(cache))
        final = image.final
        print(f"{len(image.stack.trie):,} nodes, {len(final.nodes()):,} visible")
        print(f"{'query':40} {'found':>9} {'first ms':>9} {'median ms':>9}")
        for text in QUERIES:
            query = compile_query(text)
            for scope in (final, EVERY_LAYER) if query.asks_layers else (final,):
                first, median, found = measured(partial(select, image, query, scope))
                name = text if scope is final else f"{text} (every layer)"
                print(f"{name:40} {found:9,} {first * 1000:9.1f} {median * 1000:9.1f}")


if __name__ == "__main__":
    main()
