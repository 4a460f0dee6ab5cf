"""Looking again where something changed gives what looking at everything gives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.build.context.context import Context
from explorer.build.context.ignoring import Ignore
from explorer.dockerfile.ignore import IgnoreFile
from explorer.errors import NotFound
from tests.build.context.conftest import Write
from tests.build.context.test_scan import paths

START = {
    "a/one": "1", "a/two": "2", "a/deep/er/x": "x", "b/log.log": "l", "b/keep.log": "k",
    "out/keep/a": "a", "out/drop/b": "b", "top": "t",
    ".dockerignore": "**/*.log\n!**/keep.log\nout\n!out/keep\n",
}  # fmt: skip

Change = Callable[[Path], list[str]]


def _write(name: str, text: str = "changed") -> Change:
    def change(folder: Path) -> list[str]:
        path = folder / name
        if path.is_dir() or any((folder / p).is_file() for p in _up(name)):
            return []
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return [name, *_up(name)]

    return change


def _remove(name: str) -> Change:
    def change(folder: Path) -> list[str]:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        return [name]

    return change


def _move(name: str, to: str) -> Change:
    def change(folder: Path) -> list[str]:
        if not (folder / name).exists() or (folder / to).exists():
            return []
        if not (folder / to).parent.is_dir():
            return []
        if f"{to}/".startswith(f"{name}/"):
            return []
        (folder / name).rename(folder / to)
        return [name, to]

    return change


def _up(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


NAMES = ["a", "a/one", "a/deep", "a/deep/er", "a/deep/er/y", "b", "b/new.log", "b/keep.log",
         "out", "out/keep", "out/keep/c", "out/drop/d", "out/drop", "new/x/y", "new",
         "top"]  # fmt: skip
CHANGES = st.one_of(
    st.sampled_from(NAMES).map(_write),
    st.sampled_from(NAMES).map(_remove),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).map(lambda pair: _move(*pair)),
)


@settings(
    derandomize=True, deadline=None, max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(changes=st.lists(st.lists(CHANGES, min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_rescan_of_what_changed_equals_a_scan(
    write: Write, folder: Path, changes: list[list[Change]]
) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    context = Context.scan(write(START))
    for batch in changes:
        changed = [name for change in batch for name in change(folder)]
        context = context.rescan([os.fsencode(name) for name in changed])
        whole = Context.scan(folder)
        assert paths(context) == paths(whole)
        assert context.size == whole.size
        assert _states(context) == _states(whole)


def _states(context: Context) -> list[tuple[int, ...]]:
    """All that is known of each entry but the times and sizes of directories."""
    entries = context.entries
    is_file = entries.type == 0
    names = ("depth", "type", "mode", "inode", "links")
    columns = [entries.columns.fields[name] for name in names]
    times = [entries.mtime * is_file, entries.ctime * is_file, entries.size * is_file]
    return [tuple(int(c[row]) for c in (*columns, *times)) for row in range(len(entries))]


def test_nothing_changed_gives_the_same_context(write: Write) -> None:
    context = Context.scan(write(START))
    assert context.rescan([]) is context
    assert context.rescan().stamp == context.stamp


def test_a_changed_file_gives_another_stamp(write: Write) -> None:
    context = Context.scan(write(START))
    write({"a/one": "more"})
    assert context.rescan([b"a/one"]).stamp != context.stamp


def test_a_changed_ignore_file_scans_everything(write: Write) -> None:
    context = Context.scan(write(START))
    write({".dockerignore": "a\n"})
    again = context.rescan([b".dockerignore"])
    assert "a" not in paths(again)
    assert "b/log.log" in paths(again)


def test_folders_that_are_left_out_come_and_go(write: Write) -> None:
    context = Context.scan(write({".dockerignore": "*/out\n", "a/out/x": "", "b/y": ""}))
    assert context.left_out.folders == (b"a/out",)
    write({"b/out/z": ""})
    context = context.rescan([b"b/out"])
    assert context.left_out.folders == (b"a/out", b"b/out")
    shutil.rmtree(context.folder / "a" / "out")
    context = context.rescan([b"a/out"])
    assert context.left_out.folders == (b"b/out",)
    assert context.left_out.folder_count == 1
    assert context.rescan([b"b/y"]).left_out == context.left_out


def test_an_ignore_file_that_was_handed_in_stays(write: Write) -> None:
    context = Context.scan(write(START), Ignore("unsaved", IgnoreFile.parse("b\n")))
    write({"a/new": "", "b/new": ""})
    for again in (context.rescan([b"a/new", b"b/new"]), context.rescan()):
        assert again.ignore.name == "unsaved"
        assert "a/new" in paths(again)
        assert "b/new" not in paths(again)
        assert "out/drop/b" in paths(again)


def test_paths_that_lead_out_change_nothing(write: Write, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("x")
    context = Context.scan(write(START))
    again = context.rescan([b"../outside", b"a/../../outside", b"/etc/passwd"])
    assert paths(again) == paths(context)


def test_a_folder_that_became_a_link_is_not_entered(write: Write, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("x")
    context = Context.scan(write(START))
    folder = context.folder
    shutil.rmtree(folder / "a")
    (folder / "a").symlink_to(tmp_path / "outside")
    again = context.rescan([b"a/secret", b"a/deep/er/x"])
    assert [path for path in paths(again) if path.startswith("a/")] == []


def test_a_context_that_is_gone_is_said_to_be_gone(write: Write) -> None:
    context = Context.scan(write(START))
    shutil.rmtree(context.folder)
    with pytest.raises(NotFound):
        context.rescan([b"a/one"])
