"""A run: several workers, each watched from outside, and what they found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.guard import MOST_GROWTH

_ROOT = Path(__file__).resolve().parents[2]
_SILENCE = 60  # seconds without a word, after which a worker is given up


@dataclass(slots=True)
class Findings:
    """What a run found. ``wrong`` has a text for each trial that went wrong."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    growth: int = 0

    @property
    def count(self) -> int:
        """How many trials there were."""
        return self.outcomes.total()

    def hear(self, line: dict[str, object], trial: str) -> None:
        """Take in one line of a worker's report."""
        if "growth" in line:
            self.growth = max(self.growth, int(str(line["growth"])))
            return
        self.outcomes[str(line["outcome"]) or "wrong"] += 1
        self.slowest = max(self.slowest, (float(str(line["took"])), trial))
        wrong = line["wrong"]
        assert isinstance(wrong, list)
        self.wrong += [f"{trial}\n{text}" for text in wrong]

    def judge(self) -> list[str]:
        """Everything that is wrong, the whole run's growth included."""
        growth = f"memory grew by {self.growth >> 20} MB"
        return self.wrong + ([growth] if self.growth > MOST_GROWTH else [])


def run(count: int, *, seed: int = 0, only: str = "", workers: int | None = None) -> Findings:
    """Try ``count`` variants."""
    workers = workers or min(os.cpu_count() or 1, 4)
    findings, lock = Findings(), threading.Lock()
    with tempfile.TemporaryDirectory(prefix="layerscope-fuzz-") as folder:
        threads = []
        for share in range(workers):
            options = {"share": share, "shares": workers, "count": count, "seed": seed}
            command = [sys.executable, "-m", "tests.fuzz.worker", f"{folder}/{share}"]
            command += [f"--{key}={value}" for key, value in options.items()] + [f"--only={only}"]
            threads.append(threading.Thread(target=_follow, args=(command, findings, lock)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return findings


def _follow(command: list[str], findings: Findings, lock: threading.Lock) -> None:
    """Start a worker and take down what it says; one that falls silent is killed."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"}
    errors: list[str] = []
    trial = "before the first trial"
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        listener = threading.Thread(target=errors.extend, args=(process.stderr,))
        listener.start()
        for line in _lines(process):
            if "start" in line:
                trial = str(line["start"])
                continue
            with lock:
                findings.hear(line, trial)
        code = process.wait()
        listener.join()
    if code or errors:
        with lock:
            findings.wrong.append(
                f"{trial}\nthe process ended with {code}: {''.join(errors)[-3000:]}"
            )


def _lines(process: subprocess.Popen[str]) -> Iterator[dict[str, object]]:
    assert process.stdout is not None
    while True:
        alarm = threading.Timer(_SILENCE, process.kill)
        alarm.start()
        line = process.stdout.readline()
        alarm.cancel()
        if not line:
            return
        yield json.loads(line)
