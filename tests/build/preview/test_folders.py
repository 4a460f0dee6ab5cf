"""Previews of a build context on disk: what is left out, what changes, what must not be read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.build.context.context import Context
from explorer.build.context.found import Note
from explorer.build.context.tree import ContextTree
from explorer.build.preview import Previewer
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.program import understand
from explorer.errors import ExplorerError
from explorer.filesystem.entry import EntryType
from explorer.store.cache import Caches
from tests.build.files.making import Made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build context."""
    context = tmp_path / "context"
    (context / "src").mkdir(parents=True)
    (context / "src/app.py").write_text("app")
    (context / "notes.md").write_text("notes")
    (tmp_path / "secret").write_text("SECRET")
    return context


def look(folder: Path, text: str, previewer: Previewer | None = None) -> Made:
    """The last step of a stage on scratch."""
    program = understand(Document.parse(f"FROM scratch\n{text}"))
    tree = ContextTree(Context.scan(folder))
    last = len(program.stages[0].steps) - 1
    return Made((previewer or Previewer()).preview(program, 0, last, tree))


def test_what_the_ignore_file_hides_is_told_with_its_rule(folder: Path) -> None:
    (folder / ".dockerignore").write_text("# left out\n*.md\n")
    (problem,) = look(folder, "COPY notes.md /\n").errors
    assert problem.message == '"/notes.md": not found'
    assert ".dockerignore, line 2" in problem.description
    assert "*.md" in problem.description
    assert set(look(folder, "COPY . /x\n").files) == {"/x/src/app.py", "/x/.dockerignore"}


def test_files_of_a_folder_belong_to_root(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder / "notes.md", 12, 34)
    entry = look(folder, "COPY notes.md /x\n").entries["/x"]
    assert (entry.uid, entry.gid) == (0, 0)
    assert entry.mtime_ns == (folder / "notes.md").stat().st_mtime_ns


def test_a_link_out_of_the_context_leads_nowhere(folder: Path) -> None:
    (folder / "out").symlink_to("../secret")
    (folder / "far").symlink_to(folder.parent / "secret")
    for name in ("out", "far"):
        (problem,) = look(folder, f"COPY {name} /x\n").errors
        assert problem.message == f'"/{name}": not found'
    entries = look(folder, "COPY . /x\n").entries
    assert entries["/x/out"].type is EntryType.SYMLINK


def test_a_folder_that_becomes_a_link_is_not_read_through(folder: Path) -> None:
    made = look(folder, "COPY . /x\n")
    (folder / "src/app.py").unlink()
    (folder / "src").rmdir()
    (folder / "src").symlink_to(folder.parent)
    (folder.parent / "app.py").write_text("app")
    with pytest.raises(ExplorerError):
        made.read("/x/src/app.py")


def test_a_file_that_changed_says_so_instead_of_lying(folder: Path) -> None:
    made = look(folder, "COPY . /x\n")
    assert made.read("/x/notes.md") == b"notes"
    (folder / "notes.md").write_text("longer notes")
    with pytest.raises(ExplorerError, match="changed"):
        made.read("/x/notes.md")


def test_nothing_is_read_before_it_is_asked_for(folder: Path) -> None:
    made = look(folder, "COPY notes.md /x\n")
    (folder / "notes.md").unlink()
    assert made.entries["/x"].size == 5
    with pytest.raises(ExplorerError):
        made.read("/x")


def test_hard_links_of_a_folder_stay_hard_links(folder: Path) -> None:
    os.link(folder / "notes.md", folder / "src/notes.md")
    made = look(folder, "COPY . /x\nCOPY src /y\n")
    final = made.image.final
    assert final.links(made.image.node("/x/notes.md")) == (b"/x/notes.md", b"/x/src/notes.md")
    assert final.links(made.image.node("/y/notes.md")) == ()


def test_a_change_of_the_folder_is_another_preview(folder: Path, caches: Caches) -> None:
    previewer = Previewer(caches)
    assert look(folder, "COPY . /x\n", previewer).files["/x/notes.md"] == b"notes"
    (folder / "notes.md").write_text("other notes")
    (folder / "new").write_text("N")
    after = look(folder, "COPY . /x\n", previewer).files
    assert after["/x/notes.md"] == b"other notes"
    assert after["/x/new"] == b"N"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_come_along_and_follow_changes(folder: Path, caches: Caches) -> None:
    try:
        os.setxattr(folder / "notes.md", "user.a", b"1")
    except OSError:
        pytest.skip("the filesystem has no extended attributes")
    previewer = Previewer(caches)
    for line, path in (("COPY . /x", "/x/notes.md"), ("COPY notes.md /x", "/x")):
        assert look(folder, line, previewer).entries[path].xattrs == {b"user.a": b"1"}
    os.setxattr(folder / "notes.md", "user.a", b"2")
    found = look(folder, "COPY . /x", previewer)
    assert found.entries["/x/notes.md"].xattrs == {b"user.a": b"2"}
    assert found.entries["/x/src/app.py"].xattrs == {}


def test_an_unreadable_file_is_shown_and_only_its_content_is_not(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (folder / "notes.md").chmod(0)
    made = look(folder, "COPY . /x\n")
    assert made.entries["/x/notes.md"].mode == 0
    with pytest.raises(ExplorerError):
        made.read("/x/notes.md")


def test_what_cannot_be_looked_at_is_told_where_it_is_copied(folder: Path) -> None:
    context = Context.scan(folder)
    noted = replace(context, notes=(Note(b"src/closed", "it cannot be read"),))
    program = understand(Document.parse("FROM scratch\nCOPY notes.md /a\nCOPY src /b\n"))
    previewer = Previewer()
    first = Made(previewer.preview(program, 0, 0, ContextTree(noted)))
    assert first.warnings == []
    second = Made(previewer.preview(program, 0, 1, ContextTree(noted)))
    assert second.warnings == ["/src/closed: it cannot be read"]
    assert second.preview.problems[0].line == 3
