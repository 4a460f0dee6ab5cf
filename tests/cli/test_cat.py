"""`layerscope cat`: content, as of any layer, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.factory import ImageBuilder, docker_archive_v25, file, sparse, symlink


def test_the_content_a_container_would_read(cli: Cli, archive: Path) -> None:
    answer = cli("cat", archive, "/etc/motd")
    assert (answer.code, answer.out, answer.err) == (0, b"goodbye\n", "")


def test_the_content_as_of_a_layer(cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, "/etc/motd", "--layer", 0).out == b"hello\n"
    assert cli("cat", archive, "/etc/motd", "--layer", 3).out == b"goodbye\n"


def test_a_deleted_file_is_not_there_in_the_end(cli: Cli, archive: Path) -> None:
    answer = cli("cat", archive, "/.env")
    assert (answer.code, answer.out) == (3, b"")
    assert "--layer" in answer.err


@pytest.mark.parametrize("layer", [0, 1, 2, 3])
def test_with_a_layer_a_deleted_file_comes_back(layer: int, cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, "/.env", "--layer", layer).out == b"SECRET=1\n"


def test_a_file_below_a_deleted_directory_comes_back(cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, "/opt/old/data", "--layer", 3).out == b"x" * 1000


def test_a_file_is_not_there_before_it_was_made(cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, "/new", "--layer", 0).code == 3
    assert cli("cat", archive, "/new", "--layer", 1).out == b"new"


def test_symlinks_and_hard_links_lead_to_content(cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, "/link").out == b"goodbye\n"
    assert cli("cat", archive, "/link", "--layer", 0).out == b"hello\n"
    assert cli("cat", archive, "/configuration/c").out == b"c"
    assert cli("cat", archive, "/bin/alias").out == b"tool"


@pytest.mark.parametrize(
    ("path", "why"),
    [("/etc", "directory"), ("/dev/null", "character device"), ("/run/pipe", "named pipe")],
)
def test_what_has_no_content_is_named(path: str, why: str, cli: Cli, archive: Path) -> None:
    answer = cli("cat", archive, path)
    assert (answer.code, answer.out) == (3, b"")
    assert why in answer.err


@pytest.mark.parametrize("path", ["/loop", "/nowhere", "/link/below"])
def test_what_leads_nowhere_is_not_found(path: str, cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, path).code == 3


def test_holes_read_as_zeros(cli: Cli, tmp_path: Path) -> None:
    image = ImageBuilder().add(sparse("f", 5000, {4000: b"end"}, "1.0"), file("g", "g")).build()
    where = docker_archive_v25(image).write(tmp_path / "sparse.tar")
    assert cli("cat", where, "/f").out == b"\0" * 4000 + b"end" + b"\0" * 997


def test_there_is_no_json_of_raw_bytes(cli: Cli, archive: Path) -> None:
    assert cli("cat", archive, "/etc/motd", "--json").code == 2


def test_a_link_that_leads_nowhere_does_not_bring_back_what_it_replaced(
    cli: Cli, tmp_path: Path
) -> None:
    image = ImageBuilder().add(file("f", "old")).add(symlink("f", "absent")).build()
    where = docker_archive_v25(image).write(tmp_path / "link.tar")
    assert cli("cat", where, "/f", "--layer", 0).out == b"old"
    for words in ((), ("--layer", 1)):
        answer = cli("cat", where, "/f", *words)
        assert (answer.code, answer.out) == (3, b"")
