"""Files by name, in a folder or an archive: links are followed as long as they stay inside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.blobs.access import InMemory, RandomAccess
from explorer.blobs.feeds import FileFeed
from explorer.errors import DamagedImage
from explorer.filesystem.indexer import build_index
from explorer.oci.document import MAX_DOCUMENT
from explorer.sources.members import FolderMembers, TarMembers, read_document
from tests.factory import Part, directory, fifo, file, hardlink, symlink, tar_bytes


def tar_members(*parts: Part) -> TarMembers:
    access = InMemory(tar_bytes(parts))
    return TarMembers(access, build_index(FileFeed(access)))


def text(found: RandomAccess | None) -> bytes | None:
    return found.read_at(0, found.size) if found is not None else None


TREE: tuple[Part, ...] = (
    directory("blobs"),
    file("blobs/a", "content"),
    symlink("link", "blobs/a"),
    symlink("blobs/up", "../blobs/a"),
    symlink("absolute", "/blobs/a"),
    symlink("chain", "link"),
    hardlink("hard", "blobs/a"),
    symlink("loop", "loop"),
    symlink("dangling", "nowhere"),
    symlink("escape", "../../../etc/hostname"),
    fifo("pipe"),
)


@pytest.mark.parametrize(
    "name", ["blobs/a", "./blobs/a", "link", "blobs/up", "absolute", "chain", "hard"]
)
def test_a_file_is_found_through_links(name: str) -> None:
    assert text(tar_members(*TREE).get(name)) == b"content"


@pytest.mark.parametrize(
    "name", ["absent", "blobs", "loop", "dangling", "escape", "pipe", "", "..", "blobs/a/x"]
)
def test_what_is_no_file_inside_is_not_found(name: str) -> None:
    assert tar_members(*TREE).get(name) is None


def test_of_two_members_the_last_counts() -> None:
    assert text(tar_members(file("a", "first"), file("a", "second")).get("a")) == b"second"


def test_a_name_that_is_not_utf8_is_found() -> None:
    assert text(tar_members(file(b"caf\xe9", "x")).get("caf\udce9")) == b"x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "layout"
    (root / "blobs").mkdir(parents=True)
    (root / "blobs/a").write_bytes(b"content")
    (root / "link").symlink_to("blobs/a")
    (root / "loop").symlink_to("loop")
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "escape").symlink_to("../secret")
    (root / "out").symlink_to("..")
    return root


@pytest.mark.parametrize("name", ["blobs/a", "link", "./blobs/../blobs/a"])
def test_a_file_of_a_folder_is_found(folder: Path, name: str) -> None:
    assert text(FolderMembers(folder).get(name)) == b"content"


@pytest.mark.parametrize(
    "name",
    [
        "absent",
        "blobs",
        "loop",
        "escape",
        "out/secret",
        "../secret",
        "/etc/hostname",
        "a\0b",
        "x" * 5000,
    ],
)
def test_nothing_outside_of_a_folder_is_found(folder: Path, name: str) -> None:
    assert FolderMembers(folder).get(name) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_fifo_in_a_folder_is_no_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert FolderMembers(folder).get("pipe") is None


def test_a_folder_may_itself_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(folder)
    assert text(FolderMembers(tmp_path / "elsewhere").get("link")) == b"content"


def test_one_file_is_opened_once(folder: Path) -> None:
    members = FolderMembers(folder)
    assert members.get("link") is members.get("blobs/a")


def test_a_document_is_read_whole_and_a_large_file_is_none() -> None:
    members = tar_members(file("small", "{}"), file("large", bytes(MAX_DOCUMENT + 1)))
    assert read_document(members, "small") == b"{}"
    assert read_document(members, "absent") is None
    with pytest.raises(DamagedImage, match="large is no document"):
        read_document(members, "large")
