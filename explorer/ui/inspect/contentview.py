"""The content of a version, as what it is: text, picture, program, archive, or just bytes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.analysis.preview.sniff import Kind
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display
from explorer.ui import text, theme
from explorer.ui.inspect import load
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.inspect.facts import Fact
from explorer.ui.inspect.imageview import ImageView
from explorer.ui.inspect.subject import Subject
from explorer.ui.inspect.tables import TextTable
from explorer.ui.inspect.textview import TextView
from explorer.ui.report import Report
from explorer.ui.tasks import Operation, Running
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import muted

_MORE = 8
"""How many times as much the button shows."""


class ContentView(QWidget):
    """Loads in a thread; a line above the content says what it is and how much of it is shown."""

    followed = Signal()
    """The user wants to go where the symlink leads."""
    bytes_wanted = Signal()
    """The user wants to see the bytes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._limit = load.FIRST
        self._running: Running | None = None
        self._caption = muted("", self)
        self._more = QPushButton("Show more", self)
        self._more.clicked.connect(self._show_more)
        self.text = TextView("Content", self)
        self.image = ImageView(self)
        self.program = DefinitionList("Program header", self)
        self.members = TextTable("Members of the archive", ("Member", "Size"), frozenset({1}), self)
        self._libraries = TextTable("Libraries it needs", ("Needs",), parent=self)
        self._empty = EmptyState("file", "", parent=self)
        self._go = QPushButton("", self)
        self._go.clicked.connect(self._press)
        self._pressed = self.followed
        self._lay_out()

    def show_subject(self, subject: Subject) -> None:
        """Show another version."""
        self._subject = subject
        self._limit = load.FIRST
        if self._running is not None:
            self._running.cancel()
        self._caption.setText("")
        self._more.hide()
        if subject.is_file:
            self._load()
        else:
            self._describe(subject)

    # -- loading ------------------------------------------------------------------------------

    def _load(self) -> None:
        subject, limit = self._subject, self._limit
        assert subject is not None

        def show(preview: load.Preview) -> None:
            if subject is self._subject:
                self._show(preview)

        self._running = (
            Operation(self, f"Reading {subject.name}")
            .work(lambda job: load.load(subject.content(), subject.name, limit, job))
            .success(show)
            .failure(self._fail)
            .replacing("content")
            .quiet()
            .start()
        )

    def _fail(self, error: BaseException) -> None:
        report = Report.of("Reading the content", error)
        self._say("error", report.what, " ".join(filter(None, (report.why, report.hint))))

    def _show_more(self) -> None:
        self._limit = min(load.MOST, self._limit * _MORE)
        self._load()

    # -- showing ------------------------------------------------------------------------------

    def _show(self, preview: load.Preview) -> None:
        self._more.hide()
        if isinstance(preview, load.TextPreview):
            self._show_text(preview)
        elif isinstance(preview, load.ImagePreview):
            size = f"{preview.image.width():,} × {preview.image.height():,} pixels"
            self._caption.setText(f"{preview.format}, {size}")
            self.image.show_image(preview.image, preview.format)
            self._stack.setCurrentWidget(self.image)
        elif isinstance(preview, load.ElfPreview):
            self._show_program(preview)
        elif isinstance(preview, load.ArchivePreview):
            self._show_archive(preview)
        else:
            self._show_plain(preview)

    def _show_text(self, preview: load.TextPreview) -> None:
        parts = [preview.spans.language or "Text"]
        if preview.encoding not in ("utf-8", "utf-8-sig"):
            parts.append(preview.encoding)
        if preview.shown < preview.size:
            parts.append(f"the first {text.size(preview.shown)} of {text.size(preview.size)}")
        self._caption.setText(", ".join(parts))
        self._more.setVisible(preview.more)
        self.text.show_text(preview.text, preview.spans)
        self._stack.setCurrentWidget(self.text)

    def _show_program(self, preview: load.ElfPreview) -> None:
        elf = preview.elf
        loader = elf.interpreter or ("none: it is linked statically" if elf.static else "none")
        facts = [
            Fact("Machine", f"{elf.machine}, {elf.bits}-bit"),
            Fact("Byte order", "little-endian" if elf.little_endian else "big-endian"),
            Fact("System", elf.system),
            Fact("Loader", loader, mono=bool(elf.interpreter)),
        ]
        if elf.soname:
            facts.append(Fact("Name", elf.soname, mono=True, help="What programs ask for"))
        if elf.runpath:
            facts.append(Fact("Looks in", elf.runpath, mono=True, help="RPATH or RUNPATH"))
        kind = elf.type
        if elf.position_independent and elf.interpreter:
            kind = "position-independent executable"
        self._caption.setText(f"ELF {kind}")
        self.program.show_facts(facts)
        self._libraries.show_rows([(name,) for name in elf.needed])
        self._libraries.setVisible(bool(elf.needed))
        self._stack.setCurrentWidget(self._elf)

    def _show_archive(self, preview: load.ArchivePreview) -> None:
        listing = preview.listing
        if not listing.members:
            self._caption.setText(listing.format)
            self._say("archive", listing.format.capitalize(), listing.note, button="Show bytes")
            return
        count = text.plural(len(listing.members), "member")
        self._caption.setText(" · ".join(filter(None, (listing.format, count, listing.note))))
        sizes = [(m.name, "" if m.is_dir else text.size(m.size)) for m in listing.members]
        self.members.show_rows(sizes)
        self._stack.setCurrentWidget(self.members)

    def _show_plain(self, preview: load.PlainPreview) -> None:
        if preview.sniffed.kind is Kind.EMPTY:
            self._say("file", "An empty file", "It has no content, only a name and metadata.")
            return
        name = preview.sniffed.name
        hint = preview.reason or "It cannot be shown as text; its bytes and the strings in it can."
        self._say("file-binary", f"{name[0].upper()}{name[1:]}", hint, button="Show bytes")

    def _describe(self, subject: Subject) -> None:
        """Say what there is instead of content."""
        entry = subject.entry
        if entry is None:
            self._say("whiteout", "Nothing to see", subject.note)
        elif entry.type is EntryType.DIR:
            self._say("folder", "A folder", "Its entries are in the tree and the cross-section.")
        elif entry.type is EntryType.SYMLINK:
            target = display((entry.link or b"")[:200])
            self._say("symlink", f"Leads to {target}", "", button="Go there", follow=True)
        elif entry.type is EntryType.FIFO:
            self._say("file", "A named pipe", "It has no content: processes talk through it.")
        else:
            self._say("device", "A device", "It stands for a device of the machine.")

    def _say(
        self, icon: str, title: str, hint: str, *, button: str = "", follow: bool = False
    ) -> None:
        self._empty.explain(title, hint)
        self._go.setText(button)
        self._go.setVisible(bool(button))
        self._pressed = self.followed if follow else self.bytes_wanted
        self._stack.setCurrentWidget(self._nothing)

    def _press(self) -> None:
        self._pressed.emit()

    # -- layout -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._elf = QWidget(self)
        elf = QVBoxLayout(self._elf)
        elf.setContentsMargins(theme.space(3), theme.space(1), theme.space(3), 0)
        elf.addWidget(self.program)
        elf.addWidget(self._libraries, 1)
        elf.addStretch(0)
        self._nothing = QWidget(self)
        nothing = QVBoxLayout(self._nothing)
        nothing.addWidget(self._empty, 1)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._go)
        line.addStretch(1)
        nothing.addLayout(line)
        self._stack = QStackedWidget(self)
        for page in (self.text, self.image, self._elf, self.members, self._nothing):
            self._stack.addWidget(page)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        head.addWidget(self._caption, 1)
        head.addWidget(self._more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self._more.hide()
