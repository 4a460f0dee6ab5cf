import socket
import sys
from pathlib import Path

import pytest
from devkit import display

needs_unix_sockets = pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets"
)


def test_without_variables_there_is_no_display() -> None:
    assert display.platforms({}, "linux") == ()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_macos_and_windows_always_have_one(system: str) -> None:
    assert display.platforms({}, system) == ("native",)


@needs_unix_sockets
@pytest.mark.parametrize("name", ["", ":", "nonsense", ":x", ":65000", ":65000.0", "unix:65000"])
def test_a_display_that_does_not_answer_is_no_display(name: str) -> None:
    assert display.platforms({"DISPLAY": name}, "linux") == ()


@needs_unix_sockets
def test_a_compositor_that_has_gone_is_no_display(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}

    assert display.platforms(environment, "linux") == ()


@needs_unix_sockets
def test_a_compositor_that_listens_is_a_display(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a relative name keeps under the limit of socket paths
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind("wayland-0")
        compositor.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": ""}

        assert display.platforms(environment, "linux") == ("wayland",)


@pytest.mark.skipif(sys.platform == "win32", reason="DISPLAY means nothing on Windows")
def test_a_forwarded_x_display_is_a_display() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000

        assert display.platforms({"DISPLAY": f"127.0.0.1:{number}.0"}, "linux") == ("xcb",)
