"""Damaged images only ever raise what Layerscope raises on purpose, soon, and in little memory."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from itertools import islice
from pathlib import Path

import pytest

from tests.fuzz.documents import odd_documents
from tests.fuzz.runner import Findings, run
from tests.fuzz.seeds import seeds
from tests.integration.programs import run as run_program

if not hasattr(signal, "SIGALRM"):
    pytest.skip("this system has no alarms to end a trial with", allow_module_level=True)

EVERY_DAY, IN_CI = 400, 10_000


def report(findings: Findings) -> str:
    return "\n\n".join(findings.judge()[:10])


def test_some_hundred_damaged_images_are_refused_or_shown() -> None:
    findings = run(EVERY_DAY, workers=1)
    assert findings.judge() == [], report(findings)
    assert findings.count == EVERY_DAY


@pytest.mark.fuzz
@pytest.mark.slow
def test_ten_thousand_damaged_images_are_refused_or_shown() -> None:
    findings = run(IN_CI, seed=1)
    assert findings.judge() == [], report(findings)
    assert findings.count == IN_CI
    # Damage is of use only where it is met at every depth.
    assert findings.outcomes["opened"] > IN_CI / 10
    assert findings.outcomes["damaged"] > IN_CI / 20
    assert findings.outcomes["DamagedImage"] > IN_CI / 20


# The means themselves


def test_every_seed_has_damaged_forms_and_the_same_each_time() -> None:
    every = seeds()
    assert len({seed.name for seed in every}) == len(every) >= 20
    for seed in every:
        first = list(seed.variants(18, 5))
        assert first == list(seed.variants(18, 5))
        assert len(first) == 18, seed.name


def test_odd_documents_are_documents_still() -> None:
    original = b'{"config": {"digest": "sha256:00", "size": 3}, "layers": [{"size": 1}, {}]}'
    found = [data for name, data in islice(odd_documents(original, 0), 60) if "deep" not in name]
    assert len(set(found)) > 30
    for data in found:
        json.loads(data)


_MISBEHAVING = """
import sys, random
from pathlib import Path
from tests.fuzz import guard
folder = Path(sys.argv[1]); folder.mkdir()
watch = guard.Watch(folder)
(folder / "inside").write_text("allowed")
Path(sys.argv[1] + "-outside").write_text("not allowed")
print(len(watch.trespasses), watch.trespasses[0].split()[0])
try:
    with guard.patience():
        while True: pass
except guard.TrialHangs:
    print("torn out")
guard.limit_memory()
try:
    bytearray(8 << 30)
except MemoryError:
    print("no room")
"""


def test_the_guard_sees_what_it_should(tmp_path: Path) -> None:
    script = _MISBEHAVING.replace("with guard", "guard._PATIENCE = 0.2\n    with guard")
    said = run_program(sys.executable, "-c", script, tmp_path / "sandbox")
    assert said.splitlines() == ["1 open", "torn out", "no room"]


def test_a_worker_that_dies_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    findings = run(2, workers=1)
    assert len(findings.judge()) == 1
    assert "the process ended with" in findings.judge()[0]
