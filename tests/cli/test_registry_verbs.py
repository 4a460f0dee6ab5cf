"""The verbs of registries as a person uses them: what they print, what their documents have."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from explorer.oci import Descriptor, Manifest, media
from tests.cli import schemas
from tests.cli.conftest import Cli
from tests.factory import ImageBuilder, file, index, oci_layout
from tests.transfer.listing_registry import Listing, listing

PASSWORD = "s3cret-word"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listing]:
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE"):
        monkeypatch.delenv(name, raising=False)
    with listing() as serving:
        yield serving


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """An image for two platforms, loaded under the name both:1."""
    images = [
        ImageBuilder(f"linux/{one}").add(file("arch", one)).build() for one in ("amd64", "arm64")
    ]
    return oci_layout(index(*images, tags=("example.test/both:1",))).extract(tmp_path / "both")


@pytest.fixture
def pushed(cli: Cli, registry: Listing, layout: Path) -> str:
    """That image in the registry, under two tags."""
    for tag in ("1", "2"):
        answer = cli("push", layout, f"{registry.host}/team/both:{tag}", "--json")
        assert answer.code == 0, answer.err
    return f"{registry.host}/team/both:1"


def test_pushing_and_pulling_give_receipts(cli: Cli, registry: Listing, layout: Path) -> None:
    name = f"{registry.host}/team/both:1"
    first = cli("push", layout, name, "--json").document
    schemas.check(first, schemas.PUSH)
    assert {blob["fate"] for blob in first["blobs"]} == {"moved"}
    pulled = cli("pull", name, "--json").document
    schemas.check(pulled, schemas.PULL)
    assert pulled["index"] == first["digest"]
    whole = cli("pull", name, "--all-platforms", "--json").document
    schemas.check(whole, schemas.PULL)
    assert whole["digest"] == first["digest"]
    assert whole["platforms"] == ["linux/amd64", "linux/arm64"]


@pytest.mark.parametrize(
    "target", ["docker://{host}/copy:1", "store:copy:1", "oci:{tmp}/o", "oci-archive:{tmp}/o.tar",
               "docker-archive:{tmp}/d.tar"],
)  # fmt: skip
def test_a_copy_gives_a_receipt(
    target: str, cli: Cli, registry: Listing, pushed: str, tmp_path: Path
) -> None:
    to = target.format(host=registry.host, tmp=tmp_path)
    document = cli("copy", f"docker://{pushed}", to, "--json").document
    schemas.check(document, schemas.COPY)
    assert document["bytes"] + document["spared"] == sum(b["size"] for b in document["blobs"])
    assert document["requests"] > 0


def test_loading_out_of_a_registry_is_pulling(cli: Cli, registry: Listing, pushed: str) -> None:
    answer = cli("load", f"docker://{pushed}")
    assert answer.code == 2
    assert f"layerscope pull {pushed}" in answer.err


def test_tags_are_listed_short_and_long(cli: Cli, registry: Listing, pushed: str) -> None:
    short = cli("tags", f"{registry.host}/team/both", "--json").document
    schemas.check(short, schemas.TAGS)
    assert short["tags"] == ["1", "2"]
    long = cli("tags", f"{registry.host}/team/both", "--long", "--json").document
    schemas.check(long, schemas.TAGS_LONG)
    assert [row["platforms"] for row in long["details"]] == [["linux/amd64", "linux/arm64"]] * 2
    text = cli("tags", f"{registry.host}/team/both", "--long").text
    assert re.search(r"^1 +\d+ B .* linux/amd64, linux/arm64 +[0-9a-f]{12}$", text, re.MULTILINE)


def test_tags_are_sorted_as_people_count(cli: Cli, registry: Listing) -> None:
    for tag, size in (("1.10", 3000), ("1.9", 9000), ("latest", 10)):
        registry.image("app", b"x" * size, tag=tag)
    where = f"{registry.host}/app"
    assert cli("tags", where, "--sort", "name").text.split() == ["1.9", "1.10", "latest"]
    assert cli("tags", where, "--sort", "size").text.split() == ["1.9", "1.10", "latest"]


def test_repositories_are_listed(cli: Cli, registry: Listing, pushed: str) -> None:
    document = cli("catalog", registry.host, "--json").document
    schemas.check(document, schemas.CATALOG)
    assert document["repositories"] == ["team/both"]
    registry.guard = lambda _request: web.Response(status=403)
    forbidden = cli("catalog", registry.host)
    assert forbidden.code == 5
    assert "does not tell its repositories" in forbidden.err


def test_what_refers_to_an_image_is_listed(cli: Cli, registry: Listing) -> None:
    image = registry.image("app", b"layer")
    note = registry.blob("app", b"note", "text/plain")
    empty = Descriptor(media.OCI_EMPTY, note.digest, note.size)
    signature = Manifest(empty, (note,), subject=image, artifact_type="application/x.note")
    entry = registry.manifest("app", signature)
    described = Descriptor(
        entry.media_type, entry.digest, entry.size, artifact_type="application/x.note"
    )
    tag = str(image.digest).replace(":", "-")
    held = {"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": [described.to_json()]}
    registry.document("app", json.dumps(held).encode(), media.OCI_INDEX, tag)
    document = cli("referrers", f"{registry.host}/app:1", "--json").document
    schemas.check(document, schemas.REFERRERS)
    (found,) = document["referrers"]
    assert (found["digest"], found["artifact_type"]) == (str(entry.digest), "application/x.note")


def test_deleting_says_what_went(cli: Cli, registry: Listing, pushed: str) -> None:
    document = cli("delete", pushed, "--yes", "--json").document
    schemas.check(document, schemas.DELETE)
    assert (document["deleted"], document["tags"]) == ("tag", ["1"])
    digest = f"{registry.host}/team/both@{document['digest']}"
    again = cli("delete", f"docker://{digest}", "--yes", "--json").document
    assert (again["deleted"], again["tags"]) == ("manifest", ["2"])
    assert registry.tags("team/both") == []


class Asked(io.StringIO):
    """Somebody at a terminal, who answers."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("said", "code", "left"), [("y\n", 0, ["2"]), ("n\n", 130, ["1", "2"])])
def test_deleting_asks_a_person(
    said: str, code: int, left: list[str],
    cli: Cli, registry: Listing, pushed: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", Asked(said))
    answer = cli("delete", pushed)
    assert answer.code == code
    assert f"Delete the tag {pushed}" in answer.err
    assert registry.tags("team/both") == left


def test_deleting_asks_again_before_other_tags_go(
    cli: Cli, registry: Listing, pushed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.deletes = "manifests"
    monkeypatch.setattr("sys.stdin", Asked("y\nn\n"))
    answer = cli("delete", pushed)
    assert answer.code == 130
    assert "The tags 2 stand for the same manifest and go, too" in answer.err
    assert registry.tags("team/both") == ["1", "2"]
    assert cli("delete", pushed, "--yes").code == 5
    monkeypatch.setattr("sys.stdin", Asked("y\ny\n"))
    assert cli("delete", pushed).code == 0
    assert registry.tags("team/both") == []


def test_deleting_needs_a_name_and_someone_to_ask(cli: Cli, registry: Listing, pushed: str) -> None:
    assert cli("delete", f"{registry.host}/team/both", "--yes").code == 2
    assert "--yes" in cli("delete", pushed).err
    assert registry.tags("team/both") == ["1", "2"]


def test_an_index_is_made_and_pushed_with_its_platforms(
    cli: Cli, registry: Listing, pushed: str, tmp_path: Path
) -> None:
    riscv = ImageBuilder("linux/riscv64").add(file("arch", "riscv64")).build()
    more = oci_layout(riscv).extract(tmp_path / "riscv")
    document = cli("index", "three:1", f"docker://{pushed}", more, "--json").document
    schemas.check(document, schemas.INDEX)
    assert document["platforms"] == ["linux/amd64", "linux/arm64", "linux/riscv64"]
    sent = cli("push", "three:1", f"{registry.host}/three:1", "--json").document
    assert sent["digest"] == document["digest"]
    assert cli("index", "bad:1", more, "--annotation", "novalue").code == 2
    assert "layerscope push three:1" in cli("index", "three:1", f"docker://{pushed}", more).text


def test_an_index_is_saved_and_loaded(cli: Cli, registry: Listing, layout: Path) -> None:
    loaded = cli("load", layout, "--json").document
    schemas.check(loaded, schemas.LOAD)
    path = layout.parent / "saved.tar"
    words = ("save", "example.test/both:1", "-o", path)
    whole = cli(*words, "--format", "oci-archive", "--json").document
    schemas.check(whole, schemas.SAVE)
    assert whole["digest"] == loaded["images"][0]["digest"]
    assert whole["platforms"] == [["linux/amd64", "linux/arm64"]]
    assert cli("load", path, "--json").document["images"][0]["digest"] == whole["digest"]
    one = cli(*words, "--platform", "linux/arm64", "--json").document
    assert one["platforms"] == [["linux/arm64"]]
    assert cli("inspect", path, "--json").document["platform"] == "linux/arm64"


def test_logging_in_and_out_tells_where_the_password_is(
    cli: Cli, registry: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    login = cli("login", registry.host, "-u", "me", "--password-stdin", "--json")
    schemas.check(login.document, schemas.LOGIN)
    logout = cli("logout", registry.host, "--json")
    schemas.check(logout.document, schemas.LOGOUT)
    assert PASSWORD not in login.text + login.err + logout.text + logout.err
