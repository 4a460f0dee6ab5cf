"""The line above everything: which image this is, for which platform, how large, on which base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from explorer.sources.image import Image
from explorer.ui import text, theme
from explorer.ui.actions import Actions
from explorer.ui.explore.imagebuttons import PlatformButton, WarningsButton
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.stackrows import base_title, boundary_of
from explorer.ui.menus import fill_menu
from explorer.ui.tasks import Operation
from explorer.ui.tips import tip
from explorer.ui.widgets.buttons import CopyButton, IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, mono, muted

if TYPE_CHECKING:
    from explorer.analysis.manifests import Tree

_ROOM_FOR_BASE: Final = 900
_ROOM_FOR_DIGEST: Final = 620


class ImageBar(QWidget):
    """Names, platform, digest, sizes, base and warnings of the model's image."""

    platform_chosen = Signal(object)
    """The user wants the image for this :class:`Platform`."""
    warnings_wanted = Signal()
    """The user wants to read what is unusual about the image."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.name = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self.name.setFont(theme.ui_font(1.15, bold=True))
        self._others = muted("", self)
        self.platform = PlatformButton(self)
        self._digest = mono("", self)
        self._copy = CopyButton("Copy digest", self._whole_digest, self)
        self._sizes = Label("", self)
        self._sizes.setFont(theme.number_font())
        self._base = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self.warnings = WarningsButton(self)
        self.save = IconButton("save", "Save the image, or hand it to an engine", self)
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        self.platform.chosen.connect(self.platform_chosen)
        self.platform.sizes_wanted.connect(self._find_sizes)
        self.warnings.clicked.connect(self.warnings_wanted)
        model.documentChanged.connect(self._renew)
        model.imageChanged.connect(self._renew)
        model.layerIndexed.connect(self._show_warnings)
        self._renew()

    def offer(self, actions: Actions, ids: Sequence[str]) -> None:
        """Offer actions behind the button that takes the image elsewhere."""
        menu = QMenu(self)
        fill_menu(menu, actions, ids)
        menu.aboutToShow.connect(actions.renew)
        self.save.setMenu(menu)

    def copy_digest(self) -> None:
        """Copy the digest, and show that it is done."""
        self._copy.copy()

    def show_name(self, name: str) -> None:
        """Show a name while there is nothing better: that of the file being opened."""
        self.name.setText(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for, the least important first."""
        super().resizeEvent(event)
        self._fit()

    def _renew(self) -> None:
        document = self._model.document
        if document is not None:
            self.name.setText(document.title)
            more = len(document.names) - 1
            self._others.setText(f"+{more}" if more > 0 else "")
            self._others.setToolTip(tip("\n".join(document.names)))
            self.platform.offer(document.platform, document.platforms)
            self._show_digest(document)
            self._show_base(document)
        self._show_sizes()
        self._show_warnings()
        self._fit()

    def _find_sizes(self) -> None:
        """Find out what each platform stores; of a registry only now, for it costs requests."""
        from explorer.ui.facts.asking import look_at_tree

        document, location = self._model.document, self._model.location
        if document is None:
            return

        def show(tree: Tree | None) -> None:
            if tree is not None and self._model.document is document:
                self.platform.show_sizes(
                    {str(one.platform): one.stored for one in tree.images() if one.layers}
                )

        (
            Operation(self, "Measuring the platforms")
            .work(lambda job: look_at_tree(location, document.digest, job))
            .success(show)
            .failure(lambda _error: None)  # the names alone serve, too
            .quiet()
            .replacing("sizes")
            .start()
        )

    def _show_digest(self, document: Image) -> None:
        digest = document.digest or document.image_id
        what = "Manifest digest" if document.digest is not None else "Image ID"
        self._digest.setText(text.short_digest(str(digest)))
        self._digest.setToolTip(f"{what}\n{digest}")
        self._digest.setAccessibleName(f"{what} {digest}")
        self._copy.setAccessibleDescription(f"{what} {digest}")

    def _show_base(self, document: Image) -> None:
        boundary = boundary_of(document)
        if boundary is None:
            self._base.setText("")
            return
        layers = text.plural(boundary.layer_count, "layer")
        self._base.setText(f"{base_title(boundary)} ({layers})")

    def _show_sizes(self) -> None:
        document, image = self._model.document, self._model.image
        if document is None:
            self._sizes.setText("")
            return
        layers = text.plural(len(document.layers), "layer")
        words = f"{text.size(document.stored)} in {layers}"
        whole = f"Stored: {text.exact_size(document.stored)}"
        if image is not None and self._model.is_complete and image.stack.effects:
            if any(layer.index is None for layer in image.layers):
                whole += "\nThe merged filesystem: unknown, for not all layers can be read"
            else:
                total = image.stack.effects[-1].cumulative
                words += f" · {text.size(total)} of files"
                whole += f"\nThe merged filesystem: {text.exact_size(total)}"
        self._sizes.setText(words)
        self._sizes.setToolTip(whole)

    def _show_warnings(self) -> None:
        self.warnings.show_count(len(self.all_warnings()))

    def all_warnings(self) -> tuple[str, ...]:
        """Everything unusual about the image, as far as it is known by now."""
        document, image = self._model.document, self._model.image
        if image is not None and self._model.is_complete:
            return image.warnings
        return document.warnings if document is not None else ()

    def _whole_digest(self) -> str:
        document = self._model.document
        return str(document.digest or document.image_id) if document is not None else ""

    def _fit(self) -> None:
        there = self._model.document is not None
        wide, middling = self.width() >= _ROOM_FOR_BASE, self.width() >= _ROOM_FOR_DIGEST
        self._base.setVisible(there and wide and bool(self._base.text()))
        self._digest.setVisible(there and middling)
        self._copy.setVisible(there and middling)
        self.platform.setVisible(there)
        self.save.setVisible(there)
        self._sizes.setVisible(there)
        self._others.setVisible(there and bool(self._others.text()))

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        layout.setSpacing(theme.space(2))
        layout.addWidget(self.name)
        layout.addWidget(self._others)
        layout.addSpacing(theme.space(1))
        layout.addWidget(self.platform)
        layout.addWidget(self._digest)
        layout.addWidget(self._copy)
        layout.addStretch(1)
        layout.addWidget(self._base)
        layout.addSpacing(theme.space(2))
        layout.addWidget(self._sizes)
        layout.addWidget(self.warnings)
        layout.addWidget(self.save)
