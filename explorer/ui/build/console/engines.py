"""Which engine builds: the menu that tells how it stands with each of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from explorer.build.engine import Health
from explorer.ui.actions import Actions
from explorer.ui.build.console.builds import all_health
from explorer.ui.menus import fill_menu
from explorer.ui.settings import Settings
from explorer.ui.tasks import Operation

AUTO: Final = "auto"
_KEY: Final = "build/engine"


class EngineMenu(QMenu):
    """The ways to build, and below them the engines, asked anew whenever it opens."""

    chosen = Signal(str)
    """Another engine is to build from now on."""

    def __init__(
        self, actions: Actions, ids: tuple[str, ...], settings: Settings, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._group = QActionGroup(self)
        self._shown: list[QAction] = []
        fill_menu(self, actions, ids)
        self.addSection("Engine")
        self.setToolTipsVisible(True)
        self.show_health(())
        self.aboutToShow.connect(self.ask)
        self.aboutToShow.connect(actions.renew)

    @property
    def engine(self) -> str:
        """The name of the engine that builds."""
        return self._settings.text(_KEY, AUTO) or AUTO

    def ask(self) -> None:
        """Ask every engine how it is."""
        (
            Operation(self, "Looking for engines")
            .work(lambda _job: all_health())
            .success(self.show_health)
            .failure(lambda _error: None)
            .replacing("health")
            .quiet()
            .start()
        )

    def show_health(self, found: tuple[Health, ...]) -> None:
        """List the engines; those that cannot build here say why."""
        for action in self._shown:
            self.removeAction(action)
            action.deleteLater()
        self._shown = [self._entry(AUTO, "Automatic", "The embedded engine, without a daemon")]
        for health in found:
            title = " ".join(word for word in (health.title, health.version) if word)
            words = [health.where, *health.limits] if health.ready else [health.why, health.hint]
            told = ". ".join(word for word in words if word)
            if not health.ready:
                title = f"{title}: {health.why}" if health.why else f"{title}: not found"
            entry = self._entry(health.name, title, told)
            entry.setEnabled(health.ready)

    def _entry(self, name: str, title: str, tip: str) -> QAction:
        action = QAction(title.replace("&", "&&")[:90], self)
        action.setCheckable(True)
        action.setChecked(name == self.engine)
        action.setToolTip(tip)
        action.setData(name)
        action.triggered.connect(lambda: self._choose(name))
        self._group.addAction(action)
        self.addAction(action)
        self._shown.append(action)
        return action

    def _choose(self, name: str) -> None:
        self._settings.set(_KEY, name)
        self.chosen.emit(name)
