"""The command as a shell runs it: what is imported, pipes, signals, the environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factory import ImageBuilder, docker_archive_v25, file

VERBS = (
    "inspect IMAGE --json",
    "layers IMAGE",
    "ls IMAGE -r",
    "cat IMAGE /etc/motd",
    "timeline IMAGE /etc/motd",
    "find IMAGE motd",
    "diff IMAGE --layers 0..1 --content",
    "waste IMAGE",
    "shared IMAGE IMAGE",
    "extract IMAGE /etc DEST",
    "report IMAGE",
    "completion bash",
    "--help",
)
_QT = {"PySide6", "qasync", "shiboken6"}
_PROBE = """
import sys
from explorer.cli.app import run
code = run(sys.argv[1:])
print("LOADED", code, *sys.modules, file=sys.stderr)
"""


def layerscope(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "explorer", *words]
    return subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def loaded(*words: str) -> set[str]:
    """The modules that a command line loads, which has to succeed."""
    command = [sys.executable, "-c", _PROBE, *words]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    mark, code, *modules = done.stderr.splitlines()[-1].split()
    assert (mark, code) == ("LOADED", "0"), done.stderr
    return set(modules)


@pytest.mark.parametrize("line", VERBS)
def test_no_verb_imports_qt(line: str, archive: Path, tmp_path: Path) -> None:
    modules = loaded(*line.replace("IMAGE", str(archive)).replace("DEST", str(tmp_path)).split())
    assert not _QT & {name.partition(".")[0] for name in modules}
    assert not [name for name in modules if name.startswith("explorer.ui")]


def test_a_verb_imports_no_other_and_no_rich_for_a_pipe(archive: Path) -> None:
    modules = loaded("ls", str(archive))
    verbs = {name for name in modules if name.startswith("explorer.cli.verbs.")}
    assert verbs == {"explorer.cli.verbs.ls"}
    assert not {"rich", "pygments", "humanize", "explorer.analysis.query"} & modules


@pytest.mark.parametrize("words", [("--help",), ("ls", "--help"), ("--version",)])
def test_help_needs_no_numpy(words: tuple[str, ...]) -> None:
    assert not {"numpy", "rich", "explorer.analysis.opened"} & loaded(*words)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image whose listing is far longer than what a pipe holds."""
    image = ImageBuilder().add(*(file(f"{number:05d}", "") for number in range(20_000))).build()
    return docker_archive_v25(image).write(tmp_path_factory.mktemp("many") / "many.tar")


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently there")
def test_a_reader_that_leaves_early_is_no_error(many: Path) -> None:
    command = [sys.executable, "-m", "explorer", "ls", str(many), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"{\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
def test_an_interrupt_ends_with_130_and_no_trace(many: Path) -> None:
    command = [sys.executable, "-m", "explorer", "ls", str(many), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"{\n"
        # It now waits for somebody to empty the pipe.
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"")


def test_without_a_display_the_window_says_what_works_instead() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = layerscope(env=environment)
    assert done.returncode == 6
    assert done.stderr.startswith(b"layerscope: ")
    assert done.stderr.count(b"\n") == 1


def test_the_version() -> None:
    assert layerscope("--version").stdout.startswith(b"layerscope ")


def test_a_terminal_that_knows_only_ascii_is_served_too(archive: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = layerscope("layers", str(archive), env=environment)
    assert done.returncode == 0
    assert b"\\u2588" in done.stdout
