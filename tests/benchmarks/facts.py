"""The machine and the versions that a figure was measured with."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

_LIBRARIES = ("numpy", "isal", "backports.zstd", "xxhash", "click", "rich", "PySide6-Essentials")


def describe() -> list[str]:
    """Lines that describe what the benchmarks run on."""
    return [
        f"{_processor()} · {cores()} of {os.cpu_count()} cores · {_memory()} · "
        f"{platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()} · "
        + " · ".join(filter(None, map(_version, _LIBRARIES))),
        f"load {_load()}",
    ]


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def keep_to(count: int) -> None:
    """Keep this process, and those it starts, to ``count`` cores where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return "memory unknown"
    return f"{total / 1e9:.0f} GB"


def _load() -> str:
    try:
        return " ".join(f"{value:.2f}" for value in os.getloadavg())
    except (AttributeError, OSError):
        return "unknown"


def _version(library: str) -> str:
    try:
        return f"{library} {importlib.metadata.version(library)}"
    except importlib.metadata.PackageNotFoundError:
        return ""
