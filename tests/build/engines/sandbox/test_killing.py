"""A build that is killed at any moment leaves a whole store, and nothing that runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.engines.building import need_a_sandbox

FEW = 4
ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("rounds", [FEW, pytest.param(200, marks=pytest.mark.slow)])
def test_the_store_is_whole_and_the_next_build_succeeds(
    rounds: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    need_a_sandbox()
    if rounds > FEW and "slow" not in str(request.config.getoption("-m")):
        pytest.skip("it takes ten minutes: -m slow")
    done = subprocess.run(
        [sys.executable, "-m", "tests.build.engines.killing", str(rounds), "11"],
        cwd=ROOT, text=True, capture_output=True, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{rounds} rounds (seed 11), 0 wrong" in done.stdout
