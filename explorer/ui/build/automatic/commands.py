"""The actions of the automatic mode, as data. What they do is bound by each page."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import ActionSpec

_CONTEXT: Final = "Workbench"

AUTOMATIC: Final = (
    ActionSpec(
        "build.automatic",
        "Run to the caret a&utomatically",
        "After a pause in typing, in folders that you trust; the preview shows each real layer",
        menu="Edit",
        section="run",
        shortcuts=("Ctrl+Alt+Return", "Ctrl+Alt+Enter"),
        icon="play",
        context=_CONTEXT,
        checkable=True,
    ),
    ActionSpec(
        "build.trusted-folders",
        "&Trusted folders…",
        "The folders whose Dockerfiles may run by themselves; stop trusting any of them",
        menu="Edit",
        section="run",
        icon="lock",
        context=_CONTEXT,
    ),
)
