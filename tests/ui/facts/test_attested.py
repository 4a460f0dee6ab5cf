"""Attestations in the window: listed, read as facts, packages with a filter, the document."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.analysis.opened import OpenImage, open_image
from explorer.oci import media
from explorer.store.cache import Caches
from explorer.ui.explore.model import ViewerModel
from explorer.ui.facts import FactsView
from explorer.ui.facts.attested import AttestationsView
from explorer.ui.facts.attestedfacts import reading_groups
from explorer.ui.tasks import tasks
from tests.analysis.attestations.attaching import (
    CERTIFICATE,
    SIMPLE_SIGNING,
    SPDX,
    Layout,
    cosign_tag,
    js,
    statement,
)
from tests.ui.accessibility import unnamed
from tests.ui.viewing import show
from tests.ui.waiting import until

SLSA = "https://slsa.dev/provenance/v0.2"
LEFT = Qt.MouseButton.LeftButton
BUILT = {
    "builder": {"id": "https://builder.example"},
    "materials": [{"uri": "pkg:docker/alpine@3", "digest": {"sha256": "ab" * 32}}],
    "invocation": {"parameters": {"args": {"build-arg:VERSION": "1"}}},
    "metadata": {
        "buildStartedOn": "2024-01-02T03:04:05Z",
        "buildFinishedOn": "2024-01-02T03:04:09Z",
        "https://mobyproject.org/buildkit@v1#metadata": {
            "source": {
                "infos": [
                    {"filename": "Dockerfile", "data": base64.b64encode(b"FROM alpine\n").decode()}
                ]
            }
        },
    },
}
PACKAGES = [
    {"name": "zlib", "versionInfo": "1.3", "licenseDeclared": "Zlib"},
    {"name": "openssl", "versionInfo": "3.1", "licenseDeclared": "Apache-2.0"},
]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An image for two platforms; one has provenance and an SBOM, and is signed."""
    layout = Layout(tmp_path / "layout")
    one, other = layout.image(b"\0" * 1024), layout.image(b"\0" * 1024, b"\0" * 512)
    notes = {"in-toto.io/predicate-type": SLSA}
    built = layout.blob(statement(SLSA, BUILT, one.digest), media.IN_TOTO, **notes)
    notes = {"in-toto.io/predicate-type": SPDX}
    bill = {"spdxVersion": "SPDX-2.3", "packages": PACKAGES}
    listed = layout.blob(statement(SPDX, bill), media.IN_TOTO, **notes)
    layout.name(
        layout.index(
            (one, "linux/amd64"), (other, "linux/arm64"), layout.attestation(one, built, listed)
        ),
        "app:1",
    )
    claim = {
        "critical": {"image": {"docker-manifest-digest": str(one.digest)}, "identity": {}},
        "optional": None,
    }
    signed = layout.blob(
        js(claim),
        SIMPLE_SIGNING,
        **{
            "dev.cosignproject.cosign/signature": "MEUC",
            "dev.sigstore.cosign/certificate": CERTIFICATE,
        },
    )
    layout.name(layout.artifact(signed), cosign_tag(one, "sig"))
    return layout


@contextmanager
def opened(layout: Layout, name: str = ":app:1") -> Iterator[tuple[ViewerModel, OpenImage]]:
    location = layout.write() + name
    image = open_image(location, caches=Caches.at(layout.folder.parent / "cache"))
    model = ViewerModel()
    model.location = location
    show(model, image)
    try:
        yield model, image
    finally:
        image.close(keep=False)


async def looked(model: ViewerModel) -> tuple[FactsView, AttestationsView]:
    """The view, and the one it is part of, which has to be held for as long."""
    view = FactsView(model)
    view.resize(1000, 500)
    view.show()
    view.show_page("attestations")
    await until(lambda: not tasks().running)
    return view, view.attestations


async def choose(view: AttestationsView, row: int) -> None:
    table = view.list
    where = table.visualRect(table.model().index(row, 1)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=where)
    await until(lambda: not tasks().running)


def facts(view: AttestationsView) -> dict[str, str]:
    assert view.reading is not None
    groups = reading_groups(view.reading)
    return {fact.name: fact.value for group in groups for fact in group.facts}


async def test_documents_are_listed_and_the_first_is_read(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        kinds = [line.cells[0] for line in view.list.lines._lines]
        assert kinds == ["SLSA provenance 0.2", "SPDX SBOM", "cosign signature"]
        found = facts(view)
        assert found["Builder"] == "https://builder.example"
        assert found["VERSION"] == "1"
        assert found["Took"] == "4.0 s"
        assert found["Image"] == f"pkg:docker/alpine@3\nsha256:{'ab' * 6}"
        view.pages.choose("files")
        assert view.file.toPlainText() == "FROM alpine\n"


async def test_packages_are_listed_and_filtered(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        await choose(view, 1)
        view.pages.choose("packages")
        table = view.packages.table
        assert [line.cells[0] for line in table.lines._lines] == ["openssl", "zlib"]
        QTest.keyClicks(view.packages.filter, "apache 3")
        await until(lambda: view.packages.count.text() == "1 of 2 packages")
        assert [line.cells[:3] for line in table.lines._lines] == [("openssl", "3.1", "Apache-2.0")]
        view.packages.filter.clear()
        await until(lambda: view.packages.count.text() == "2 packages")


async def test_a_signature_says_who_and_that_it_is_not_verified(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        await choose(view, 2)
        assert view.reading is not None
        (group,) = [g for g in reading_groups(view.reading) if g.title == "Signature"]
        assert group.said == ("Not verified: shown as it presents itself",)
        assert "dev@example.org" in facts(view)["Identity"]
        assert facts(view)["This image"] == "yes"


async def test_what_a_document_does_not_have_cannot_be_turned_to(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        view.pages.choose("files")
        await choose(view, 1)
        assert view.pages.current() == "read"
        assert not view.pages._buttons["files"].isEnabled()
        assert view.pages._buttons["packages"].isEnabled()


async def test_the_document_is_laid_out_and_copied_as_it_is(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        view.pages.choose("raw")
        await until(lambda: view.raw.toPlainText().startswith("{\n"))
        QTest.mouseClick(view._copy, LEFT)
        assert view.reading is not None
        assert QGuiApplication.clipboard().text() == view.reading.data.decode()


async def test_another_platform_has_its_own(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        location = model.location
        from explorer.oci import Platform

        other = open_image(location, Platform.parse("linux/arm64"))
        model.clear()
        show(model, other)
        await until(lambda: not tasks().running)
        assert view._stack.currentWidget() is view._empty
        assert view._empty._title.text() == "Nothing is attached to this image"
        other.close(keep=False)


async def test_nothing_is_looked_for_before_somebody_turns_to_it(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "explorer.ui.facts.attested.look_around", lambda location, *_rest: asked.append(location)
    )
    with opened(layout) as (model, image):
        view = FactsView(model)
        view.show()
        model.set_image(image)
        await until(lambda: not tasks().running)
        assert asked == []


async def test_a_document_that_is_gone_says_so_in_its_place(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        (layout.folder / view._documents[1].digest.blob_path).unlink()
        await choose(view, 1)
        assert "is not in" in view.raw.toPlainText()
        assert view.pages.current() == "raw"


async def test_everything_has_a_name(layout: Layout) -> None:
    with opened(layout) as (model, _image):
        _holder, view = await looked(model)
        for row, page in ((0, "read"), (0, "files"), (1, "packages"), (2, "raw")):
            await choose(view, row)
            view.pages.choose(page)
            assert unnamed(view) == []
