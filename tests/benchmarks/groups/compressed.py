"""The large image as an OCI archive of gzip layers: everything is decompressed once, then never."""

from __future__ import annotations

from tests.benchmarks.bench import MOST_MEMORY, Bench, check_layers, warm
from tests.benchmarks.processes import Subject, layerscope, probe
from tests.benchmarks.results import Check, Group, Row, at_most, below, memory, seconds, times

_FACTOR, _REST = 1.3, 0.5  # of the decompression; seconds
_SECOND_OPENING = 0.5  # seconds


def run(bench: Bench) -> Group:
    """Measure the first opening, the second, and the decompression alone."""
    path, facts = bench.images.gzip, bench.facts("large")
    warm(path)
    command = layerscope("inspect", "--json", str(path))
    best = bench.best(
        {
            "isal": Subject(probe("isal_layers", str(path))),
            "first": Subject(command, bench.forget),
            "second": Subject(command),
        }
    )
    isal, first, second = best["isal"], best["first"], best["second"]
    for ours in (first, second):
        check_layers(ours, facts["layers"])
    limit = _FACTOR * isal.wall + _REST
    held = Check(
        times(first.wall / isal.wall, "ISA-L"),
        f"≤ {_FACTOR} × ISA-L + {_REST} s = {seconds(limit)}",
        first.wall <= limit,
    )
    rows = (
        Row("ISA-L, decompressing on two cores", isal.wall, isal.peak),
        Row("layerscope inspect --json, first time", first.wall, first.peak,
            (held, below(first.peak, MOST_MEMORY))),
        Row("  and again", second.wall, second.peak,
            (at_most(second.wall, _SECOND_OPENING), below(second.peak, MOST_MEMORY))),
    )  # fmt: skip
    title = (
        f"OCI archive, layers in gzip: {memory(path.stat().st_size)} stored, "
        f"{memory(facts['size'])} plain"
    )
    return Group(title, rows)
