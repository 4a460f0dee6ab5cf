"""The build console: whether the window answers while a step prints a flood."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import Failed, measure, probe
from tests.benchmarks.results import Check, Group, Row, seconds

_AWAY = 0.05  # seconds
_KINDS = {"plain": "2.2 million plain lines", "colours": "500,000 lines in colours"}


def run(bench: Bench) -> Group:
    """Build a RUN that prints 16 MB, in the window, with the embedded engine."""
    title = "A step that prints 16 MB, in the window, without a screen"
    if importlib.util.find_spec("PySide6") is None:
        return Group(title, notes=["PySide6 is not installed: not available"])
    if not Path("/bin/busybox").exists():
        return Group(title, notes=["not installed: busybox-static"])
    try:
        measure(probe("bare_window"), bench.environment())
        return Group(title, [_row(bench, kind) for kind in _KINDS])
    except Failed as failure:
        return Group(title, notes=[f"not available: {failure}"])


def _row(bench: Bench, kind: str) -> Row:
    """Judged is what the window itself takes: the machine is busy with the build, too."""
    said = [_play(bench, kind) for _ in range(bench.rounds)]
    longest, idle = (median(each[name] for each in said) for name in ("longest", "idle"))
    own = median(each["computed"] for each in said)
    compared = f"of it computing {seconds(own)}; {seconds(idle)} while nothing happens"
    check = Check(compared, f"≤ {seconds(_AWAY)} computing", own <= _AWAY)
    return Row(f"{_KINDS[kind]}: event loop away", longest, checks=[check])


def _play(bench: Bench, kind: str) -> dict[str, Any]:
    folder = bench.scratch / "console"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        **bench.environment(),
        "LAYERSCOPE_DATA_DIR": str(folder / "data"),
        "LAYERSCOPE_STATE_DIR": str(folder / "state"),
    }
    said = measure(probe("console", kind, str(folder / "project")), environment)
    answer: dict[str, Any] = json.loads(said.output)
    if answer["state"] != "done":
        raise Failed(f"the build was {answer['state']}")
    return answer
