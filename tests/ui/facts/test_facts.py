"""Image facts: what the documents say, in words, in tables and as they are stored."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from explorer.ui.explore.model import ViewerModel
from explorer.ui.facts.cards import FactCards
from explorer.ui.facts.facts import groups_of, pretty
from explorer.ui.facts.tables import HISTORY, Line, LineModel, history_lines
from explorer.ui.facts.view import FactsView
from tests.factory import file
from tests.ui.accessibility import unnamed
from tests.ui.viewing import opened, viewed
from tests.ui.waiting import until

LAYERS = ([file("a", "1")], [file("b", "2")])
SETTINGS = {
    "Env": ["PATH=/bin", "TZ=UTC"],
    "Entrypoint": ["/bin/app"],
    "Cmd": ["--serve"],
    "User": "web",
    "ExposedPorts": {"8080/tcp": {}},
    "Volumes": {"/data": {}},
    "Labels": {"org.example.title": "An example"},
    "Healthcheck": {"Test": ["CMD", "/bin/check"], "Interval": 30_000_000_000, "Retries": 3},
}


async def shown(model: ViewerModel) -> FactsView:
    view = FactsView(model)
    view.resize(1100, 600)
    view.show()
    return view


def facts(**settings: object) -> dict[str, dict[str, str]]:
    """The facts of an image with these settings: values by heading and name."""
    with opened(*LAYERS, **settings) as image:
        groups = groups_of(image.image)
    return {group.title: {fact.name: fact.value for fact in group.facts} for group in groups}


def test_settings_are_told_by_name() -> None:
    found = facts(**SETTINGS)
    assert found["What it runs"]["Command"] == "/bin/app --serve"
    assert found["What it runs"]["User"] == "web"
    assert found["Settings"]["Ports"] == "8080/tcp"
    assert found["Settings"]["Volumes"] == "/data"
    assert found["Settings"]["Health check"] == "CMD /bin/check\nevery 30 s, 3 retries"
    assert found["Environment"] == {"PATH": "/bin", "TZ": "UTC"}
    assert found["Labels"] == {"org.example.title": "An example"}


def test_shell_form_is_explained() -> None:
    with opened(*LAYERS, Cmd=["/bin/sh", "-c", "serve --all"]) as image:
        runs = groups_of(image.image)[0]
        assert {fact.name: fact.value for fact in runs.facts}["Form"].startswith("shell form")
        assert any("expands variables" in sentence for sentence in runs.said)


def test_digests_are_short_on_screen_and_whole_when_copied() -> None:
    with opened(*LAYERS) as image:
        identity = next(group for group in groups_of(image.image) if group.title == "Identity")
        fact = next(fact for fact in identity.facts if fact.name == "ImageID")
        assert len(fact.value) == 12
        assert fact.copy == str(image.image.image_id)


def test_endless_values_are_cut() -> None:
    found = facts(Env=[f"LONG={'x' * 100_000}", *(f"V{number}=1" for number in range(1000))])
    assert len(found["Environment"]["LONG"]) < 5000
    assert found["Environment"]["…"] == "and 501 more"


def test_documents_are_laid_out_and_what_is_no_json_stays() -> None:
    assert pretty(b'{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty(b"\xff no json") == "\ufffd no json"
    assert pretty(b"[" * 100_000).startswith("[[[")
    assert len(pretty(b'{"a":"' + b"x" * 100_000 + b'"}').split("\n")[1]) == 20_000


def test_history_tells_steps_with_and_without_layer() -> None:
    with opened(*LAYERS) as image:
        lines = history_lines(image)
        assert [line.layer for line in lines] == [0, 1]
        assert lines[0].cells[0] == "0"


async def test_all_is_shown_before_any_layer_is_read() -> None:
    with opened(*LAYERS, **SETTINGS) as image:
        model = ViewerModel()
        view = await shown(model)
        model.set_document(image.image)
        assert "Settings" in [group.title for group in view.cards._groups]


async def test_a_step_of_the_history_selects_its_layer() -> None:
    with viewed(*LAYERS) as model:
        view = await shown(model)
        view.show_page("history")
        view.history.setFocus()
        first = view.history.visualRect(view.history.model().index(0, 2)).center()
        button = Qt.MouseButton.LeftButton
        QTest.mouseClick(view.history.viewport(), button, pos=first)
        assert model.first == model.last == 0


@pytest.mark.parametrize("page", ["manifest", "config"])
async def test_documents_are_shown_in_colours_and_copied_as_stored(page: str) -> None:
    with viewed(*LAYERS, **SETTINGS) as model:
        view = await shown(model)
        view.show_page(page)
        document = view.manifest if page == "manifest" else view.config
        await until(lambda: document.toPlainText().startswith("{\n"))
        view._copy.click()
        assert model.document is not None
        stored = model.document.manifest_json if page == "manifest" else model.document.config_json
        assert json.loads(QGuiApplication.clipboard().text()) == json.loads(stored)
        assert QGuiApplication.clipboard().text() == stored.decode()


async def test_packages_say_when_there_are_none() -> None:
    with viewed(*LAYERS) as model:
        view = await shown(model)
        view.show_page("packages")
        await until(lambda: view._status.text().startswith("No package lists"))


async def test_everything_has_a_name() -> None:
    with viewed(*LAYERS, **SETTINGS) as model:
        view = await shown(model)
        for page in ("facts", "history", "packages", "manifest", "config"):
            view.show_page(page)
            assert unnamed(view) == []


def test_the_lines_keep_the_promises_of_an_item_model() -> None:
    lines = LineModel(HISTORY)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(lines, mode, lines)
    lines.show([Line(("0", "", "RUN x"), 0), Line(("–", "", "CMD y"))])
    lines.show(())
    assert tester.model() is lines


async def test_cards_are_built_once_for_facts_and_room_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[int] = []
    build = FactCards._build

    def counted(cards: FactCards) -> None:
        built.append(1)
        build(cards)

    monkeypatch.setattr(FactCards, "_build", counted)
    with viewed(*LAYERS, **SETTINGS) as model:
        view = FactsView(model)
        view.resize(1200, 500)
        view.show()
        await until(lambda: view.cards.widget() is not None)
        assert built == [1]
        view.resize(400, 500)
        await until(lambda: len(built) == 2)
