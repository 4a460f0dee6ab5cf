"""Opens an image with very many entries, and measures from within: memory, and how soon it answers.

    python -m tests.benchmarks.probes.many ARCHIVE

Prints one JSON object: ``start`` and ``opened`` are peak memory in bytes after the imports and
after opening, ``answers`` the seconds that each question took, run after run.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.query import compile_query, select
from explorer.analysis.timeline import timeline
from explorer.filesystem.state import State, layer_changes

_PATHS = 300
_RUNS = 7
_FILTERS = (
    "so",
    "*.js",
    "srv/**/*.md",
    "size>300",
    "type:dir",
    "mode:setuid",
    "uid:1000 *.py",
    "-type:dir (ext:js or size>200) -test",
)


def peak() -> int:
    """The most memory this process ever held, in bytes."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux: the same but for what exec brought along
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most * (1 if sys.platform == "darwin" else 1024)
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def measured(work: Callable[[], object], runs: int = _RUNS) -> list[float]:
    """The seconds of each run."""
    times: list[float] = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return times


def main(path: str) -> None:
    start = peak()
    begun = time.perf_counter()
    image = open_image(path)
    document = {
        "open": time.perf_counter() - begun,
        "start": start,
        "opened": peak(),
        "nodes": len(image.stack.trie),
        "answers": answers(image),
        "filters": {text: filtered(image, text) for text in _FILTERS},
    }
    json.dump(document | {"after": peak()}, sys.stdout)


def answers(image: OpenImage) -> dict[str, list[float]]:
    """The times of everything a user may ask of an opened image, but filters."""
    stack, rnd = image.stack, random.Random(1)
    nodes = [rnd.randrange(len(stack.trie)) for _ in range(_PATHS)]
    paths = stack.trie.paths(nodes)
    times = {
        "the filesystem as of a layer": measured(lambda: State(stack, image.top)),
        "what a layer changed": measured(lambda: layer_changes(stack, 2)),
        "the sizes of all directories": measured(image.final.sizes),
        "a path, found": [],
        "the timeline of a path": [],
    }
    for node, path in zip(nodes, paths, strict=True):
        times["a path, found"] += measured(lambda path=path: stack.trie.find(path), 1)  # type: ignore[misc]
        times["the timeline of a path"] += measured(lambda node=node: timeline(image, node), 1)  # type: ignore[misc]
    return times


def filtered(image: OpenImage, text: str) -> list[float]:
    """The times of a filter over all that is visible, as it is typed: read, then asked."""
    return measured(lambda: select(image, compile_query(text), image.final))


if __name__ == "__main__":
    main(sys.argv[1])
