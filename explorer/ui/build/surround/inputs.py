"""The form for what a build is given besides its text: target, arguments, platform, contexts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.dockerfile.stages.model import Program
from explorer.ui import theme
from explorer.ui.build.options import NamedContext, Options
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label, heading, muted

_PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/riscv64")
_PAUSE_MS = 250
_DEFAULT = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class InputsForm(QScrollArea):
    """Tells of each change as soon as it is made; nothing here starts a build."""

    changed = Signal(object)
    """Other :class:`Options` are wanted."""
    place_wanted = Signal(str, bool)
    """A place is to be chosen for this named context: a folder, or else a file."""

    def __init__(self, options: Options, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._filling = False
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("Inputs")
        self.target = QComboBox(self)
        self.platform = QComboBox(self)
        self.arguments = PairTable("Build arguments", ("Name", "Value"), self)
        self.contexts = PairTable("Named contexts", ("Name", "Folder, archive or layout"), self)
        self._wrong = Label("", self, role="warn", wrap=True)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._lay_out()
        self._connect()
        self.show_options(options)

    def show_options(self, options: Options) -> None:
        """Show other options."""
        self._options = options
        self._filling = True
        self._choose(self.target, options.target)
        self._choose(self.platform, options.platform)
        self.arguments.show_pairs(tuple(options.arguments.items()))
        self.contexts.show_pairs(tuple((c.name, c.location) for c in options.contexts))
        self._filling = False

    def show_program(self, program: Program) -> None:
        """Offer the stages and the arguments of a program."""
        titles = [stage.name for stage in program.stages if stage.name]
        if titles != [self.target.itemData(n) for n in range(1, self.target.count())]:
            self._filling = True
            chosen = self._options.target
            self.target.clear()
            self.target.addItem("The last stage", "")
            for title in titles:
                self.target.addItem(title, title)
            self._choose(self.target, chosen)
            self._filling = False
        self.arguments.offer(declared_arguments(program))

    def add_context(self, name: str, location: str) -> None:
        """Have a folder, an archive or a layout stand for a name."""
        options = self._options.with_base(name, location)
        self.show_options(options)
        self.changed.emit(options)

    def focus_arguments(self) -> None:
        """Begin with the arguments."""
        self.arguments.setFocus()

    def _choosers(self, parent: QWidget) -> tuple[QWidget, ...]:
        """Buttons to choose the place of the named context that is selected."""
        return (
            IconButton(
                "archive",
                "Choose an archive for the selected name",
                parent,
                clicked=lambda: self.place_wanted.emit(self.contexts.current_name(), False),
            ),
            IconButton(
                "folder-open",
                "Choose a folder or layout for the selected name",
                parent,
                clicked=lambda: self.place_wanted.emit(self.contexts.current_name(), True),
            ),
        )

    def _tell(self) -> None:
        if self._filling:
            return
        contexts = tuple(NamedContext(name, place) for name, place in self.contexts.pairs())
        options = replace(
            self._options,
            target=self.target.currentData() or "",
            platform=self._platform(),
            arguments=dict(self.arguments.pairs()),
            contexts=contexts,
        )
        if options != self._options:
            self._options = options
            self.changed.emit(options)

    def _platform(self) -> str:
        words = self.platform.currentText().strip()
        if self.platform.currentIndex() == 0 and words == self.platform.itemText(0):
            return ""
        return words

    def _choose(self, box: QComboBox, value: str) -> None:
        place = box.findData(value)
        if place < 0:
            box.addItem(value, value)
            place = box.count() - 1
        box.setCurrentIndex(place)

    def _connect(self) -> None:
        self.target.currentIndexChanged.connect(lambda _n: self._tell())
        self.platform.currentTextChanged.connect(lambda _t: self._pause.start())
        for table in (self.arguments, self.contexts):
            table.changed.connect(self._pause.start)

    def _lay_out(self) -> None:
        self.target.setAccessibleName("Target stage")
        self.target.addItem("The last stage", "")
        self.platform.setAccessibleName("Platform")
        self.platform.setEditable(True)
        line = self.platform.lineEdit()
        assert line is not None
        line.setAccessibleName("Platform")
        self.platform.addItem("This machine's", "")
        for name in _PLATFORMS:
            self.platform.addItem(name, name)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(theme.space(4), theme.space(3), theme.space(4), theme.space(3))
        columns.setSpacing(theme.space(6))
        first = QFormLayout()
        first.setVerticalSpacing(theme.space(2))
        first.addRow(heading("What to build", body, scale=1.0))
        first.addRow(_label("Target", self.target, body), self.target)
        first.addRow(_label("Platform", self.platform, body), self.platform)
        first.addRow(muted("Nothing is built or fetched for a change here.", body, wrap=True))
        columns.addLayout(first, 2)
        for table, help in (
            (self.arguments, "Values of ARG, as with --build-arg"),
            (self.contexts, "An image or folder for a name in FROM or --from"),
        ):
            column = QVBoxLayout()
            column.setSpacing(theme.space(1))
            head = QHBoxLayout()
            head.addWidget(heading(table.accessibleName(), body, scale=1.0), 1)
            if table is self.contexts:
                for button in self._choosers(body):
                    head.addWidget(button)
            column.addLayout(head)
            column.addWidget(muted(help, body, wrap=True))
            column.addWidget(table, 1)
            columns.addLayout(column, 3)
        self.setWidget(body)


class PairTable(QTableWidget):
    """Names and values to fill in; an empty line at the end takes the next."""

    changed = Signal()

    def __init__(self, name: str, heads: Sequence[str], parent: QWidget) -> None:
        super().__init__(0, 2, parent)
        self.setAccessibleName(name)
        self._offered: tuple[tuple[str, str], ...] = ()
        self._filling = False
        self.setHorizontalHeaderLabels(list(heads))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(theme.space(24))
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.space(7))
        header = self.horizontalHeader()
        header.setAccessibleName(f"{name}: columns")
        header.setStyleSheet(header_style())
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(0, theme.space(36))
        self.setItemDelegate(_WithDefaults(self))
        self.cellChanged.connect(self._edited)
        theme.switch().changed.connect(self._color)
        self._fill(())

    def current_name(self) -> str:
        """The name in the selected line; empty where there is none."""
        return self._text(max(0, self.currentRow()), 0).strip()

    def _color(self) -> None:
        self.horizontalHeader().setStyleSheet(header_style())

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What is filled in: names that are empty, and offered names without a value, left out."""
        found: list[tuple[str, str]] = []
        for row in range(self.rowCount()):
            name, value = self._text(row, 0).strip(), self._text(row, 1)
            offered = any(name == each for each, _ in self._offered)
            if name and (value or not offered):
                found.append((name, value))
        return tuple(found)

    def show_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Fill in other names and values."""
        if tuple(pairs) != self.pairs():
            self._fill(pairs)

    def offer(self, names: Mapping[str, str]) -> None:
        """List names that could have a value; the default of each is shown faintly."""
        offered = tuple(names.items())
        if offered != self._offered:
            pairs = self.pairs()
            self._offered = offered
            self._fill(pairs)

    def _fill(self, pairs: Sequence[tuple[str, str]]) -> None:
        if self.state() is QAbstractItemView.State.EditingState:
            return
        self._filling = True
        given = dict(pairs)
        rows = [(name, given.pop(name, ""), default) for name, default in self._offered]
        rows += [(name, value, "") for name, value in given.items()]
        rows.append(("", "", ""))
        self.setRowCount(len(rows))
        for row, (name, value, default) in enumerate(rows):
            for column, words in enumerate((name, value)):
                item = QTableWidgetItem(words)
                item.setFont(theme.mono_font(0.95))
                if column == 1 and default:
                    item.setToolTip(f"By default: {default}")
                    item.setData(_DEFAULT, default)
                self.setItem(row, column, item)
        self._filling = False

    def _edited(self, row: int, _column: int) -> None:
        if self._filling:
            return
        if row == self.rowCount() - 1 and self._text(row, 0):
            self._filling = True
            self.insertRow(row + 1)
            self._filling = False
        self.changed.emit()

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text() if item is not None else ""


class _WithDefaults(QStyledItemDelegate):
    """Shows faintly what counts where nothing is filled in."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """As Qt asks."""
        super().initStyleOption(option, index)
        default = index.data(_DEFAULT)
        # The stubs know no fields of the option.
        shown: Any = option
        if default and not shown.text:
            shown.text = default
            shown.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
            shown.palette.setColor(QPalette.ColorRole.Text, theme.colors().disabled)


def declared_arguments(program: Program) -> dict[str, str]:
    """The arguments that a program declares, with their defaults; predefined ones left out."""
    from explorer.dockerfile.commands import model

    found: dict[str, str] = {}
    predefined = program.inputs.predefined()
    commands = [arg.command for arg in program.preamble]
    for stage in program.stages:
        commands += [s.command for s in stage.steps if isinstance(s.command, model.Arg)]
    for command in commands:
        for declaration in command.declarations:
            name = declaration.name.value
            default = declaration.default.value if declaration.default is not None else ""
            if name not in predefined and not found.get(name):
                found[name] = default
    return found


def _label(words: str, buddy: QWidget, parent: QWidget) -> QLabel:
    label = muted(words, parent)
    label.setBuddy(buddy)
    return label
