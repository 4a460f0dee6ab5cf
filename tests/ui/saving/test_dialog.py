"""How to save an image: what is offered, what is refused, what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.oci import Reference
from explorer.ui.saving.choice import FORMS, Subject, name_of, packing_words
from explorer.ui.saving.dialog import SaveDialog
from explorer.ui.settings import Settings
from tests.ui.accessibility import unnamed

NAME = Reference.parse("layerscope.example/tour:1.0")


@pytest.fixture
def settings(settings_file: QSettings, tmp_path: Path) -> Settings:
    kept = Settings(settings_file)
    kept.set("save/folder", str(tmp_path))
    return kept


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def shown(settings: Settings, parent: QWidget, file: str = "tour") -> SaveDialog:
    dialog = SaveDialog(Subject("image.tar", str(NAME), (NAME,), file=file), settings, parent)
    dialog.show()
    return dialog


def test_a_docker_archive_under_its_name_is_offered_first(
    settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    choice = shown(settings, parent).choice()
    assert (choice.form, choice.packing, choice.names) == ("docker-archive", None, (NAME,))
    assert choice.path == str(tmp_path / "tour.tar")


def test_the_name_is_selected_without_its_ending(settings: Settings, parent: QWidget) -> None:
    dialog = shown(settings, parent)
    QTest.keyClicks(dialog.path, "other")
    assert dialog.path.text().endswith("/other.tar")


def test_a_file_gets_the_ending_of_its_form(settings: Settings, parent: QWidget) -> None:
    dialog = shown(settings, parent)
    dialog.form.choose("oci-archive")
    assert dialog.path.text().endswith("/tour.oci.tar")
    dialog.form.choose("oci")
    assert dialog.path.text().endswith("/tour")
    dialog.form.choose("docker-archive")
    assert dialog.path.text().endswith("/tour.tar")


def test_a_name_from_an_image_does_not_lead_out_of_the_folder(
    settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    dialog = shown(settings, parent, "../../etc/evil")
    assert dialog.choice().path == str(tmp_path / "evil.tar")


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("", "docker-archive", "Name the file"),
        ("folder", "docker-archive", "This is a folder"),
        ("nowhere/x.tar", "oci-archive", "There is no folder"),
        ("there.tar", "oci", "this is a file"),
    ],
)
def test_what_cannot_be_written_is_said_before(
    settings: Settings, parent: QWidget, tmp_path: Path, path: str, form: str, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "there.tar").write_text("")
    dialog = shown(settings, parent)
    dialog.form.choose(form)
    dialog.path.setText(str(tmp_path / path) if path else "")
    assert said in dialog.problem()
    assert not dialog.save.isEnabled()


def test_a_name_that_is_none_is_said(settings: Settings, parent: QWidget) -> None:
    dialog = shown(settings, parent)
    dialog.names.setText("fine:1 Not/Fine")
    assert "Not/Fine" in dialog.problem()
    dialog.names.setText("")
    assert dialog.problem() == ""
    assert dialog.choice().names == ()


def test_what_becomes_of_what_is_there_is_said(
    settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    dialog = shown(settings, parent)
    assert dialog._says.text() == ""
    (tmp_path / "tour.tar").write_text("")
    (tmp_path / "layout").mkdir()
    (tmp_path / "layout" / "index.json").write_text("{}")
    dialog.path.setText(str(tmp_path / "tour.tar"))
    dialog._renew()
    assert "replaced" in dialog._says.text()
    dialog.form.choose("oci")
    dialog.path.setText(str(tmp_path / "layout"))
    assert "added" in dialog._says.text()
    assert dialog.save.isEnabled()


def test_what_was_chosen_is_offered_again(
    settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    first = shown(settings, parent)
    first.form.choose("oci-archive")
    first.packing.choose("zstd")
    (tmp_path / "deeper").mkdir()
    first.path.setText(str(tmp_path / "deeper" / "x.oci.tar"))
    QTest.mouseClick(first.save, Qt.MouseButton.LeftButton)
    choice = shown(settings, parent).choice()
    assert (choice.form, choice.packing) == ("oci-archive", "zstd")
    assert choice.path == str(tmp_path / "deeper" / "tour.oci.tar")


def test_every_part_has_a_name(settings: Settings, parent: QWidget) -> None:
    assert unnamed(shown(settings, parent)) == []


@pytest.mark.parametrize("form", [form.key for form in FORMS])
def test_every_choice_is_explained(form: str) -> None:
    assert all(packing_words(form, packing) for packing in (None, "none", "gzip", "zstd"))


@pytest.mark.parametrize(
    ("words", "name"),
    [("My App", "my-app"), ("tides_2", "tides-2"), ("...", "image"), ("", "image"), ("Ä", "image")],
)
def test_a_folder_gives_its_images_a_name(words: str, name: str) -> None:
    assert name_of(words).familiar == f"{name}:latest"
