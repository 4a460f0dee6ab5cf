"""The action that opens a terminal, as data. What it does is bound by each page."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import ActionSpec

SHELL: Final = (
    ActionSpec(
        "build.terminal",
        "&Terminal in what failed",
        "A shell in the files as the failed step left them, in the sandbox it had",
        menu="Edit",
        section="run",
        shortcuts=("Ctrl+9",),
        icon="terminal",
        context="Workbench",
    ),
)
