"""Running a linter: whatever it does, there is an answer or one clear reason."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from explorer.dockerfile.linters.program import LinterFailed, find_program, run_json
from explorer.errors import Cancelled
from explorer.progress import Job
from tests.dockerfile.linters.pretenders import needs_scripts, pretender

pytestmark = needs_scripts


def test_what_it_prints_is_read(tmp_path: Path) -> None:
    body = "import json; print(json.dumps([sys.stdin.read(), sys.argv[1:]]))"
    path = pretender(tmp_path, "lint", body)
    assert run_json([path, "-x"], "ä\n") == ["ä\n", ["-x"]]


def test_it_runs_in_the_folder_it_is_given(tmp_path: Path) -> None:
    path = pretender(tmp_path, "lint", "import json, os; print(json.dumps(os.getcwd()))")
    (tmp_path / "there").mkdir()
    assert Path(run_json([path], folder=tmp_path / "there")).name == "there"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "it printed nothing"),
        ("print('hello')", "it printed no JSON"),
        ("print('[' * 100000)", "it printed no JSON"),
        ("sys.exit('\\n  out of luck\\nmore')", "out of luck"),
        ("raise SystemError('boom')", "Traceback (most recent call last):"),
        ("sys.stdout.buffer.write(b'\\xff\\x00')", "it printed no JSON"),
    ],
)
def test_nonsense_and_crashes_are_one_reason(body: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(LinterFailed) as failure:
        run_json([pretender(tmp_path, "lint", body)], "x")
    assert str(failure.value) == f"lint did not work: {why}"


def test_one_that_cannot_be_started_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "lint").write_bytes(b"\x00")
    (tmp_path / "lint").chmod(0o755)
    for path in (tmp_path / "lint", tmp_path / "absent"):
        with pytest.raises(LinterFailed, match="cannot be started"):
            run_json([path])


def test_one_that_never_ends_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    body = "import subprocess; subprocess.run(['sleep', '600'])"
    with pytest.raises(LinterFailed, match=r"lint was stopped: it took over 0.3 s"):
        run_json([pretender(tmp_path, "lint", body)], time_limit=0.3)


def test_one_that_leaves_something_running_is_stopped_with_it(tmp_path: Path) -> None:
    body = "import subprocess; print('[]'); subprocess.Popen(['sleep', '600'])"
    with pytest.raises(LinterFailed, match="it took over"):
        run_json([pretender(tmp_path, "lint", body)], time_limit=0.5)


def test_one_that_never_stops_talking_is_stopped(tmp_path: Path) -> None:
    path = pretender(tmp_path, "lint", "while True: print('x' * 10000)")
    with pytest.raises(LinterFailed, match="it printed over 100,000 bytes"):
        run_json([path], output_limit=100_000)


def test_it_is_ended_when_the_user_says_stop(tmp_path: Path) -> None:
    job = Job()
    path = pretender(tmp_path, "lint", "import time; time.sleep(600)")
    threading.Timer(0.1, job.cancel).start()
    with pytest.raises(Cancelled):
        run_json([path], job=job)


def test_one_that_reads_nothing_does_not_block(tmp_path: Path) -> None:
    assert run_json([pretender(tmp_path, "lint", "print('[]')")], "x" * 10_000_000) == []


def test_a_program_that_is_nowhere_is_none() -> None:
    assert find_program("surely-no-such-linter") is None
    assert find_program("python3") is not None
