from collections.abc import Sequence
from pathlib import Path

import pytest
from devkit import libraries

LDD = """\
/venv/PySide6/Qt/plugins/platforms/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffd4e5f2000)
\tlibxcb-icccm.so.4 => not found
\tlibxcb-cursor.so.0 => not found
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f2a1c000000)
/venv/PySide6/QtWidgets.abi3.so:
\tlibEGL.so.1 => not found
\tlibxcb-cursor.so.0 => not found
"""


def test_the_loader_names_each_missing_library_once() -> None:
    assert libraries.not_found(LDD) == ["libEGL.so.1", "libxcb-cursor.so.0", "libxcb-icccm.so.4"]


def test_debian_packages_are_named_exactly() -> None:
    assert libraries.debian_packages(libraries.not_found(LDD)) == [
        "libegl1",
        "libxcb-cursor0",
        "libxcb-icccm4",
    ]


def test_two_libraries_of_one_package_name_it_once() -> None:
    pair = ["libglib-2.0.so.0", "libgthread-2.0.so.0"]

    assert libraries.debian_packages(pair) == ["libglib2.0-0"]


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libxcb-xinerama.so.0", "libxcb-xinerama0"),
        ("libXrender.so.1", "libxrender1"),
        ("libpcre2-8.so.0", "libpcre2-8-0"),
    ],
)
def test_an_unlisted_library_follows_debians_naming_rule(soname: str, package: str) -> None:
    assert libraries.debian_packages([soname]) == [package]


def test_the_advice_is_a_command_where_there_is_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")

    assert libraries.advice(["libEGL.so.1"]) == "sudo apt-get install libegl1"


def test_the_advice_names_the_libraries_where_there_is_no_apt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)

    assert "libEGL.so.1" in libraries.advice(["libEGL.so.1"])


class Machine:
    """A Linux machine whose loader misses some libraries until they are installed."""

    def __init__(self, *absent: str, may_install: bool) -> None:
        self.absent = list(absent)
        self.may_install = may_install
        self.installed: list[str] = []
        self.loader = [1, 1]
        self.asked = 0

    def missing(self, pyside: Path, platforms: Sequence[str]) -> list[str]:
        self.asked += 1
        return list(self.absent)

    def install(self, packages: Sequence[str]) -> bool:
        if self.may_install:
            self.installed.extend(packages)
            self.absent.clear()
            self.loader = [2, 2]
        return self.may_install

    def plug_into(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(libraries, "missing", self.missing)
        monkeypatch.setattr(libraries, "_install", self.install)
        monkeypatch.setattr(libraries, "_loader_state", lambda: list(self.loader))


def test_missing_libraries_are_installed_where_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine("libEGL.so.1", may_install=True)
    machine.plug_into(monkeypatch)

    assert libraries.provide(tmp_path, tmp_path, ("xcb",)) == []
    assert machine.installed == ["libegl1"]


def test_missing_libraries_are_returned_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Machine("libEGL.so.1", may_install=False).plug_into(monkeypatch)

    assert libraries.provide(tmp_path, tmp_path, ("xcb",)) == ["libEGL.so.1"]


def test_a_complete_machine_is_not_asked_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(may_install=False)
    machine.plug_into(monkeypatch)

    libraries.provide(tmp_path, tmp_path, ("xcb",))
    libraries.provide(tmp_path, tmp_path, ("xcb",))

    assert machine.asked == 1


def test_another_platform_is_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(may_install=False)
    machine.plug_into(monkeypatch)

    libraries.provide(tmp_path, tmp_path, ("xcb",))
    libraries.provide(tmp_path, tmp_path, ("offscreen",))

    assert machine.asked == 2


def test_installing_or_removing_a_library_asks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(may_install=False)
    machine.plug_into(monkeypatch)
    libraries.provide(tmp_path, tmp_path, ("xcb",))

    machine.absent.append("libEGL.so.1")
    machine.loader = [3, 3]

    assert libraries.provide(tmp_path, tmp_path, ("xcb",)) == ["libEGL.so.1"]
