"""Real programs: found or not, run, and what they say when they fail."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import which

import pytest


class ProgramFailed(Exception):
    """A program said no; its last words are the message."""


def need(*names: str, root: bool = True) -> None:
    """Skip the test, saying why, where a program is missing or root is needed."""
    missing = [name for name in names if which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if root and (not hasattr(os, "geteuid") or os.geteuid() != 0):
        pytest.skip(f"{names[0]} needs root here")


def run(*command: str | Path, seconds: float = 300, cwd: Path | None = None) -> str:
    """Run a program to its end and give what it prints; raises :class:`ProgramFailed`."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=seconds,
        cwd=cwd,
        check=False,
    )
    if done.returncode:
        raise ProgramFailed((done.stderr or done.stdout).strip()[-600:])
    return done.stdout
