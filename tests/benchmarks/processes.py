"""A whole process, measured: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TAIL = 2000  # bytes of stderr that a failure shows


class Failed(Exception):
    """A measured program did not do its work; the text says which, and what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took. ``wall`` and ``cpu`` in seconds, ``peak`` in bytes.

    ``begun`` is what ``time.perf_counter`` said when it was started: on Linux and macOS one clock
    for all processes.
    """

    wall: float
    cpu: float
    peak: int
    output: bytes
    begun: float

    def or_better(self, other: Run) -> Run:
        """The quicker of two runs, with the larger peak: memory is not a matter of luck."""
        quick = self if self.wall <= other.wall else other
        return replace(quick, cpu=min(self.cpu, other.cpu), peak=max(self.peak, other.peak))


@dataclass(frozen=True, slots=True)
class Subject:
    """A program to measure; ``prepare`` is called before each run and not measured."""

    command: Sequence[str]
    prepare: Callable[[], object] = lambda: None


def python(*arguments: str) -> list[str]:
    """A command for the interpreter that runs the benchmarks."""
    return [sys.executable, *arguments]


def layerscope(*arguments: str) -> list[str]:
    """The command line under test."""
    return python("-m", "explorer", *arguments)


def probe(name: str, *arguments: str) -> list[str]:
    """A program of our own, from the folder of probes."""
    return python("-m", f"tests.benchmarks.probes.{name}", *arguments)


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run ``command`` once; raises :class:`Failed` if it fails.

    The peak is the kernel's own figure for the process. What a process starts with counts, and
    that is never less than this one holds: see the README on why nothing large is imported here.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=ROOT,
            env=environment,
        )  # fmt: skip
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - _TAIL))
            said = errors.read().decode(errors="replace").strip()
            raise Failed(f"{' '.join(command)} ended with {child.returncode}: {said}")
        output.seek(0)
        # Linux counts in kibibytes, macOS in bytes.
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Run(wall, usage.ru_utime + usage.ru_stime, peak, output.read(), begun)


def best_of(
    rounds: int, subjects: Mapping[str, Subject], environment: Mapping[str, str]
) -> dict[str, Run]:
    """The best run of each subject.

    Round by round, all subjects in turn: a busy moment of the machine then strikes them alike.
    """
    best: dict[str, Run] = {}
    for _ in range(rounds):
        for name, subject in subjects.items():
            subject.prepare()
            run = measure(subject.command, environment)
            best[name] = run.or_better(best[name]) if name in best else run
    return best
