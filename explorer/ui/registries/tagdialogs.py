"""Small questions about tags: another tag for the same content, an image to push."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from explorer.errors import UsageError
from explorer.oci import Reference
from explorer.store.images import StoredImage
from explorer.ui import text, theme
from explorer.ui.registries.cells import Cells
from explorer.ui.registries.form import Form
from explorer.ui.registries.nameparts import NameParts
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.labels import Label, muted

Put = Callable[[Reference], Awaitable[object]]


class RetagDialog(Form):
    """Asks for another tag in the same repository; ``chosen`` is the name it makes."""

    def __init__(self, source: Reference, taken: Sequence[str], put: Put, parent: QWidget) -> None:
        words = f"{source.familiar} gets one more name. The content stays as it is: nothing moves."
        super().__init__("Add a tag", words, "Add tag", parent)
        self._source, self._taken = source, set(taken)
        self.chosen: Reference | None = None
        self.tag = QLineEdit(self)
        self.tag.setPlaceholderText("1.2-stable")
        self.add_field("&Tag:", self.tag)
        self._warning = Label("", self, role="warn", wrap=True)
        self._parts = NameParts(self)
        self.body.addWidget(self._parts)
        self.body.addWidget(self._warning)
        self.tag.textChanged.connect(self._explain)

        async def submit() -> None:
            self.chosen = self._named()
            await put(self.chosen)

        self.submit = submit
        self._explain()
        self.begin(self.tag)

    def _named(self) -> Reference:
        return self._source.with_tag(self.tag.text().strip())

    def _explain(self) -> None:
        self.say("")
        tag = self.tag.text().strip()
        try:
            named = self._named()
        except UsageError as error:
            self.ok.setEnabled(False)
            self._parts.show_name(None)
            self._warning.setText(f"{error.why}.".capitalize() if tag else "")
        else:
            self.ok.setEnabled(True)
            self._parts.show_name(named)
            moved = "This tag is there already: it will stand for other content from now on."
            self._warning.setText(moved if tag in self._taken else "")
        self._warning.setVisible(bool(self._warning.text()))


class PushDialog(Form):
    """Asks which image of the local store goes to a registry, and under what name."""

    def __init__(
        self,
        images: Sequence[StoredImage],
        parent: QWidget,
        *,
        repository: Reference | None = None,
        image: StoredImage | None = None,
    ) -> None:
        super().__init__(
            "Push an image",
            "Only what the registry lacks travels. A tag that is there already will stand for the "
            "new image.",
            "Push",
            parent,
        )
        self._images = list(images)
        self._repository = repository
        self.pick = QListWidget(self)
        self.pick.setAccessibleName("Images of the local store")
        self.pick.setUniformItemSizes(True)
        self.pick.setItemDelegate(Cells(self.pick))
        self.pick.setMinimumHeight(theme.space(36))
        for one in self._images:
            item = QListWidgetItem(_title(one))
            item.setToolTip(plain_tip(str(one.digest)))
            self.pick.addItem(item)
        self.target = QLineEdit(self)
        self.target.setPlaceholderText("registry.example:5000/team/app:1.0")
        self.add_field("&Image:", self.pick)
        self.add_field("&Push as:", self.target)
        self._parts = NameParts(self)
        self._explained = muted("", self, wrap=True)
        self.body.addWidget(self._parts)
        self.body.addWidget(self._explained)
        self._is_typed = False
        self.pick.currentRowChanged.connect(lambda _row: self._propose())
        self.target.textEdited.connect(lambda _words: self._take_over())
        self.target.textChanged.connect(lambda _words: self._explain())
        row = self._images.index(image) if image in self._images else 0
        self.pick.setCurrentRow(row if self._images else -1)
        self._propose()
        self.begin(self.pick)
        if not self._images:
            self.say("The local store is empty: build, load or pull an image first.")

    @property
    def image(self) -> StoredImage | None:
        """The image that was picked."""
        row = self.pick.currentRow()
        return self._images[row] if 0 <= row < len(self._images) else None

    @property
    def reference(self) -> Reference | None:
        """The name to push it under."""
        return Reference.parse_or_none(self.target.text().strip())

    def _take_over(self) -> None:
        self._is_typed = True

    def _propose(self) -> None:
        image = self.image
        if image is None or self._is_typed:
            self._explain()
            return
        tag = image.reference.tag if image.reference is not None else "latest"
        if self._repository is not None:
            self.target.setText(f"{self._repository.repository}:{tag or 'latest'}")
        elif image.reference is not None:
            self.target.setText(str(image.reference))
        self._explain()

    def _explain(self) -> None:
        reference = self.reference
        self.ok.setEnabled(reference is not None and self.image is not None)
        self._parts.show_name(reference)
        words = ". ".join(reference.explanations) if reference is not None else ""
        self._explained.setText(words)
        self._explained.setVisible(bool(words))


class LocalTagDialog(Form):
    """Asks for another name of an image of the local store."""

    def __init__(self, image: StoredImage, put: Put, parent: QWidget) -> None:
        name = _title(image)
        super().__init__("Add a name", f"{name} gets one more name; nothing is copied.", "Add name",
                         parent)  # fmt: skip
        self.name = QLineEdit(self)
        self.name.setText(str(image.reference) if image.reference is not None else "")
        self.add_field("&Name:", self.name)
        self._parts = NameParts(self)
        self._explained = muted("", self, wrap=True)
        self.body.addWidget(self._parts)
        self.body.addWidget(self._explained)
        self.name.textChanged.connect(lambda _words: self._explain())

        async def submit() -> None:
            await put(Reference.parse(self.name.text().strip()))

        self.submit = submit
        self._explain()
        self.begin(self.name)

    def _explain(self) -> None:
        reference = Reference.parse_or_none(self.name.text().strip())
        self.ok.setEnabled(reference is not None)
        self._parts.show_name(reference)
        words = ". ".join(reference.explanations) if reference is not None else ""
        self._explained.setText(words)
        self._explained.setVisible(bool(words))


def _title(image: StoredImage) -> str:
    name = image.reference.familiar if image.reference is not None else image.digest.short
    return f"{name}   {text.size(image.size)}"
