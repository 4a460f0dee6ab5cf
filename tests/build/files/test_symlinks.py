"""Symlinks and hard links: in sources, below them, and on the way to the destination."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.build.files.memory import MemoryTree, branch_of
from explorer.build.tree import Branch, resolve
from explorer.filesystem.entry import Entry, EntryType
from tests.build.files.making import make, tree

CONTEXT = tree(
    {"real/f": "F", "g": "G", "deep/x/y": "Y"},
    links={
        "file": "g",
        "folder": "real",
        "real/inside": "../g",
        "absolute": "/real",
        "up": "../../../real",
        "chain": "folder/f",
        "deep/x/back": "../../deep",
    },
)


def test_the_source_itself_is_followed_inside_the_context() -> None:
    assert make("COPY file /x", CONTEXT).files == {"/x": b"G"}
    assert make("COPY chain /x", CONTEXT).files == {"/x": b"F"}


def test_a_followed_file_keeps_the_name_it_was_called_by() -> None:
    assert set(make("COPY file /x/", CONTEXT).files) == {"/x/file"}


def test_a_link_to_a_directory_stands_for_its_contents() -> None:
    assert "/x/f" in make("COPY folder /x", CONTEXT).files


def test_absolute_links_and_those_that_climb_stay_inside_the_context() -> None:
    assert "/x/f" in make("COPY absolute /x", CONTEXT).files
    assert "/x/f" in make("COPY up /x", CONTEXT).files


def test_links_below_a_source_are_kept_as_they_are() -> None:
    entries = make("COPY real /x", CONTEXT).entries
    assert entries["/x/inside"].type is EntryType.SYMLINK
    assert entries["/x/inside"].link == b"../g"


def test_a_link_in_a_circle_is_copied_and_not_walked() -> None:
    entries = make("COPY deep /x", CONTEXT).entries
    assert entries["/x/x/back"].type is EntryType.SYMLINK
    assert "/x/x/back/x" not in entries


def test_a_wildcard_does_not_look_behind_links() -> None:
    assert make("COPY folder*/f /x/", CONTEXT).files == {}
    assert set(make("COPY real*/f /x/", CONTEXT).files) == {"/x/f"}


def test_links_that_a_wildcard_finds_are_followed() -> None:
    assert make("COPY fil* /x/", CONTEXT).files == {"/x/file": b"G"}


@pytest.mark.parametrize("line", ["COPY --exclude=x . /x", "COPY --parents * /x/"])
def test_with_patterns_a_link_in_the_root_must_lead_somewhere(line: str) -> None:
    # An oddity of how BuildKit hashes what it copies.
    (problem,) = make(line, tree({"f": "F"}, links={"gone": "nowhere", "good": "f"})).errors
    assert problem.message == '"/gone": not found'
    below = make(line, tree({"d/f": "F"}, links={"d/gone": "nowhere"}))
    assert below.errors == []
    assert make("COPY . /x", tree({}, links={"gone": "nowhere"})).errors == []


def test_the_destination_is_followed_inside_the_image() -> None:
    context = tree({"f": "F"}, links={"tree/lib": "usr/lib", "tree/out": "../../../../away"})
    assert "/usr/lib/f" in make("COPY tree /\nCOPY f /lib/", context).files
    assert "/away/f" in make("COPY tree /\nCOPY f /out/", context).files


def test_the_link_of_another_stage_stays_inside_that_stage() -> None:
    context = tree({"secret": "S", "t/passwd": "P"}, links={"t/l": "/secret", "t/p": "/t/passwd"})
    text = "FROM scratch AS one\nCOPY t /t\nFROM scratch\nCOPY --from=one "
    assert [p.message for p in make(f"{text} /t/l /x", context).errors] == ['"/t/l": not found']
    assert make(f"{text} /t/p /x", context).files == {"/x": b"P"}


class _Linked(MemoryTree):
    """Two names of one inode."""

    def branch(self, path: bytes) -> Branch | None:
        """As :meth:`Tree.branch`."""
        found = super().branch(path)
        if found is None or path != b"/d":
            return found
        entries = [self.entry(b"/d"), self.entry(b"/d/a"), self.entry(b"/d/b")]
        made = [entry for entry in entries if entry is not None]
        made[2] = Entry(b"/d/b", EntryType.HARDLINK, link=b"/d/a")
        return branch_of(made)


def test_hard_links_of_one_source_stay_hard_links() -> None:
    context = _Linked({b"/d/a": b"same", b"/d/b": b"same"}, title="the build context")
    made = make("COPY d /x", context)
    final = made.image.final
    assert final.links(made.image.node("/x/a")) == (b"/x/a", b"/x/b")
    assert made.files == {"/x/a": b"same", "/x/b": b"same"}
    assert made.image.stack.effects[-1].contribution == 4


def test_a_hard_link_whose_first_name_is_left_out_is_a_file() -> None:
    context = _Linked({b"/d/a": b"same", b"/d/b": b"same"}, title="the build context")
    made = make("COPY --exclude=a d /x", context)
    assert made.files == {"/x/b": b"same"}
    assert made.entries["/x/b"].type is EntryType.FILE


def test_resolving_gives_up_on_circles() -> None:
    assert resolve(tree(links={"a": "b", "b": "a"}), b"/a/x") is None
    assert resolve(tree(links={"a": "a/a"}), b"/a") is None


def test_the_ends_of_a_branch_are_those_of_its_subtrees() -> None:
    branch = CONTEXT.branch(b"/deep")
    assert branch is not None
    assert branch.all_below() == [b"", b"x", b"x/back", b"x/y"]
    assert np.array_equal(branch.ends(), [4, 4, 3, 4])
