"""Watching a context: each change gives a context that equals a scan."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.build.context import watch as watching
from explorer.build.context.context import Context
from explorer.build.context.watch import Mode, Watch
from explorer.errors import ExplorerError
from tests.build.context.conftest import Write
from tests.build.context.test_scan import paths

PATIENCE = 120.0  # seconds after which a watcher that says nothing has failed


class Seen:
    """What a watch told, and waiting for it."""

    def __init__(self) -> None:
        self.contexts: list[Context] = []
        self.errors: list[ExplorerError] = []
        self._told = threading.Condition()

    def changed(self, context: Context) -> None:
        with self._told:
            self.contexts.append(context)
            self._told.notify_all()

    def failed(self, error: ExplorerError) -> None:
        with self._told:
            self.errors.append(error)
            self._told.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        with self._told:
            assert self._told.wait_for(holds, PATIENCE)

    @property
    def last(self) -> list[str]:
        return paths(self.contexts[-1]) if self.contexts else []


@pytest.fixture(params=["events", "polling"])
def watched(request: pytest.FixtureRequest) -> Callable[[Context, Seen], Watch]:
    polling = request.param == "polling"
    if not polling:
        pytest.importorskip("watchfiles")
    return lambda context, seen: Watch(
        context, seen.changed, seen.failed, interval=0.05, polling=polling
    )


Start = Callable[[Context, Seen], Watch]


@contextmanager
def standing(watch: Watch, seen: Seen, folder: Path) -> Iterator[None]:
    """A watch that is known to look."""
    with watch:
        (folder / "begin").write_text("")
        seen.until(lambda: "begin" in seen.last)
        yield


def test_changes_are_told_one_after_another(watched: Start, write: Write, folder: Path) -> None:
    context, seen = Context.scan(write({"a/b": "1"})), Seen()
    with standing(watched(context, seen), seen, folder):
        write({"a/c": "2"})
        seen.until(lambda: "a/c" in seen.last)
        write({"new/deep/x": "3"})
        seen.until(lambda: "new/deep/x" in seen.last)
        write({"new/deep/y": "4"})  # in a folder that was not there when the watch began
        seen.until(lambda: "new/deep/y" in seen.last)
        shutil.rmtree(folder / "new")
        seen.until(lambda: "new" not in seen.last)
    assert seen.last == paths(Context.scan(folder))
    assert not seen.errors


def test_what_changed_before_it_began_is_told(watched: Start, write: Write) -> None:
    context, seen = Context.scan(write({"a": ""})), Seen()
    write({"b": ""})
    with watched(context, seen):
        seen.until(lambda: "b" in seen.last)


def test_a_changed_ignore_file_gives_another_context(
    watched: Start, write: Write, folder: Path
) -> None:
    context, seen = Context.scan(write({"a": "", "b": ""})), Seen()
    with standing(watched(context, seen), seen, folder):
        write({".dockerignore": "a\n"})
        seen.until(lambda: "a" not in seen.last)


def test_what_is_left_out_is_not_told(watched: Start, write: Write, folder: Path) -> None:
    context, seen = Context.scan(write({".dockerignore": "*.log\nout\n", "out/x": ""})), Seen()
    with standing(watched(context, seen), seen, folder):
        told = len(seen.contexts)
        write({"a.log": "1", "out/y": "2"})
        write({"end": ""})
        seen.until(lambda: "end" in seen.last)
        assert len(seen.contexts) == told + 1


def test_a_folder_that_goes_and_comes_back_is_told(
    watched: Start, write: Write, folder: Path
) -> None:
    context, seen = Context.scan(write({"a": ""})), Seen()
    with standing(watched(context, seen), seen, folder):
        shutil.rmtree(folder)
        seen.until(lambda: bool(seen.errors))
        folder.mkdir()
        write({"back": ""})
        seen.until(lambda: seen.last == ["back"])


def test_nothing_is_told_once_it_is_closed(watched: Start, write: Write, folder: Path) -> None:
    context, seen = Context.scan(write({"a": ""})), Seen()
    watch = watched(context, seen)
    with standing(watch, seen, folder):
        pass
    told = len(seen.contexts)
    write({"b": ""})
    watch.close()
    assert len(seen.contexts) == told
    assert not [thread for thread in threading.enumerate() if thread.name == "watch context"]


def test_too_many_folders_are_looked_at_now_and_then(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("watchfiles")
    monkeypatch.setattr(watching, "_most_watches", lambda: 2)
    context, seen = Context.scan(write({"a/b": "", "c/d": ""})), Seen()
    watch = Watch(context, seen.changed, seen.failed, interval=0.05)
    with standing(watch, seen, folder):
        assert watch.mode is Mode.POLLING
        assert "too many to watch" in watch.why


def test_only_folders_of_the_context_are_watched(write: Write) -> None:
    context = Context.scan(write({".dockerignore": "node_modules\n", "a/b": "",
                                  "node_modules/x/y": ""}))  # fmt: skip
    assert watching._folders(context) <= {str(context.folder), str(context.folder / "a")}
