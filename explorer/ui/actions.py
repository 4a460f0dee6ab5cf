"""Every action of the window, declared once as data.

One registry feeds the menus, the shortcuts, the command palette and the shortcuts page. A page
declares its actions once and binds handlers for itself; what an action does then depends on the
page in front::

    actions.declare(ActionSpec("explore.copy-path", "Copy &path", menu="Edit", ...))
    actions.bind("explore.copy-path", page, page.copy_path, enabled=page.has_selection)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui import icons
from explorer.ui.text import without_mnemonic

Handler = Callable[[], object]
Condition = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What an action is; what it does is bound separately.

    ``text`` carries its mnemonic (``&Open archive…``), ``help`` is one sentence, ``menu`` one of
    the menu bar's titles (empty: in no menu), ``section`` groups within it (a line divides two),
    ``context`` the heading on the shortcuts page, ``choice`` a set of which one is ticked.
    """

    id: str
    text: str
    help: str
    menu: str = ""
    section: str = ""
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    context: str = "Everywhere"
    checkable: bool = False
    choice: str = ""
    in_palette: bool = True

    @property
    def title(self) -> str:
        """The text as it reads, without mnemonic."""
        return without_mnemonic(self.text)


@dataclass(frozen=True, slots=True)
class Family:
    """Makes the actions of one part of the window.

    ``prefix`` begins their ids, ``context`` heads them on the shortcuts page.
    """

    prefix: str
    context: str

    def __call__(
        self,
        id: str,
        text: str,
        help: str,
        menu: str = "",
        section: str = "",
        *shortcuts: str,
        icon: str = "",
        choice: str = "",
        checkable: bool = False,
    ) -> ActionSpec:
        """An action, as :class:`ActionSpec` has it."""
        return ActionSpec(
            f"{self.prefix}.{id}",
            text,
            help,
            menu=menu,
            section=section,
            shortcuts=shortcuts,
            icon=icon,
            context=self.context,
            choice=choice,
            checkable=checkable,
        )


@dataclass(slots=True)
class _Binding:
    scope: QWidget
    handler: Handler
    enabled: Condition | None
    checked: Condition | None

    @property
    def in_front(self) -> bool:
        return shiboken6.isValid(self.scope) and self.scope.isVisible()

    @property
    def has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and (self.scope is focused or self.scope.isAncestorOf(focused))


@dataclass(slots=True)
class _Entry:
    spec: ActionSpec
    action: QAction
    bindings: list[_Binding] = field(default_factory=list)


class Actions(QObject):
    """The registry; ``window`` is where the shortcuts work."""

    changed = Signal()
    """Actions were declared, or their state was renewed."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._entries: dict[str, _Entry] = {}
        self._choices: dict[str, QActionGroup] = {}
        self._renewal = QTimer(self, singleShot=True, interval=0)
        self._renewal.timeout.connect(self.renew)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self.refresh)

    def declare(self, *specs: ActionSpec) -> None:
        """Add actions; one that is declared already stays as it is."""
        for spec in specs:
            if spec.id not in self._entries:
                self._entries[spec.id] = _Entry(spec, self._make(spec))
        self.refresh()

    def bind(
        self,
        id: str,
        scope: QWidget,
        handler: Handler,
        *,
        enabled: Condition | None = None,
        checked: Condition | None = None,
    ) -> None:
        """Have the action call ``handler`` while ``scope`` is in view (with focus it comes first).

        ``enabled`` and ``checked`` are asked anew with every :meth:`refresh`. Raises ``KeyError``
        for an action nobody declared.
        """
        entry = self._entries[id]
        entry.bindings.append(_Binding(scope, handler, enabled, checked))
        scope.destroyed.connect(lambda: self._prune(entry))
        self.refresh()

    def action(self, id: str) -> QAction:
        """Return the ``QAction``, for a button or a context menu."""
        return self._entries[id].action

    def spec(self, id: str) -> ActionSpec:
        """Return what was declared."""
        return self._entries[id].spec

    def specs(self) -> Iterator[ActionSpec]:
        """Return every action, in the order of declaration."""
        return (entry.spec for entry in self._entries.values())

    def usable(self) -> Iterable[ActionSpec]:
        """Return the actions that would do something now, for the palette."""
        self.renew()
        return [
            entry.spec
            for entry in self._entries.values()
            if entry.spec.in_palette and entry.action.isEnabled()
        ]

    def can_run(self, id: str) -> bool:
        """Return whether the action would do something now."""
        binding = self._active(self._entries[id])
        return binding is not None and _holds(binding.enabled)

    def trigger(self, id: str) -> None:
        """Do it, if it is enabled."""
        self._run(self._entries[id])

    def refresh(self, *_ignored: object) -> None:
        """Renew what is enabled and checked, once the current event is through."""
        if shiboken6.isValid(self):
            self._renewal.start()

    def renew(self) -> None:
        """Renew what is enabled and checked, now."""
        for entry in self._entries.values():
            binding = self._active(entry)
            entry.action.setEnabled(binding is not None and _holds(binding.enabled))
            if binding is not None and binding.checked is not None:
                entry.action.setChecked(binding.checked())
        self.changed.emit()

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(spec.checkable or bool(spec.choice))
        action.setEnabled(False)
        action.setStatusTip(spec.help)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        title = f"{spec.title} ({keys})" if keys else spec.title
        action.setToolTip(f"{title}\n{spec.help}")
        if spec.icon:
            icons.set_icon(action, spec.icon)
        if spec.choice:
            self._choices.setdefault(spec.choice, QActionGroup(self)).addAction(action)
        action.triggered.connect(lambda: self._run(self._entries[spec.id]))
        self._window.addAction(action)
        return action

    def _run(self, entry: _Entry) -> None:
        binding = self._active(entry)
        if binding is not None and _holds(binding.enabled):
            binding.handler()
        self.refresh()

    def _active(self, entry: _Entry) -> _Binding | None:
        in_front = [binding for binding in entry.bindings if binding.in_front]
        focused = [binding for binding in in_front if binding.has_focus]
        chosen = focused or in_front
        return chosen[-1] if chosen else None

    def _prune(self, entry: _Entry) -> None:
        entry.bindings = [b for b in entry.bindings if shiboken6.isValid(b.scope)]


def _holds(condition: Condition | None) -> bool:
    return condition is None or condition()
