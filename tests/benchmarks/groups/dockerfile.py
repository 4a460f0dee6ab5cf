"""The language of Dockerfiles: how soon an editor has its answers."""

from __future__ import annotations

import json
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import measure, probe
from tests.benchmarks.results import Group, Row, at_most

_SMALL = 0.01  # seconds, for parsing and checking 600 lines
_WORDS = {
    "first": "parsed and checked, never seen before",
    "again": "parsed and checked after a keystroke",
    "parsed again": "  parsed alone",
    "completion": "  completion",
    "hover": "  hover",
    "references": "  all uses of a variable",
    "outline": "  outline",
    "folds": "  folds",
}


def run(bench: Bench) -> Group:
    """Measure from within a process of its own."""
    found = json.loads(measure(probe("dockerfile"), bench.environment()).output)
    rows = []
    for lines, answers in found.items():
        for what, times in answers.items():
            middle = median(times)
            checks = [at_most(middle, _SMALL)] if (lines, what) == ("600", "again") else []
            text = _WORDS[what]
            text = text if text.startswith(" ") else f"{int(lines):,} lines {text}"
            rows.append(Row(text, middle, checks=checks))
    return Group("Dockerfiles; times are medians", rows)
