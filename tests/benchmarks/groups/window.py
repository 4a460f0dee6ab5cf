"""The window: from nothing to usable, and how it behaves while large images open."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.bench import Bench, warm
from tests.benchmarks.processes import Failed, Run, Subject, measure, probe
from tests.benchmarks.results import Check, Group, Row, at_most, ratio, seconds

_BARE, _OURS = "an empty PySide6 window", "the window, cold start"
_START = 2  # times the empty window
_AWAY = 0.05  # seconds
_CANCEL = 0.2  # seconds
_FILTER = 0.1  # seconds


def run(bench: Bench) -> Group:
    """Measure the start, an opening, a cancel, and filters on very many entries."""
    title = "The window, without a screen"
    if importlib.util.find_spec("PySide6") is None:
        return Group(title, notes=["PySide6 is not installed: not available"])
    try:
        measure(probe("bare_window"), bench.environment())
    except Failed as failure:
        return Group(title, notes=[f"Qt shows no window here: not available ({failure})"])
    measure(probe("window", "start"), bench.environment())  # byte code
    rows = [*_start(bench), *_opening(bench), *_cancelling(bench), *_filtering(bench)]
    rows += _looking(bench)
    return Group(title, rows)


def _start(bench: Bench) -> list[Row]:
    bare, ours = [], []
    for _ in range(bench.rounds):
        run = measure(probe("bare_window"), bench.environment())
        bare.append((float(run.output) - run.begun, run.peak))
        run = measure(probe("window", "start"), bench.environment())
        ours.append((_said(run)["usable"] - run.begun, run.peak))
    least, took = min(bare)[0], min(ours)[0]
    return [
        Row(_BARE, least, min(bare)[1]),
        Row(_OURS, took, min(ours)[1], [ratio(took, least, "empty window", most=_START)]),
    ]


def _opening(bench: Bench) -> list[Row]:
    path = bench.images.gzip
    runs = _rounds(bench, "open", path)
    said = [_said(run) for run in runs]
    rows = [Row("opening the gzip archive, all layers read", _best(said, "all"), runs[0].peak)]
    for name, what in (("stack", "layer stack painted"), ("first_layer", "first layer readable")):
        rows.append(Row(f"  {what}", _best(said, name)))
    return [*rows, _away("  event loop away, at the most", said)]


def _cancelling(bench: Bench) -> list[Row]:
    said = [_said(run) for run in _rounds(bench, "cancel", bench.images.gzip)]
    took = [each["cancelled"] for each in said if each["cancelled"] is not None]
    if not took:
        return [Row("cancelling it", note="it was over before it could be cancelled")]
    return [
        Row(
            "  cancelled: no thread works any more", max(took), checks=[at_most(max(took), _CANCEL)]
        )
    ]


def _filtering(bench: Bench) -> list[Row]:
    said = [_said(run) for run in _rounds(bench, "filter", bench.images.many)]
    rows = [
        Row("opening the image with very many entries", _best(said, "all")),
        _away("  event loop away, at the most", [each["opening"] for each in said]),
    ]
    for words in said[0]["filters"]:
        took = min(each["filters"][words] for each in said)
        rows.append(Row(f"  filter {words}, typed to shown", took))
    return [*rows, _away("  event loop away while filtering", [e["filtering"] for e in said])]


def _looking(bench: Bench) -> list[Row]:
    rows = []
    for what, path in (("large", bench.images.gzip), ("widest", bench.images.many)):
        said = [_said(run) for run in _rounds(bench, "look", path)]
        rows.append(_away(f"looking around in the {what} image: event loop away", said))
    return rows


def _rounds(bench: Bench, scenario: str, path: Path) -> list[Run]:
    """The runs of a scenario, each as if the image had never been opened."""
    warm(path)
    subject = Subject(probe("window", scenario, str(path)), bench.forget)
    runs = []
    for _ in range(bench.rounds):
        subject.prepare()
        runs.append(measure(subject.command, bench.environment()))
    return runs


def _said(run: Run) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(run.output)
    return said


def _best(said: Sequence[dict[str, Any]], name: str) -> float:
    return min(float(each[name]) for each in said)


def _away(what: str, lags: Sequence[dict[str, float]]) -> Row:
    """The longest absence: of the median run, for one bad moment of the machine is not ours.

    Beside it, how long the process computed while the loop was away: the rest it was kept waiting.
    """
    longest = median(lag["longest"] for lag in lags)
    p99, own = (median(lag[name] for lag in lags) for name in ("p99", "computed"))
    words = f"99 % under {seconds(p99)}; computing itself {seconds(own)} at the most"
    check = Check(words, f"≤ {seconds(_AWAY)}", longest <= _AWAY)
    return Row(what, longest, checks=[check])
