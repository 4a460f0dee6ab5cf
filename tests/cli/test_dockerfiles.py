"""Reading Dockerfiles, writing them anew, and looking around in their context."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.cli import dockerfiles, lookaround
from explorer.cli.dockerfiles import read_dockerfile
from explorer.cli.lookaround import find_ignore_file, look_around
from explorer.cli.replacing import replace_content
from explorer.dockerfile.ignore import IgnoreFile
from explorer.errors import LimitExceeded, Refused

needs_posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions and links")


@needs_posix
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(Refused, match="is no file"):
            read_dockerfile(str(name))


def test_a_file_larger_than_any_dockerfile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"x" * 101)
    monkeypatch.setattr(dockerfiles, "MAX_BYTES", 100)
    with pytest.raises(LimitExceeded, match="too large for a Dockerfile"):
        read_dockerfile(str(tmp_path / "a"))


@needs_posix
def test_a_symlink_keeps_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("a")
    (tmp_path / "link").symlink_to("real")
    replace_content(tmp_path / "link", b"b")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "b"


@needs_posix
def test_a_file_keeps_its_names_and_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("longer than it was")
    (tmp_path / "a").chmod(0o604)
    os.link(tmp_path / "a", tmp_path / "b")
    replace_content(tmp_path / "a", b"new")
    assert (tmp_path / "b").read_text() == "new"
    (tmp_path / "b").unlink()
    replace_content(tmp_path / "a", b"newer")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o604
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@needs_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="needs root")
def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    os.chown(tmp_path / "a", 1234, 2345)
    replace_content(tmp_path / "a", b"b")
    status = (tmp_path / "a").stat()
    assert (status.st_uid, status.st_gid) == (1234, 2345)


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        replace_content(tmp_path / "absent" / "a", b"")


def test_the_ignore_file_beside_the_dockerfile_comes_first(tmp_path: Path) -> None:
    dockerfile = tmp_path / "app.Dockerfile"
    assert find_ignore_file(dockerfile, tmp_path) is None
    (tmp_path / ".dockerignore").touch()
    assert find_ignore_file(None, tmp_path) == tmp_path / ".dockerignore"
    (tmp_path / "app.Dockerfile.dockerignore").touch()
    assert find_ignore_file(dockerfile, tmp_path) == tmp_path / "app.Dockerfile.dockerignore"


def test_a_look_around_sees_what_is_sent(tmp_path: Path) -> None:
    for name in ("a/b/c", "a/skip/d", "keep/e", "keep/f"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"xy")
    ignore = IgnoreFile.parse("a/skip\nkeep\n!keep/f\n")
    facts = look_around(tmp_path, ignore, ".dockerignore")
    assert set(facts.sent) >= {"a", "a/b", "a/b/c", "keep/f"}
    assert not facts.has("a/skip")
    assert not facts.has("keep/e")
    assert (facts.files, facts.bytes, facts.whole) == (2, 4, True)


@needs_posix
def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "out").symlink_to("/")
    facts = look_around(tmp_path, None, None)
    assert set(facts.sent) == {"loop", "out"}
    assert not facts.directories


def test_of_a_large_context_the_upper_folders_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (tmp_path / f"{number:02d}" / "deep").mkdir(parents=True)
    monkeypatch.setattr(lookaround, "MOST_ENTRIES", 30)
    facts = look_around(tmp_path, None, None)
    assert not facts.whole
    assert all(facts.has(f"{number:02d}") for number in range(20))


def test_a_folder_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    assert look_around(tmp_path / "absent", None, None).files == 0
