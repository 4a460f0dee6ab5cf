"""Builds: a cached one, one changed file, stages side by side, a large COPY; beside other builders.

Whole processes of the command line. A builder with a daemon has done part of its work before.
"""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.builders import Builder, builders
from tests.benchmarks.processes import Failed, Run, Subject, best_of
from tests.benchmarks.results import Check, Group, Row, ratio

_SHELL = Path("/bin/busybox")
_SLEEP = 2  # seconds of each stage
_LARGE = 1_000_000_000  # bytes
_PIECE = 1_000_000
_SMALL, _FOLDERS = 100, 200  # files in each folder
_COPIES = 11

Prepare = Callable[[Builder], None]
_fresh = itertools.count()


def run(bench: Bench) -> Group:
    """Measure every builder that is here, in turn."""
    title = "Builds, each with a warm page cache"
    if not _SHELL.exists():
        return Group(title, notes=["busybox-static is not installed: not available"])
    with builders(bench) as (found, notes):
        rows: list[Row] = []
        for what, make in _SCENARIOS.items():
            folder = bench.scratch / "context"
            folder.mkdir()
            try:
                rows += _rows(what, _measured(bench, found, make(folder), folder, notes, what))
            finally:
                shutil.rmtree(folder)
        return Group(title, rows, notes)


def _measured(
    bench: Bench, found: list[Builder], prepare: Prepare, folder: Path, notes: list[str], what: str
) -> dict[str, Run]:
    runs: dict[str, Run] = {}
    for builder in found:
        environment = {**bench.environment(), **builder.environment}

        def prepared(builder: Builder = builder) -> None:
            prepare(builder)

        try:
            # Once to have it cached, or at least to have everything read.
            best_of(1, {"": Subject(builder.build(folder), prepared)}, environment)
            subject = Subject(builder.build(folder), prepared)
            runs |= best_of(bench.rounds, {builder.name: subject}, environment)
        except Failed as failure:
            notes.append(f"{builder.name}, {what}: {str(failure)[-160:]}")
    return runs


def _rows(what: str, runs: dict[str, Run]) -> list[Row]:
    ours = runs.pop("layerscope", None)
    if ours is None:
        return [Row(what, checks=[Check("it failed", "done", kept=False)])]
    checks = [ratio(ours.wall, run.wall, name, most=1) for name, run in runs.items()]
    rows = [Row(what, ours.wall, ours.peak, checks)]
    return rows + [Row(f"  {name}", run.wall) for name, run in runs.items()]


# -- scenarios: each writes a context, and says what is done before each build ----------------


def _cached(folder: Path) -> Prepare:
    lines = ["FROM scratch", "ENV PATH=/bin", *_shell(folder)]
    for number in range(_COPIES - 1):
        (folder / f"f{number}").write_text(f"{number}\n" * 1000)
        lines += [f"COPY f{number} /data/f{number}", f"RUN busybox cp /data/f{number} /f{number}"]
    (folder / "Dockerfile").write_text("\n".join([*lines, 'CMD ["sh"]']) + "\n")
    return lambda _: None


def _one_changed(folder: Path) -> Prepare:
    source = random.Random(1)
    for number in range(_FOLDERS):
        below = folder / f"d{number}"
        below.mkdir()
        for name in range(_SMALL):
            (below / f"f{name}").write_bytes(source.randbytes(1000))
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /src\n")
    return _writing(folder / "d7" / "f7")


def _side_by_side(folder: Path) -> Prepare:
    lines = ["FROM scratch AS base", "ENV PATH=/bin", *_shell(folder)]
    names = ("a", "b", "c")
    for name in names:
        lines += [f"FROM base AS {name}", "COPY round /round"]
        lines += [f"RUN busybox sleep {_SLEEP}; busybox cp /round /{name}"]
    lines += ["FROM base", *(f"COPY --from={name} /{name} /{name}" for name in names)]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    return _writing(folder / "round")


def _large(folder: Path) -> Prepare:
    source = random.Random(1)
    for number in range(4):
        with (folder / f"blob{number}").open("wb") as file:  # what this process holds, all show
            for _ in range(_LARGE // 4 // _PIECE):
                file.write(source.randbytes(_PIECE))
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /big\n")
    return Builder.forget


def _writing(path: Path) -> Prepare:
    """Another content before each build."""

    def write(_: Builder) -> None:
        path.write_text(f"{next(_fresh)}")

    return write


def _shell(folder: Path) -> list[str]:
    copies = []
    for name in ("busybox", "sh"):
        shutil.copy(_SHELL, folder / name)
        copies.append(f"COPY {name} /bin/{name}")
    return copies


_SCENARIOS: dict[str, Callable[[Path], Prepare]] = {
    "25 steps, all cached": _cached,
    "20,000 files, one changed": _one_changed,
    f"three stages that sleep {_SLEEP} s": _side_by_side,
    "cold COPY of 1 GB": _large,
}
