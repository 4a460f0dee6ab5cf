"""The actions of an image's page, as data. What they do is bound by the page."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import Family

_spec: Final = Family("explore", "Image")

LAYER_MENU: Final = (
    "explore.mode-layer",
    "explore.mode-merged",
    "explore.mode-compare",
    "explore.list-layer",
    "explore.list-all",
    "explore.copy-instruction",
    "explore.copy-layer-digest",
)
"""The context menu of the layer stack."""

FILE_MENU: Final = (
    "explore.go-in",
    "explore.go-up",
    "explore.copy-path",
    "explore.copy-command",
    "explore.filter",
    "explore.unfold-all",
    "explore.fold-all",
)
"""The context menu of the tree."""

SAVE_MENU: Final = ("explore.save-as", "explore.load-docker", "explore.load-podman")
"""Where an image can go from here: what the button in its bar offers."""

SPECS: Final = (
    _spec("go-to-path", "Go to &path…", "Find any path of any layer, deleted ones too",
          "Go", "find", "Ctrl+K", icon="search"),
    _spec("search", "&Search all layers", "Every version of every path that a query finds",
          "Go", "find", "Ctrl+Shift+F", icon="search"),
    _spec("go-up", "Folder &above", "Show the folder above the one in view",
          "Go", "folders", "Alt+Up", icon="up"),
    _spec("go-in", "Go &in", "Make the selected folder the one in view",
          "Go", "folders", "Alt+Down", icon="folder-open"),
    _spec("layer-above", "Layer a&bove", "Select the next newer layer",
          "Go", "layers", "Ctrl+Up", icon="up"),
    _spec("layer-below", "Layer be&low", "Select the next older layer",
          "Go", "layers", "Ctrl+Down", icon="down"),
    _spec("list-layer", "&List files of this layer", "Fetch what lists it from the registry",
          "View", "listing", "Ctrl+Shift+L", icon="down"),
    _spec("list-all", "List files of &all layers", "Fetch what lists them from the registry",
          "View", "listing", icon="layers"),
    _spec("filter", "&Filter files", "Show only what a query matches",
          "Edit", "find", "Ctrl+F", icon="filter"),
    _spec("copy-path", "Copy &path", "Copy the path inside the image",
          "Edit", "copy", "Ctrl+Shift+C", icon="copy"),
    _spec("copy-digest", "Copy image &digest", "Copy the digest that names this image",
          "Edit", "copy", icon="copy"),
    _spec("copy-layer-digest", "Copy &layer digest", "Copy the digest of the selected layer",
          "Edit", "copy", icon="copy"),
    _spec("copy-instruction", "Copy &instruction", "Copy the instruction that made the layer",
          "Edit", "copy", icon="copy"),
    _spec("copy-command", "Copy equivalent &command",
          "Copy the command line that shows the same in a terminal",
          "Edit", "copy", icon="terminal"),
    _spec("mode-layer", "&This layer", "Show what the selected layers touch",
          "View", "mode", "Alt+1", choice="explore.mode"),
    _spec("mode-merged", "&Merged here", "Show the filesystem with this layer on top",
          "View", "mode", "Alt+2", choice="explore.mode"),
    _spec("mode-compare", "&Compare range", "Show what differs before and after these layers",
          "View", "mode", "Alt+3", choice="explore.mode"),
    _spec("deleted", "Show d&eleted files", "List what lower layers deleted, too",
          "View", "shape", "Ctrl+D", icon="whiteout", checkable=True),
    _spec("shape-tree", "As t&ree", "Lay files out as a tree",
          "View", "shape", icon="tree", choice="explore.shape"),
    _spec("shape-collapsed", "As c&ollapsed tree",
          "As a tree, with chains of single directories in one row",
          "View", "shape", icon="tree-collapsed", choice="explore.shape"),
    _spec("shape-flat", "As flat &list", "All files in one list",
          "View", "shape", icon="list", choice="explore.shape"),
    _spec("unfold-all", "&Unfold all", "Unfold every folder", "View", "fold", "Ctrl+Shift+Right"),
    _spec("fold-all", "F&old all", "Fold every folder", "View", "fold", "Ctrl+Shift+Left"),
    _spec("turn-stack", "Turn the layer &stack over", "Lowest layer at the bottom, or at the top",
          "View", "fold"),
    _spec("focus-layers", "Focus: &layers", "Put the focus on the layer stack",
          "View", "focus", "Ctrl+1"),
    _spec("focus-files", "Focus: &files", "Put the focus on the files", "View", "focus", "Ctrl+2"),
    _spec("view-overlay", "Cross-&section", "Cut the folder through all layers",
          "View", "views", "Ctrl+3", icon="overlay"),
    _spec("view-usage", "&Where the bytes go", "Treemap, largest files, waste, duplicates",
          "View", "views", "Ctrl+4", icon="treemap"),
    _spec("view-facts", "&Image facts", "Configuration, history, what a container runs",
          "View", "views", "Ctrl+5", icon="info"),
    _spec("inspector", "I&nspector", "Show or hide the inspector at the right",
          "View", "views", "Ctrl+I", checkable=True),
    _spec("below", "Views &below", "Show or hide the views below the files",
          "View", "views", "Ctrl+J", checkable=True),
    _spec("tour", "&Guided tour", "Six steps through the sample image, for class or for oneself",
          "Help", "help", icon="play"),
    _spec("save-as", "&Save image as…", "Save as an archive or a layout, in any form",
          "File", "save", "Ctrl+Shift+S", icon="save"),
    _spec("load-docker", "Load into &Docker", "Hand this image to Docker Engine, as docker load",
          "File", "save", icon="container"),
    _spec("load-podman", "Load into &Podman", "Hand this image to Podman, as podman load",
          "File", "save", icon="container"),
    _spec("reload", "&Read again", "Open the image anew", "File", "tabs", "F5", icon="refresh"),
)  # fmt: skip
