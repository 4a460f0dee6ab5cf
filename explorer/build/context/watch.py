"""Watching a build context: a new context each time something in it changes.

The system is asked to tell of changes (through ``watchfiles``), folder by folder where that is how
it works, so that folders that are left out cost nothing. Where it cannot, or there are more folders
than it watches for one user, the context is looked at now and then instead.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias

from explorer.build.context.context import Context
from explorer.build.context.ignoring import Decider
from explorer.dockerfile.ignore import DEFAULT_NAME
from explorer.errors import Cancelled, ExplorerError
from explorer.filesystem.entry import EntryType
from explorer.progress import Job

MOST_PATHS: Final = 2000
"""Of more changes at once, everything is looked at: some may have been lost besides."""

_SETTLE: Final = 40  # milliseconds without a change after which changes are told
_LATEST: Final = 400  # milliseconds after which they are told even if they go on
_TURN: Final = 500  # milliseconds after which a watcher is asked again
_LIMIT_FILE: Final = Path("/proc/sys/fs/inotify/max_user_watches")
_SHARE: Final = 2  # of all watches of the user at most one in so many
_RARELY: Final = 20  # times as long as a look takes lies between two of them


class Mode(Enum):
    """How changes are noticed."""

    EVENTS = "events"
    POLLING = "polling"


class _CannotWatchError(Exception):
    """The system tells of no changes here, and why."""


Changed = Callable[[Context], object]
Failed = Callable[[ExplorerError], object]
Events: TypeAlias = Generator[list[str], None, None]


class Watch:
    """Calls ``changed``, in a thread of its own, with each new state of a context.

    ``failed`` is called when the context cannot be looked at, such as when its folder is gone; it
    goes on then until it can. ``interval`` is the least time in seconds between two looks where
    the system tells nothing. To be started, and closed in the end.
    """

    def __init__(
        self,
        context: Context,
        changed: Changed,
        failed: Failed | None = None,
        *,
        interval: float = 2.0,
        polling: bool = False,
    ) -> None:
        self.mode = Mode.POLLING if polling else Mode.EVENTS
        self.why = ""
        self._context = context
        self._changed = changed
        self._failed = failed or _nothing
        self._interval = interval
        self._stop = threading.Event()
        self._job = Job("watching the build context")
        self._thread = threading.Thread(target=self._run, name="watch context", daemon=True)

    def start(self) -> Watch:
        """Begin; what changed since the context was scanned is told at once."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop; no call comes after this returns, unless it is called from one."""
        self._stop.set()
        self._job.cancel()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Watch:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.close()

    # -- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            if self.mode is Mode.EVENTS:
                try:
                    self._by_events()
                except StopIteration:
                    continue  # asked to stop
                except _CannotWatchError as error:
                    self.mode, self.why = Mode.POLLING, str(error)
            else:
                self._by_polling()

    def _by_events(self) -> None:
        """Until the end, or until the folder is gone and has come back."""
        watched = _folders(self._context)
        events = _events(watched, self._stop)
        next(events)  # from here on nothing is missed
        well = self._look(None)
        while well and not self._stop.is_set():
            paths = next(events)
            well = self._look(self._relative(paths))
            wanted = _folders(self._context) if paths and _each_folder() else watched
            if well and wanted != watched:
                events, well = self._wider(events, watched, wanted)
                watched = wanted
        events.close()
        while not well and not self._stop.wait(self._interval):
            well = self._look(None)

    def _wider(
        self, events: Events, watched: frozenset[str], wanted: frozenset[str]
    ) -> tuple[Events, bool]:
        """Watch other folders. The old watch goes only when the new one stands."""
        later = _events(wanted, self._stop)
        first = next(later)
        # A name that is in none of them has the new folders listed.
        fresh = [str(Path(folder, "?")) for folder in wanted - watched]
        well = self._look(self._relative([*fresh, *first, *next(events)]))
        events.close()
        return later, well

    def _by_polling(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            self._look(None)
            took = time.monotonic() - begun
            self._stop.wait(max(self._interval, _RARELY * took))

    def _look(self, paths: list[bytes] | None) -> bool:
        """Look at some paths or at everything; whether there is something to look at."""
        if paths is not None and not paths:
            return True
        try:
            now = self._context.rescan(paths, self._job)
        except Cancelled:
            return True
        except ExplorerError as error:
            self._failed(error)
            return False
        if now.stamp != self._context.stamp and not self._stop.is_set():
            self._context = now
            self._changed(now)
        return True

    def _relative(self, paths: list[str]) -> list[bytes] | None:
        """Changed paths as a context names them, without those that it leaves out."""
        if len(paths) > MOST_PATHS:
            return None
        decider = Decider(self._context.ignore.rules)
        own = self._context.dockerfile
        found: list[bytes] = []
        for path in paths:
            below = os.path.relpath(path, self._context.folder)
            if below == ".":
                return None
            outside = below.startswith("..")
            if outside and own is not None and path == f"{own}{DEFAULT_NAME}":
                return None
            shown = below.replace(os.sep, "/")
            if outside or _is_left_out(decider, shown):
                continue
            found.append(os.fsencode(shown))
        return found


def _is_left_out(decider: Decider, path: str) -> bool:
    if decider.idle or path.endswith(DEFAULT_NAME):
        return False
    ignored, _ = decider.at(path)
    return ignored and not decider.may_keep_below(path)


def _each_folder() -> bool:
    """Whether the system watches folders one by one, and not all below one."""
    return sys.platform.startswith("linux")


def _folders(context: Context) -> frozenset[str]:
    """The folders to watch."""
    found = {str(context.folder)}
    if context.dockerfile is not None and _each_folder():
        found.add(str(context.dockerfile.parent))
    if _each_folder():
        entries = context.entries
        rows = (entries.type == EntryType.DIR).nonzero()[0].tolist()
        parents, paths = entries.parent, {0: str(context.folder)}
        for row in rows[1:]:
            paths[row] = f"{paths[int(parents[row])]}/{os.fsdecode(entries.name(row))}"
        found.update(paths.values())
    return frozenset(found)


def _events(folders: frozenset[str], stop: threading.Event) -> Events:
    """Lists of changed paths, empty ones now and then; the first when the watch stands.

    Raises:
        _CannotWatchError: the system does not tell of changes here.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise _CannotWatchError("watchfiles is not installed") from error
    most = _most_watches()
    if most is not None and len(folders) > most:
        raise _CannotWatchError(f"more than {most:,} folders are too many to watch")
    # Names that are no text cannot be asked for.
    shown = [folder for folder in sorted(folders) if _is_text(folder)]
    try:
        for found in watch(
            *shown,
            watch_filter=None,
            debounce=_LATEST,
            step=_SETTLE,
            stop_event=stop,
            rust_timeout=_TURN,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=not _each_folder(),
            ignore_permission_denied=True,
        ):
            yield [path for _, path in found]
    except (OSError, RuntimeError, ValueError) as error:
        raise _CannotWatchError(f"the system does not tell of changes: {error}") from error


def _most_watches() -> int | None:
    try:
        return int(_LIMIT_FILE.read_text("ascii")) // _SHARE if _each_folder() else None
    except (OSError, ValueError):
        return None


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _nothing(_error: ExplorerError) -> None:
    return None
