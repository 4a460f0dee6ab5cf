"""What one tag stands for: its name in parts, its platforms, how it runs, its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.oci import Descriptor, Digest, Platform, Reference
from explorer.transfer.browsing import Look, Part
from explorer.ui import text, theme
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.registries.describing import config_facts, layer_rows, layer_words
from explorer.ui.registries.facts import counted_artifacts
from explorer.ui.registries.nameparts import NameParts
from explorer.ui.registries.rows import RIGHT, Rows
from explorer.ui.tips import plain_tip, tip
from explorer.ui.widgets.labels import Label, heading, muted

_MOST_LAYERS: Final = 500


class Details(QScrollArea):
    """Shows a tag as far as it is known; the rest comes as it is read."""

    platform_wanted = Signal(object)
    """The user wants to see the image with this :class:`Descriptor` of the index."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("Details of the tag")
        self.name = NameParts(self)
        self.platforms = Rows("Platforms", ("Platform", "Size", "Layers"), self)
        self.facts = DefinitionList("Configuration", self)
        self.layers = Rows("Layers", ("", "Size", "Made by"), self)
        self._platform_head = heading("Platforms", self, scale=1.05)
        self._config_head = heading("Configuration", self, scale=1.05)
        self._layer_head = heading("Layers", self, scale=1.05)
        self._referrer_head = heading("Attached", self, scale=1.05)
        self._referrers: Label = muted("", self, wrap=True)
        self._note: Label = muted("", self, wrap=True)
        self.name_shown: Reference | None = None
        self._shown: Look | None = None
        self._descriptors: dict[str, Descriptor] = {}
        self._lay_out()
        self.platforms.currentItemChanged.connect(self._choose_platform)

    def show_name(self, reference: Reference | None, note: str = "Reading…") -> None:
        """Begin with the name; the rest is still to come."""
        self._name(reference)
        self._shown = None
        self._say(note)
        self._show_index(None, {})
        self._show_part(None)
        self.show_referrers(None)

    def show_look(
        self,
        reference: Reference | None,
        look: Look,
        parts: Mapping[Digest, Part],
        note: str = "",
    ) -> None:
        """Show what a tag stands for; ``parts`` are the images of its index read so far."""
        self._name(reference)
        self._shown = look
        problem = look.part.problem if look.part is not None else "It names no image"
        self._say(problem or note)
        self._show_index(look, parts)
        self._show_part(look.part)

    def show_parts(self, look: Look, parts: Mapping[Digest, Part]) -> None:
        """More images of the index are read."""
        if look is self._shown:
            self._show_index(look, parts)

    def show_part(self, part: Part) -> None:
        """Show another image of the index."""
        self._show_part(part)

    def show_referrers(self, referrers: Sequence[Descriptor] | None, problem: str = "") -> None:
        """Say what refers to the tag's digest; None while that is not known."""
        attestations = self._attestations()
        known = referrers is not None or bool(problem) or attestations > 0
        self._referrer_head.setVisible(known)
        self._referrers.setVisible(known)
        parts = []
        if attestations:
            parts.append(f"{text.plural(attestations, 'attestation')} in the index")
        if referrers:
            kinds = [one.artifact_type or one.media_type for one in referrers]
            parts.append(f"{text.plural(len(referrers), 'referrer')}: {counted_artifacts(kinds)}")
        elif problem:
            parts.append(problem)
        elif referrers is not None:
            parts.append("Nothing refers to it")
        self._referrers.setText(". ".join(parts))

    def platform(self) -> Platform | None:
        """The platform that is chosen, of an index of several."""
        current = self.platforms.currentItem()
        if self._shown is None or self._shown.index is None or current is None:
            return None
        return self._descriptors[current.data(0, Qt.ItemDataRole.UserRole)].platform

    def note(self) -> str:
        """What stands where there is nothing else to show."""
        return self._note.text()

    def _name(self, reference: Reference | None) -> None:
        self.name_shown = reference
        self.name.show_name(reference)

    # -- parts --------------------------------------------------------------------------------

    def _say(self, words: str) -> None:
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _attestations(self) -> int:
        index = self._shown.index if self._shown is not None else None
        return sum(one.is_attestation for one in index.manifests) if index is not None else 0

    def _show_index(self, look: Look | None, parts: Mapping[Digest, Part]) -> None:
        shown = look is not None and look.index is not None
        self._platform_head.setVisible(shown)
        self.platforms.setVisible(shown)
        if look is None or look.index is None:
            self.platforms.clear()
            self._descriptors = {}
            return
        here = look.part.descriptor.digest if look.part is not None else None
        current = self.platforms.currentItem()
        chosen = current.data(0, Qt.ItemDataRole.UserRole) if current is not None else None
        self._descriptors = {str(one.digest): one for one in look.images}
        self.platforms.blockSignals(True)
        self.platforms.clear()
        for image in look.images:
            part = parts.get(image.digest) or (look.part if image.digest == here else None)
            item = _show_platform(self.platforms, image, part)
            if str(image.digest) == (chosen or str(here)):
                self.platforms.setCurrentItem(item)
        self.platforms.blockSignals(False)
        self.platforms.fit()

    def _choose_platform(self, item: QTreeWidgetItem | None, _before: object) -> None:
        if item is not None:
            digest = item.data(0, Qt.ItemDataRole.UserRole)
            self.platform_wanted.emit(self._descriptors[digest])

    def _show_part(self, part: Part | None) -> None:
        facts = config_facts(part) if part is not None else ()
        self.facts.show_facts(facts)
        for widget in (self._config_head, self.facts):
            widget.setVisible(bool(facts))
        rows = layer_rows(part) if part is not None else []
        self._layer_head.setText(layer_words(part) if part is not None else "Layers")
        for shown in (self._layer_head, self.layers):
            shown.setVisible(bool(rows))
        self.layers.clear()
        for row in rows[:_MOST_LAYERS]:
            item = self.layers.add(row[:3])
            item.setTextAlignment(1, RIGHT)
            item.setToolTip(2, tip(row[2]))
            item.setToolTip(0, plain_tip(row[3]))
            item.setFont(2, theme.mono_font(0.9))
            item.setForeground(0, theme.colors().muted)
        self.layers.fit()

    def _lay_out(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        edge = theme.space(3)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.space(2))
        column.addWidget(self.name)
        column.addWidget(self._note)
        groups: tuple[tuple[QWidget, QWidget], ...] = (
            (self._platform_head, self.platforms),
            (self._config_head, self.facts),
            (self._layer_head, self.layers),
            (self._referrer_head, self._referrers),
        )
        for head, body in groups:
            column.addSpacing(theme.space(1))
            column.addWidget(head)
            column.addWidget(body)
        column.addStretch(1)
        self.setWidget(content)


def _show_platform(rows: Rows, image: Descriptor, part: Part | None) -> QTreeWidgetItem:
    name = image.platform.full if image.platform is not None else "no platform named"
    size = text.size(part.size) if part is not None else "…"
    layers = str(len(part.manifest.layers)) if part is not None else "…"
    item = rows.add((name, size, layers))
    item.setData(0, Qt.ItemDataRole.UserRole, str(image.digest))
    item.setToolTip(0, plain_tip(str(image.digest)))
    item.setTextAlignment(1, RIGHT)
    item.setFont(1, theme.number_font())
    return item
