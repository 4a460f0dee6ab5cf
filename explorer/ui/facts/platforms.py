"""The index an image stands in: its platforms with what they store, and how two of them differ."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.manifests import Branch, Tree
from explorer.analysis.manifests.tree import Kind
from explorer.oci import Digest
from explorer.oci.layout import one_line
from explorer.ui import text, theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.facts.asking import look_at_tree
from explorer.ui.facts.between import Between, compare_platforms, groups_between
from explorer.ui.facts.cards import FactCards
from explorer.ui.facts.turning import TurningSplitter
from explorer.ui.tasks import Operation
from explorer.ui.tips import tip
from explorer.ui.widgets.empty import EmptyState

_HEADS: Final = ("Platform", "Stored", "Shared", "Layers", "Digest")
_BRANCH: Final = Qt.ItemDataRole.UserRole
_NONE: Final = (
    "This image stands in no index",
    "It is made for one platform, and nothing is listed beside it.",
)
_BEING_READ: Final = ("Reading the index", "Its platforms appear here in a moment.")
_WORDS: Final = {
    Kind.INDEX: "Index",
    Kind.IMAGE: "Image",
    Kind.ATTESTATION: "Attestations",
    Kind.ARTIFACT: "Artifact",
    Kind.MISSING: "Not here",
    Kind.DAMAGED: "Damaged",
}


class PlatformsView(QWidget):
    """Reads the index when it is first seen, and again for another image."""

    platform_wanted = Signal(object)
    """The user wants to look at the image for this :class:`explorer.oci.Platform`."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.tree = _BranchTree(self)
        self.open = QPushButton("Open this platform", self)
        self.compare = QPushButton("Compare", self)
        self.cards = FactCards(self)
        self.cards.setAccessibleName("What differs between two platforms")
        self._empty = EmptyState("platform", *_BEING_READ, self)
        self._hint = EmptyState(
            "compare",
            "Two platforms side by side",
            "Select another platform to see what it shares with the one that is open.",
            self,
        )
        self._stack, self._beside = QStackedWidget(self), QStackedWidget(self)
        self._lay_out()
        self.tree.currentItemChanged.connect(lambda _new, _old: self._choose())
        self.tree.itemActivated.connect(lambda _item, _column: self._open())
        self.open.clicked.connect(self._open)
        self.compare.clicked.connect(self._compare)
        self._choose()

    def look(self) -> None:
        """Read the index of the model's image."""
        document, location = self._model.document, self._model.location
        self._show(None, None)
        self._empty.explain(*_BEING_READ)
        if document is None:
            return
        (
            Operation(self, f"Reading the index of {document.title}")
            .work(lambda job: look_at_tree(location, document.digest, job))
            .success(lambda tree: self._show(tree, document.digest))
            .failure(self._failed)
            .replacing("look")
            .start()
        )

    def _failed(self, error: BaseException) -> None:
        self._empty.explain("The index could not be read", str(error))

    def _show(self, tree: Tree | None, current: Digest | None) -> None:
        several = tree is not None and sum(1 for _ in tree.walk()) > 1
        self.tree.show_tree(tree if several else None, current)
        self._stack.setCurrentIndex(1 if several else 0)
        if not several:
            self._empty.explain(*_NONE)

    # -- one branch ---------------------------------------------------------------------------

    def _chosen(self) -> Branch | None:
        """The image that is selected, if it can be opened and is not the one that is."""
        branch = self.tree.branch()
        document = self._model.document
        if branch is None or branch.kind is not Kind.IMAGE or branch.platform is None:
            return None
        return branch if document is not None and branch.digest != document.digest else None

    def _choose(self) -> None:
        chosen = self._chosen()
        self._beside.setCurrentIndex(0)
        for button in (self.open, self.compare):
            button.setEnabled(chosen is not None)
        document = self._model.document
        if chosen is not None and document is not None:
            self.compare.setText(f"Compare with {document.platform}")

    def _open(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.platform_wanted.emit(chosen.platform)

    def _compare(self) -> None:
        chosen, image, location = self._chosen(), self._model.image, self._model.location
        if chosen is None or image is None or chosen.platform is None:
            return
        platform = chosen.platform
        whole = self._model.is_complete and not self._model.is_remote
        (
            Operation(self, f"Comparing with {platform}")
            .work(lambda job: compare_platforms(image, location, platform, job, files=whole))
            .success(self._show_between)
            .failure(self._not_compared)
            .replacing("compare")
            .start()
        )

    def _show_between(self, found: Between) -> None:
        self.cards.show_groups(groups_between(found))
        self._beside.setCurrentIndex(1)

    def _not_compared(self, error: BaseException) -> None:
        self._hint.explain("They could not be compared", str(error))
        self._beside.setCurrentIndex(0)

    def _lay_out(self) -> None:
        self._beside.addWidget(self._hint)
        self._beside.addWidget(self.cards)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        buttons.setSpacing(theme.space(2))
        buttons.addWidget(self.open)
        buttons.addWidget(self.compare)
        buttons.addStretch(1)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tree, 1)
        column.addLayout(buttons)
        panes = TurningSplitter(self)
        panes.addWidget(left)
        panes.addWidget(self._beside)
        panes.setStretchFactor(0, 3)
        panes.setStretchFactor(1, 2)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(panes)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.setFocusProxy(self.tree)


class _BranchTree(QTreeWidget):
    """A row for each manifest; attestations stand below the image they are about."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Platforms of the index")
        self.setHeaderLabels(list(_HEADS))
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setStyleSheet(header_style())
        header.setAccessibleName("Platforms of the index: columns")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(_HEADS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            if column < len(_HEADS) - 1:
                self.headerItem().setTextAlignment(column, right)

    def branch(self) -> Branch | None:
        """The selected branch."""
        item = self.currentItem()
        found = item.data(0, _BRANCH) if item is not None else None
        return found if isinstance(found, Branch) else None

    def show_tree(self, tree: Tree | None, current: Digest | None) -> None:
        """Show another tree, with the image that is open in bold."""
        self.clear()
        for root in tree.roots if tree is not None else ():
            self.addTopLevelItem(self._made(root, current))
        self.expandAll()

    def _made(self, branch: Branch, current: Digest | None) -> QTreeWidgetItem:
        item = _item(branch, is_open=branch.digest == current)
        places: dict[Digest, QTreeWidgetItem] = {}
        for child in branch.children:
            below = item
            if child.kind is Kind.ATTESTATION and child.subject in places:
                below = places[child.subject]
            places[child.digest] = made = self._made(child, current)
            below.addChild(made)
        return item


def _item(branch: Branch, *, is_open: bool) -> QTreeWidgetItem:
    known = branch.platform is not None and not branch.platform.is_unknown
    name = one_line(str(branch.platform)) if known else _WORDS[branch.kind]
    if branch.kind is Kind.INDEX and branch.name:
        name = one_line(branch.name)
    if known and branch.kind in (Kind.MISSING, Kind.DAMAGED):
        name = f"{name} ({_WORDS[branch.kind].lower()})"
    measured = branch.kind in (Kind.INDEX, Kind.IMAGE)
    whole = branch.kind in (Kind.MISSING, Kind.DAMAGED)
    cells = (
        name,
        "" if whole else text.size(branch.stored),
        text.size(branch.shared) if measured and branch.shared else "",
        str(len(branch.layers)) if branch.kind is Kind.IMAGE else "",
        text.short_digest(str(branch.digest)),
    )
    item = QTreeWidgetItem(list(cells))
    item.setData(0, _BRANCH, branch)
    item.setSizeHint(0, QSize(0, theme.space(6)))
    item.setToolTip(0, tip(branch.problem or f"{_WORDS[branch.kind]}: {branch.descriptor}"))
    item.setToolTip(len(_HEADS) - 1, str(branch.digest))
    font = theme.number_font()
    font.setBold(is_open)
    for column in range(1, len(_HEADS)):
        item.setFont(column, font)
        if column < len(_HEADS) - 1:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            item.setTextAlignment(column, right)
    item.setFont(0, theme.ui_font(bold=is_open))
    item.setFont(len(_HEADS) - 1, theme.mono_font(0.95))
    if branch.kind is not Kind.IMAGE:
        for column in range(len(_HEADS)):
            item.setForeground(column, theme.colors().muted)
    return item
