"""Adding a registry: its name checked and explained while it is typed; nothing is contacted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from explorer.errors import ExplorerError, UsageError
from explorer.registry.hosts import HUB, Host, authority_of, trust
from explorer.registry.options import is_loopback
from explorer.ui import dialogs, text, theme
from explorer.ui.registries.form import Form
from explorer.ui.registries.nameparts import NameParts
from explorer.ui.registries.session import RegistrySession
from explorer.ui.settings import Settings
from explorer.ui.tasks import run_in_thread, spawn
from explorer.ui.widgets.labels import muted

_WORDS = (
    "Write its host, or paste an address or the name of an image. It is contacted when you first "
    "look into it, not before."
)
_EXAMPLE = "app"


class HostDialog(Form):
    """Adds a host to a session, or changes one."""

    def __init__(
        self,
        session: RegistrySession,
        settings: Settings,
        parent: QWidget,
        *,
        host: Host | None = None,
    ) -> None:
        title = f"Settings of {host.name}" if host is not None else "Add a registry"
        super().__init__(title, "" if host else _WORDS, "Keep" if host else "Add", parent)
        self._session, self._settings, self._old = session, settings, host
        self.added: Host | None = None
        self.host = QLineEdit(self)
        self.host.setPlaceholderText("registry.example:5000")
        self.add_field("&Host:", self.host)
        self.insecure = QCheckBox("Allow plain HTTP and certificates that nobody vouches for", self)
        self.insecure.setToolTip("Only where you trust the network; what is fetched is verified")
        self.fields.addRow("", self.insecure)
        self.authority = QLineEdit(self)
        self.authority.setPlaceholderText("The system's authorities")
        self.authority.setToolTip(
            "A certificate authority in PEM form, trusted for this host alone"
        )
        self.fields.addRow("&Authority:", self._authority_line())
        self._where = muted("", self, wrap=True)
        self._where.setFont(theme.ui_font(0.9))
        self.fields.addRow("", self._where)
        self._explained = muted("", self, wrap=True)
        self._parts = NameParts(self)
        self.body.addWidget(self._explained)
        self.body.addWidget(self._parts)
        self.submit = self._keep
        self.host.textChanged.connect(self._explain)
        if host is not None:
            self.host.setText(host.name)
            self.host.setReadOnly(True)
            self.insecure.setChecked(host.insecure)
        self._explain()
        self.begin(self.insecure if host is not None else self.host)

    def check(self) -> str:
        """The name has to be that of a host."""
        try:
            self._typed()
        except UsageError as error:
            return f"{text.capitalised(error.why)}. {error.hint}"
        return ""

    def words_for(self, error: ExplorerError) -> str:
        """As it says itself."""
        return str(error)

    def _typed(self) -> Host:
        return Host.parse(self.host.text(), insecure=self.insecure.isChecked())

    def _explain(self) -> None:
        """Say how names on this host are read."""
        self.say("")
        words = self.host.text().strip()
        try:
            host = self._typed()
        except UsageError as error:
            self._explained.setText(f"{error.why}.".capitalize() if words else _defaults())
            self._parts.show_name(None)
            self.ok.setEnabled(False)
            self._where.hide()
            return
        self.ok.setEnabled(True)
        path = host.repositories[0] if host.repositories else _EXAMPLE
        self._parts.show_name(host.repository(path))
        self._explained.setText(_about(host))
        self._where.setText(f"It is copied to {authority_of(host.name)}, where Podman looks, too")
        self._where.setVisible(bool(self.authority.text()))

    def _authority_line(self) -> QWidget:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space(2))
        choose = QPushButton("Choose…", line)
        choose.clicked.connect(lambda: spawn(self, "Choosing", self._choose()))
        self.authority.setAccessibleName("Certificate authority")
        self.authority.textChanged.connect(lambda _words: self._explain())
        row.addWidget(self.authority, 1)
        row.addWidget(choose)
        line.setFocusProxy(self.authority)
        line.setAccessibleName("Certificate authority")
        return line

    async def _choose(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self, "A certificate authority")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Certificates (*.crt *.pem *.cer)", "All files (*)"])
        if await dialogs.finished(dialog):
            self.authority.setText(next(iter(dialog.selectedFiles()), ""))

    async def _keep(self) -> None:
        host = self._typed()
        known = self._session.host(host.name)
        if known is not None:
            paths = dict.fromkeys((*host.repositories, *known.repositories))
            host = replace(host, repositories=tuple(paths))
        if self.authority.text().strip():
            path = Path(self.authority.text().strip()).expanduser()
            await run_in_thread(trust, host.name, path)
        await self._session.add(host)
        self.added = host


def _defaults() -> str:
    return (
        "Without a host, Docker fills in docker.io; a single name there lies in library/: "
        "nginx is docker.io/library/nginx:latest."
    )


def _about(host: Host) -> str:
    if host.name == HUB:
        return (
            "Docker Hub: what Docker means where no host is named. A single name lies in library/. "
            "It does not list its repositories: you type them."
        )
    loopback = " Plain HTTP is allowed on this machine." if is_loopback(host.name) else ""
    return (
        f"Docker fills in neither host nor library/ here: names begin with {host.name}/.{loopback}"
    )
