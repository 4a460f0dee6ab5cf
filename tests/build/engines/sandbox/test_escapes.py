"""Ways out of a sandbox that are closed: each was open to a careless one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.build.engines.sandbox import running, syscalls, users
from explorer.build.request import Secret
from explorer.filesystem.names import absolute
from explorer.store.data import data_root
from tests.build.engines.building import Project
from tests.build.engines.programs import EXIT_7_OF_32_BITS, call_of_32_bits, connect_abstract, elf

SECRET = "wer-das-liest"


def with_program(project: Project, program: bytes, script: str) -> str:
    project.write("program", program)
    told = project.build(f"FROM base\nCOPY --chmod=755 program /program\nRUN {script}\n")
    assert told.done
    return told.output


def test_a_command_has_no_files_open_but_its_own(project: Project) -> None:
    told = project.build("FROM base\nRUN ls /proc/self/fd; ls -l /proc/self/fd\n")
    assert told.output.split()[:4] == ["0", "1", "2", "3"]  # 3 is the listing itself
    assert "socket" not in told.output


def test_the_environment_of_the_engine_is_not_seen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", SECRET)
    told = project.build("FROM base\nRUN env; cat /proc/*/environ\n")
    assert SECRET not in told.output


def test_a_secret_is_in_memory_and_never_on_the_disk(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    mount = "--mount=type=secret,id=it,mode=0440,uid=3,gid=4"
    told = project.build(
        f"FROM base\nRUN {mount} grep run/secrets /proc/self/mountinfo; "
        "stat -c %a:%u:%g /run/secrets/it; cat /run/secrets/it; exit 1\n",
        secrets=(Secret("it", file),),
    )
    assert "tmpfs" in told.output
    assert f"440:3:4\n{SECRET}" in told.output
    assert told.failed
    held = [path for path in data_root().rglob("*") if path.is_file()]
    assert not [path for path in held if SECRET.encode() in path.read_bytes()]


def test_what_was_made_to_be_mounted_on_is_cleared_without_following_links(
    project: Project, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    (victim / "b" / "c").mkdir(parents=True)
    told = project.build(
        "FROM base\nRUN --mount=type=tmpfs,target=/a/b/c "
        f"mv /a /z && ln -s {victim} /a && ls -ld /a\n"
    )
    assert str(victim) in told.output
    assert (victim / "b" / "c").is_dir()


def test_a_mount_follows_links_of_the_image_inside_the_image(
    project: Project, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    told = project.build(
        f"FROM base\nRUN ln -s {outside} /out && ln -s ../../../../../.. /up\n"
        "RUN --mount=type=tmpfs,target=/out/x --mount=type=tmpfs,target=/up/y "
        f"grep -c -e {outside}/x -e ' /y ' /proc/self/mountinfo\n"
    )
    assert told.output.strip() == "2"
    assert not list(outside.iterdir())


def test_a_mount_on_the_root_is_refused(project: Project) -> None:
    told = project.build("FROM base\nRUN ln -s / /l\nRUN --mount=type=cache,target=/l true\n")
    assert "nothing can be mounted on the root" in told.failed.message


def test_folders_of_builds_are_closed_to_other_users(project: Project) -> None:
    told = project.build("FROM base\nRUN --mount=type=cache,target=/c chmod u+s /bin/busybox\n")
    assert told.done
    for name in ("snapshots", "mounts"):
        assert (data_root() / name).stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are of Linux")
def test_abstract_sockets_of_the_machine_are_out_of_reach(project: Project) -> None:
    if not _knows_scopes():
        pytest.skip("this kernel cannot keep a process from abstract sockets")
    name = f"layerscope-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        output = with_program(project, connect_abstract(name), "/program; echo error $?")
    assert output.strip() == "error 1"  # EPERM; without the rule it connects


def _knows_scopes() -> bool:
    child = os.fork()
    if child == 0:
        known = False
        try:
            syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
            known = syscalls.keep_from_abstract_sockets()
        finally:
            os._exit(0 if known else 1)
    return os.waitpid(child, 0)[1] == 0


def test_32_bit_programs_run_under_the_same_rules(project: Project) -> None:
    program = elf(EXIT_7_OF_32_BITS, 32)
    if os.uname().machine != "x86_64" or not _runs_here(program, project.folder / "try"):
        pytest.skip("this machine runs no 32-bit programs")
    assert with_program(project, program, "/program; echo $?").strip() == "7"
    add_key = call_of_32_bits(286)
    assert with_program(project, add_key, "/program; echo $?").strip() == "1"  # EPERM


def _runs_here(program: bytes, path: Path) -> bool:
    path.write_bytes(program)
    path.chmod(0o755)
    try:
        return subprocess.run([path], check=False).returncode == 7
    except OSError:
        return False


def test_a_user_other_than_root_can_open_its_output_again(project: Project) -> None:
    told = project.build("FROM base\nUSER app\nRUN echo a > /dev/stdout; echo b > /dev/stderr\n")
    assert sorted(told.output.split()) == ["a", "b"]


def test_a_step_that_is_stopped_before_it_began_ends_as_well(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "RESERVE", 1 << 60)
    for _ in range(4):
        assert "it was stopped" in project.build("FROM base\nRUN sleep 60\n").failed.message


def test_a_step_that_takes_too_long_is_stopped(project: Project) -> None:
    told = project.build("FROM base\nRUN sleep 60\n", run_seconds=0.5)
    assert told.failed.message == "it took longer than 0.5 s: it was stopped"
    assert told.failed.line == 2


def test_where_only_one_user_exists_owners_are_kept_and_it_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root has all users")
    for module in (users, running):
        monkeypatch.setattr(module, "why_single", lambda: "newuidmap is not installed")
    project.write("file", "a")
    told = project.build(
        "FROM base\nCOPY --chown=1000:10 file /file\n"
        "RUN echo b >> /file && chown 5 /bin && touch /new && chmod 700 /home/app\n"
    )
    image = told.image
    assert "newuidmap is not installed" in told.output
    owners = {path: _owner(image, path) for path in ("/file", "/new", "/home/app")}
    assert owners == {"/file": (1000, 10), "/new": (0, 0), "/home/app": (0, 0)}
    failed = project.build("FROM base\nUSER app\nRUN true\n").failed
    assert "newuidmap is not installed" in failed.message


def _owner(image: object, path: str) -> tuple[int, int]:
    node = image.node(absolute(path.encode()))  # type: ignore[attr-defined]
    entry = image.final.entry(node)  # type: ignore[attr-defined]
    return entry.uid, entry.gid


OVERLAY_ON_OVERLAY = """
mkdir l u w m && mount -t overlay none m -o lowerdir=l,upperdir=u,workdir=w || exit 77
export LAYERSCOPE_DATA_DIR=$PWD/m/data
printf 'FROM base\\nRUN true\\n' > Dockerfile
exec "$0" -c '
import sys
from pathlib import Path
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.errors import Unsupported
from tests.build.engines.building import Project, add_base
engine = SandboxEngine()
add_base(engine.store)
try:
    Project(Path("."), engine).build("FROM base\\nRUN true\\n")
except Unsupported as error:
    sys.exit(f"{error.what} | {error.why} | {error.hint}")
'
"""


def test_a_file_system_that_overlayfs_refuses_is_named(project: Project, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a file system needs root")
    folder = tmp_path / "nested"
    folder.mkdir()
    root = Path(__file__).parents[4]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", OVERLAY_ON_OVERLAY, sys.executable],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("no overlay can be mounted here")
    if not done.returncode:
        pytest.skip("this kernel lays an overlay upon an overlay")
    assert "overlayfs refuses the file system of" in done.stderr
    assert "LAYERSCOPE_DATA_DIR" in done.stderr
