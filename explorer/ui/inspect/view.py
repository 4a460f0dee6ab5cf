"""The inspector: header, metadata, timeline, and the content below them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.content import FileContent
from explorer.analysis.preview.strings import strings
from explorer.analysis.timeline import Version
from explorer.errors import ExplorerError
from explorer.filesystem.entry import EntryType
from explorer.ui import icons, theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.inspect.compareview import CompareView
from explorer.ui.inspect.comparison import Comparison, compare_versions
from explorer.ui.inspect.contentview import ContentView
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.inspect.facts import facts_of, summary_of
from explorer.ui.inspect.handling import Handling
from explorer.ui.inspect.hexview import HexView
from explorer.ui.inspect.linecounts import Lines, count_lines
from explorer.ui.inspect.notice import Notice
from explorer.ui.inspect.stringsview import StringsView
from explorer.ui.inspect.subject import Subject, look_at, same_version
from explorer.ui.inspect.timelineview import TimelineView
from explorer.ui.settings import Settings
from explorer.ui.tasks import Operation
from explorer.ui.widgets.buttons import CopyButton, IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import muted
from explorer.ui.widgets.late import Late

_SAID = 3000
"""Milliseconds that a confirmation stays."""


class InspectorView(QWidget):
    """Everything about the path the model looks at, in the version it looks at."""

    def __init__(
        self,
        model: ViewerModel,
        parent: QWidget | None = None,
        *,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._stale = True
        self._stack = QStackedLayout(self)
        self.subject: Subject | None = None
        self.handling = Handling(self, settings or Settings())
        self._lay_out()
        self._connect()
        self._rest()

    def refresh(self) -> None:
        """Look anew; later, if the inspector is not in view."""
        self._stale = True
        if self.isVisible():
            self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while out of view."""
        super().showEvent(event)
        if self._stale:
            self._look()

    # -- following the model ------------------------------------------------------------------

    def _look(self) -> None:
        model = self._model
        self._stale = False
        image, node = model.image, model.node
        if image is None or node is None:
            self._rest()
            return
        last, version = model.last, model.version
        Operation(self, "Looking through the layers").work(
            lambda _job: look_at(image, node, last, version)
        ).success(self._show_if_current).replacing("subject").quiet().start()

    def _show_if_current(self, subject: Subject) -> None:
        if subject.image is self._model.image and subject.node == self._model.node:
            self._show(subject)

    def _show(self, subject: Subject) -> None:
        before, self.subject = self.subject, subject
        self.handling.subject = subject
        self._name.setText(subject.name)
        self._path.setText(subject.shown_path)
        self._summary.setText(summary_of(subject))
        self._notice.say(subject.note)
        self.facts.show_facts(facts_of(subject))
        self.timeline.show_subject(subject)
        if before is None or before.node != subject.node or before.image is not subject.image:
            self._count_lines(subject)
        if not same_version(subject, before):
            self.content.show_subject(subject)
            self._renew_tabs(subject)
        if before is None or before.node != subject.node or before.image is not subject.image:
            self._forget_comparison()
        self._stack.setCurrentIndex(0)

    def _count_lines(self, subject: Subject) -> None:
        """Say in the timeline how many lines each version changed, once that is known."""
        if len(subject.versions) < 2:
            return

        def show(lines: Mapping[int, Lines]) -> None:
            now = self.subject
            if now is not None and now.node == subject.node and now.image is subject.image:
                self.timeline.items.show_lines(lines)

        Operation(self, "Counting changed lines").work(
            lambda job: count_lines(subject, job)
        ).success(show).replacing("lines").quiet().start()

    def _rest(self) -> None:
        self.subject = self.handling.subject = None
        self.timeline.show_subject(None)
        self._forget_bytes()
        self._stack.setCurrentIndex(1)

    def _renew_tabs(self, subject: Subject) -> None:
        """Bytes and strings are read only once their tab is opened."""
        self._forget_bytes()
        for tab in (self._hex, self._strings):
            self.tabs.setTabEnabled(self.tabs.indexOf(tab), subject.is_file)
        self._fill_tab()

    def _forget_comparison(self) -> None:
        if self._comparing.is_made:
            self.comparing.rest()

    def _forget_bytes(self) -> None:
        if self._hex.is_made:
            self.hex.show_content(None)
        if self._strings.is_made:
            self.strings.show_strings(None)

    def _fill_tab(self) -> None:
        subject, tab = self.subject, self.tabs.currentWidget()
        if subject is None or not subject.is_file:
            return
        if tab is self._hex:
            self._open_bytes(subject)
        elif tab is self._strings:
            Operation(self, f"Finding strings in {subject.name}").work(
                lambda job: strings(subject.content(), job)
            ).success(self.strings.show_strings).replacing("strings").quiet().start()

    def _open_bytes(self, subject: Subject) -> None:
        """Make the layer readable in a thread: a compressed one may have to be expanded first."""

        def show(content: FileContent) -> None:
            if same_version(subject, self.subject):
                self.hex.show_content(content)

        Operation(self, f"Reading {subject.name}").work(lambda _job: subject.content()).success(
            show
        ).replacing("bytes").quiet().start()

    # -- driving the model --------------------------------------------------------------------

    def _open(self, layer: int) -> None:
        if self.subject is not None:
            self._model.open_version(self.subject.node, layer)

    def _compare(self, old: Version, new: Version) -> None:
        subject = self.subject
        if subject is None:
            return
        self.tabs.setCurrentWidget(self._comparing)

        def show(comparison: Comparison) -> None:
            if self.subject is not None and self.subject.node == subject.node:
                self.comparing.show_comparison(comparison)

        Operation(self, "Comparing two versions").work(
            lambda job: compare_versions(subject.image, old, new, job)
        ).success(show).replacing("comparison").quiet().start()

    def _compare_tab(self) -> None:
        """Compare the version in view with the one before it, unless two are picked."""
        subject = self.subject
        if subject is None or subject.version is None or self.comparing.has_comparison:
            return
        at = subject.versions.index(subject.version)
        if at:
            self._compare(subject.versions[at - 1], subject.version)

    def _follow_link(self) -> None:
        subject = self.subject
        if subject is None or subject.entry is None or subject.entry.type is not EntryType.SYMLINK:
            return
        state = subject.image.state(max(subject.upto, 0))
        try:
            node = subject.image.resolve(state, subject.path)
        except ExplorerError as error:
            self._say(str(error))
            return
        self._model.go_to(node)
        self._model.select_node(node)

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._silence.start()

    @property
    def hex(self) -> HexView:
        """The bytes."""
        return self._hex.widget

    @property
    def strings(self) -> StringsView:
        """The strings among them."""
        return self._strings.widget

    @property
    def comparing(self) -> CompareView:
        """Two versions compared."""
        return self._comparing.widget

    # -- composition: from the outside in, for to move a widget costs as much as to make it ----

    def _connect(self) -> None:
        model = self._model
        model.imageChanged.connect(self.refresh)
        model.nodeChanged.connect(lambda _node: self.refresh())
        model.selectionChanged.connect(self.refresh)
        self.timeline.opened.connect(self._open)
        self.timeline.paired.connect(self._compare)
        self.tabs.currentChanged.connect(lambda _at: self._tab_changed())
        self.content.bytes_wanted.connect(lambda: self.tabs.setCurrentWidget(self._hex))
        self.content.followed.connect(self._follow_link)
        self.handling.done.connect(self._say)
        self._silence.timeout.connect(lambda: self._said.setText(""))

    def _tab_changed(self) -> None:
        if self.tabs.currentWidget() is self._comparing:
            self._compare_tab()
        else:
            self._fill_tab()

    def _lay_out(self) -> None:
        whole = QWidget(self)
        self._stack.addWidget(whole)
        self._make_header(whole)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._header())
        layout.addWidget(self._split(whole), 1)
        self._stack.addWidget(
            EmptyState(
                "eye",
                "Nothing selected",
                "Select a file to see what each layer did to it, and what is in it.",
                self,
            )
        )

    def _make_header(self, parent: QWidget) -> None:
        self._name = ElidedLabel("", parent, mode=Qt.TextElideMode.ElideMiddle)
        self._name.setFont(theme.ui_font(1.2, bold=True))
        self._path = ElidedLabel("", parent, mode=Qt.TextElideMode.ElideMiddle)
        self._path.setFont(theme.mono_font(0.95))
        self._summary = ElidedLabel("", parent)
        self._summary.setFont(theme.mono_font(0.95))
        self._said = muted("", parent)
        self._silence = QTimer(self, singleShot=True, interval=_SAID)

    def _split(self, parent: QWidget) -> QSplitter:
        split = QSplitter(Qt.Orientation.Vertical, parent)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        self._make_upper(split)
        self._make_tabs(split)
        split.setSizes([300, 360])
        return split

    def _make_upper(self, split: QSplitter) -> None:
        area = QScrollArea(split)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(theme.space(20))
        inner = QWidget(area.viewport())
        self._notice = Notice(inner)
        self.timeline = TimelineView(inner)
        self.facts = DefinitionList("Metadata", inner)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(theme.space(3), theme.space(1), theme.space(3), theme.space(2))
        layout.setSpacing(theme.space(2))
        layout.addWidget(self._notice)
        layout.addWidget(self.timeline)
        layout.addWidget(self.facts)
        layout.addStretch(1)
        area.setWidget(inner)

    def _make_tabs(self, split: QSplitter) -> None:
        self.tabs = QTabWidget(split)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Content of the file")
        self.tabs.tabBar().setAccessibleName("Ways to see the content")
        self.tabs.tabBar().setUsesScrollButtons(False)
        self.tabs.tabBar().setElideMode(Qt.TextElideMode.ElideRight)
        self.content = ContentView(self.tabs)
        self._hex = Late(HexView, self.tabs)
        self._strings = Late(StringsView, self.tabs)
        self._comparing = Late(CompareView, self.tabs)
        for title, tab in (
            ("Content", self.content),
            ("Bytes", self._hex),
            ("Strings", self._strings),
            ("Compare", self._comparing),
        ):
            self.tabs.addTab(tab, title)

    def _header(self) -> QVBoxLayout:
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self.handling.fill(menu))
        more = QToolButton(self)
        more.setAutoRaise(True)
        more.setAccessibleName("What can be done with it")
        more.setToolTip("Save, open, copy")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(menu)
        icons.set_icon(more, "more")
        first = QHBoxLayout()
        first.setSpacing(theme.space(1))
        first.addWidget(self._name, 1)
        first.addWidget(IconButton("save", "Save as…", self, clicked=self.handling.save))
        first.addWidget(more)
        second = QHBoxLayout()
        second.setSpacing(theme.space(1))
        second.addWidget(self._path, 1)
        second.addWidget(self._said)
        second.addWidget(CopyButton("Copy path", self._copied_path, self))
        header = QVBoxLayout()
        header.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(1))
        header.setSpacing(0)
        header.addLayout(first)
        header.addLayout(second)
        header.addWidget(self._summary)
        return header

    def _copied_path(self) -> str:
        return self.subject.shown_path if self.subject is not None else ""
