"""Logging in: the secret is tried first, then kept where it says."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from explorer.errors import ExplorerError
from explorer.registry.hosts import HUB
from explorer.ui import theme
from explorer.ui.registries.account import SESSION, place_for, wants_login
from explorer.ui.registries.form import Form
from explorer.ui.registries.hostlist import title_of
from explorer.ui.registries.session import RegistrySession
from explorer.ui.tasks import Operation
from explorer.ui.widgets.labels import muted

_TOKENS = {
    HUB: "Docker Hub takes an access token in place of the password.",
    "ghcr.io": "GitHub takes a personal access token (classic) with read:packages.",
}


class LoginDialog(Form):
    """Asks for a name and a password; ``kept_in`` says where the secret is once it is accepted."""

    def __init__(self, session: RegistrySession, host: str, parent: QWidget) -> None:
        about = _TOKENS.get(host, "Many registries take an access token in place of the password.")
        words = f"{about} It is sent to {host} alone, and tried before it is kept."
        super().__init__(f"Log in to {title_of(host)}", words, "Log in", parent)
        self._session, self._host = session, host
        self.kept_in = ""
        self.user = QLineEdit(self)
        self.password = QLineEdit(self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.add_field("&Name:", self.user)
        self.add_field("&Password or token:", self.password)
        show = QCheckBox("&Show it", self)
        show.toggled.connect(self._show_secret)
        self.fields.addRow("", show)
        self.keep = QCheckBox("&Keep it after Layerscope closes", self)
        self.keep.setChecked(True)
        self.fields.addRow("", self.keep)
        self.where = muted("", self, wrap=True)
        self.where.setAccessibleName("Where the secret is kept")
        self.where.setFont(theme.ui_font(0.95))
        self.fields.addRow("", self.where)
        self._place = ""
        self.keep.toggled.connect(lambda _on: self._say_where())
        for line in (self.user, self.password):
            line.textChanged.connect(lambda _words: self._enable())
        self.submit = self._log_in
        self._enable()
        self._say_where()
        self.begin(self.user)
        (
            Operation(self, "Looking where secrets are kept")
            .work(lambda _job: place_for(host))
            .success(self._found_place)
            .failure(lambda _error: self._found_place("the place that layerscope login takes"))
            .quiet()
            .start()
        )

    def words_for(self, error: ExplorerError) -> str:
        """A refusal here means the name or the secret, whatever the registry calls it."""
        if wants_login(error):
            return f"{self._host} does not take this name and password. Nothing was kept."
        return (
            f"{error} Nothing was kept."
            if str(error).endswith(".")
            else f"{error}. Nothing was kept."
        )

    def _enable(self) -> None:
        self.ok.setEnabled(bool(self.user.text() and self.password.text()))
        self.say("")

    def _show_secret(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.password.setEchoMode(mode)

    def _found_place(self, place: str) -> None:
        self._place = place
        self._say_where()

    def _say_where(self) -> None:
        place = (self._place or "…") if self.keep.isChecked() else SESSION
        self.where.setText(f"Kept in {place}." if self.keep.isChecked() else f"In {place}.")

    async def _log_in(self) -> None:
        from explorer.registry.credentials import Credentials

        credentials = Credentials(self.user.text().strip(), self.password.text())
        await self._session.check_login(self._host, credentials)
        self.kept_in = await self._session.log_in(
            self._host, credentials, keep=self.keep.isChecked()
        )
