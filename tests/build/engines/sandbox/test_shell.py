"""A shell in what a failed step left: as the step ran, and nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.engines.sandbox.shellprograms import BUSYBOX, Shell, find_shell, is_static
from explorer.build.plan.records import BuildRecords
from explorer.build.shells import FailedStep
from explorer.errors import NotFound, Refused, Unsupported
from explorer.store.data import data_root
from explorer.store.images import ImageStore
from tests.build.engines.building import Project
from tests.build.engines.shelling import Talk, failed_step, says, talk

ROOT = Path(__file__).parents[4]
FAILS = """\
FROM base AS other
RUN echo other >/stage
FROM base
ARG VERSION=7
ENV MODE=test
WORKDIR /work
RUN --mount=type=bind,from=other,target=/other --mount=type=cache,target=/cache \\
    --mount=type=tmpfs,target=/memory --network=none \\
    echo left >/work/file && echo kept >/cache/file && false
"""


def scratches() -> list[Path]:
    """What should not be there when nothing runs."""
    return list((data_root() / "snapshots").glob("tmp-*"))


def test_it_is_the_sandbox_of_the_step(project: Project) -> None:
    failed = failed_step(project, FAILS)
    told = talk(
        failed,
        says(
            "pwd", "cat file /other/stage /cache/file", "echo =$VERSION $MODE=", "tty", "stty size",
            "ls -d /memory", "ip link | grep -c UP", "mount -t tmpfs x /mnt", "exit 3",
        ),
    )  # fmt: skip
    for line in ("/work", "left", "other", "kept", "=7 test=", "/dev/pts/0", "30 100", "/memory"):
        assert line in told.lines, line
    assert "1" in told.lines, "of the network there is only the loopback"
    assert "permission denied" in told.printed.decode().lower()
    assert told.ended is not None
    assert told.ended.code == 3
    assert told.opened is not None
    assert told.opened.argv == ("/bin/sh",)
    assert not told.opened.notes


def test_what_is_changed_is_gone_with_it(project: Project) -> None:
    failed = failed_step(project, FAILS)
    talk(failed, says("echo changed >file", "echo new >/new", "echo lost >/cache/file"))
    told = talk(failed, says("cat file /cache/file", "ls /new"))
    assert {"left", "kept"} <= set(told.lines)
    assert any("/new: No such file" in line for line in told.lines)
    assert not scratches()
    again = project.build(FAILS.replace("&& false", "&& cat /cache/file"))
    assert "kept" in again.output


def test_it_is_the_user_of_the_step(project: Project) -> None:
    failed = failed_step(project, "FROM base\nUSER app\nRUN false\n")
    told = talk(failed, says("id -u", "echo $HOME", "echo to >/dev/stdout"))
    assert {"1000", "/home/app", "to"} <= set(told.lines)


def test_keys_interrupt_and_end_it(project: Project) -> None:
    failed = failed_step(project, "FROM base\nRUN false\n")
    waits = "trap 'echo caught; exit 7' INT; echo rea''dy; while :; do sleep 0.1; done"

    async def interrupt(talk: Talk) -> None:
        await talk.until("ready")
        assert talk.opened is not None
        talk.opened.pty.write(b"\x03")

    told = talk(failed, interrupt, ("/bin/sh", "-c", waits))
    assert "^Ccaught" in told.lines
    assert told.ended is not None
    assert told.ended.code == 7

    async def end(talk: Talk) -> None:
        talk.type("meow")
        assert talk.opened is not None
        talk.opened.pty.write(b"\x04")

    told = talk(failed, end, ("/bin/cat",))
    assert told.lines.count("meow") == 2, "echoed, and printed"
    assert told.ended is not None
    assert told.ended.code == 0


def test_another_command_can_be_run(project: Project) -> None:
    failed = failed_step(project, "FROM base\nRUN echo x >/x; false\n")

    async def nothing(talk: Talk) -> None:
        pass

    assert "x" in talk(failed, nothing, ("/bin/cat", "/x")).lines
    with pytest.raises(Refused, match=r"/bin/nothing"):
        talk(failed, nothing, ("/bin/nothing",))
    assert not scratches()


def test_without_a_shell_our_busybox_stands_in(project: Project) -> None:
    failed = failed_step(project, 'FROM base\nRUN ["/bin/rm", "/bin/sh", "/bin/busybox", "/no"]\n')
    told = talk(failed, says("echo it tal''ks", "ls /bin/cat", "echo >/.layerscope/busybox"))
    assert "it talks" in told.lines
    assert told.opened is not None
    assert "no shell" in told.opened.notes[0]
    assert "ead-only" in told.printed.decode()


@pytest.mark.parametrize(
    ("run", "options"),
    [('["/bin/nothing"]', {}), ("echo x >/x; sleep 1000", {"run_seconds": 2.0})],
)
def test_what_was_not_found_or_took_too_long_is_looked_into_too(
    project: Project, run: str, options: dict[str, float]
) -> None:
    failed = failed_step(project, f"FROM base\nRUN {run}\n", **options)
    assert failed.left
    told = talk(failed, says("ls /bin/nothing", "echo it tal''ks"))
    assert "it talks" in told.lines


class Empty:
    """Files without a shell."""

    def entry(self, path: bytes) -> None:
        """Nothing is there."""

    def content(self, path: bytes) -> None:
        """Nothing is there."""


def test_where_there_is_no_shell_at_all_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.build.engines.sandbox.shellprograms.BUSYBOX", Path("/no"))
    with pytest.raises(Unsupported, match="no shell"):
        find_shell(Empty())  # type: ignore[arg-type]
    assert find_shell(Empty(), (), ("/app", "x")) == Shell(("/app", "x"))  # type: ignore[arg-type]


def test_only_static_programs_stand_in() -> None:
    if BUSYBOX.exists():
        assert is_static(BUSYBOX)
    assert not is_static(Path(os.path.realpath(sys.executable)))
    assert not is_static(Path("/etc/passwd"))
    assert not is_static(Path("/no"))


def test_another_dockerfile_is_refused(project: Project) -> None:
    failed = failed_step(project, "FROM base\nRUN false\n")
    other = FailedStep(failed.request, failed.step, "RUN true", failed.left)
    with pytest.raises(Refused, match="not in the Dockerfile any more"):
        talk(other, says())
    gone = FailedStep(failed.request, failed.step, failed.text, "sha256:" + "0" * 64)
    with pytest.raises(NotFound):
        talk(gone, says())


def test_cancelling_ends_it_with_all_that_it_started(project: Project) -> None:
    failed = failed_step(project, "FROM base\nRUN false\n")

    async def script(talk: Talk) -> None:
        talk.type("trap '' TERM HUP; sleep 1000 & sleep 1000 & echo rea''dy; wait")
        await talk.until("ready")
        raise _Enough

    with pytest.raises(_Enough):
        talk(failed, script)
    assert not scratches()
    assert not processes(str(data_root()))


class _Enough(Exception):
    pass


def processes(mark: str) -> list[str]:
    """Processes below this one, or anywhere, that have a mark in their environment."""
    own = str(os.getpid())
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if path.parent.name != own and mark.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("name", ["engine", "worker"])
def test_nothing_is_left_of_it_when_one_is_killed(
    project: Project, store: ImageStore, name: str
) -> None:
    failed = failed_step(project, "FROM base\nRUN false\n")
    words = [str(project.folder), failed.step, failed.text, failed.left]
    mark = str(data_root())
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.build.engines.shelling", *words],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "LAYERSCOPE_DATA_DIR": mark},
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
        children = "".join(path.read_text() for path in tasks).split()
        os.kill(process.pid if name == "engine" else int(children[0]), signal.SIGKILL)
        process.wait(30)
    deadline = time.monotonic() + 20
    while processes(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not processes(mark)
    assert "layerscope" not in Path("/proc/self/mounts").read_text()
    asyncio.run(project.building("FROM base\nRUN true\n"))
    assert not scratches(), "the next build has cleared up"


@pytest.fixture
def engine(store: ImageStore) -> SandboxEngine:
    """An engine over the store that shells look into."""
    return SandboxEngine(store, BuildRecords.at())
