"""The large image as ``docker save`` writes it: layers not compressed, so only headers are read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.benchmarks.bench import MOST_MEMORY, Bench, check_layers, warm
from tests.benchmarks.processes import Run, Subject, layerscope, probe
from tests.benchmarks.results import Group, Row, below, memory, ratio, share

_OURS, _WALK, _TARFILE, _DIVE = "layerscope inspect --json", "header walk", "tarfile", "dive"


def run(bench: Bench) -> Group:
    """Measure ours, the least there is to do, ``tarfile``, and dive where it is installed."""
    path, facts = bench.images.plain, bench.facts("large")
    warm(path)
    subjects = {
        _WALK: Subject(probe("header_walk", str(path))),
        _TARFILE: Subject(probe("tarfile_listing", str(path))),
        _OURS: Subject(layerscope("inspect", "--json", str(path)), bench.forget),
    }
    dive = find_dive()
    if dive:
        report = bench.scratch / "dive.json"
        command = [dive, "--source", "docker-archive", str(path), "--json", str(report)]
        subjects[_DIVE] = Subject(command)
    best = bench.best(subjects)
    check_layers(best[_OURS], facts["layers"])
    title = (
        f"Uncompressed docker archive: {memory(facts['size'])}, {facts['entries']:,} entries, "
        f"{facts['layers']} layers, {facts['whiteouts']} whiteouts"
    )
    notes = () if dive else ("dive is not installed and was left out; the README says how",)
    return Group(title, _rows(best), notes)


def find_dive() -> str | None:
    """The dive to compare with: on the PATH, or where ``go install`` puts it."""
    places = [os.environ.get("PATH", ""), os.environ.get("GOBIN", ""), str(Path.home() / "go/bin")]
    return shutil.which("dive", path=os.pathsep.join(filter(None, places)))


def _rows(best: dict[str, Run]) -> list[Row]:
    ours = best[_OURS]
    checks = [ratio(ours.wall, best[_TARFILE].wall, _TARFILE, most=1)]
    if _DIVE in best:
        checks.append(share(ours.wall, best[_DIVE].wall, _DIVE, least=10))
    checks.append(below(ours.peak, MOST_MEMORY))
    peers = [
        ("headers alone, one pread each", _WALK),
        ("tarfile, only listing", _TARFILE),
        ("dive --json", _DIVE),
    ]
    rows = [Row(text, best[name].wall, best[name].peak) for text, name in peers if name in best]
    return [*rows, Row(_OURS, ours.wall, ours.peak, checks)]
