"""Commands that mean harm, or only behave badly: each ends, says why, and leaves nothing."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.build.engines.sandbox.clipped import LOG_LIMIT, TAIL
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from tests.build.engines.building import Project, Told
from tests.build.engines.hostile import ROWS, Row

SECRET = "only-for-me"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A file of the user that no build was given."""
    path = tmp_path / "private"
    path.write_text(SECRET)
    return path


@pytest.fixture(autouse=True)
def whole_afterwards(store: ImageStore) -> Iterator[None]:
    yield
    root = store.layout.root.parent
    assert check(store.layout).whole
    assert str(root) not in Path("/proc/self/mounts").read_text()
    assert not list((root / "snapshots").glob("tmp-*"))


def run(project: Project, script: str, **options: object) -> Told:
    return project.build(f"FROM base\nRUN <<END\n{script}\nEND\n", **options)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_attempt_of_the_table_comes_to_nothing(project: Project, row: Row) -> None:
    if row.needs_root and os.geteuid() != 0:
        pytest.skip("control groups need root")
    verdict = row.verdict(row.run(project))
    assert not verdict.startswith("NOT"), verdict
    assert _processes_of("sleep\x0030") == 0


def _processes_of(words: str) -> int:
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            count += words in path.read_text()
        except OSError:
            continue
    return count


def test_a_gigabyte_of_output_is_clipped(project: Project) -> None:
    told = run(project, f"yes | head -c {LOG_LIMIT + (8 << 20)}; echo end")
    assert len(told.output) < LOG_LIMIT + TAIL + 1000
    assert "bytes of output left out]" in told.output
    assert told.output.endswith("end\n")


def test_output_that_is_no_text_is_passed_on(project: Project) -> None:
    told = run(project, "head -c 100 /dev/urandom; printf '\\033[2Jx'")
    assert sum(len(e.data) for e in told.events if hasattr(e, "data")) >= 105


def test_the_home_of_the_user_is_not_there(project: Project, home: Path) -> None:
    told = run(
        project, f"cat {home} || echo none; find / -xdev -name private 2>/dev/null; echo end"
    )
    assert SECRET not in told.output
    assert "none" in told.output


def test_other_processes_are_not_seen(project: Project) -> None:
    told = run(project, "ls /proc | grep -c '^[0-9]'; cat /proc/1/cmdline | head -c 7")
    assert int(told.output.split()[0]) < 6


def test_a_file_of_the_sandbox_is_not_a_file_of_the_machine(project: Project) -> None:
    told = run(
        project, "ln -s /etc/hostname /tmp/l; rm -rf /tmp/../etc/passwd; ls -la / > /dev/null"
    )
    assert told.done
    assert Path("/etc/passwd").exists()


def test_without_a_network_there_is_none(project: Project) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        script = f"nc -w 2 127.0.0.1 {port} < /dev/null && echo reached || echo none"
        told = project.build(f"FROM base\nRUN --network=none {script}\n")
        assert "none" in told.output
        accepted = threading.Thread(target=lambda: server.accept()[0].close())
        accepted.start()
        assert "reached" in project.build(f"FROM base\nRUN {script}\n").output
        accepted.join()


def test_a_command_that_ignores_its_signals_ends_with_the_step(project: Project) -> None:
    told = run(project, "trap '' TERM INT HUP\n(trap '' TERM; sleep 1234) &\nexit 3")
    assert "exit code: 3" in told.failed.message
    assert _processes_of("sleep\x001234") == 0


def test_a_link_out_of_the_context_is_not_followed(project: Project, home: Path) -> None:
    (project.folder / "link").symlink_to(home)
    (project.folder / "folder").symlink_to(home.parent)
    told = project.build("FROM base\nCOPY link /\nRUN cat /link || echo broken\n")
    if told.end is not None and told.end.event == "done":
        assert SECRET not in told.output
    inside = project.build("FROM base\nCOPY folder/private /\nRUN cat /private\n")
    assert inside.failed.line == 2
    assert SECRET not in inside.output


def test_a_link_out_of_a_stage_leads_into_the_stage(project: Project, home: Path) -> None:
    told = project.build(
        f"FROM base AS evil\nRUN ln -s {home} /link && ln -s / /all\n"
        "FROM base\nCOPY --from=evil /all/etc/passwd /copied\nRUN cat /copied\n"
        "COPY --from=evil /link /stolen\n"
    )
    assert told.failed.line == 6
    assert SECRET not in told.output
    assert "root:x:0:0" in told.output


def test_a_working_directory_that_leads_out_stays_inside(project: Project, home: Path) -> None:
    told = project.build(f"FROM base\nRUN ln -s {home.parent} /out\nWORKDIR /out\nRUN ls; pwd\n")
    assert "private" not in told.output
