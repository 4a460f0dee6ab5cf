"""What is remembered between two runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from explorer.ui.recents import Recents
from explorer.ui.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path / "settings.ini")


def test_values_survive_a_restart(settings: Settings, tmp_path: Path) -> None:
    settings.set("text", "words")
    settings.set("flag", True)
    settings.set("number", 7)
    settings.set_data("data", QByteArray(b"\0\1"))
    settings.flush()
    again = Settings.at(tmp_path / "settings.ini")
    assert again.text("text") == "words"
    assert again.flag("flag") is True
    assert again.number("number") == 7
    assert again.data("data") == QByteArray(b"\0\1")


def test_what_is_not_there_has_its_default(settings: Settings) -> None:
    assert settings.text("x", "d") == "d"
    assert settings.flag("x", True) is True
    assert settings.number("x", 3) == 3
    assert settings.data("x").isEmpty()


def test_a_value_of_another_kind_counts_as_absent(settings: Settings) -> None:
    settings.set("x", "words")
    assert settings.number("x", 3) == 3
    assert settings.data("x").isEmpty()


# recents


def test_the_newest_comes_first_and_only_once(settings: Settings) -> None:
    recents = Recents(settings)
    for location in ("/a.tar", "/b.tar", "/a.tar"):
        recents.add(location, location[1:], layers=[3, 1])
    assert [recent.location for recent in recents.all()] == ["/a.tar", "/b.tar"]
    assert recents.all()[0].layers == (3, 1)
    assert recents.all()[0].when is not None


def test_recents_are_bounded(settings: Settings) -> None:
    recents = Recents(settings)
    for number in range(30):
        recents.add(f"/{number}.tar", "x", layers=range(1000))
    assert len(recents.all()) == 20
    assert len(recents.all()[0].layers) == 128


def test_recents_can_be_forgotten(settings: Settings) -> None:
    recents = Recents(settings)
    recents.add("/a.tar", "a")
    recents.add("/b.tar", "b")
    recents.remove("/a.tar")
    assert [recent.location for recent in recents.all()] == ["/b.tar"]
    recents.clear()
    assert recents.all() == []


def test_a_file_that_went_is_shown_as_missing(settings: Settings, tmp_path: Path) -> None:
    here = tmp_path / "here.tar"
    here.touch()
    recents = Recents(settings)
    recents.add(str(here), "here")
    recents.add(str(tmp_path / "gone.tar"), "gone")
    recents.add("docker://alpine", "alpine")
    assert [recent.is_missing for recent in recents.all()] == [False, True, False]


@pytest.mark.parametrize(
    "stored",
    [
        "not json",
        "{}",
        json.dumps(["text", {"location": 7}, {"location": ""}, None]),
        json.dumps([{"title": "no location"}]),
    ],
)
def test_damaged_recents_are_left_out(settings: Settings, stored: str) -> None:
    settings.set("recents", stored)
    assert Recents(settings).all() == []


def test_odd_layers_and_dates_do_not_lose_the_entry(settings: Settings) -> None:
    item = {"location": "/a", "title": "a", "layers": ["x"], "opened": "yesterday"}
    settings.set("recents", json.dumps([item]))
    (recent,) = Recents(settings).all()
    assert (recent.layers, recent.when) == ((), None)
