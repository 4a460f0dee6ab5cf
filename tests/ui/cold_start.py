"""How soon the window is there, against a bare one: ``python -m tests.ui.cold_start --help``.

Each is a whole process, begun in turn with the other and measured by a clock that all processes
share: from before the process exists until the window is painted and takes input. The best of all
rounds counts. Compiled bytecode is used, as in an installation.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUDGET = 2.0
"""How many times longer than a bare window ours may take."""
SUBJECTS = ("bare", "layerscope")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--platform", default="offscreen", help="Qt's platform, such as xcb")
    arguments = parser.parse_args()
    best = measure(arguments.rounds, arguments.platform)
    for name, seconds in best.items():
        print(f"{name:12} {seconds * 1000:5.0f} ms")
    ratio = best["layerscope"] / best["bare"]
    print(f"{'ratio':12} {ratio:5.2f} (budget {BUDGET:g})")
    return 0


def measure(rounds: int, platform: str = "offscreen") -> dict[str, float]:
    """Return the best time of each subject in seconds."""
    best = dict.fromkeys(SUBJECTS, float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder), platform)
        for name in SUBJECTS:  # writes the bytecode
            _start(name, environment)
        for _ in range(rounds):
            for name in SUBJECTS:
                best[name] = min(best[name], _start(name, environment))
    return best


def _environment(folder: Path, platform: str) -> dict[str, str]:
    (folder / "run").mkdir(mode=0o700)
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "QT_QPA_PLATFORM": platform,
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "LAYERSCOPE_CACHE_DIR": str(folder / "cache"),
    }


def _start(name: str, environment: Mapping[str, str]) -> float:
    command = [sys.executable, "-m", "tests.ui.cold_subject", name]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return float(done.stdout.split()[-1]) - begun


if __name__ == "__main__":
    sys.exit(main())
