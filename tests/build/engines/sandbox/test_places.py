"""Finding a path in a tree that somebody else controls."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.build.engines.sandbox.places import Stubs, clear, place

pytestmark = pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="of Linux")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "root"
    (path / "a" / "b").mkdir(parents=True)
    (tmp_path / "secret").write_text("outside")
    return path


def found(root: Path, path: str) -> str:
    with place(str(root), path) as it:
        return os.path.realpath(it.path).removeprefix(str(root)) or "/"


@pytest.mark.parametrize(
    ("link", "wanted", "real"),
    [
        ("/", "l/a/b", "/a/b"),
        ("../../../..", "l/a", "/a"),
        ("a/../a/./b", "l", "/a/b"),
        ("/a", "l/b/../../..", "/"),
    ],
)
def test_links_lead_nowhere_but_into_the_root(
    root: Path, link: str, wanted: str, real: str
) -> None:
    (root / "l").symlink_to(link)
    assert found(root, wanted) == real


def test_a_link_to_the_machine_finds_nothing(root: Path, tmp_path: Path) -> None:
    (root / "l").symlink_to(tmp_path / "secret")
    with pytest.raises(FileNotFoundError), place(str(root), "/l"):
        pass


def test_a_circle_of_links_ends(root: Path) -> None:
    (root / "l").symlink_to("m")
    (root / "m").symlink_to("l")
    with pytest.raises(OSError, match="symbolic links"), place(str(root), "/l"):
        pass


def test_what_is_missing_is_made_and_taken_out_again(root: Path) -> None:
    os.utime(root, ns=(5, 5))
    stubs = Stubs()
    with place(str(root), "/x/y/z", "file", stubs) as it:
        assert not it.is_folder
    assert (root / "x" / "y" / "z").is_file()
    assert [path for path, _ in stubs.made] == ["/x", "/x/y", "/x/y/z"]
    clear(str(root), stubs.made)
    assert not (root / "x").exists()
    assert root.stat().st_mtime_ns == 5


def test_what_was_filled_meanwhile_stays(root: Path) -> None:
    stubs = Stubs()
    with place(str(root), "/x/y", "folder", stubs):
        (root / "x" / "kept").touch()
    clear(str(root), stubs.made)
    assert (root / "x" / "kept").exists()
    assert not (root / "x" / "y").exists()


def test_clearing_follows_no_link_that_took_a_folders_place(root: Path, tmp_path: Path) -> None:
    stubs = Stubs()
    with place(str(root), "/x/y", "folder", stubs):
        (root / "x").rename(root / "moved")
        (tmp_path / "victim" / "y").mkdir(parents=True)
        (root / "x").symlink_to(tmp_path / "victim")
    clear(str(root), stubs.made)
    assert (tmp_path / "victim" / "y").is_dir()


def test_no_open_file_is_left(root: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("/a/b", "/none", "/a/../../.."):
        try:
            with place(str(root), path):
                pass
        except FileNotFoundError:
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before
