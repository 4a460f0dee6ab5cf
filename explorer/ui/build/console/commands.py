"""The actions of the build console, as data. What they do is bound by each page."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import ActionSpec

_CONTEXT: Final = "Workbench"


def _spec(id: str, text: str, help: str, *shortcuts: str, icon: str = "", menu: str = "Edit",
          section: str = "run") -> ActionSpec:  # fmt: skip
    return ActionSpec(
        f"build.{id}",
        text,
        help,
        menu=menu,
        section=section,
        shortcuts=shortcuts,
        icon=icon,
        context=_CONTEXT,
    )


CONSOLE: Final = (
    _spec("run", "&Build", "Build the text as it stands, saved or not; kept steps do not run",
          "Ctrl+Return", "Ctrl+Enter", icon="play"),
    _spec("run-here", "Run to &here", "Build up to the instruction at the caret",
          "Ctrl+Shift+Return", "Ctrl+Shift+Enter", icon="pin"),
    _spec("run-fresh", "Build without the &cache", "Run every step, whatever is kept",
          icon="refresh"),
    _spec("stop", "&Stop the build", "End what this Dockerfile's builds run", "Ctrl+F2",
          icon="stop"),
    _spec("open-result", "Open the res&ult", "Open the image that was built last in the explorer",
          "Ctrl+Alt+R", icon="explore"),
    _spec("save-result", "Save the result &as…", "Write the image that was built last to a file",
          icon="save"),
    _spec("show-steps", "Build &steps", "The build as it goes: steps, times, output",
          "Ctrl+7", icon="play", menu="View", section="views"),
    _spec("show-history", "Build histor&y", "The builds there were; compare two of them",
          "Ctrl+8", icon="history", menu="View", section="views"),
)  # fmt: skip
