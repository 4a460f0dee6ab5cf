"""The verbs of the local store, as a person uses them."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.store.images import ImageStore
from tests.cli.conftest import Cli, tour
from tests.factory import docker_archive_v25, index, oci_layout

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return docker_archive_v25(tour().build()).write(tmp_path / "tour.tar")


@pytest.fixture
def loaded(cli: Cli, archive: Path) -> str:
    assert cli("load", archive).code == 0
    return "example.test/tour:1.0"


def names(cli: Cli) -> list[str | None]:
    return [image["reference"] for image in cli("images", "--json").document["images"]]


def test_an_empty_store_says_how_to_fill_it(cli: Cli) -> None:
    assert "layerscope load FILE" in cli("images").text
    assert names(cli) == []


def test_a_loaded_image_is_what_the_archive_is(cli: Cli, archive: Path, loaded: str) -> None:
    assert names(cli) == [loaded]
    ours, theirs = (
        cli("inspect", loaded, "--json").document,
        cli("inspect", archive, "--json").document,
    )
    for key in ("image_id", "config", "history", "size", "files"):
        assert ours[key] == theirs[key]
    assert ours["transport"] == "store"
    assert cli("diff", archive, loaded, "--exit-code").code == 0


def test_loading_again_moves_nothing(cli: Cli, archive: Path, loaded: str) -> None:
    (again,) = cli("load", archive, "--json").document["images"]
    assert again["bytes"] < 5000 <= again["spared"]  # the configuration and the manifest at most


def test_all_platforms_of_a_layout_come_with_their_digests(cli: Cli, tmp_path: Path) -> None:
    made = index(tour().build(), replace(tour(), platform="linux/arm64").build())
    path = oci_layout(made).write(tmp_path / "two.tar")
    (one,) = cli("load", path, "-t", "two:1", "--json").document["images"]
    assert one["digest"] == json.loads(tarfile_member(path, "index.json"))["manifests"][0]["digest"]
    assert names(cli) == ["docker.io/library/two:1"]


def tarfile_member(path: Path, name: str) -> bytes:
    with tarfile.open(path) as tar:
        member = tar.extractfile(name)
        assert member is not None
        return member.read()


def test_an_image_that_lacks_a_layer_is_not_loaded(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "layout"
    oci_layout(tour().build()).extract(folder)
    largest = max((folder / "blobs" / "sha256").iterdir(), key=lambda path: path.stat().st_size)
    largest.unlink()
    answer = cli("load", folder)
    assert answer.code == 3
    assert "not complete" in answer.err
    assert names(cli) == []


def test_a_damaged_blob_is_not_loaded(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "layout"
    oci_layout(tour().build()).extract(folder)
    largest = max((folder / "blobs" / "sha256").iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(largest.read_bytes())
    data[len(data) // 2] ^= 1
    largest.write_bytes(data)
    answer = cli("load", folder)
    assert answer.code == 4
    assert "does not match its digest" in answer.err
    assert names(cli) == []


def test_names_are_given_and_taken_away(cli: Cli, loaded: str) -> None:
    assert cli("tag", loaded, "other/app").code == 0
    assert sorted(map(str, names(cli))) == ["docker.io/other/app:latest", loaded]
    assert cli("rmi", loaded).text.startswith(f"removed {loaded}\nfreed 0 blobs")
    assert cli("inspect", "other/app").code == 0
    assert "freed 6 blobs" in cli("rmi", "other/app").text
    assert names(cli) == []


def test_an_image_id_removes_all_names(cli: Cli, loaded: str) -> None:
    cli("tag", loaded, "other/app")
    (image_id,) = {i["image_id"] for i in cli("images", "--json").document["images"]}
    removed = cli("rmi", image_id[7:19], "--json").document["removed"]
    assert sorted(removed) == ["docker.io/other/app:latest", loaded]


@pytest.mark.parametrize(
    "words", [("rmi", "gone:1"), ("tag", "gone:1", "x"), ("save", "gone:1", "-o", "x.tar")]
)
def test_what_is_not_in_the_store_is_3(words: tuple[str, ...], cli: Cli, loaded: str) -> None:
    assert cli(*words).code == 3


def test_a_new_configuration_leaves_the_layers(cli: Cli, loaded: str) -> None:
    before = cli("inspect", loaded, "--json").document
    options = ("--env", "B=2", "--env", "A-", "--cmd", "serve --all", "--label", "who=you")
    made = cli(
        "config", loaded, "new:1", *options, "--expose", "80", "--user", "5", "--json"
    ).document
    after = cli("inspect", "new:1", "--json").document
    assert after["digest"] == made["digest"]
    assert [one["diff_id"] for one in after["layers"]] == [
        one["diff_id"] for one in before["layers"]
    ]
    config = after["config"]
    assert config["Env"] == ["B=2"]
    assert config["Cmd"] == ["serve", "--all"]
    assert config["Labels"] == {"who": "you"}
    assert config["ExposedPorts"] == {"80/tcp": {}}
    assert config["User"] == "5"
    assert [step["created_by"] for step in after["history"][-6:]] == [
        "ENV B=2", "ENV A removed", "LABEL who=you", 'CMD ["serve", "--all"]', "USER 5",
        "EXPOSE 80/tcp",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--env", "=x"),
        ("--env", "novalue"),
        ("--expose", "http"),
        ("--cmd", '["a", 1]'),
        ("--cmd", "'"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_2(
    words: tuple[str, ...], cli: Cli, loaded: str
) -> None:
    assert cli("config", loaded, "new:1", *words).code == 2
    assert names(cli) == [loaded]


def test_an_entrypoint_resets_the_command_as_in_a_dockerfile(cli: Cli, loaded: str) -> None:
    cli("config", loaded, "new:1", "--entrypoint", '["/bin/tool", "-v"]')
    config = cli("inspect", "new:1", "--json").document["config"]
    assert config["Entrypoint"] == ["/bin/tool", "-v"]
    assert config.get("Cmd") is None


def test_squashing_keeps_the_files_and_drops_what_was_deleted(cli: Cli, loaded: str) -> None:
    document = cli("squash", loaded, "small:1", "--json").document
    assert document["layers"] == 1
    assert cli("diff", loaded, "small:1", "--content", "--json").document["entries"] == []
    assert cli("find", "small:1", "/.env", "--json").document["entries"] == []
    assert cli("squash", loaded, "small:1", "--from", "9").code == 2


def test_a_root_filesystem_becomes_an_image(cli: Cli, tmp_path: Path) -> None:
    rootfs = tmp_path / "rootfs.tar"
    with tarfile.open(rootfs, "w") as tar:
        tar.addfile(tarfile.TarInfo("etc/hostname"))
    assert cli("import", rootfs, "mine:1", "--cmd", "sh", "-m", "by hand").code == 0
    document = cli("inspect", "mine:1", "--json").document
    assert document["config"]["Cmd"] == ["sh"]
    assert document["history"][0]["comment"] == "by hand"
    assert [layer["verified"] for layer in document["layers"]] == [True]
    assert cli("cat", "mine:1", "/etc/hostname").code == 0


def test_importing_a_saved_image_is_a_mistake(cli: Cli, archive: Path) -> None:
    answer = cli("import", archive)
    assert answer.code == 2
    assert "layerscope load" in answer.err


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive", "oci"])
@pytest.mark.parametrize("compress", [None, "none", "gzip", "zstd"])
def test_what_is_saved_reads_back(
    form: str, compress: str | None, cli: Cli, loaded: str, tmp_path: Path
) -> None:
    path = tmp_path / "saved"
    words = () if compress is None else ("--compress", compress)
    saved = cli("save", loaded, "-o", path, "--format", form, *words, "--json").document
    back = cli("inspect", path, "--json").document
    assert back["digest"] == saved["digest"]
    assert back["tags"] == [loaded]
    assert all(layer["verified"] for layer in back["layers"])
    wanted = compress or ("none" if form == "docker-archive" else back["layers"][0]["compression"])
    assert {layer["compression"] for layer in back["layers"]} == {wanted}
    assert cli("diff", loaded, path, "--content", "--exit-code").code == 0


@pytest.mark.parametrize("compress", ["gzip", "zstd"])
def test_saving_again_gives_the_same_bytes(
    compress: str, cli: Cli, loaded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def saved(name: str) -> bytes:
        cli("save", loaded, "-o", tmp_path / name, "--compress", compress)
        return (tmp_path / name).read_bytes()

    one = saved("one.tar")
    assert saved("two.tar") == one
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert saved("three.tar") != one
    with tarfile.open(tmp_path / "three.tar") as tar:
        assert {member.mtime for member in tar} == {1700000000}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")
    assert cli("save", loaded, "-o", tmp_path / "four.tar").code == 2
    assert not (tmp_path / "four.tar").exists()


def test_saving_over_a_file_leaves_the_old_one_where_it_fails(
    cli: Cli, loaded: str, tmp_path: Path, store: ImageStore
) -> None:
    path = tmp_path / "saved.tar"
    path.write_text("old")
    _, blob, _ = max(store.layout.blobs(), key=lambda found: found[2])
    blob.write_bytes(b"x" * blob.stat().st_size)
    assert cli("save", loaded, "-o", path).code == 4
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_damaged_store_is_told_and_mended(cli: Cli, loaded: str, store: ImageStore) -> None:
    assert cli("fsck").code == 0
    _, blob, _ = max(store.layout.blobs(), key=lambda found: found[2])
    blob.write_bytes(b"x" * blob.stat().st_size)
    answer = cli("fsck", "--json")
    assert answer.code == 4
    assert answer.document["faults"][0]["images"] == [loaded]
    assert cli("fsck", "--repair").code == 0
    assert cli("fsck").code == 0
    assert names(cli) == []


def test_clearing_takes_images_without_a_name(cli: Cli, loaded: str) -> None:
    digest = cli("config", loaded, "--user", "1", "--json").document["digest"]
    assert None in names(cli)
    assert cli("prune", "--json").document["removed"] == [digest]
    assert names(cli) == [loaded]
