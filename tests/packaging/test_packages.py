"""What is given to people: what is in it, what it asks of a system, and that it runs."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from devkit import debian, elf, verbs
from devkit import package as package_module
from devkit.debian import APP_ID, Parts, depends, lay_out, pack, validate
from devkit.environment import Environment
from devkit.project import Project
from devkit.trial import try_out
from devkit.trouble import DevError
from devkit.wheel import problems_of_source, problems_of_wheel

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project(ROOT)
ASKED = os.environ.get("LAYERSCOPE_PACKAGE") == "1"
NEEDS_DPKG = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is not installed")


class Fixed(Project):
    """A project that packs elsewhere, at a fixed time."""

    @property
    def output(self) -> Path:
        return self.root / "out"

    @property
    def version(self) -> str:
        return "1.2"

    @property
    def epoch(self) -> int:
        return 1_700_000_000


def fake_app(folder: Path) -> Path:
    app = folder / "app"
    (app / "_internal").mkdir(parents=True)
    (app / "layerscope").write_text("#!/bin/sh\necho layerscope 1.2\n", encoding="utf-8")
    (app / "layerscope").chmod(0o700)
    (app / "_internal" / "data").write_bytes(bytes(3000))
    (app / "_internal" / "link").symlink_to("data")
    return app


def parts(folder: Path) -> Parts:
    picture = folder / "icon.png"
    picture.write_bytes(b"PNG")
    licence = folder / "LICENSE.txt"
    licence.write_text("Do as you like.\n", encoding="utf-8")
    found = '{"thing": {"version": "3", "licence": "MIT", "files": {"licenses/a/L": "%s"}}}'
    return Parts(
        desktop=ROOT / "packaging" / f"{APP_ID}.desktop",
        metainfo=ROOT / "packaging" / f"{APP_ID}.metainfo.xml",
        mime=ROOT / "packaging" / f"{APP_ID}.mime.xml",
        icon=ROOT / "resources" / "icons" / "layerscope.svg",
        pictures={48: picture},
        licences=found % licence.as_posix(),
        changes="# Changes\n",
        completions={"bash": "complete layerscope\n"},
    )


def make(folder: Path) -> Path:
    folder.mkdir()
    lay_out(folder / "tree", fake_app(folder), parts(folder))
    return pack(folder / "tree", Fixed(folder), ["libc6 (>= 2.36)", "libegl1"])


# The wheel


def test_all_that_the_application_reads_is_shipped() -> None:
    places = tuple(PROJECT.shipped())
    resources = [f"resources/{path}" for path in PROJECT.shipped_resources()]
    forgotten = [name for name in resources if not _is_in(name, places)]
    assert forgotten == []


def _is_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def whole_wheel() -> list[str]:
    info = f"layerscope-{PROJECT.version}.dist-info"
    names = [f"{info}/{name}" for name in ("METADATA", "entry_points.txt", "licenses/LICENSE")]
    names += [path.as_posix() for path in PROJECT.files("explorer")]
    return names + [f"explorer/_resources/{path}" for path in PROJECT.shipped_resources()]


def test_a_wheel_has_the_package_and_its_resources_and_nothing_else() -> None:
    names = whole_wheel()
    assert problems_of_wheel(names, PROJECT) == []
    names.remove("explorer/_resources/sample.tar")
    assert problems_of_wheel([*names, "tests/conftest.py"], PROJECT) == [
        "explorer/_resources/sample.tar is missing",
        "tests/conftest.py has no place in it",
    ]


def test_a_source_archive_has_what_tests_and_packages_are_made_of() -> None:
    top = f"layerscope-{PROJECT.version}/"
    folders = ("explorer", "resources", "tests", "packaging")
    names = [f"{top}{path}" for folder in folders for path in PROJECT.files(folder)]
    names += [f"{top}{name}" for name in ("pyproject.toml", "README.md", "LICENSE", "PKG-INFO")]
    assert problems_of_source(names, PROJECT) == []
    names.remove(f"{top}LICENSE")
    assert problems_of_source(names, PROJECT) == ["LICENSE is missing"]


# The package for Debian


@NEEDS_DPKG
def test_the_same_input_gives_the_same_package(tmp_path: Path) -> None:
    first, second = make(tmp_path / "a"), make(tmp_path / "b")
    assert first.name.startswith("layerscope_1.2_")
    assert first.read_bytes() == second.read_bytes()


@NEEDS_DPKG
def test_every_file_lies_where_desktops_look_for_it(tmp_path: Path) -> None:
    package = make(tmp_path / "a")
    out = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=5) for line in out.stdout.splitlines()]
    files = {row[5].removeprefix("./"): (row[0], row[1]) for row in rows}
    assert {owner for _, owner in files.values()} == {"root/root"}
    modes = {name: mode for name, (mode, _) in files.items()}
    assert modes["usr/lib/layerscope/layerscope"] == "-rwxr-xr-x"
    assert modes["usr/lib/layerscope/_internal/data"] == "-rw-r--r--"
    for name in (
        "usr/bin/layerscope -> ../lib/layerscope/layerscope",
        "usr/lib/layerscope/_internal/link -> data",
        f"usr/share/applications/{APP_ID}.desktop",
        f"usr/share/metainfo/{APP_ID}.metainfo.xml",
        f"usr/share/mime/packages/{APP_ID}.xml",
        f"usr/share/icons/hicolor/scalable/apps/{APP_ID}.svg",
        f"usr/share/icons/hicolor/48x48/apps/{APP_ID}.png",
        "usr/share/bash-completion/completions/layerscope",
        "usr/share/doc/layerscope/changelog.gz",
        "usr/share/doc/layerscope/copyright",
        "usr/share/doc/layerscope/licences/thing/a/L",
    ):
        assert name in modes


@NEEDS_DPKG
def test_a_package_says_what_it_is_and_needs(tmp_path: Path) -> None:
    package = make(tmp_path / "a")

    def field(name: str) -> str:
        command = ["dpkg-deb", "-f", str(package), name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert field("Package") == "layerscope"
    assert field("Version") == "1.2"
    assert field("Depends") == "libc6 (>= 2.36), libegl1"
    assert int(field("Installed-Size")) > 4
    assert field("Description").startswith("see inside container images")


@NEEDS_DPKG
def test_an_unpacked_package_starts_by_its_link(tmp_path: Path) -> None:
    package = make(tmp_path / "a")
    subprocess.run(["dpkg-deb", "-x", package, tmp_path / "installed"], check=True)
    program = tmp_path / "installed" / "usr" / "bin" / "layerscope"
    out = subprocess.run([program], capture_output=True, text=True, check=True)
    assert out.stdout == "layerscope 1.2\n"
    documents = tmp_path / "installed" / "usr" / "share" / "doc" / "layerscope"
    assert gzip.decompress((documents / "changelog.gz").read_bytes()) == b"# Changes\n"
    copyright = (documents / "copyright").read_text("utf-8")
    assert " thing 3: MIT" in copyright
    assert "License: Apache-2.0" in copyright


def test_a_tree_is_shown_to_the_validators(tmp_path: Path) -> None:
    lay_out(tmp_path / "tree", fake_app(tmp_path), parts(tmp_path))
    validate(tmp_path / "tree")
    desktop = tmp_path / "tree" / "usr" / "share" / "applications" / f"{APP_ID}.desktop"
    desktop.write_text("[Desktop Entry]\nType=Nonsense\n", encoding="utf-8")
    if shutil.which("desktop-file-validate"):
        with pytest.raises(DevError, match="desktop-file-validate"):
            validate(tmp_path / "tree")


# What a program asks of the system


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has ELF files")
def test_libraries_are_read_off_the_files_themselves() -> None:
    import _ctypes

    needed = elf.needed(Path(_ctypes.__file__).read_bytes())
    assert any(name.startswith("libffi.so") for name in needed)


@pytest.mark.parametrize("data", [b"", b"\x7fELF\x02\x01", b"\x7fELF\x02\x01" + bytes(3000)])
def test_an_odd_file_needs_nothing(data: bytes) -> None:
    assert elf.needed(data) == []


def test_dependencies_are_packages_and_one_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    sonames = {"libEGL.so.1", "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "libcrypto.so.3"}
    monkeypatch.setattr(debian.elf, "outside", lambda folder: (sonames, (2, 35)))
    assert depends(Path()) == ["libc6 (>= 2.35)", "libegl1", "libssl3"]


def test_what_a_folder_brings_itself_is_no_dependency(tmp_path: Path) -> None:
    import _ctypes

    copy = shutil.copy(_ctypes.__file__, tmp_path / "module.so")
    (soname,) = (name for name in elf.needed(copy.read_bytes()) if name.startswith("libffi.so"))
    assert soname in elf.outside(tmp_path)[0]
    (tmp_path / soname).touch()
    assert soname not in elf.outside(tmp_path)[0]


# Trying out, and the verb


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho no library >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(DevError, match="does not work") as caught:
        try_out(program, "1.2")
    assert "it ended with 3: no library" in caught.value.why


def test_a_program_of_another_version_is_refused(tmp_path: Path) -> None:
    program = fake_app(tmp_path) / "layerscope"
    with pytest.raises(DevError, match=r"says it is 'layerscope 1\.2'"):
        try_out(program, "1.3")


@pytest.mark.parametrize("arguments", [[], ["rpm"], ["wheel", "rpm"]])
def test_package_says_what_can_be_built(arguments: list[str]) -> None:
    with pytest.raises(DevError) as caught:
        package_module.package(Environment(ROOT), arguments)
    assert "wheel|app|deb" in caught.value.hint


def test_package_is_a_verb() -> None:
    assert verbs.VERBS["package"] is package_module.package
    assert "package KIND" in verbs.USAGE


def test_a_package_for_debian_is_made_of_the_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def note(kind: str) -> Callable[..., Sequence[Path]]:
        return lambda *arguments: made.append(kind) or []

    monkeypatch.setattr(package_module.Environment, "ensure", lambda self: None)
    for kind in ("wheel", "app", "deb"):
        monkeypatch.setattr(package_module, f"build_{kind}", note(kind))
    assert package_module.package(Environment(tmp_path), ["deb", "wheel"]) == 0
    assert made == ["wheel", "app", "deb"]


if ASKED:  # it takes minutes

    @pytest.mark.slow
    @pytest.mark.integration
    @NEEDS_DPKG
    def test_everything_is_built_and_runs() -> None:
        """The verb itself tries out what it made: the command line, the sample, and the window."""
        command = [sys.executable, str(ROOT / "packaging" / "dev.py"), "package", "wheel", "deb"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("dev: made ") == 4
