"""A build that nothing has changed for is told again, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.build.receipt import receipt as receipts
from explorer.cli.again import told_again
from explorer.store.folder import cache_root
from explorer.store.images import ImageStore
from tests.cli.conftest import Cli

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there the times of files tell less")

TEXT = """\
FROM scratch AS files
COPY --chmod=755 run.sh /bin/
FROM files
LABEL a=b
COPY src /src
"""
IGNORE = "out\ndist/*\n!dist/keep\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe that what was written a moment ago was written long ago."""
    monkeypatch.setattr(receipts, "_FINE", -(1 << 62))
    monkeypatch.setattr(receipts, "_COARSE", -(1 << 62))


@pytest.fixture
def project(tmp_path: Path, store: ImageStore) -> Path:
    folder = tmp_path / "project"
    for below in ("src", "out", "dist"):
        (folder / below).mkdir(parents=True)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "src" / "a").write_text("a\n")
    (folder / "out" / "b").write_text("b\n")
    (folder / "Dockerfile").write_text(TEXT)
    (folder / ".dockerignore").write_text(IGNORE)
    return folder


def words(project: Path, *more: str) -> list[str]:
    return ["build", str(project), "-t", "app:1", *more]


def built_twice(cli: Cli, project: Path) -> list[str]:
    """The words of a build that has a receipt. No fixture: pytest's stages differ in a variable."""
    cli(*words(project))
    assert not told_again(words(project))
    assert "2 of 2 steps cached" in cli(*words(project)).err
    return words(project)


def without_time(text: str) -> list[str]:
    *steps, last = text.splitlines()
    head, _, tail = last.rpartition(" in ")
    return [*steps, head, tail.partition(",")[2]]


def test_it_tells_what_the_build_before_it_told(
    cli: Cli, project: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    known = built_twice(cli, project)
    before = cli(*known).err
    assert told_again(known)
    out, err = capsysbinary.readouterr()
    assert without_time(err.decode()) == without_time(before)
    assert b"#1 [files 1/1] COPY --chmod=755 run.sh /bin/ CACHED" in err
    assert not out


def test_in_a_terminal_it_tells_what_the_live_view_leaves(
    cli: Cli, project: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    live = words(project, "--progress", "tty")
    cli(*live)
    before = cli(*live).err
    assert told_again(live)
    said = capsysbinary.readouterr().err.decode()
    shown = [line for line in before.splitlines() if "CACHED" in line]
    assert [line.split() for line in said.splitlines()[:2]] == [line.split() for line in shown]
    assert said.startswith("= [files 1/1] COPY")


def write(name: str, content: str = "other") -> Callable[[Path], object]:
    def change(project: Path) -> None:
        path = project / name
        path.write_text(content)

    return change


def move_away(project: Path) -> None:
    """Another folder of the same content in its place."""
    old = project.rename(project.with_name("old"))
    project.symlink_to(old)


def lose_a_blob(_project: Path) -> None:
    blobs = ImageStore.at().layout.blobs()
    next(path for _, path, _ in blobs if path.stat().st_size > 1024).unlink()


CHANGES: dict[str, Callable[[Path], object]] = {
    "another content": write("src/a", "b\n"),
    "a new file": write("src/new"),
    "a new file beside the Dockerfile": write("new"),
    "no file": lambda project: (project / "src" / "a").unlink(),
    "another mode": lambda project: (project / "src" / "a").chmod(0o600),
    "another mode of a folder": lambda project: (project / "src").chmod(0o700),
    "another Dockerfile": write("Dockerfile", TEXT + "LABEL c=d\n"),
    "another ignore file": write(".dockerignore", ""),
    "an ignore file of the Dockerfile's own": write("Dockerfile.dockerignore", ""),
    "a file that the ignore file keeps": write("dist/keep"),
    "another folder": move_away,
    "no layer": lose_a_blob,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_nothing_is_told_again_after(
    change: Callable[[Path], object], cli: Cli, project: Path
) -> None:
    known = built_twice(cli, project)
    assert receipts.find(known) is not None
    change(project)
    assert receipts.find(known) is None


@pytest.mark.parametrize(
    "command", [("rmi", "app:1"), ("tag", "app:1", "app:2"), ("prune", "--cache", "--all")]
)
def test_nothing_is_told_again_after_the_store_has_changed(
    command: tuple[str, ...], cli: Cli, project: Path
) -> None:
    known = built_twice(cli, project)
    assert cli(*command).code == 0
    assert receipts.find(known) is None


def test_nothing_is_told_again_after_another_build(cli: Cli, project: Path) -> None:
    known = built_twice(cli, project)
    cli(*words(project, "--no-cache"))
    assert receipts.find(known) is None


def test_nothing_is_told_again_elsewhere_or_with_another_environment(
    cli: Cli, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = built_twice(cli, project)
    assert receipts.find([*known, "--build-arg", "A=1"]) is None
    with monkeypatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1")
        assert receipts.find(known) is None
    assert receipts.find(known) is not None
    monkeypatch.chdir(tmp_path)
    assert receipts.find(known) is None


def test_what_the_ignore_file_leaves_out_does_not_count(cli: Cli, project: Path) -> None:
    known = built_twice(cli, project)
    (project / "out" / "b").write_text("other\n")
    (project / "out" / "c").write_text("new\n")
    assert receipts.find(known) is not None


@pytest.mark.parametrize(
    "more",
    [
        ("--no-cache",),
        ("--progress", "json"),
        ("--secret", "id=s,env=HOME"),
        ("--build-context", "other=."),
        ("--output", "type=tar,dest={}/out.tar"),
        ("--iidfile", "{}/id"),
    ],
)
def test_no_receipt_is_written_for_what_does_more_than_build(
    more: tuple[str, ...], cli: Cli, project: Path, tmp_path: Path
) -> None:
    command = words(project, *(word.format(tmp_path) for word in more))
    for _ in range(2):
        assert cli(*command).code == 0
    assert receipts.find(command) is None


def test_what_changed_a_moment_ago_may_change_again(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "_FINE", 1 << 62)
    for _ in range(2):
        cli(*words(project))
    assert receipts.find(words(project)) is None


def test_a_damaged_receipt_is_none(cli: Cli, project: Path) -> None:
    known = built_twice(cli, project)
    path = Path(receipts.file_of(known))
    data = path.read_bytes()
    for damaged in (b"", b"no number", data[:-1], data[:40] + b"x" + data[41:]):
        path.write_bytes(damaged)
        assert receipts.find(known) is None


@pytest.mark.parametrize("named", ["", "/somewhere"])
def test_receipts_lie_in_the_cache(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAYERSCOPE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert Path(receipts.folder()).parent == cache_root()


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    program = (
        "import atexit, sys; sys.argv[0] = 'layerscope'\n"
        "atexit.register(lambda: print(' '.join(sys.modules), file=sys.stderr))\n"
        "from explorer.__main__ import main; sys.exit(main())"
    )
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": root}, timeout=60,
    )  # fmt: skip
    return set(done.stderr.decode().split())


HEAVY = {"numpy", "aiohttp", "asyncio", "ssl", "rich", "PySide6", "watchfiles", "dataclasses"}


def test_a_build_that_is_told_again_loads_nothing(project: Path) -> None:
    # Without the belief in what was just written: the files are old enough by now, or get so.
    command = words(project)
    for _ in range(50):
        if "explorer.build.events" not in (loaded := loaded_by(*command)):
            break
    assert "explorer.build.receipt.receipt" in loaded
    assert not loaded & (HEAVY | {"click", "typing", "json", "re", "pathlib"})


def test_the_version_is_told_without_what_verbs_need() -> None:
    assert not loaded_by("--version") & (HEAVY - {"dataclasses"})


def test_what_a_registry_takes_is_loaded_for_registries_alone(project: Path) -> None:
    sample = str(Path(__file__).resolve().parents[2] / "resources/sample.tar")
    for command in (words(project), ["inspect", "--json", sample]):
        assert not loaded_by(*command) & {"aiohttp", "rich", "PySide6"}
