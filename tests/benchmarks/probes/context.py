"""A build context of very many files, looked at from within: first, and again after a change.

    python -m tests.benchmarks.probes.context make FOLDER FILES
    python -m tests.benchmarks.probes.context measure FOLDER CACHE

``make`` writes the files, small ones, a hundred to a folder. ``measure`` prints one JSON object:
for each thing that was done the seconds it took, run after run; peers among them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from explorer.build.context.context import Context
from explorer.build.context.hashing import HashMemo
from explorer.build.context.tree import ContextTree
from explorer.build.plan.model import Plan
from explorer.build.plan.planning import Planner
from explorer.build.plan.records import BuildRecords
from explorer.build.plan.surroundings import Surroundings
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.program import understand

IGNORE = "**/*.pyc\n**/__pycache__\nnode_modules\n.git\n*.log\n!keep.log\ndist\nbuild/**\n"
DOCKERFILE = "FROM scratch\nCOPY . /app\n"
CHANGED = "package-0/module-0/file-05.py"
_T = TypeVar("_T")
_RUNS = 5
_IN_A_FOLDER, _IN_A_PACKAGE = 100, 20


def make(folder: Path, files: int) -> None:
    """Write the files; the same ones every time."""
    for number in range(files):
        above, place = divmod(number, _IN_A_FOLDER)
        package, module = divmod(above, _IN_A_PACKAGE)
        path = folder / f"package-{package}" / f"module-{module}" / f"file-{place:02d}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"x = {number}\n" * (number % 50))
    (folder / ".dockerignore").write_text(IGNORE)
    (folder / "Dockerfile").write_text(DOCKERFILE)


def measure(folder: Path, cache: Path) -> dict[str, object]:
    """What looking takes, and planning, and what peers take to look."""
    works = [*_peers(folder), ("scan", lambda: Context.scan(folder))]
    times: dict[str, list[float]] = {name: [] for name, _ in works}
    for _ in range(_RUNS):  # in turn: a busy moment of the machine then strikes all alike
        for name, work in works:
            times[name].append(_timed(work)[1])
    context = Context.scan(folder)
    times |= _planned(context, cache)
    return {"files": context.files, "times": times}


def _planned(context: Context, cache: Path) -> dict[str, list[float]]:
    """Plan, then change one file at a time."""
    memo, program = HashMemo.kept(cache, context.folder), understand(Document.parse(DOCKERFILE))
    records = BuildRecords(cache / "records")
    again: list[float] = []
    whole: list[float] = []
    planning: list[float] = []

    def plan(now: Context) -> Plan:
        planner = Planner(Surroundings(ContextTree(now, memo)), records)
        return planner.plan(program)

    first, hashing = _timed(lambda: plan(context))
    known = {step.key for step in first.steps}
    for number in range(_RUNS):
        # Never twice the same, however often the folder is measured.
        (context.folder / CHANGED).write_text(f"changed {time.time_ns()}\n" * (number + 1))
        context, seconds = _timed(lambda now=context: now.rescan([CHANGED.encode()]))  # type: ignore[misc]
        again.append(seconds)
        planned, seconds = _timed(lambda now=context: plan(now))  # type: ignore[misc]
        planning.append(seconds)
        keys = {step.key for step in planned.steps}
        assert not known & keys, "a file changed and no key did"
        known |= keys
        whole.append(_timed(lambda now=context: now.rescan())[1])  # type: ignore[misc]
    return {"rescan": again, "look at all again": whole, "hash": [hashing], "plan": planning}


def _peers(folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "os.walk", lambda: sum(1 for _ in _walked(folder))
    if shutil.which("find"):
        yield "find", lambda: _run("find", str(folder), "-printf", "%s %T@ %p\\n")
    if shutil.which("git"):
        apart = folder.with_name(f"{folder.name}.git")
        git = ("git", f"--git-dir={apart}", f"--work-tree={folder}")
        _run("git", "init", "--quiet", "--bare", str(apart))
        _run(*git, "-c", "core.bare=false", "add", "--all", "--force")
        yield "git status", lambda: _run(*git, "-c", "core.bare=false", "status", "--porcelain")


def _walked(folder: Path) -> Iterator[os.stat_result]:
    for above, _, names in os.walk(folder):
        for name in names:
            yield os.lstat(os.path.join(above, name))  # noqa: PTH118 - as one would


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _timed(work: Callable[[], _T]) -> tuple[_T, float]:
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun


def main(what: str, folder: str, more: str) -> None:
    if what == "make":
        make(Path(folder), int(more))
    else:
        json.dump(measure(Path(folder), Path(more)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
