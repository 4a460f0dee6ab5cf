"""Noting down a build that took everything from the cache; :mod:`explorer.cli.again` reads it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from explorer.build.engine import Tell
from explorer.build.events import Cached, Done, Event, Planned
from explorer.build.request import BuildRequest
from explorer.cli.buildwords import around_time, place
from explorer.cli.dockerfiles import STDIN


class Noted:
    """Listens to a build, for as long as it may turn out that nothing had to be done."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._began = time.time_ns()
        self._events: list[Event] | None = []

    def tell(self, event: Event) -> None:
        """Take an event, and pass it on."""
        if isinstance(event, Planned | Cached | Done):
            if self._events is not None:
                self._events.append(event)
        else:
            self._events = None
        self._tell(event)

    def write(
        self, request: BuildRequest, words: Sequence[str], named: Sequence[str], style: str
    ) -> None:
        """Write the receipt, if nothing was done and all that was read can be looked at again."""
        from explorer.build.receipt.receipt import Receipt
        from explorer.build.receipt.writing import is_plain, write_receipt

        events = self._events
        if os.name != "posix" or not events or not is_plain(request):
            return
        done = events[-1]
        if not isinstance(done, Done) or not done.steps or style == "json" or STDIN in named:
            return
        infos = {info.id: info for e in events if isinstance(e, Planned) for info in e.steps}
        places = [place(infos[e.step]) for e in events if isinstance(e, Cached)]
        head, tail = around_time(done)
        receipt = Receipt(style, places, head, tail, ())
        write_receipt(request, words, named, receipt, events, self._began)
