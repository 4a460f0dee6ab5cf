"""A million entries: how much memory they take, and how soon everything answers."""

from __future__ import annotations

import json
from statistics import median
from typing import Any

from tests.benchmarks.bench import Bench, check_layers, warm
from tests.benchmarks.processes import Subject, layerscope, probe
from tests.benchmarks.results import Group, Row, at_most, below, seconds

_MEMORY = 150e6  # bytes above start
_FILTER = 0.1  # seconds


def run(bench: Bench) -> Group:
    """Measure the whole process from outside, and one that opens the image from within."""
    path, facts = bench.images.many, bench.facts("many")
    warm(path)
    best = bench.best(
        {
            "whole": Subject(layerscope("inspect", "--json", str(path)), bench.forget),
            "within": Subject(probe("many", str(path))),
        }
    )
    whole = best["whole"]
    check_layers(whole, facts["layers"])
    title = (
        f"Very many entries: {facts['entries']:,} in {facts['layers']} layers; "
        "memory is that above start, times are medians"
    )
    found = json.loads(best["within"].output)
    rows = [Row("layerscope inspect --json, in all", whole.wall, whole.peak), *_rows(found)]
    return Group(title, rows)


def _rows(found: dict[str, Any]) -> list[Row]:
    taken = found["opened"] - found["start"]
    rows = [Row("opening it", found["open"], taken, [below(taken, _MEMORY)])]
    for what, runs in found["answers"].items():
        rows.append(Row(what, median(runs), note=f"first {seconds(runs[0])}"))
    for text, runs in found["filters"].items():
        middle = median(runs)
        rows.append(Row(f"filter {text}", middle, checks=[at_most(middle, _FILTER)]))
    return rows
