"""What a scan of a build context finds, and what it never touches."""

from __future__ import annotations

import itertools
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.build.context import found, opening, scanning
from explorer.build.context.context import Context
from explorer.build.context.ignoring import Decider, Ignore
from explorer.dockerfile.ignore import IgnoreError, IgnoreFile
from explorer.errors import Cancelled, LimitExceeded, NotFound, Unsupported
from explorer.filesystem.entry import EntryType
from explorer.progress import Job
from tests.build.context.conftest import Write

unix = pytest.mark.skipif(sys.platform == "win32", reason="needs special files and permissions")


def paths(context: Context) -> list[str]:
    """All paths but the folder itself, in their order."""
    return [os.fsdecode(context.entries.path(row)) for row in range(1, len(context.entries))]


def ignoring(text: str) -> Ignore:
    return Ignore(".dockerignore", IgnoreFile.parse(text))


def test_everything_is_found_in_order(write: Write) -> None:
    folder = write({"b/c": "12", "a": "1", "b-": "", "b/d/e": "123", "empty/": ""})
    context = Context.scan(folder)
    assert paths(context) == ["a", "b", "b/c", "b/d", "b/d/e", "b-", "empty"]
    assert (context.files, context.size) == (4, 6)
    assert context.left_out.is_nothing


def test_sizes_and_the_largest_files_are_told(write: Write) -> None:
    folder = write({"a/x": "12345", "a/y": "1", "b/z": "123", "top": "12"})
    context = Context.scan(folder)
    assert context.largest(2) == [(b"a/x", 5), (b"b/z", 3)]
    assert context.folder_sizes() == [(b"a", 2, 6), (b"b", 1, 3)]
    assert context.folder_sizes(b"a") == []
    assert Context.scan(folder).largest(99)[-1] == (b"a/y", 1)


def test_the_ignore_file_of_the_dockerfile_wins(write: Write) -> None:
    folder = write(
        {"Dockerfile": "", "a": "", "b": "", ".dockerignore": "a",
         "Dockerfile.dockerignore": "b\n"}
    )  # fmt: skip
    assert "a" not in paths(Context.scan(folder))
    own = Context.scan(folder, dockerfile=folder / "Dockerfile")
    assert own.ignore.name == "Dockerfile.dockerignore"
    assert "a" in paths(own)
    assert "b" not in paths(own)


def test_an_ignored_folder_is_not_entered(write: Write) -> None:
    folder = write({"src/a": "", "node_modules/x/y": "123", "node_modules/z": "4"})
    context = Context.scan(folder, ignoring("node_modules\n"))
    assert paths(context) == ["src", "src/a"]
    assert context.left_out.folders == (b"node_modules",)
    assert context.left_out.entries == 0
    assert context.measure_left_out() == (4, 4)


def test_an_exception_brings_its_folders_with_it(write: Write) -> None:
    folder = write({"out/keep/a": "", "out/keep/b": "", "out/drop/c": "", "out/d": ""})
    context = Context.scan(folder, ignoring("out\n!out/keep/a\n"))
    assert paths(context) == ["out", "out/keep", "out/keep/a"]
    nothing = Context.scan(folder, ignoring("out\n!out/keep/missing\n"))
    assert paths(nothing) == []


def test_what_is_left_out_is_counted(write: Write) -> None:
    folder = write({"a.log": "123", "b/c.log": "4", "b/d": ""})
    context = Context.scan(folder, ignoring("**/*.log"))
    assert (context.left_out.entries, context.left_out.size) == (2, 4)


@unix
def test_symlinks_are_entries_and_never_followed(write: Write, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    folder = write({"real/file": ""})
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(".")
    (folder / "gone").symlink_to("nowhere")
    context = Context.scan(folder)
    assert paths(context) == ["gone", "loop", "out", "real", "real/file"]
    row = context.entries.find(b"loop")
    assert row is not None
    assert context.entries.type[row] == EntryType.SYMLINK
    assert context.entries.targets[row] == b"."


@unix
def test_special_files_are_entries_but_sockets_are_left_out(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    here = Path.cwd()
    os.chdir(folder)  # a path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
    finally:
        os.chdir(here)
    context = Context.scan(folder)
    assert paths(context) == ["pipe"]
    assert [note.path for note in context.notes] == [b"socket"]


@unix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_noted(write: Write) -> None:
    folder = write({"closed/a": "", "file": ""})
    (folder / "closed").chmod(0)
    (folder / "file").chmod(0)
    try:
        context = Context.scan(folder)
    finally:
        (folder / "closed").chmod(0o755)
    assert {note.path for note in context.notes} == {b"closed", b"file"}


@unix
def test_a_folder_deeper_than_folders_are_kept_open_is_walked(
    folder: Path, descriptors: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "_KEPT_OPEN", 8)
    depth = 100
    fd = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=fd))
    os.close(fd)
    before = descriptors()
    context = Context.scan(folder)
    assert len(context.entries) == depth + 2
    assert int(context.entries.depth.max()) == depth + 1
    assert not context.notes
    assert descriptors() == before


@unix
def test_names_are_bytes(folder: Path) -> None:
    name = b"caf\xe9\n"
    (folder / os.fsdecode(name)).write_text("x")
    assert Context.scan(folder).entries.find(name) == 1


def test_a_context_that_is_no_folder_is_refused_in_plain_words(write: Write) -> None:
    folder = write({"file": ""})
    with pytest.raises(NotFound, match="There is no build context"):
        Context.scan(folder / "missing")
    with pytest.raises(NotFound, match="is not a folder"):
        Context.scan(folder / "file")
    for remote in ("-", "https://example.test/x.tar", "git@example.test:x.git"):
        with pytest.raises(Unsupported, match="not supported yet"):
            Context.scan(remote)


def test_a_pattern_that_docker_refuses_is_an_error(write: Write) -> None:
    with pytest.raises(IgnoreError, match="line 2"):
        Context.scan(write({".dockerignore": "a\n[\n"}))


def test_a_cancelled_scan_stops_and_leaves_nothing_open(
    write: Write, descriptors: Callable[[], int]
) -> None:
    folder = write({f"d{n}/x": "" for n in range(5)})
    job = Job()
    job.cancel()
    before = descriptors()
    with pytest.raises(Cancelled):
        Context.scan(folder, job=job)
    assert descriptors() == before


@unix
def test_an_ignore_file_that_is_a_link_or_a_pipe_is_not_read(write: Write, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("a\n")
    folder = write({"a": ""})
    (folder / ".dockerignore").symlink_to(tmp_path / "rules")
    assert Context.scan(folder).ignore.name == ""
    (folder / ".dockerignore").unlink()
    os.mkfifo(folder / ".dockerignore")
    assert Context.scan(folder).ignore.name == ""


@pytest.mark.parametrize(
    "rules",
    ["*.log", "a", "a/b\n!a", "a\n!a/b", "**/x*\n!**/xy", "*\n!a\na/b", "!a\na/b\n!a/b/c",
     "a/*\n!a/b*", "**\n!**/*.log", "?\n!a/?\na/b"],
)  # fmt: skip
def test_a_walk_decides_as_the_ignore_file_does(rules: str) -> None:
    parsed = IgnoreFile.parse(rules)
    decider = Decider(parsed)
    names = ["a", "b", "x", "xy", "b.log"]
    every = (parts for n in (1, 2, 3) for parts in itertools.product(names, repeat=n))
    for path in map("/".join, every):
        above, _, _ = path.rpartition("/")
        known = decider.at(above)[1] if above else None
        expected = parsed.below(path, known)[0]
        assert decider.file(path, known) == expected == decider.at(path)[0]


@pytest.fixture
def without_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system where no name can be looked up in an open folder."""
    monkeypatch.setattr(opening, "HAS_DESCRIPTORS", False)


@pytest.mark.usefixtures("without_descriptors")
def test_where_folders_cannot_be_opened_paths_are_and_links_refused(
    write: Write, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    folder = write({"a/b/c": "1", "d": "2", ".dockerignore": "d\n"})
    (folder / "out").symlink_to(tmp_path / "outside")
    context = Context.scan(folder)
    assert paths(context) == [".dockerignore", "a", "a/b", "a/b/c", "out"]
    write({"a/b/e": "3"})
    assert "a/b/e" in paths(context.rescan([b"a/b/e"]))
    for path in (b"out/secret", b"out", b"a/../out/secret"):
        with pytest.raises(OSError):
            os.close(opening.open_file(folder, path))
    with opening.closing(opening.open_file(folder, b"a/b/c")) as fd:
        assert os.read(fd, 9) == b"1"


def test_a_context_of_too_many_entries_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "MOST_ENTRIES", 5)
    folder = write({f"d{n}/x": "" for n in range(9)})
    with pytest.raises(LimitExceeded, match="too large"):
        Context.scan(folder)


def test_of_very_many_folders_left_out_some_are_named_and_all_counted(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MOST_FOLDERS", 3)
    folder = write({f"d{n}/x": "" for n in range(9)})
    context = Context.scan(folder, ignoring("d*"))
    assert (len(context.left_out.folders), context.left_out.folder_count) == (3, 9)
    assert context.measure_left_out() == (6 + 3 * 2, 0)
