"""The layer stack as a model: a row for each layer, step and base line, with all its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.analysis.waste import Waste
from explorer.filesystem.stack import LayerEffect
from explorer.sources.indexed import ListedBy
from explorer.ui import text
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.stackrows import Kind, StackRow, base_title, stack_rows
from explorer.ui.tips import tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_INVALID: Final = QModelIndex()

CARD_ROLE: Final = Role.UserRole
"""The :class:`Card` of a row."""
KIND_ROLE: Final = Role.UserRole + 1
"""The :class:`Kind` of a row."""


class Trust(Enum):
    """Whether the content of a layer is what its digest says."""

    PENDING = "pending"
    UNREAD = "unread"
    """In a registry, and nobody asked for its files yet."""
    TABLE = "table"
    """Listed by a table of contents that it carries; each file is checked as it is read."""
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    MISMATCH = "mismatch"
    DAMAGED = "damaged"
    MISSING = "missing"
    NOT_A_TAR = "not a tar"

    @property
    def is_bad(self) -> bool:
        """Whether the user must see it."""
        return self in (Trust.MISMATCH, Trust.DAMAGED)


@dataclass(frozen=True, slots=True)
class Card:
    """Everything there is to paint of one row.

    Bytes: ``stored`` of the blob, ``size`` of its plain tar, ``wasted`` of what later layers hide
    (None while unknown). ``effect`` is None until the layer is stacked, and where it cannot be
    read, or where a layer below it is not known; ``entries`` are then all that can be counted.
    ``scale`` is how many bytes the whole width of a bar stands for, ``before`` the filesystem below
    this layer.
    """

    row: StackRow
    count: int = 0
    trust: Trust = Trust.PENDING
    problem: str = ""
    stored: int = 0
    size: int = 0
    effect: LayerEffect | None = None
    before: int = 0
    wasted: int | None = None
    scale: int = 1
    entries: int = 0


class StackModel(QAbstractListModel):
    """Follows the viewer model's document, layers and image."""

    def __init__(self, model: ViewerModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._rows: list[StackRow] = []
        self._cards: dict[int, Card] = {}
        self._lowest_first = False
        self._waste: Waste | None = None
        model.documentChanged.connect(self._rebuild)
        model.imageChanged.connect(self._renew)
        model.layerIndexed.connect(self._renew_layer)
        model.listingChanged.connect(self._renew)

    def set_lowest_first(self, lowest_first: bool) -> None:
        """Have the lowest layer at the top of the picture, or at its bottom."""
        self._lowest_first = lowest_first
        self._rebuild()

    def set_waste(self, waste: Waste | None) -> None:
        """Mark the layers with what of them is wasted."""
        self._waste = waste
        self._renew()

    def row_of(self, layer: int) -> int:
        """The row of a layer; -1 if it has none."""
        return next((i for i, row in enumerate(self._rows) if row.layer == layer), -1)

    def layer_at(self, row: int) -> int:
        """The layer of a row; -1 for a row that is none."""
        return self._rows[row].layer if 0 <= row < len(self._rows) else -1

    def card(self, row: int) -> Card:
        """All figures of a row."""
        known = self._cards.get(row)
        if known is None:
            shown = self._rows[row]
            known = Card(shown) if shown.kind is not Kind.LAYER else self._layer_card(shown)
            self._cards[row] = known
        return known

    def _layer_card(self, row: StackRow) -> Card:
        model, number = self._model, row.layer
        assert model.document is not None
        indexed = model.indexed[number]
        effects = model.image.stack.effects if model.image is not None else []
        # Of a layer that could not be read nobody knows what it does: not "nothing".
        is_known = indexed is not None and indexed.index is not None and number < len(effects)
        stands = not model.is_remote or None not in model.indexed[:number]
        effect = effects[number] if is_known and stands else None
        waste = self._waste.layers[number].bytes if self._waste is not None else None
        return Card(
            row=row,
            count=model.layer_count,
            trust=_trust(model, number),
            problem=indexed.problem if indexed is not None else "",
            stored=model.document.layers[number].stored,
            size=indexed.size if indexed is not None else 0,
            effect=effect,
            before=effect.cumulative - effect.contribution if effect is not None else 0,
            wasted=waste,
            scale=self._scale(),
            entries=len(indexed.index) if indexed is not None and indexed.index is not None else 0,
        )

    def _scale(self) -> int:
        document, model = self._model.document, self._model
        known = model.image.stack.effects if model.image is not None else []
        if model.is_remote and None in model.indexed:
            # What stands on layers that are not listed is not known: see _layer_card.
            known = known[: model.indexed.index(None)]
        elif known:
            return max([1, *(effect.cumulative for effect in known)])
        stored = [layer.stored for layer in document.layers] if document is not None else []
        return max([1, *stored, *(effect.cumulative for effect in known)])

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._cards.clear()
        document = self._model.document
        self._waste = self._waste if document is not None else None
        self._rows = (
            stack_rows(document, lowest_first=self._lowest_first) if document is not None else []
        )
        self.endResetModel()

    def _renew_layer(self, layer: int) -> None:
        row = self.row_of(layer)
        self._cards.pop(row, None)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def _renew(self) -> None:
        self._cards.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    # -- as Qt asks ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = _INVALID) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only layers can be selected; keys and clicks pass over the rest."""
        if self.layer_at(index.row()) >= 0:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The figures, the instruction, and all of it in words."""
        if not index.isValid():
            return None
        if role == CARD_ROLE:
            return self.card(index.row())
        if role == KIND_ROLE:
            return self._rows[index.row()].kind
        answer = _ANSWERS.get(role)
        return answer(self.card(index.row())) if answer is not None else None


def _trust(model: ViewerModel, number: int) -> Trust:
    assert model.document is not None
    layer, indexed = model.document.layers[number], model.indexed[number]
    if layer.missing:
        return Trust.MISSING
    if not layer.is_tar:
        return Trust.NOT_A_TAR
    if indexed is None:
        return Trust.UNREAD if number in model.unread else Trust.PENDING
    if indexed.index is None or indexed.index.damage:
        return Trust.DAMAGED
    if indexed.verified is False:
        return Trust.MISMATCH
    if indexed.verified is None and indexed.listed_by is not ListedBy.TAR:
        return Trust.TABLE
    return Trust.VERIFIED if indexed.verified else Trust.UNVERIFIED


def _title(card: Card) -> str:
    if card.row.base is not None:
        return base_title(card.row.base)
    return card.row.instruction.summary


def _tip(card: Card) -> str:
    if card.row.base is not None:
        return tip(f"{base_title(card.row.base)}\n{card.row.base.why}")
    instruction = card.row.instruction
    parts = [instruction.text]
    if instruction.comment:
        parts.append(f"({instruction.comment})")
    if card.row.kind is Kind.STEP:
        parts.append("Changes the configuration only: no layer.")
    else:
        parts.extend(figures_in_words(card))
    if not card.row.sure:
        parts.append("History and layers do not fit each other: which made which is a guess.")
    return tip("\n".join(parts))


def figures_in_words(card: Card) -> list[str]:
    """The figures and marks of a layer, a sentence each."""
    lines = [f"Stored: {text.exact_size(card.stored)}"]
    if card.size and card.size != card.stored:
        lines[0] += f"; as a plain tar {text.exact_size(card.size)}"
    if card.effect is None and card.entries:
        lines.append(f"{text.plural(card.entries, 'entry', 'entries')}; what they change is not "
                     "known before all layers below are listed")  # fmt: skip
    if card.effect is not None:
        effect = card.effect
        lines.append(
            f"Adds {text.signed_size(effect.contribution)} to the filesystem, "
            f"which then holds {text.size(effect.cumulative)}"
        )
        lines.append(
            f"{text.count(effect.added)} added, {text.count(effect.modified)} modified, "
            f"{text.count(effect.removed)} deleted"
        )
    if card.wasted:
        lines.append(f"Wasted: {text.size(card.wasted)} that later layers hide or delete")
    lines.append(_TRUST_WORDS[card.trust] + (f": {card.problem}" if card.problem else ""))
    return lines


_TRUST_WORDS: Final = {
    Trust.PENDING: "Being read",
    Trust.UNREAD: "Its files are not listed yet: press Enter, or double-click, to fetch the list",
    Trust.TABLE: "Listed by the table of contents it carries: each file is checked as it is read",
    Trust.VERIFIED: "Verified: the content hashes to its digest",
    Trust.UNVERIFIED: "Not verified yet: the digest was not computed",
    Trust.MISMATCH: "The content does not match its digest",
    Trust.DAMAGED: "Damaged",
    Trust.MISSING: "Missing here",
    Trust.NOT_A_TAR: "Not a tar",
}


def _spoken(card: Card) -> str:
    if card.row.kind is not Kind.LAYER:
        return _title(card)
    return ". ".join((f"Layer {card.row.layer}", card.row.instruction.summary,
                      *figures_in_words(card)))  # fmt: skip


_ANSWERS: Final[dict[int, Callable[[Card], str]]] = {
    Role.DisplayRole: _title,
    Role.ToolTipRole: _tip,
    Role.AccessibleTextRole: _spoken,
}
