"""Images to ask the command line about, and a way to ask in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from explorer.cli.app import run
from tests.factory import (
    Image,
    ImageBuilder,
    character_device,
    directory,
    docker_archive_v25,
    fifo,
    file,
    hardlink,
    index,
    oci_layout,
    opaque,
    symlink,
    whiteout,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run printed, and its exit code."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def document(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        """The entries of the document by path; none may be listed twice."""
        rows = self.document["entries"]
        found = {row["path"]: row for row in rows}
        assert len(found) == len(rows)
        return found


Cli = Callable[..., Answer]


@pytest.fixture
def cli(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line in this process."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)

    def ask(*arguments: object) -> Answer:
        capsysbinary.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return Answer(code, out, err.decode())

    return ask


class Terminal(io.StringIO):
    """A stream that says it is a terminal, thirty columns wide."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def tour() -> ImageBuilder:
    """Four layers with one of everything: 0 base, 1 changes, 2 deletions, 3 a fresh directory."""
    return (
        ImageBuilder("linux/amd64")
        .add(
            directory("etc"),
            file("etc/motd", "hello\n"),
            file("etc/passwd", "root:x:0:0::/:/bin/sh\n", mode=0o644),
            directory("opt"),
            directory("opt/old"),
            file("opt/old/data", "x" * 1000),
            directory("conf"),
            file("conf/a", "a"),
            file("conf/b", "b"),
            file("bin/tool", "tool", mode=0o4755, xattrs={"user.note": "yes"}),
            hardlink("bin/alias", "bin/tool"),
            symlink("link", "etc/motd"),
            symlink("configuration", "/conf"),
            symlink("loop", "loop"),
            character_device("dev/null", 1, 3, mode=0o666),
            fifo("run/pipe"),
            file(".env", "SECRET=1\n", mode=0o600),
            created_by="ADD rootfs.tar / # buildkit",
        )
        .empty("ENV A=1")
        .add(
            file("etc/motd", "goodbye\n"),
            file("etc/passwd", "root:x:0:0::/:/bin/sh\n", mode=0o600),
            file("new", "new"),
            created_by="RUN change things # buildkit",
        )
        .add(
            whiteout("opt/old"),
            whiteout(".env"),
            created_by="RUN rm -rf /opt/old /.env # buildkit",
        )
        .add(
            directory("conf"),
            opaque("conf"),
            file("conf/c", "c"),
            created_by="COPY conf /conf # buildkit",
        )
        .configure(Cmd=["sh"], Env=["A=1"], Labels={"who": "us"})
        .tag("example.test/tour:1.0")
    )


@pytest.fixture(scope="session")
def tour_image() -> Image:
    return tour().build()


@pytest.fixture(scope="session")
def archive(tour_image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tour as `docker save` writes it."""
    folder = tmp_path_factory.mktemp("tour")
    return docker_archive_v25(tour_image).write(folder / "tour.tar")


@pytest.fixture(scope="session")
def several(tour_image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two images."""
    other = ImageBuilder().add(file("b", "b")).tag("example.test/other:2").build()
    folder = tmp_path_factory.mktemp("several")
    return oci_layout(tour_image, other).write(folder / "two.tar")


@pytest.fixture(scope="session")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layout of one image for two platforms."""
    amd = ImageBuilder("linux/amd64").add(file("arch", "amd64")).build()
    arm = ImageBuilder("linux/arm64").add(file("arch", "arm64!")).build()
    folder = tmp_path_factory.mktemp("platforms") / "layout"
    node = index(amd, arm, tags=("example.test/both:1",))
    return oci_layout(node).extract(folder)


@pytest.fixture(scope="session")
def mismatched(tour_image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A docker archive in which one layer is not what its digest says."""
    spoiled = docker_archive_v25(tour_image)
    plain = tour_image.uncompressed()
    name = next(name for name in spoiled.names if plain.layers[1].digest[7:] in name)
    content = spoiled.content(name).replace(b"goodbye", b"goodBYE")
    folder = tmp_path_factory.mktemp("mismatched")
    return spoiled.replaced(name, content).write(folder / "mismatched.tar")
