"""The groups of measurements, by the names that the command line takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.benchmarks.bench import Bench
from tests.benchmarks.groups import (
    build,
    compressed,
    console,
    context,
    dockerfile,
    many,
    plain,
    registry,
    start,
    window,
    workbench,
)
from tests.benchmarks.results import Group

GROUPS: Mapping[str, Callable[[Bench], Group]] = {
    "plain": plain.run,
    "gzip": compressed.run,
    "many": many.run,
    "context": context.run,
    "dockerfile": dockerfile.run,
    "workbench": workbench.run,
    "console": console.run,
    "build": build.run,
    "registry": registry.run,
    "window": window.run,
    "start": start.run,
}

__all__ = ["GROUPS"]
