"""The editor of a file: opens, saves, follows the disk, keeps unsaved work, and says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from explorer.dockerfile.gotext import NOT_UTF8
from explorer.ui.banner import Kind
from explorer.ui.build.editor.editor import DockerfileEditor
from explorer.ui.build.editor.filemodel.comparing import ComparePanel
from explorer.ui.build.editor.filemodel.model import FileModel, Outside
from explorer.ui.build.editor.filemodel.notice import Notice
from explorer.ui.build.editor.filemodel.textfile import TextFile
from explorer.ui.build.editor.filemodel.unsaved import Draft, Unsaved
from explorer.ui.text import moment


class FileEditor(QWidget):
    """``editor`` is the text, ``file`` what is on disk, ``notice`` what there is to say of it."""

    opened = Signal()
    """The file is in the editor."""
    failed = Signal(str, object)
    """What was tried, and the error: for whoever shows errors."""
    saved = Signal()
    modified_changed = Signal(bool)
    path_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None, unsaved: Unsaved | None = None) -> None:
        super().__init__(parent)
        self.editor = DockerfileEditor(self)
        self.file = FileModel(self, unsaved)
        self.notice = Notice(self)
        self.comparison = ComparePanel(self, self.editor.setFocus)
        self._modified = False
        self._detached = False
        self._loading = False
        self._theirs: TextFile | None = None
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.editor)

    # -- what pages do ------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The file that is edited."""
        return self.file.path

    @property
    def is_modified(self) -> bool:
        """Whether the text is not what is on disk."""
        return self._modified

    def open(self, path: Path) -> None:
        """Open a file; :attr:`opened` or :attr:`failed` follows."""
        self.file.open(path)

    def begin(self, path: Path, text: str) -> None:
        """Begin a file that is not on disk yet with a text: it is unsaved work from the start."""
        self.file.begin(path)
        self.editor.set_text(text)
        self._detached = True
        self._renew_modified()
        self._keep()
        self.opened.emit()

    def save(self) -> None:
        """Write the text to its file; what others wrote meanwhile is not overwritten."""
        if self._can_save():
            self.file.save(self.editor.text())

    def save_as(self, path: Path) -> None:
        """Write the text to another file, and go on with that one."""
        if self._can_save():
            self.file.save_as(path, self.editor.text())

    def discard(self) -> None:
        """Forget unsaved work: somebody said that it is not wanted."""
        self.file.forget()
        self._set_modified(False)

    async def aclose(self) -> None:
        """Keep unsaved work for the next time."""
        if self._modified:
            self.file.keep_now(self.editor.text(), self.editor.caret)

    # -- opening and saving -------------------------------------------------------------------

    def _loaded(self, file: TextFile, draft: Draft | None) -> None:
        self._detached = file.stamp is None
        self._loading = True
        self.editor.set_text(file.text)
        self._loading = False
        self.editor.set_read_only(not file.writable)
        if draft is not None:
            self._restore(file, draft)
        elif not file.writable:
            self._tell_read_only()
        elif self.editor.is_clipped:
            self.notice.tell(
                "clipped",
                Kind.WARN,
                "Some lines are too long to be edited here",
                "They are shown by their beginning. The file itself is as it was.",
            )
        elif NOT_UTF8.search(file.text):
            self.notice.tell(
                "bytes",
                Kind.INFO,
                "This file has bytes that are no UTF-8",
                "They are shown as boxes, and saved as they are.",
            )
        self._renew_modified()
        self.opened.emit()

    def _restore(self, file: TextFile, draft: Draft) -> None:
        kept = TextFile.of(draft.data)
        self.editor.replace_text(kept.text)
        self.editor.reveal(draft.caret, focus=False)
        changed = bool(file.stamp) and draft.base != file.digest
        why = "The file on disk has changed since then. " if changed else ""
        self.notice.tell(
            "restored",
            Kind.WARN if changed else Kind.INFO,
            f"Unsaved work of {moment(draft.when, now=datetime.now(UTC))} is back",
            f"{why}Save to keep it, undo to see the file as it is on disk.",
            self._only_with_file(file, ("Discard it", self._discard_draft), self._compare_choice()),
        )

    def _only_with_file(
        self, file: TextFile, *choices: tuple[str, Callable[[], object]]
    ) -> tuple[tuple[str, Callable[[], object]], ...]:
        return choices if file.stamp is not None else ()

    def _discard_draft(self) -> None:
        self.editor.replace_text(self.file.file.text)
        self.discard()
        self.editor.view.document().setModified(False)

    def _tell_read_only(self) -> None:
        self.notice.tell(
            "read-only",
            Kind.INFO,
            "This file is read-only",
            "It can be looked at, and saved under another name.",
            (("Edit anyway", lambda: self.editor.set_read_only(False)),),
        )

    def _can_save(self) -> bool:
        if self.editor.is_clipped:
            self.editor.said.emit("Nothing to save: the file cannot be changed here")
        return not self.editor.is_clipped

    def _saved(self, text: str) -> None:
        self._detached = False
        self._theirs = None
        for topic in ("outside", "restored", "failed"):
            self.notice.dismiss(topic)
        if text == self.editor.text():
            self.editor.view.document().setModified(False)
        self._renew_modified()
        self.saved.emit()

    def _failed(self, title: str, error: BaseException) -> None:
        self.failed.emit(title, error)

    # -- unsaved work -------------------------------------------------------------------------

    def _renew_modified(self) -> None:
        self._set_modified(self._detached or self.editor.view.document().isModified())

    def _set_modified(self, modified: bool) -> None:
        if modified != self._modified and not self._loading:
            self._modified = modified
            self.modified_changed.emit(modified)
            if not modified:
                self.file.forget()

    def _keep(self) -> None:
        if self._loading:
            return
        self._renew_modified()
        if self._modified:
            self.file.keep(self.editor.text(), self.editor.caret)

    # -- others -------------------------------------------------------------------------------

    def _outside(self, what: Outside, theirs: TextFile | None) -> None:
        if what is Outside.REMOVED:
            self._removed()
        elif theirs is not None and what is Outside.SAME:
            self._back(theirs)
        elif theirs is not None and not self._modified:
            self._follow(theirs)
        elif theirs is not None:
            self._conflict(what, theirs)

    def _removed(self) -> None:
        if self.notice.topic == "outside" and self._detached:
            return
        self._detached = True
        self._keep()
        self.notice.tell(
            "outside",
            Kind.WARN,
            "The file is gone from disk",
            "It was removed or renamed. What you see is kept; saving writes it again.",
            (("Save it again", lambda: self.file.save(self.editor.text(), anyway=True)),),
        )

    def _back(self, theirs: TextFile) -> None:
        """The bytes are those that were there before."""
        self.file.accept(theirs)
        self._detached = False
        self.notice.dismiss("outside")
        self._renew_modified()

    def _follow(self, theirs: TextFile) -> None:
        """Nothing of one's own is at stake: show what the disk has; undo goes back."""
        self.file.accept(theirs)
        self._detached = False
        self.editor.replace_text(theirs.text)
        self.editor.view.document().setModified(False)
        self._renew_modified()
        self.notice.dismiss("outside")
        self.editor.said.emit("Read again: the file changed on disk")

    def _conflict(self, what: Outside, theirs: TextFile) -> None:
        known = self._theirs.digest if self._theirs is not None else None
        if theirs.digest == known and self.notice.topic == "outside":
            return
        self._theirs = theirs
        appeared = what is Outside.APPEARED
        said = "A file of this name is there by now" if appeared else "The file changed on disk"
        self.notice.tell(
            "outside",
            Kind.WARN,
            said,
            "You have changes that are not saved.",
            (
                ("Reload", lambda: self._reload(theirs)),
                ("Keep mine", lambda: self._keep_mine(theirs)),
                self._compare_choice(theirs),
            ),
        )

    def _reload(self, theirs: TextFile) -> None:
        self._follow(theirs)
        self._theirs = None
        self.comparison.hide()

    def _keep_mine(self, theirs: TextFile) -> None:
        """Go on with one's own text: saving will take the place of theirs."""
        self.file.accept(theirs)
        self._theirs = None
        self._keep()

    def _compare_choice(self, theirs: TextFile | None = None) -> tuple[str, Callable[[], object]]:
        return "Compare", lambda: self._compare(theirs)

    def _compare(self, theirs: TextFile | None) -> None:
        there = theirs or self.file.file
        self.comparison.compare("From the file on disk to yours", there.text, self.editor.text())
        if theirs is not None:
            self._theirs = None
            self._conflict(Outside.CHANGED, theirs)

    # -- parts --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.editor)
        split.addWidget(self.comparison)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self.file.loaded.connect(self._loaded)
        self.file.failed.connect(self._failed)
        self.file.saved.connect(self._saved)
        self.file.outside.connect(self._outside)
        self.file.renamed.connect(self.path_changed)
        self.editor.text_changed.connect(self._keep)
        self.editor.save_asked.connect(self.save)
        self.editor.view.modificationChanged.connect(lambda _on: self._keep())
