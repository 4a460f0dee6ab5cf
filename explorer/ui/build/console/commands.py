"""The actions of the build console, as data. What they do is bound by each page."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import Family

_spec: Final = Family("build", "Workbench")

LOAD_MENU: Final = ("build.load-docker", "build.load-podman")
"""The engines that a result can be handed to."""

CONSOLE: Final = (
    _spec("run", "&Build", "Build the text as it stands, saved or not; kept steps do not run",
          "Edit", "run", "Ctrl+Return", "Ctrl+Enter", icon="play"),
    _spec("run-here", "Run to &here", "Build up to the instruction at the caret",
          "Edit", "run", "Ctrl+Shift+Return", "Ctrl+Shift+Enter", icon="pin"),
    _spec("run-fresh", "Build without the &cache", "Run every step, whatever is kept",
          "Edit", "run", icon="refresh"),
    _spec("stop", "&Stop the build", "End what this Dockerfile's builds run",
          "Edit", "run", "Ctrl+F2", icon="stop"),
    _spec("open-result", "Open the res&ult", "Open the image that was built last in the explorer",
          "Edit", "run", "Ctrl+Alt+R", icon="explore"),
    _spec("save-result", "Save the result &as…", "Write the image that was built last to a file",
          "Edit", "run", icon="save"),
    _spec("load-docker", "Load the result into &Docker",
          "Hand the image that was built last to Docker Engine", "Edit", "run", icon="container"),
    _spec("load-podman", "Load the result into &Podman",
          "Hand the image that was built last to Podman", "Edit", "run", icon="container"),
    _spec("show-steps", "Build &steps", "The build as it goes: steps, times, output",
          "View", "views", "Ctrl+7", icon="play"),
    _spec("show-history", "Build histor&y", "The builds there were; compare two of them",
          "View", "views", "Ctrl+8", icon="history"),
)  # fmt: skip
