"""One window for each user."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from explorer.ui.single_instance import Request, SingleInstance

POSIX = pytest.mark.skipif(os.name != "posix", reason="permission bits are of POSIX systems")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # A socket's path may have 107 bytes at most, which pytest's folders come near to.
    return tmp_path / "run"


@pytest.fixture
def first(folder: Path) -> Iterator[SingleInstance]:
    made = SingleInstance(folder)
    assert made.listen()
    yield made
    made.close()


def hand_over_elsewhere(folder: Path, paths: list[str]) -> Launch:
    """Hand over as a second process would: while the first one's event loop runs."""
    script = (
        "import sys; from pathlib import Path;"
        "from PySide6.QtCore import QCoreApplication;"
        "from explorer.ui.single_instance import SingleInstance;"
        "app = QCoreApplication([]);"
        "taken = SingleInstance(Path(sys.argv[1])).hand_over(sys.argv[2:]);"
        "sys.exit(0 if taken else 9)"
    )
    return Launch(["-c", script, str(folder), *paths])


class Launch(threading.Thread):
    """Runs Python with arguments beside the test, and keeps its exit code."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__()
        self.arguments, self.code = arguments, -1
        self.start()

    def run(self) -> None:
        here = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, *self.arguments], cwd=here, timeout=60, check=False)
        self.code = done.returncode


def test_nobody_there_takes_nothing(folder: Path) -> None:
    instance = SingleInstance(folder)
    assert not instance.hand_over(["a.tar"])
    instance.close()


def test_the_second_hands_its_files_to_the_first(
    qtbot: QtBot, folder: Path, first: SingleInstance
) -> None:
    with qtbot.waitSignal(first.requested, timeout=30_000) as got:
        launch = hand_over_elsewhere(folder, ["a.tar", "/x/b.tar"])
    launch.join()
    assert launch.code == 0
    here = Path(__file__).parents[2]
    assert got.args[0].paths == (str(here / "a.tar"), "/x/b.tar")


def test_only_one_is_the_first(folder: Path, first: SingleInstance) -> None:
    assert not SingleInstance(folder).listen()


def test_an_instance_that_hangs_does_not_stop_the_second(
    folder: Path, first: SingleInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.ui.single_instance._PATIENCE_MS", 50)
    assert not SingleInstance(folder).hand_over(["/a.tar"])


def test_one_that_never_listens_does_not_stop_the_second(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting = SingleInstance(folder)
    assert not starting.hand_over([])  # it is the first now, and listens later
    monkeypatch.setattr("explorer.ui.single_instance._START_PATIENCE_MS", 50)
    assert not SingleInstance(folder).hand_over(["/a.tar"])
    starting.close()


def test_one_that_listens_only_later_is_waited_for(qtbot: QtBot, folder: Path) -> None:
    starting = SingleInstance(folder)
    assert not starting.hand_over([])
    launch = hand_over_elsewhere(folder, ["/a.tar"])
    with qtbot.waitSignal(starting.requested, timeout=30_000) as got:
        QTimer.singleShot(300, starting.listen)
    launch.join()
    assert launch.code == 0
    assert got.args[0].paths == ("/a.tar",)
    starting.close()


def test_when_the_first_ends_meanwhile_the_second_is_the_first(qtbot: QtBot, folder: Path) -> None:
    ending = SingleInstance(folder)
    assert ending.listen()
    ending.close()
    successor = SingleInstance(folder)
    assert not successor.hand_over(["/a.tar"])
    assert successor.listen()
    successor.close()


def test_what_a_crash_left_behind_is_cleared(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "window.socket").touch()
    (folder / "window.lock").touch()
    instance = SingleInstance(folder)
    assert not instance.hand_over(["/a.tar"])
    assert instance.listen()
    instance.close()


@POSIX
def test_the_socket_is_for_this_user_alone(folder: Path, first: SingleInstance) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "window.socket").stat().st_mode) & 0o077 == 0


@POSIX
def test_a_folder_open_to_others_is_closed(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    instance = SingleInstance(folder)
    assert instance.listen()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    instance.close()


@POSIX
def test_a_folder_that_is_not_ours_is_not_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    assert not SingleInstance(folder).listen()
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert not SingleInstance(tmp_path / "other").listen()


@pytest.mark.parametrize(
    "line",
    [b"\n", b"[]\n", b'{"paths": "a"}\n', b'{"paths": [1]}\n', b"\xff\xfe\n", b"[" * 2000 + b"\n"],
)
def test_nonsense_is_dropped(
    qtbot: QtBot, folder: Path, first: SingleInstance, line: bytes
) -> None:
    heard: list[Request] = []
    first.requested.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(str(folder / "window.socket"))
    socket.write(line)
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert heard == []


def test_an_endless_line_is_cut_off(qtbot: QtBot, folder: Path, first: SingleInstance) -> None:
    socket = QLocalSocket()
    socket.connectToServer(str(folder / "window.socket"))
    socket.write(b"x" * (3 << 20))
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState)


def test_a_request_reads_back_the_same() -> None:
    request = Request(("/a b.tar", "/ä\n.tar"), "token")
    assert Request.parse(bytes(request)) == request
