"""One process of a run: takes its share of all variants, and reports each on a line of JSON."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from explorer.store.cache import Caches
from tests.fuzz import guard
from tests.fuzz.seeds import Seed, seeds
from tests.fuzz.trial import examine


def main() -> int:
    """Run a share; what goes wrong is reported, not raised."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=int, default=0)
    parser.add_argument("--shares", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    every = [seed for seed in seeds() if chosen.only in seed.name]
    trials = list(_share(every, chosen.count, chosen.share, chosen.shares))
    _warm_up(chosen.folder, every[0])
    guard.limit_memory()
    watch = guard.Watch(chosen.folder)
    base = guard.resident()
    for seed, numbers in trials:
        for number, (name, data) in enumerate(seed.variants(max(numbers) + 1, chosen.seed)):
            if number in numbers:
                _report({"start": f"{seed.name} #{number}: {name}"})
                _report(_try(chosen.folder, data, watch, f"{chosen.seed}/{seed.name}/{number}"))
    _report({"growth": guard.resident() - base})
    return 0


def _share(
    every: list[Seed], count: int, share: int, shares: int
) -> Iterator[tuple[Seed, set[int]]]:
    """Which variants of which seeds are this worker's: all are tried about equally often."""
    mine: dict[int, set[int]] = {}
    for trial in range(share, count, shares):
        mine.setdefault(trial % len(every), set()).add(trial // len(every))
    for place, numbers in mine.items():
        yield every[place], numbers


def _warm_up(folder: Path, seed: Seed) -> None:
    """Import everything, and let memory settle."""
    for _, data in seed.variants(12, 0):
        path = folder / "image"
        path.write_bytes(data)
        examine(path, Caches.at(folder / "cache"), random.Random(0))
        for child in folder.iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()


def _try(folder: Path, data: bytes, watch: guard.Watch, chance: str) -> dict[str, object]:
    path, cache = folder / "image", folder / "cache"
    path.write_bytes(data)
    watch.trespasses.clear()
    wrong: list[str] = []
    outcome = ""
    began = time.perf_counter()
    try:
        with guard.patience():
            outcome = examine(path, Caches.at(cache), random.Random(chance))
    except guard.TrialHangs:
        wrong.append("it does not end:\n" + traceback.format_exc(limit=-6))
    except Exception:  # noqa: BLE001 — that is what is looked for
        wrong.append(traceback.format_exc(limit=-8))
    took = time.perf_counter() - began
    if took > guard.SLOWEST:
        wrong.append(f"it took {took:.1f} s")
    wrong += [f"it wrote elsewhere: {line}" for line in watch.trespasses]
    left = {child.name for child in folder.iterdir()} - {"image", "cache"}
    wrong += [f"it left {name}" for name in sorted(left)]
    shutil.rmtree(cache, ignore_errors=True)
    return {"outcome": outcome, "took": took, "wrong": wrong}


def _report(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
