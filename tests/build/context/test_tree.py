"""A build context as COPY reads it, and what its files hold."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

import pytest

from explorer.build.context import hashing
from explorer.build.context.context import Context
from explorer.build.context.hashing import HashMemo
from explorer.build.context.tree import ContextTree
from explorer.build.tree import Tree, resolve
from explorer.errors import Cancelled, NotFound, Refused
from explorer.filesystem.entry import EntryType
from explorer.progress import Job
from tests.build.context.conftest import Write

unix = pytest.mark.skipif(sys.platform == "win32", reason="needs links")
LONG_AGO = 1_600_000_000_123_456_789


def settled(path: Path) -> None:
    """Have a file look as if it had last changed long ago, as far as anybody can."""
    os.utime(path, ns=(LONG_AGO, LONG_AGO))


@pytest.fixture(autouse=True)
def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all changes lie behind what two changes could share; ctime cannot be set."""
    now = time.time_ns
    monkeypatch.setattr(hashing.time, "time_ns", lambda: now() + 10_000_000_000)


def tree_of(folder: Path, memo: HashMemo | None = None) -> ContextTree:
    return ContextTree(Context.scan(folder), memo)


def test_it_is_a_tree(write: Write) -> None:
    tree: Tree = tree_of(write({"a/b": "x"}))
    assert tree.title == "the build context"


def test_entries_belong_to_root(write: Write) -> None:
    folder = write({"a/b": "xyz"})
    (folder / "a" / "b").chmod(0o640)
    tree = tree_of(folder)
    entry = tree.entry(b"/a/b")
    assert entry is not None
    assert (entry.path, entry.type, entry.size) == (b"/a/b", EntryType.FILE, 3)
    assert (entry.uid, entry.gid, entry.mode) == (0, 0, 0o640)
    assert tree.entry(b"/a/c") is None
    assert tree.entry(b"/a/b/c") is None
    root = tree.entry(b"/")
    assert root is not None
    assert root.is_dir


def test_children_are_in_order(write: Write) -> None:
    tree = tree_of(write({"b": "", "a/x": "", "a-": ""}))
    assert tree.children(b"/") == [b"a", b"a-", b"b"]
    assert tree.children(b"/b") == []
    assert tree.children(b"/missing") == []


def test_a_branch_is_a_slice_that_knows_its_paths(write: Write) -> None:
    tree = tree_of(write({"a/x/1": "1", "a/y": "22", "b": ""}))
    branch = tree.branch(b"/a")
    assert branch is not None
    assert branch.all_below() == [b"", b"x", b"x/1", b"y"]
    assert branch.path_of(2) == b"/a/x/1"
    assert branch.name(0) == b""
    assert branch.ends().tolist() == [4, 3, 3, 4]
    assert branch.size.tolist() == [0, 0, 1, 2]
    assert not branch.size.flags.writeable
    whole = tree.branch(b"/")
    assert whole is not None
    assert whole.path_of(3) == b"/a/x/1"
    assert tree.branch(b"/nothing") is None


@unix
def test_hard_links_share_an_inode_within_a_branch(write: Write) -> None:
    folder = write({"a/one": "x", "b/": ""})
    for name in ("b/two", "b/three"):
        os.link(folder / "a" / "one", folder / name)
    tree = tree_of(folder)
    whole, part = tree.branch(b"/"), tree.branch(b"/b")
    assert whole is not None
    assert part is not None
    assert whole.inode.tolist() == [0, 1, 2, 3, 2, 2]
    assert part.inode.tolist() == [0, 1, 1]


@unix
def test_links_are_told_and_followed_only_inside(write: Write) -> None:
    folder = write({"a/b": "x"})
    (folder / "inside").symlink_to("a")
    (folder / "out").symlink_to("/etc/../../etc/passwd")
    tree = tree_of(folder)
    branch = tree.branch(b"/")
    assert branch is not None
    assert branch.links == {3: b"a", 4: b"/etc/../../etc/passwd"}
    assert resolve(tree, b"/inside/b") == b"/a/b"
    assert resolve(tree, b"/out") == b"/etc/passwd"
    assert tree.entry(b"/etc/passwd") is None


def test_content_is_read_when_it_is_asked_for(write: Write) -> None:
    tree = tree_of(write({"a/b": "0123456789"}))
    content = tree.content(b"/a/b")
    assert content.size == 10
    assert content.read_at(3, 4) == b"3456"
    assert b"".join(content.chunks()) == b"0123456789"
    with pytest.raises(NotFound):
        tree.content(b"/a")
    with pytest.raises(NotFound):
        tree.content(b"/missing")


def test_content_that_changed_since_is_refused(write: Write) -> None:
    folder = write({"a": "old"})
    tree = tree_of(folder)
    content = tree.content(b"/a")
    (folder / "a").write_text("other")
    with pytest.raises(Refused, match="changed since"):
        content.read_at(0, 3)


@unix
def test_a_file_that_became_a_link_is_refused(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("old")
    folder = write({"d/a": "old", "b": "old"})
    tree = tree_of(folder)
    contents = [tree.content(b"/d/a"), tree.content(b"/b")]
    (folder / "d" / "a").unlink()
    (folder / "d").rmdir()
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a").write_text("old")
    (folder / "d").symlink_to(tmp_path / "e")
    (folder / "b").unlink()
    (folder / "b").symlink_to(tmp_path / "secret")
    for content in contents:
        with pytest.raises(Refused):
            content.read_at(0, 3)
    with pytest.raises(Refused):
        tree.digests(b"/d")


def test_hidden_names_the_rule(write: Write) -> None:
    tree = tree_of(write({".dockerignore": "# c\n*.log\n!keep.log\n", "a.log": "", "keep.log": ""}))
    hidden = tree.hidden(b"/a.log")
    assert hidden is not None
    assert (hidden.pattern, hidden.file, hidden.line) == ("*.log", ".dockerignore", 2)
    assert tree.hidden(b"/keep.log") is None
    assert tree.hidden(b"/") is None
    assert tree.entry(b"/a.log") is None


# -- digests ------------------------------------------------------------------------------------


def test_digests_are_those_of_the_bytes(write: Write) -> None:
    tree = tree_of(write({"a": "text", "b/c": ""}))
    found = [bytes(row) for row in tree.digests(b"/")]
    empty = hashlib.sha256(b"").digest()
    assert found == [bytes(32), hashlib.sha256(b"text").digest(), bytes(32), empty]
    assert [bytes(row) for row in tree.digests(b"/b")] == found[2:]
    assert tree.digests(b"/missing").shape == (0, 32)


class Reads:
    """Counts the files that are hashed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        content = hashing._content

        def counted(fd: int, job: Job) -> bytes:
            self.count += 1
            return content(fd, job)

        monkeypatch.setattr(hashing, "_content", counted)

    def since(self) -> int:
        count, self.count = self.count, 0
        return count


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


def test_only_what_changed_is_read_again(write: Write, reads: Reads, tmp_path: Path) -> None:
    folder = write({"a": "1", "b": "2", "c/d": "3"})
    memo = HashMemo.kept(tmp_path / "cache", folder)
    before = tree_of(folder, memo).digests(b"/")
    assert reads.since() == 3
    assert (tree_of(folder, memo).digests(b"/") == before).all()
    assert reads.since() == 0
    write({"b": "other"})
    after = tree_of(folder, memo).digests(b"/")
    assert reads.since() == 1
    assert (after != before).any(axis=1).tolist() == [False, False, True, False, False]


def test_the_memo_outlives_the_process(write: Write, reads: Reads, tmp_path: Path) -> None:
    folder = write({"a": "1", "b": "2"})
    context = Context.scan(folder)
    memo = HashMemo.kept(tmp_path / "cache", folder)
    before = ContextTree(context, memo).digests(b"/")
    memo.save(context)
    reads.since()
    again = HashMemo.kept(tmp_path / "cache", folder)
    assert (tree_of(folder, again).digests(b"/") == before).all()
    assert reads.since() == 0


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_memo_is_dropped(write: Write, reads: Reads, tmp_path: Path, damage: str) -> None:
    folder = write({"a": "1", "b": "2"})
    context = Context.scan(folder)
    memo = HashMemo.kept(tmp_path / "cache", folder)
    ContextTree(context, memo).digests(b"/")
    memo.save(context)
    (kept,) = (tmp_path / "cache").rglob("*.memo")
    data = kept.read_bytes()
    flipped = data[:-1] + bytes([data[-1] ^ 1])
    kept.write_bytes({"cut": data[:-5], "flipped": flipped, "empty": b"", "other": b"{}\n"}[damage])
    reads.since()
    tree_of(folder, HashMemo.kept(tmp_path / "cache", folder)).digests(b"/")
    assert reads.since() == 2
    assert not kept.exists()


def test_a_file_that_changed_just_now_is_not_remembered(
    write: Write, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({"a": "1"})
    memo = HashMemo()
    written = (folder / "a").stat().st_mtime_ns
    monkeypatch.setattr(hashing.time, "time_ns", lambda: written + 1_000_000)
    tree_of(folder, memo).digests(b"/")
    tree_of(folder, memo).digests(b"/")
    assert reads.since() == 2
    monkeypatch.setattr(hashing.time, "time_ns", lambda: written + 10_000_000_000)
    tree_of(folder, memo).digests(b"/")
    tree_of(folder, memo).digests(b"/")
    assert reads.since() == 1


def test_a_folder_is_settled_once_nothing_in_it_can_change_unseen(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({"d/a": "1", "e/b": "2"})
    tree = tree_of(folder)
    assert not tree.is_settled(b"/d")
    tree.digests(b"/d")
    assert tree.is_settled(b"/d")
    assert not tree.is_settled(b"/")
    written = (folder / "e" / "b").stat().st_mtime_ns
    monkeypatch.setattr(hashing.time, "time_ns", lambda: written)
    tree.digests(b"/e")
    assert not tree.is_settled(b"/e")


def test_a_file_that_changed_after_the_scan_is_hashed_as_it_is_and_not_remembered(
    write: Write, reads: Reads
) -> None:
    folder = write({"a": "1"})
    memo = HashMemo()
    tree = tree_of(folder, memo)
    write({"a": "other"})
    assert bytes(tree.digests(b"/")[1]) == hashlib.sha256(b"other").digest()
    assert reads.since() == 1
    tree.digests(b"/")
    assert reads.since() == 1


def test_touching_a_file_changes_its_state_and_not_its_digest(write: Write) -> None:
    folder = write({"a": "1"})
    memo = HashMemo()
    before = tree_of(folder, memo)
    first = before.digests(b"/")
    settled(folder / "a")
    after = tree_of(folder, memo)
    assert after.stamp != before.stamp
    assert (after.digests(b"/") == first).all()


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="needs extended attributes")
def test_extended_attributes_count(write: Write) -> None:
    folder = write({"a": "1"})
    before = tree_of(folder).digests(b"/")
    try:
        os.setxattr(folder / "a", "user.note", b"yes")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    assert (tree_of(folder).digests(b"/") != before).any()


def test_hashing_stops_when_it_is_cancelled(write: Write) -> None:
    tree = tree_of(write({"a": "1"}))
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        tree.digests(b"/", job)


def test_a_file_that_is_gone_is_refused_by_name(write: Write) -> None:
    folder = write({"d/a": "1"})
    tree = tree_of(folder)
    (folder / "d" / "a").unlink()
    with pytest.raises(Refused, match="d/a in the build context cannot be read"):
        tree.digests(b"/")
