"""The actions of the workbench, as data. What they do is bound by its pages."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import Family
from explorer.ui.build.automatic.commands import AUTOMATIC
from explorer.ui.build.console.commands import CONSOLE
from explorer.ui.build.shell.commands import SHELL

_spec: Final = Family("build", "Workbench")

START: Final = ("build.open", "build.open-folder", "build.new")
"""What the home of the workbench offers, in this order."""

WINDOW: Final = (
    _spec("open", "Open &Dockerfile…", "See what each line will do, without running it",
          "File", "open", "Ctrl+Alt+O", icon="build"),
    _spec("open-folder", "Open folder to &build…",
          "Open the Dockerfile of a folder, or begin one for it",
          "File", "open", icon="folder-open"),
    _spec("new", "&New Dockerfile from template…",
          "Python, Node, Go, Java, Rust or static files: chosen for what the folder holds",
          "File", "open", "Ctrl+N", icon="plus"),
)  # fmt: skip
"""What can be done from anywhere."""

PAGE: Final = (
    _spec("check", "Run all &checks", "Also hadolint and ShellCheck, where they are installed",
          "Edit", "write", "F7", icon="check"),
    _spec("inputs", "Build &inputs", "Target, build arguments, platform, named contexts",
          "View", "build", "Ctrl+Shift+B", icon="settings"),
    _spec("choose-context", "Choose build conte&xt…", "Take another folder for COPY to read from",
          "File", "open", icon="folder"),
    _spec("choose-base", "Choose a file for this &base…",
          "Have an archive or a layout stand for the base image at the caret",
          "File", "open", icon="archive"),
    _spec("look-again", "Look at the folder a&gain", "See what changed in the build context",
          "View", "build", "F5", icon="refresh"),
    _spec("focus-editor", "Focus: &editor", "Put the focus on the text",
          "View", "focus", "Ctrl+1"),
    _spec("focus-graph", "Focus: &graph", "Put the focus on the stage graph",
          "View", "focus", "Ctrl+2"),
    _spec("focus-preview", "Focus: pre&view", "Put the focus on the files as they will be",
          "View", "focus", "Ctrl+3"),
    _spec("show-problems", "&Problems", "What is wrong, and how to mend it",
          "View", "views", "Ctrl+4", icon="warning"),
    _spec("show-plan", "Build p&lan", "What stays cached, what runs, and why",
          "View", "views", "Ctrl+5", icon="play"),
    _spec("show-outline", "&Outline", "Stages and instructions",
          "View", "views", "Ctrl+6", icon="list"),
    _spec("graph", "Stage &graph", "Show or hide the stage graph",
          "View", "views", checkable=True),
    _spec("preview", "P&review", "Show or hide the preview",
          "View", "views", "Ctrl+I", checkable=True),
    _spec("below", "Views &below", "Show or hide the views below the text",
          "View", "views", "Ctrl+J", checkable=True),
)  # fmt: skip
"""What is bound by each page."""

SPECS: Final = (*WINDOW, *PAGE, *CONSOLE, *AUTOMATIC, *SHELL)
