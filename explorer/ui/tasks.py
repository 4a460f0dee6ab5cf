"""Background work: who owns it, who hears of its end, who shows its failure.

::

    Operation(page, "Opening nginx.tar") \\
        .work(lambda job: read(path, job)) \\
        .success(page.show_image) \\
        .failure(page.banners) \\
        .start()

Every task has a strong reference, a name and an owner; it is cancelled when its owner goes.
A cancel is no error, and takes effect at once: nothing is called back any more.
"""

from __future__ import annotations

from explorer.ui.keeper import Tasks, spawn, tasks
from explorer.ui.operation import ErrorSurface, Operation, Work
from explorer.ui.running import Running
from explorer.ui.threads import loop_runs, run_in_thread

__all__ = [
    "ErrorSurface",
    "Operation",
    "Running",
    "Tasks",
    "Work",
    "loop_runs",
    "run_in_thread",
    "spawn",
    "tasks",
]
