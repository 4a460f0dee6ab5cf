"""Verbs on ``docker://``: what they fetch, and what they say that they do not know."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.cli import remote
from tests.cli import remote_schemas, schemas
from tests.cli.conftest import Cli, Terminal
from tests.factory import Image, ImageBuilder, file, index, layer, whiteout
from tests.sources.registry.serving import GivingRegistry, giving

NOISE = random.Random(1).randbytes(100_000)  # so that it is not fetched just by the way
BASE = layer(file("etc/name", "base"), file("etc/gone", "x" * 5000), file("noise", NOISE))
TOP = layer(file("app/main", "hello"), whiteout("etc/gone"))


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GivingRegistry]:
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE"):
        monkeypatch.delenv(name, raising=False)
    with giving() as serving:
        yield serving


def made(platform: str = "linux/amd64", *more: str) -> Image:
    builder = ImageBuilder(platform).add(BASE, created_by="ADD base /")
    return (
        builder.add(TOP, created_by="RUN make # buildkit")
        .configure(Labels=dict.fromkeys(more, "yes"))
        .build()
    )


@pytest.fixture
def name(registry: GivingRegistry) -> str:
    return registry.hold(made())


def test_inspect_fetches_documents_alone_and_says_what_it_does_not_know(
    cli: Cli, registry: GivingRegistry, name: str
) -> None:
    answer = cli("inspect", name, "--json")
    schemas.check(answer.document, remote_schemas.UNLISTED_INSPECT)
    assert answer.err == ""
    assert answer.document["reference"] == name
    assert answer.document["stored"] == len(BASE.blob) + len(TOP.blob)
    assert answer.document["traffic"]["spared"] == len(BASE.blob) + len(TOP.blob)
    assert len(registry.asked()) == 2


def test_layers_fetches_documents_alone(cli: Cli, registry: GivingRegistry, name: str) -> None:
    schemas.check(cli("layers", name, "--json").document, remote_schemas.UNLISTED_LAYERS)
    text = cli("layers", name).text
    assert "RUN make" in text
    assert "see --files" in text
    assert registry.sent(BASE.digest, TOP.digest) == 0


@pytest.mark.parametrize("option", ["--files", "--verify"])
def test_inspect_fetches_the_files_where_that_is_asked_for(
    cli: Cli, name: str, option: str
) -> None:
    document = cli("inspect", name, option, "--json").document
    schemas.check(document, remote_schemas.INSPECT)
    assert document["files"] == 3
    assert [layer["verified"] for layer in document["layers"]] == [True, True]


def test_what_is_known_from_before_is_told(cli: Cli, name: str) -> None:
    cli("ls", name)
    schemas.check(cli("inspect", name, "--json").document, remote_schemas.INSPECT)


def test_every_platform_is_described_without_its_layers(cli: Cli, registry: GivingRegistry) -> None:
    name = registry.hold(index(made(), made("linux/arm64")))
    document = cli("inspect", name, "--all-platforms", "--json").document
    assert [image["platform"] for image in document["images"]] == ["linux/amd64", "linux/arm64"]
    assert registry.sent(BASE.digest, TOP.digest) == 0


def test_ls_of_a_layer_fetches_that_layer(cli: Cli, registry: GivingRegistry, name: str) -> None:
    answer = cli("ls", name, "-r", "--layer", "1", "--json")
    schemas.check(answer.document, remote_schemas.ENTRIES_OF_A_LAYER)
    assert set(answer.entries) == {"/app/main", "/etc/gone"}
    assert registry.sent(BASE.digest) == 0


def test_ls_as_of_a_layer_fetches_none_above(cli: Cli, registry: GivingRegistry, name: str) -> None:
    assert set(cli("ls", name, "/etc", "--upto", "0", "--json").entries) == {
        "/etc/gone",
        "/etc/name",
    }
    assert registry.sent(TOP.digest) == 0


def test_ls_shows_the_merged_filesystem(cli: Cli, name: str) -> None:
    assert set(cli("ls", name, "-r", "--json").entries) == {
        "/app",
        "/app/main",
        "/etc",
        "/etc/name",
        "/noise",
    }


def test_cat_fetches_from_the_top_until_the_file_is_there(
    cli: Cli, registry: GivingRegistry, name: str
) -> None:
    assert cli("cat", name, "/app/main").out == b"hello"
    assert registry.sent(BASE.digest) == 0
    assert cli("cat", name, "/etc/gone", "--layer", "1").out == b"x" * 5000


def test_extract_find_timeline_and_waste_fetch_what_they_need(
    cli: Cli, name: str, tmp_path: Path
) -> None:
    assert cli("extract", name, "/app/main", tmp_path / "main").code == 0
    assert (tmp_path / "main").read_bytes() == b"hello"
    assert set(cli("find", name, "change:removed", "--json").entries) == {"/etc/gone"}
    assert len(cli("timeline", name, "/etc/gone", "--json").document["versions"]) == 2
    assert cli("waste", name, "--json").document["wasted_bytes"] == 5000
    assert cli("report", name).code == 0


def test_images_with_the_same_layers_are_compared_without_any(
    cli: Cli, registry: GivingRegistry, name: str
) -> None:
    other = registry.hold(made("linux/amd64", "changed"), tag="2")
    found = cli("diff", name, other, "--json").document
    assert [row["key"] for row in found["config"]] == ["Labels.changed"]
    shared = cli("shared", name, other, "--json").document
    assert shared["saved"] == len(BASE.blob) + len(TOP.blob)
    assert registry.sent(BASE.digest, TOP.digest) == 0


def test_images_with_other_layers_are_compared_file_by_file(
    cli: Cli, registry: GivingRegistry, name: str
) -> None:
    other = registry.hold(ImageBuilder().add(BASE).build(), tag="2")
    found = cli("diff", other, name, "--json").document
    assert [(row["change"], row["path"]) for row in found["entries"]] == [
        ("added", "/app"),
        ("added", "/app/main"),
        ("removed", "/etc/gone"),
    ]
    assert registry.sent(BASE.digest) == len(BASE.blob), "once for both"


def test_what_it_costs_is_said_where_it_is_asked_for(cli: Cli, name: str) -> None:
    assert cli("ls", name).err == ""
    told = cli("shared", name, "--traffic")
    assert told.code == 0
    assert "fetched" in told.err
    assert told.err.count("\n") == 1


def test_what_it_costs_is_said_on_a_terminal(
    cli: Cli, name: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("explorer.cli.failures.say", told.append)
    assert cli("shared", name).code == 0
    assert "spared" in told[-1]


def test_an_unknown_name_and_a_registry_that_is_away(cli: Cli, registry: GivingRegistry) -> None:
    absent = cli("ls", f"docker://{registry.host}/app:none")
    assert absent.code == 3
    assert registry.host in absent.err
    assert cli("ls", "docker://NOT A NAME").code == 2


def test_a_layer_that_is_another_is_4(cli: Cli, registry: GivingRegistry, name: str) -> None:
    registry.changed[TOP.digest] = bytes([*TOP.blob[:-1], TOP.blob[-1] ^ 1])
    answer = cli("ls", name)
    assert answer.code == 4
    assert "layer 1" in answer.err


def test_no_keypress_goes_to_the_network(registry: GivingRegistry, name: str) -> None:
    import click

    from explorer.cli.completing import complete_path

    context = click.Context(click.Command("ls"))
    context.params["image"] = name
    assert complete_path(context, click.Argument(["path"]), "/e") == []
    assert registry.asked() == []


def test_only_the_host_that_is_named_may_be_insecure() -> None:
    assert remote.connection("docker://a.example/app", insecure=False) is None
    assert remote.connection("app.tar", insecure=True) is None
    connect = remote.connection("docker://a.example/app", insecure=True)
    assert connect is not None
    assert connect().options.insecure == frozenset({"a.example"})
