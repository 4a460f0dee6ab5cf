"""The workbench: how soon a keystroke is seen, and whether the window answers while typing."""

from __future__ import annotations

import importlib.util
import json
import shutil
from statistics import median
from typing import Any

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import Failed, measure, probe
from tests.benchmarks.results import Check, Group, Row, at_most, seconds

_ORDINARY, _LARGE = 600, 5000  # lines
_SEEN = 0.05  # seconds
_AWAY = 0.05  # seconds


def run(bench: Bench) -> Group:
    """Measure keystrokes in an ordinary Dockerfile, and fast typing in a large one."""
    title = "The workbench, without a screen"
    if importlib.util.find_spec("PySide6") is None:
        return Group(title, notes=["PySide6 is not installed: not available"])
    try:
        measure(probe("bare_window"), bench.environment())
    except Failed as failure:
        return Group(title, notes=[f"Qt shows no window here: not available ({failure})"])
    return Group(title, [*_keys(bench), *_typing(bench)])


def _keys(bench: Bench) -> list[Row]:
    times = [each for _ in range(bench.rounds) for each in _play(bench, "keys", _ORDINARY)["keys"]]
    took = {name: median(each[name] for each in times) for name in ("key", "problems", "preview")}
    rows = [Row(f"a keystroke in {_ORDINARY} lines, until it is written", took["key"])]
    rows.append(Row("  until graph and problems are renewed", took["problems"]))
    seen = max(took["problems"], took["preview"])
    return [*rows, Row("  until the preview is painted, too", seen, checks=[at_most(seen, _SEEN)])]


def _typing(bench: Bench) -> list[Row]:
    said = [_play(bench, "typing", _LARGE) for _ in range(bench.rounds)]
    longest = median(each["longest"] for each in said)
    p99 = median(each["p99"] for each in said)
    check = Check(f"99 % under {seconds(p99)}", f"≤ {seconds(_AWAY)}", longest <= _AWAY)
    return [Row(f"typing fast in {_LARGE:,} lines: event loop away", longest, checks=[check])]


def _play(bench: Bench, scenario: str, lines: int) -> dict[str, Any]:
    folder = bench.scratch / "workbench"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        **bench.environment(),
        "LAYERSCOPE_DATA_DIR": str(bench.scratch / "data"),
        "LAYERSCOPE_STATE_DIR": str(bench.scratch / "state"),
    }
    said = measure(probe("workbench", scenario, str(lines), str(folder)), environment)
    answer: dict[str, Any] = json.loads(said.output)
    return answer
