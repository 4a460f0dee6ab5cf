"""How soon the command line is there."""

from __future__ import annotations

from tests.benchmarks.bench import SAMPLE, Bench
from tests.benchmarks.processes import Subject, layerscope, python
from tests.benchmarks.results import Group, Row, times

_FLOOR = "Python, doing nothing"


def run(bench: Bench) -> Group:
    """Measure what every call pays, and the verbs on the small image that is bundled."""
    sample = str(SAMPLE)
    best = bench.best(
        {
            _FLOOR: Subject(python("-c", "pass")),
            "layerscope --version": Subject(layerscope("--version")),
            "layerscope --help": Subject(layerscope("--help")),
            "layerscope ls, on the sample": Subject(layerscope("ls", sample)),
            "layerscope inspect, on the sample": Subject(layerscope("inspect", sample)),
            "layerscope inspect --json, on the sample": Subject(
                layerscope("inspect", "--json", sample)
            ),
        }
    )
    floor = best[_FLOOR].wall
    rows = [
        Row(what, run.wall, run.peak,
            note="" if what == _FLOOR else times(run.wall / floor, "Python"))
        for what, run in best.items()
    ]  # fmt: skip
    return Group("Start of the command line", rows)
