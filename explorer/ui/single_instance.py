"""One window for each user: a second launch hands its files to the first and ends.

The socket is in a folder that only this user may enter; where there is no such folder, every
launch has its own window.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.ui.locations import absolute
from explorer.ui.lock import Lock

# Qt's network module is imported where it is used: the first instance needs it only once its
# window is there.

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_LONGEST_MESSAGE = 1 << 20
_PATIENCE_MS = 2000
_START_PATIENCE_MS = 10_000
_RETRY_MS = 40
_ACCEPTED = b"ok\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What a second launch wants: these absolute paths opened, and the window raised."""

    paths: tuple[str, ...]
    activation: str = ""

    @classmethod
    def parse(cls, line: bytes) -> Request:
        """Read a request off the socket. Raises ``ValueError`` for anything else."""
        message = json.loads(line)
        if not isinstance(message, dict):
            raise ValueError("not a request")
        paths, activation = message.get("paths", []), message.get("activation", "")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise ValueError("paths must be texts")
        return cls(tuple(paths), activation if isinstance(activation, str) else "")

    def __bytes__(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def _runtime_folder() -> Path:
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and sys.platform == "linux":
        return Path(given, "layerscope")
    # Only now: this library knows every system, and takes its time to load.
    import platformdirs

    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR there is a fallback, and nothing that a user could do about it.
        warnings.simplefilter("ignore")
        return Path(platformdirs.user_runtime_dir("layerscope"))


class SingleInstance(QObject):
    """Either hands over to the first instance, or is the first and listens."""

    requested = Signal(object)
    """Another launch sent this :class:`Request`."""

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = _private(folder or _runtime_folder())
        self._lock: Lock | None = None
        self._server: QLocalServer | None = None

    def hand_over(self, paths: Sequence[str]) -> bool:
        """Send ``paths`` to the instance that runs already; return whether one took them."""
        if self._folder is None:
            return False
        request = Request(tuple(map(absolute, paths)), _activation_token())
        deadline = time.monotonic() + _START_PATIENCE_MS / 1000
        # The first one may have begun just now, and not listen yet; or it is about to end.
        while not self._become_first():
            socket = self._connect()
            if socket is not None:
                return _send(socket, request)
            if time.monotonic() >= deadline:
                return False
            time.sleep(_RETRY_MS / 1000)
        return False

    def listen(self) -> bool:
        """Take requests from now on, if this is the first instance; return whether it is."""
        if self._folder is None or not self._become_first():
            return False
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # The lock is ours, so a socket that is still there was left by a crash.
        QLocalServer.removeServer(self._address())
        server.newConnection.connect(self._greet)
        self._server = server
        return server.listen(self._address())

    def close(self) -> None:
        """Stop taking requests."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _connect(self) -> QLocalSocket | None:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._address())
        return socket if socket.waitForConnected(_PATIENCE_MS) else None

    def _address(self) -> str:
        return str(self._folder / "window.socket") if self._folder else ""

    def _become_first(self) -> bool:
        if self._lock is not None:
            return True
        self._lock = Lock.take(Path(f"{self._folder}/window.lock"))
        return self._lock is not None

    def _greet(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.setReadBufferSize(_LONGEST_MESSAGE)
            # Not a lambda: it would keep us alive until the socket goes, which goes with us.
            socket.readyRead.connect(self._heard)
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _heard(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() >= _LONGEST_MESSAGE:
                socket.abort()
            return
        try:
            request = Request.parse(bytes(socket.readLine().data()))
        except (ValueError, RecursionError):
            socket.abort()
            return
        socket.write(_ACCEPTED)
        socket.flush()
        socket.disconnectFromServer()
        self.requested.emit(request)


def _send(socket: QLocalSocket, request: Request) -> bool:
    """Send a request; return whether it was taken."""
    socket.write(bytes(request))
    socket.waitForBytesWritten(_PATIENCE_MS)
    # An instance that does not answer hangs: better a second window than none.
    answered = socket.bytesAvailable() > 0 or socket.waitForReadyRead(_PATIENCE_MS)
    accepted = answered and socket.readAll().data() == _ACCEPTED
    socket.disconnectFromServer()
    return accepted


def _private(folder: Path) -> Path | None:
    """Return ``folder``, made if need be, or ``None`` if others might enter it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    if os.name != "posix":
        return folder
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not is_ours:
        return None
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
    return folder


def _activation_token() -> str:
    """Return the desktop's leave to come to the front, which goes with the request."""
    return os.environ.get("XDG_ACTIVATION_TOKEN", "")
