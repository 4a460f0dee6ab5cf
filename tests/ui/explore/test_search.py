"""Search over all layers, and going to a path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.analysis.opened import OpenImage
from explorer.progress import Job
from explorer.ui.explore import hits as hits_module
from explorer.ui.explore import search as search_module
from explorer.ui.explore.gotopath import PathSource, find_paths
from explorer.ui.explore.hits import CHANGE, LAYER, PATH, HitModel
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.search import SearchView
from explorer.ui.palette import Choice
from explorer.ui.tasks import tasks
from tests.factory import file
from tests.ui.accessibility import unnamed
from tests.ui.explore.images import LAYERS
from tests.ui.viewing import opened, show, viewed
from tests.ui.waiting import until

Role = Qt.ItemDataRole


@pytest.fixture
def model() -> Iterator[ViewerModel]:
    with viewed(*LAYERS) as model:
        yield model


def view_of(model: ViewerModel) -> SearchView:
    view = SearchView(model)
    QAbstractItemModelTester(
        view.hits, QAbstractItemModelTester.FailureReportingMode.Fatal, view.hits
    )
    view.resize(700, 300)
    view.show()
    return view


def found(hits: HitModel) -> list[tuple[str, str, str]]:
    def cell(row: int, column: int) -> str:
        return str(hits.index(row, column).data())

    return [(cell(r, PATH), cell(r, CHANGE), cell(r, LAYER)) for r in range(hits.rowCount())]


async def searched(view: SearchView, words: str) -> list[tuple[str, str, str]]:
    QTest.keyClicks(view.line, words)
    QTest.keyClick(view.line, Qt.Key.Key_Return)
    await until(lambda: not tasks().running)
    return found(view.hits)


async def test_every_version_is_found_deleted_ones_too(model: ViewerModel) -> None:
    assert await searched(view_of(model), "cache") == [("/cache", "+", "1"), ("/cache", "−", "2")]


async def test_queries_are_those_of_the_filter(model: ViewerModel) -> None:
    assert await searched(view_of(model), "change:removed size>1k") == [
        ("/cache", "−", "2"),
        ("/old.conf", "−", "2"),
    ]


async def test_text_inside_files_is_found(model: ViewerModel) -> None:
    assert await searched(view_of(model), '"hello, world"') == [("/etc/motd", "~", "1")]


async def test_a_hit_opens_its_version(model: ViewerModel) -> None:
    view = view_of(model)
    await searched(view, "motd")
    view.line.setFocus()
    QTest.keyClick(view.line, Qt.Key.Key_Down)
    view.table.setCurrentIndex(view.hits.index(0, 0))
    assert model.image is not None
    assert (model.node, model.version) == (model.image.node("/etc/motd"), 0)
    view.table.setCurrentIndex(view.hits.index(1, 0))
    assert model.version == 1


async def test_typing_alone_searches_after_a_moment(model: ViewerModel) -> None:
    view = view_of(model)
    QTest.keyClicks(view.line, "passwd")
    await until(lambda: view.hits.rowCount() == 2)


async def test_an_invalid_query_is_explained_and_not_asked(model: ViewerModel) -> None:
    view = view_of(model)
    assert await searched(view, "size>x") == []
    assert view.problem()


async def test_finding_nothing_is_said(model: ViewerModel) -> None:
    view = view_of(model)
    assert await searched(view, "nowhere-at-all") == []
    assert "Nothing" in view.explanation()


async def test_more_than_anybody_reads_is_cut_and_said(
    model: ViewerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (hits_module, search_module):
        monkeypatch.setattr(module, "MOST", 2)
    view = view_of(model)
    assert len(await searched(view, "a")) == 2
    assert view.status().startswith("The first 2")


async def test_another_image_is_searched_anew(model: ViewerModel) -> None:
    view = view_of(model)
    await searched(view, "cache")
    with opened((file("cache"),)) as other:
        show(model, other)
        await until(lambda: found(view.hits) == [("/cache", "+", "0")])


async def test_a_search_can_be_stopped(model: ViewerModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(image: OpenImage, words: str, job: Job, *_rest: object) -> None:
        while True:
            job.check()

    monkeypatch.setattr(search_module, "look", endless)
    view = view_of(model)
    view.ask("a")
    await until(lambda: view._stop.isVisible())
    QTest.mouseClick(view._stop, Qt.MouseButton.LeftButton)
    await until(lambda: not tasks().running)
    assert not view._stop.isVisible()


async def test_every_part_has_a_name(model: ViewerModel) -> None:
    view = view_of(model)
    await searched(view, "cache")
    assert unnamed(view) == []


# -- going to a path -----------------------------------------------------------------------------


def offered(image: OpenImage, wanted: str) -> list[str]:
    return [one.path for one in find_paths(image, wanted, Job())]


def test_a_part_of_a_name_is_enough(model: ViewerModel) -> None:
    assert model.image is not None
    assert offered(model.image, "main") == ["/app/main.py"]


def test_the_likeliest_comes_first() -> None:
    with opened((file("x/my-conf"), file("conf"), file("a/config"), file("b/old.conf"))) as image:
        assert offered(image, "conf") == ["/conf", "/a/config", "/x/my-conf", "/b/old.conf"]


def test_paths_and_patterns_are_found(model: ViewerModel) -> None:
    assert model.image is not None
    assert offered(model.image, "/etc/motd") == ["/etc/motd"]
    assert offered(model.image, "share/doc") == ["/usr/share/doc", "/usr/share/doc/readme"]
    assert offered(model.image, "*.py") == ["/app/main.py", "/app/again.py"]


def test_deleted_paths_are_found_and_say_where_they_went(model: ViewerModel) -> None:
    assert model.image is not None
    (one,) = find_paths(model.image, "old.conf", Job())
    assert (one.is_there, one.layers) == (False, (0, 2))


@pytest.mark.parametrize("odd", ['a"b', "a b", "a\\b", "-x", "(", "or", "size>1", "ä"])
def test_any_name_can_be_typed_as_it_is(odd: str) -> None:
    with opened((file(f"dir/{odd}"), file("other"))) as image:
        assert offered(image, odd) == [f"/dir/{odd}"]


async def test_the_palette_offers_paths_and_goes_there(
    model: ViewerModel, qapp: QApplication
) -> None:
    gone: list[int] = []
    offers: list[list[Choice]] = []
    source = PathSource(model, QWidget(), gone.append)
    source.search("old", lambda choices: offers.append(list(choices)))
    await until(lambda: offers)
    (choice,) = offers[0]
    assert (choice.title, choice.icon) == ("old.conf", "whiteout")
    assert "deleted in layer 2" in choice.detail
    assert choice.matched == (0, 1, 2)
    choice.run()
    assert model.image is not None
    assert gone == [model.image.node("/old.conf")]


async def test_nothing_is_offered_for_nothing(model: ViewerModel, qapp: QApplication) -> None:
    offers: list[object] = []
    PathSource(model, QWidget(), lambda _node: None).search("  ", offers.append)
    assert offers == [()]
