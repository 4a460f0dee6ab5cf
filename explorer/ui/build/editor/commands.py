"""The editor's actions, as data. What they do is bound by :mod:`explorer.ui.build.editor.actions`.

While the editor has the focus its keys come first, wherever else in the window they mean something.
"""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import Family

_spec: Final = Family("editor", "Dockerfile editor")

CONTEXT_MENU: Final = (
    "editor.go-to-definition",
    "editor.find-references",
    "editor.rename",
    "editor.quick-fix",
    "editor.cut",
    "editor.copy",
    "editor.paste",
    "editor.select-all",
    "editor.toggle-comment",
    "editor.format",
)
"""What the editor's context menu offers."""

SPECS: Final = (
    _spec("save", "&Save", "Write the Dockerfile to disk", "File", "save", "Ctrl+S", icon="save"),
    _spec("save-as", "Save &as…", "Write the Dockerfile to another file",
          "File", "save", "Ctrl+Shift+S", icon="save"),
    _spec("undo", "&Undo", "Take the last change back", "Edit", "undo", "Ctrl+Z",
          icon="editor-undo"),
    _spec("redo", "&Redo", "Make the change again that was taken back",
          "Edit", "undo", "Ctrl+Y", "Ctrl+Shift+Z", icon="editor-redo"),
    _spec("cut", "Cu&t", "Move the selection to the clipboard", "Edit", "clipboard", "Ctrl+X"),
    _spec("copy", "&Copy", "Copy the selection", "Edit", "clipboard", "Ctrl+C", icon="copy"),
    _spec("paste", "&Paste", "Insert what the clipboard holds", "Edit", "clipboard", "Ctrl+V"),
    _spec("select-all", "Select &all", "Select the whole text", "Edit", "clipboard", "Ctrl+A"),
    _spec("find", "&Find…", "Find in the Dockerfile", "Edit", "find", "Ctrl+F", icon="search"),
    _spec("replace", "&Replace…", "Find in the Dockerfile and replace",
          "Edit", "find", "Ctrl+H"),
    _spec("find-next", "Find &next", "Go to the next match", "Edit", "find", "F3"),
    _spec("find-previous", "Find pre&vious", "Go to the previous match",
          "Edit", "find", "Shift+F3"),
    _spec("complete", "Co&mplete", "Offer what could stand here",
          "Edit", "write", "Ctrl+Space", icon="list"),
    _spec("quick-fix", "&Quick fix…", "Offer what mends the problem at the caret",
          "Edit", "write", "Ctrl+.", icon="editor-fix"),
    _spec("rename", "Re&name…", "Give the stage or the argument at the caret another name",
          "Edit", "write", "F2"),
    _spec("format", "F&ormat", "Lay the Dockerfile out anew, without changing what it means",
          "Edit", "write", "Shift+Alt+F", icon="editor-format"),
    _spec("toggle-comment", "To&ggle comment", "Comment the lines out, or in again",
          "Edit", "lines", "Ctrl+/", icon="editor-comment"),
    _spec("duplicate", "&Duplicate lines", "Copy the selected lines below themselves",
          "Edit", "lines", "Ctrl+D", "Shift+Alt+Down"),
    _spec("move-up", "Move lines &up", "Exchange the selected lines with the one above",
          "Edit", "lines", "Alt+Up"),
    _spec("move-down", "Move lines do&wn", "Exchange the selected lines with the one below",
          "Edit", "lines", "Alt+Down"),
    _spec("delete-lines", "D&elete lines", "Delete the selected lines",
          "Edit", "lines", "Ctrl+Shift+K"),
    _spec("indent", "&Indent", "Move the selected lines right", "Edit", "lines", "Ctrl+]"),
    _spec("outdent", "O&utdent", "Move the selected lines left", "Edit", "lines", "Ctrl+["),
    _spec("go-to-definition", "Go to &definition", "Go to where the name at the caret is defined",
          "Go", "code", "F12"),
    _spec("find-references", "Find &references", "List every place of the name at the caret",
          "Go", "code", "Shift+F12"),
    _spec("go-to-line", "Go to &line…", "Go to a line by its number", "Go", "code", "Ctrl+G"),
    _spec("next-problem", "Next &problem", "Go to the next problem", "Go", "problems", "F8"),
    _spec("previous-problem", "Pre&vious problem", "Go to the previous problem",
          "Go", "problems", "Shift+F8"),
    _spec("show-hover", "&Explain", "Explain what stands at the caret",
          "Go", "code", "Ctrl+Shift+I", icon="info"),
    _spec("fold", "&Fold", "Fold the lines around the caret away",
          "View", "fold", "Ctrl+Shift+["),
    _spec("unfold", "&Unfold", "Show the lines again that are folded at the caret",
          "View", "fold", "Ctrl+Shift+]"),
    _spec("fold-all", "Fold a&ll", "Fold every stage away", "View", "fold"),
    _spec("unfold-all", "Unfold all", "Show every line", "View", "fold"),
    _spec("zoom-in", "&Larger text", "Make the text of the editor larger",
          "View", "zoom", "Ctrl+=", "Ctrl++"),
    _spec("zoom-out", "S&maller text", "Make the text of the editor smaller",
          "View", "zoom", "Ctrl+-"),
    _spec("zoom-reset", "Usual text si&ze", "Show the text in its usual size",
          "View", "zoom", "Ctrl+0"),
    _spec("white-space", "Show &white space", "Mark blanks and tabs",
          "View", "text", checkable=True),
    _spec("wrap", "W&rap long lines", "Continue a long line on the next one",
          "View", "text", "Alt+Z", checkable=True),
    _spec("chips", "Show what lines &do", "Say at the end of each line what it does in a build",
          "View", "text", checkable=True),
    _spec("tab-leaves", "&Tab leaves the editor",
          "Let Tab go to the next control instead of indenting",
          "View", "text", "Ctrl+M", checkable=True),
)  # fmt: skip
