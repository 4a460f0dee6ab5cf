"""What all groups of measurements share: the images, a folder to work in, the environment."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.images import Images
from tests.benchmarks.processes import ROOT, Failed, Run, Subject, best_of, layerscope, measure

SAMPLE = ROOT / "resources/sample.tar"
"""The small image that comes with the application."""

MOST_MEMORY = 250e6
"""Bytes that a process may hold at its peak on the large image."""

_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmarks. ``rounds`` is how often each process is measured."""

    images: Images
    scratch: Path
    rounds: int

    @property
    def cache(self) -> Path:
        """The cache of the application, used by nothing else."""
        return self.scratch / "cache"

    def forget(self) -> None:
        """Make the application's cache as it is on the first day."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """The caller's environment, but for what would touch the caller's own settings."""
        kinds = ("CONFIG", "DATA", "CACHE")
        homes = {f"XDG_{kind}_HOME": str(self.scratch / kind) for kind in kinds}
        runtime = self.scratch / "run"  # no window that is open already shall take over
        runtime.mkdir(mode=0o700, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name != _NO_BYTE_CODE}
        return {
            **kept,
            **homes,
            "XDG_RUNTIME_DIR": str(runtime),
            # An installation has its byte code; a checkout may have been told to keep none.
            "PYTHONPYCACHEPREFIX": str(self.scratch / "bytecode"),
            "LAYERSCOPE_CACHE_DIR": str(self.cache),
            "QT_QPA_PLATFORM": "offscreen",
            "CI": "true",  # dive then opens no screen
        }

    def warm_up(self) -> None:
        """Have the byte code written and the libraries read, so that no measure is the first."""
        for verb in ("ls", "inspect"):
            measure(layerscope(verb, str(SAMPLE)), self.environment())

    def best(self, subjects: Mapping[str, Subject]) -> dict[str, Run]:
        """Measure, as :func:`best_of`."""
        return best_of(self.rounds, subjects, self.environment())

    def facts(self, image: str) -> dict[str, int]:
        """What the writer of an image counted."""
        return self.images.facts()[image]


def warm(path: Path) -> None:
    """Read a file once, so that the disk plays no part in what follows."""
    with path.open("rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


def check_layers(run: Run, layers: int) -> None:
    """See that ``inspect --json`` did its work; raises :class:`Failed`."""
    found = len(json.loads(run.output)["layers"])
    if found != layers:
        raise Failed(f"inspect told of {found} layers, not of {layers}")
