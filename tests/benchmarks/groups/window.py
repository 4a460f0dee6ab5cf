"""The window: from nothing to usable, and how it behaves while a large image opens."""

from __future__ import annotations

from tests.benchmarks.bench import Bench
from tests.benchmarks.results import Group


def run(bench: Bench) -> Group:
    """Measure nothing yet."""
    return Group("The window", (), ("not available",))
