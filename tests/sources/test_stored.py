"""Images of the local store, opened by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.opened import load_image
from explorer.errors import NotFound
from explorer.oci import Platform
from explorer.store.images import ImageStore
from tests.store.images.test_store import APP, OTHER, add


def test_a_bare_name_means_the_local_store(store: ImageStore) -> None:
    made = add(store, APP, b"")
    add(store, OTHER, b"other")
    for name in ("app:1", "store:app:1", f"app@{made.digest}", made.digest.short):
        image = load_image(name)
        assert image.digest == made.digest
        assert image.transport == "store"
        assert image.reference == "store:docker.io/library/app:1"
    assert load_image(image.reference).digest == made.digest


def test_the_name_that_was_asked_for_comes_first(store: ImageStore) -> None:
    made = add(store, APP, b"")
    store.name(OTHER, made)
    assert load_image("app:1").names[0] == "docker.io/library/app:1"
    assert load_image("registry.test/team/other").names[0] == "registry.test/team/other:latest"


def test_an_image_without_a_name_is_opened_by_its_digest(store: ImageStore) -> None:
    made = add(store, None, b"")
    image = load_image(str(made.digest))
    assert image.names == ()
    assert image.platform == Platform("linux", "amd64")


def test_a_file_comes_before_the_store(
    store: ImageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, APP, b"")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app:1").mkdir()
    with pytest.raises(Exception, match="app:1 is no image"):
        load_image("app:1")
    assert load_image("store:app:1").names == ("docker.io/library/app:1",)


def test_a_name_that_is_nowhere_is_told_where_it_was_sought(store: ImageStore) -> None:
    with pytest.raises(NotFound, match=r"none of that name in the local store.*docker://"):
        load_image("alpine:3.20")
    with pytest.raises(NotFound, match="It is empty"):
        load_image("store:alpine:3.20")
