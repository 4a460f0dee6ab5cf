"""Ten layers of 1 GB into a registry on the loopback interface and out of it, beside its peers.

What each has to do is the same: the layers of an OCI layout (our own store is one) arrive as they
are, with the digests they had; a pull verifies all of them. We flush what was pulled to the disk,
as skopeo does; crane does not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.movers import LoopbackRegistry, Mover, movers, registry
from tests.benchmarks.processes import ROOT, Failed, Run, measure, python
from tests.benchmarks.results import Group, Row, at_most, ratio, times

_SIZE, _SMALL = 1_000_000_000, 50_000_000  # bytes
_START = 0.3  # seconds for a transfer in which nothing moves
_STEPS = ("first push", "push again", "pull", "pull again")
_PACKINGS = {"gzip": "gzip layers", "none": "plain layers"}


def run(bench: Bench) -> Group:
    """Measure every program that is here, in turn."""
    title = "A ten-layer image of 1 GB, to and from a registry on the loopback interface"
    folder = bench.scratch / "registry"
    folder.mkdir()
    rows: list[Row] = []
    try:
        found, notes = movers(folder)
        with registry(folder / "storage") as host:
            for packing, words in _PACKINGS.items():
                layout = folder / packing
                _write(layout, packing, _SIZE if bench.rounds > 1 else _SMALL)
                for what, runs in _measured(bench, found, host, layout).items():
                    rows += _rows(f"{what}, {words}", runs)
                shutil.rmtree(layout)
    finally:
        shutil.rmtree(folder)
    return Group(title, rows, notes)


def _write(layout: Path, packing: str, size: int) -> None:
    command = python("-m", "tests.benchmarks.images.travelling", str(layout), packing, str(size))
    subprocess.run(command, cwd=ROOT, check=True)


def _measured(
    bench: Bench, found: list[Mover], host: LoopbackRegistry, layout: Path
) -> dict[str, dict[str, Run]]:
    """Each step of each program, round by round; a step follows the one above it."""
    best: dict[str, dict[str, Run]] = {what: {} for what in _STEPS}
    for mover in found:
        if mover.load:
            measure(mover.loading(layout), _environment(bench, mover))
    for _ in range(bench.rounds):
        for mover in found:
            for what in _STEPS:
                done = _step(bench, mover, host, layout, what)
                known = best[what].get(mover.name)
                best[what][mover.name] = done.or_better(known) if known is not None else done
            mover.forget()
    for mover in found:
        mover.unload()
    return best


def _step(bench: Bench, mover: Mover, host: LoopbackRegistry, layout: Path, what: str) -> Run:
    name = f"{host.host}/bench/image:1"
    pulls = what.startswith("pull")
    if what == "first push":
        host.forget()
    if what == "pull":
        mover.forget()
    os.sync()  # what was written before is nobody's burden
    command = mover.pulling(name) if pulls else mover.pushing(layout, name)
    return _checked(measure(command, _environment(bench, mover, pulls=pulls)), mover, what)


def _environment(bench: Bench, mover: Mover, *, pulls: bool = False) -> dict[str, str]:
    return {**bench.environment(), **mover.environment(pulls=pulls)}


def _checked(run: Run, mover: Mover, what: str) -> Run:
    if what.startswith("pull"):
        stored = sum(path.stat().st_size for path in mover.place.rglob("*") if path.is_file())
        if stored < _SMALL:
            raise Failed(f"{mover.name}: the {what} brought {stored} bytes")
    return run


def _rows(what: str, runs: dict[str, Run]) -> list[Row]:
    ours = runs.pop("layerscope")
    peers = [
        Row(f"  {name}", run.wall, run.peak, note=f"ours {times(ours.wall / run.wall, name)}")
        for name, run in runs.items()
    ]
    # Where nothing moves, the start of Python alone takes longer than a compiled peer.
    checks = (
        [at_most(ours.wall, _START)]
        if "again" in what
        else [ratio(ours.wall, run.wall, name, most=1) for name, run in runs.items()]
    )
    return [Row(what, ours.wall, ours.peak, checks), *peers]
