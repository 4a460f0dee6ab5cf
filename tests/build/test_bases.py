"""What FROM and --from name: named contexts, the local store, and what is not here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.build.bases import Base, LocalBases, Unresolved, configurations
from explorer.build.context.tree import ContextTree
from explorer.build.preview import Previewer
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.program import understand
from explorer.oci import Platform
from explorer.store.cache import Caches
from tests.build.files.making import Made
from tests.factory import docker_archive_v25, file, image, layer, oci_layout

HERE = Platform("linux", "amd64")


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """An image in a layout on disk."""
    folder = tmp_path / "layout"
    oci_layout(image(layer(file("etc/conf", b"BASE")))).extract(folder)
    return folder


def bases(caches: Caches, **contexts: object) -> LocalBases:
    """Named contexts alone."""
    return LocalBases({name: str(value) for name, value in contexts.items()}, caches, store=False)


def test_a_layout_as_a_named_context(layout: Path, caches: Caches) -> None:
    found = bases(caches, app=f"oci-layout://{layout}").resolve("app", HERE)
    assert isinstance(found, Base)
    assert found.tree().content(b"/etc/conf").read_at(0, 9) == b"BASE"


def test_an_archive_as_a_named_context(tmp_path: Path, caches: Caches) -> None:
    made = image(layer(file("x", b"X"))).tagged("one:1")
    path = docker_archive_v25(made).write(tmp_path / "image.tar")
    for location in (f"docker-archive:{path}", str(path), f"docker-archive:{path}:one:1"):
        assert isinstance(bases(caches, app=location).resolve("app", HERE), Base)


def test_a_folder_as_a_named_context_is_a_tree(tmp_path: Path, caches: Caches) -> None:
    (tmp_path / "f").write_text("F")
    found = bases(caches, other=tmp_path).resolve("other", HERE)
    assert isinstance(found, ContextTree)
    assert found.title == "the context other"


def test_a_context_stands_in_for_an_image_however_it_is_written(
    layout: Path, caches: Caches
) -> None:
    known = LocalBases({"alpine": f"oci-layout://{layout}"}, caches, store=False)
    assert isinstance(known.resolve("docker.io/library/alpine:latest", HERE), Base)
    assert isinstance(known.resolve("alpine:3.19", HERE), Unresolved)


@pytest.mark.parametrize(
    "location",
    ["oci-layout:///nowhere", "docker-archive:/nowhere.tar", "/nowhere", "https://example.com/x"],
)
def test_what_is_not_here_says_so(location: str, caches: Caches) -> None:
    found = bases(caches, app=location).resolve("app", HERE)
    assert isinstance(found, Unresolved)
    assert found.reason


def test_a_damaged_archive_is_not_here_either(tmp_path: Path, caches: Caches) -> None:
    (tmp_path / "broken.tar").write_bytes(b"no tar" * 1000)
    found = bases(caches, app=tmp_path / "broken.tar").resolve("app", HERE)
    assert isinstance(found, Unresolved)


def test_an_image_that_the_store_has_not_comes_with_what_to_do(caches: Caches) -> None:
    found = LocalBases(caches=caches).resolve("nginx:1", HERE)
    assert isinstance(found, Unresolved)
    assert "--build-context nginx:1=" in found.hint


def test_an_image_is_opened_once_until_its_file_changes(layout: Path, caches: Caches) -> None:
    known = bases(caches, app=f"oci-layout://{layout}")
    first = known.resolve("app", HERE)
    assert known.resolve("app", HERE) is first
    index = json.loads((layout / "index.json").read_text())
    (layout / "index.json").write_text(json.dumps({**index, "annotations": {"a": "b"}}))
    again = known.resolve("app", HERE)
    assert again is not first
    assert isinstance(again, Base)


def test_the_configuration_of_a_base_reaches_the_program(layout: Path, caches: Caches) -> None:
    known = bases(caches, app=f"oci-layout://{layout}", other=layout.parent)
    document = Document.parse("FROM app\nCOPY --from=other x /\nFROM other\n")
    named = {"app": None, "other": None}
    program = understand(document, Inputs(contexts=named))
    found = configurations(program, known)
    assert found.contexts["app"] is not None
    assert found.contexts["other"] is None
    assert found.images == {}


def test_a_stage_upon_a_folder_begins_with_all_it_holds(tmp_path: Path, caches: Caches) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/f").write_text("F")
    known = bases(caches, other=tmp_path / "in")
    program = understand(
        Document.parse("FROM other\nCOPY --from=other f /g\n"), Inputs(contexts={"other": None})
    )
    made = Made(Previewer(caches).preview(program, 0, 0, None, known))
    assert made.files == {"/f": b"F", "/g": b"F"}
    assert made.preview.base is None
