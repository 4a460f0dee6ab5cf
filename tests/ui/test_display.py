"""Whether a window can be shown, asked before Qt would abort."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import Unsupported
from explorer.ui import display


@pytest.fixture
def runtime() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_without_a_screen_the_command_line_is_named() -> None:
    with pytest.raises(Unsupported, match="DISPLAY") as caught:
        display.check({}, "linux")
    assert "layerscope report" in caught.value.hint
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("name", [":4711", "host.invalid:0", "nonsense"])
def test_a_display_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(display, "_connects", lambda _family, _address: False)
    monkeypatch.setattr(display, "_check_plugin", lambda _name: None)
    with pytest.raises(Unsupported, match=name):
        display.check({"DISPLAY": name}, "linux")


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen"])
def test_platforms_without_a_screen_need_none(platform: str) -> None:
    display.check({"QT_QPA_PLATFORM": platform}, "linux")


def test_other_systems_always_have_a_screen() -> None:
    display.check({}, "darwin")
    display.check({}, "win32")


def test_a_wayland_compositor_that_answers_is_enough(runtime: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(runtime / "wayland-0"))
        server.listen()
        display.check({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(runtime)}, "linux")


def test_one_that_is_gone_is_not(runtime: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(runtime)}
    with pytest.raises(Unsupported):
        display.check(environment, "linux")


def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    monkeypatch.setattr("ctypes.CDLL", fails)
    with pytest.raises(Unsupported, match="libxcb-cursor") as caught:
        display.check({"DISPLAY": ":0"}, "linux")
    assert caught.value.hint.endswith("sudo apt install libxcb-cursor0")


def test_a_qt_that_cannot_be_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_name: str) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.importlib, "import_module", fails)
    with pytest.raises(Unsupported) as caught:
        display.check({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert caught.value.hint.endswith("sudo apt install libegl1")


def test_an_unknown_library_still_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_name: str) -> None:
        raise ImportError("libodd.so.7: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.importlib, "import_module", fails)
    with pytest.raises(Unsupported, match="libodd"):
        display.check({"QT_QPA_PLATFORM": "offscreen"}, "linux")
