"""The browser against a registry that answers well, badly, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from explorer.oci import Descriptor, Digest, Reference
from explorer.registry.credentials import Credentials
from explorer.registry.hosts import HUB, Host, Hosts
from explorer.store.images import ImageStore
from explorer.ui.registries.browser import Browser
from explorer.ui.registries.hostlist import LOCAL
from explorer.ui.registries.naming import deletion_words
from explorer.ui.registries.session import Standing
from explorer.ui.registries.tagmodel import SIZE
from explorer.ui.registries.workspace import Home
from explorer.ui.window import MainWindow
from tests.registry.server import FaultyRegistry
from tests.ui.accessibility import unnamed
from tests.ui.registries.conftest import browser_in
from tests.ui.registries.serving import in_thread, refuse
from tests.ui.registries.waiting import until


@pytest.fixture
def registry() -> Iterator[FaultyRegistry]:
    made = FaultyRegistry()
    for number in range(3):
        made.image("team/app", b"base" * 500, b"x" * (number + 1), tag=f"1.{number + 8}")
    with in_thread(made) as serving:
        yield serving


async def at(window: MainWindow, registry: FaultyRegistry, repository: str = "") -> Browser:
    """The browser with the registry in view, and a repository of it."""
    Hosts.at().add(Host(registry.host))
    browser = await browser_in(window)
    browser.enter_place(registry.host)
    await until(lambda: browser.session.state(registry.host).standing is not Standing.ASKING)
    if repository:
        browser.enter_repository(repository)
        await until(lambda: not browser.is_listing)
    return browser


def banners(browser: Browser) -> list[str]:
    return [banner.report.what for banner in browser.banners.banners()]


def names(browser: Browser) -> list[str]:
    return [browser.model.name_at(row) for row in range(browser.model.rowCount())]


def choose(browser: Browser, *wanted: str) -> None:
    selection = browser.table.selectionModel()
    flag = selection.SelectionFlag
    selection.clear()
    for name in wanted:
        index = browser.model.index(browser.model.row_of(name), 0)
        selection.select(index, flag.Select | flag.Rows)


async def test_nothing_is_contacted_before_a_place_is_entered(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    Hosts.at().add(Host(registry.host))
    browser = await browser_in(window)
    browser.hosts.choose(registry.host)
    await asyncio.sleep(0.1)
    assert registry.log == []
    assert str(browser.session.state(registry.host)) == "not contacted yet"
    browser.enter_place(registry.host)
    await until(lambda: browser.repositories.model.rowCount() == 1)
    assert str(browser.session.state(registry.host)) == "reachable, not logged in"


async def test_rows_in_view_are_read_and_no_layer_is(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    assert names(browser) == ["1.8", "1.9", "1.10"]
    await until(lambda: browser.model.count_known == 3)
    assert browser.model.index(0, SIZE).data() == "2.1 kB"
    layers = [d for (_, d), data in registry.blobs.items() if len(data) in (1, 2, 3, 2000)]
    assert not [d for d in layers if registry.asked("GET", d)]


async def test_a_chosen_tag_shows_its_layers_and_what_its_name_means(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    await until(lambda: browser.details.layers.topLevelItemCount() == 2)
    shown = browser.details.name_shown
    assert shown is not None
    assert (shown.host, shown.path, shown.tag) == (registry.host, "team/app", "1.9")
    assert shown.digest is not None


async def test_a_registry_that_is_not_there_says_why_and_offers_another_try(
    window: MainWindow,
) -> None:
    Hosts.at().add(Host("127.0.0.1:9"))
    browser = await browser_in(window)
    browser.enter_place("127.0.0.1:9")
    state = browser.session.state
    await until(lambda: state("127.0.0.1:9").standing is Standing.AWAY, 20)
    assert "nothing listens there" in str(state("127.0.0.1:9"))
    assert banners(browser) == ["127.0.0.1:9 cannot be reached"]


async def test_a_registry_that_keeps_its_list_takes_typed_names(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    lists = registry.guard
    registry.guard = lambda request: refuse(405, "_catalog")(request) or lists(request)
    browser = await at(window, registry)
    await until(lambda: not browser.repositories.model.rowCount())
    browser.repositories.line.setText("team/app:1.9")
    browser.repositories.line.returnPressed.emit()
    await until(lambda: browser.chosen() == ["1.9"])
    kept = Hosts.at()
    await until(lambda: kept.all()[-1].repositories == ("team/app",))
    browser.enter_place(registry.host)
    await until(lambda: list(browser.repositories.model.names) == ["team/app"])


async def test_what_is_typed_is_explained(window: MainWindow, registry: FaultyRegistry) -> None:
    browser = await at(window, registry)
    repositories = browser.repositories
    repositories.line.setText("team/web:2")
    assert repositories._meaning.accessibleName() == f"{registry.host}/team/web:2"
    assert repositories._filled.isHidden()
    repositories.line.setText("Not A Name")
    assert repositories._meaning.isHidden()
    browser.place = HUB
    repositories.line.setText("nginx")
    assert repositories._meaning.accessibleName() == "docker.io/library/nginx"
    assert "official image" in repositories._filled.text()


async def test_a_tag_that_is_not_there_is_told(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry)
    browser.enter_typed("team/app:7")
    await until(lambda: "There is no tag 7" in banners(browser))
    assert names(browser) == ["1.8", "1.9", "1.10"]


async def test_a_name_that_is_none_is_explained(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry)
    browser.enter_typed("Team/App")
    assert browser.banners.banners()
    assert "lower case" in browser.banners.banners()[0].report.why


async def test_a_repository_that_is_not_there_is_told(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry)
    browser.enter_typed("nobody/home")
    await until(lambda: not browser.is_listing and bool(browser.banners.banners()))
    assert "does not have it" in banners(browser)[0]


async def test_a_registry_that_wants_a_login_offers_it(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    lists = registry.guard
    wants = {"WWW-Authenticate": 'Basic realm="test"'}

    def guard(request: object) -> object:
        if getattr(request, "headers", {}).get("Authorization"):
            return lists(request)  # type: ignore[arg-type]
        return refuse(401, "/v2/", wants)(request)  # type: ignore[arg-type]

    registry.guard = guard  # type: ignore[assignment]
    browser = await at(window, registry)
    await until(lambda: str(browser.session.state(registry.host)) == "wants a login")
    assert banners(browser) == [f"{registry.host} wants to know who asks"]
    place = await browser.session.log_in(registry.host, Credentials("me", "secret"), keep=False)
    assert "forgotten" in place
    browser.enter_place(registry.host)
    await until(lambda: list(browser.repositories.model.names) == ["team/app"])
    assert str(browser.session.state(registry.host)) == "logged in as me"
    await browser.session.log_out(registry.host)
    assert str(browser.session.state(registry.host)) == "not contacted yet"
    browser.enter_place(registry.host)
    await until(lambda: str(browser.session.state(registry.host)) == "wants a login")


async def test_docker_hub_is_asked_for_digests_alone(
    window: MainWindow, registry: FaultyRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Host, "counts_reading", property(lambda _self: True))
    browser = await at(window, registry, "team/app")
    await until(lambda: all(browser.model.facts_of(name).digest for name in names(browser)))
    assert browser.model.count_known == 0
    assert not registry.asked("GET", "/manifests/")
    browser.table.choose("1.9")
    await until(lambda: browser.model.count_known == 1)
    assert len(registry.asked("GET", "/manifests/sha256:")) == 1


async def test_docker_hub_stands_in_a_new_list(window: MainWindow) -> None:
    browser = await browser_in(window)
    assert [host.name for host in browser.session.hosts] == [HUB]
    assert browser.hosts.hosts.name_at(0) == LOCAL


async def test_one_row_that_cannot_be_read_leaves_the_others_be(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    registry.document("team/app", b"{", "application/vnd.oci.image.manifest.v1+json", "broken")
    browser = await at(window, registry, "team/app")
    await until(lambda: browser.model.count_known == 4)
    assert browser.model.facts_of("broken").problem
    assert browser.model.facts_of("1.9").size
    assert banners(browser) == []


async def test_two_tags_are_compared_without_pulling(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    choose(browser, "1.9", "1.10")
    window.shell.actions.renew()
    window.shell.actions.trigger("registries.compare")
    await until(lambda: browser.right.currentWidget() is browser.comparison)
    view = browser.comparison.widget
    assert view.summary.text() == (
        "1 layer (2.0 kB) in both; 1 layer (2 B) only in A; 1 layer (3 B) only in B. "
        "From A to B: +1 B to pull."
    )
    assert view.layers.topLevelItemCount() == 3
    assert view.command().startswith("layerscope diff docker://")
    view.closed.emit()
    assert browser.right.currentWidget() is browser.several


async def test_a_pull_is_followed_and_ends_with_a_receipt(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    window.shell.actions.trigger("registries.pull")
    card = browser.transfers.cards[0]
    await until(lambda: card.transfer.is_over, 15)
    receipt = card.transfer.receipt
    assert receipt is not None
    assert "moved in" in card.words
    assert {blob.fate for blob in card.transfer.blobs()} == {"moved"}
    assert ImageStore.at().find(f"{registry.host}/team/app:1.9").digest == receipt.descriptor.digest
    window.shell.actions.trigger("registries.pull")
    again = browser.transfers.cards[0]
    await until(lambda: again.transfer.is_over, 15)
    assert again.words.startswith("0 B moved")


async def test_a_pull_is_cancelled(window: MainWindow, registry: FaultyRegistry) -> None:
    registry.image("team/large", b"l" * 3_000_000, tag="1")
    browser = await at(window, registry, "team/large")
    browser.table.choose("1")
    await until(lambda: browser.model.count_known == 1)
    registry.stall, registry.cut = True, [100] * 9
    window.shell.actions.trigger("registries.pull")
    card = browser.transfers.cards[0]
    await until(lambda: registry.served > 100)
    card.cancel.click()
    await until(lambda: card.transfer.is_over, 10)
    assert card.transfer.was_cancelled
    assert "not moved again" in card.words
    assert ImageStore.at().images() == ()
    registry.stall, registry.cut = False, []
    registry.release.set()
    card.follow.click()
    again = browser.transfers.cards[0]
    assert again is not card
    await until(lambda: again.transfer.is_over, 15)
    assert again.transfer.receipt is not None
    assert len(ImageStore.at().images()) == 1


async def test_a_registry_that_limits_is_named_while_one_waits(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    registry.image("team/large", b"l" * 3_000_000, tag="1")
    browser = await at(window, registry, "team/large")
    browser.table.choose("1")
    await until(lambda: browser.model.count_known == 1)
    limited: list[str] = []

    def guard(request: web.Request) -> web.Response | None:
        if "/blobs/" in request.path and not limited:
            limited.append(request.path)
            return web.Response(status=429, headers={"Retry-After": "2"})
        return None

    registry.guard = guard
    window.shell.actions.trigger("registries.pull")
    card = browser.transfers.cards[0]
    await until(lambda: card.words == f"Waiting 2 s: rate limited by {registry.host}", 10)
    await until(lambda: card.transfer.is_over, 15)
    assert card.transfer.receipt is not None


async def test_a_failed_pull_says_why_on_the_page(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    await until(lambda: browser.model.count_known == 3)
    registry.corrupt = 100
    window.shell.actions.trigger("registries.pull")
    card = browser.transfers.cards[0]
    await until(lambda: card.transfer.is_over, 15)
    assert card.words.startswith("Failed")
    assert browser.banners.banners()


async def test_deleting_names_what_goes_along_and_asks_first(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    registry.manifests["team/app", "stable"] = registry.manifests["team/app", "1.9"]
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    window.shell.actions.trigger("registries.delete")
    box = await modal()
    assert "stable" in box.informativeText()
    press(box, "Cancel")
    await until(lambda: not QApplication.activeModalWidget())
    assert not registry.asked("DELETE")
    window.shell.actions.trigger("registries.delete")
    press(await modal(), "Delete")
    await until(lambda: names(browser) == ["1.8", "1.10", "stable"])


def test_the_question_before_a_deletion_names_the_other_tags() -> None:
    reference = Reference.parse("localhost:5000/app:1")
    manifest = Descriptor("", Digest.of(b"manifest"), 8)
    question, alone = deletion_words(reference, manifest, ["1"])
    assert question == "Delete localhost:5000/app:1?"
    assert "only tag" in alone
    others = ["1", *(f"t{number}" for number in range(20))]
    _, many = deletion_words(reference, manifest, others)
    assert "20 more tags" in many
    assert "t11 and 8 more" in many


async def test_the_local_store_lists_its_images(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    window.shell.actions.trigger("registries.pull")
    await until(lambda: browser.transfers.cards[0].transfer.is_over, 15)
    browser.enter_place(LOCAL)
    await until(lambda: browser.model.rowCount() == 1)
    assert names(browser) == [f"{registry.host}/team/app:1.9"]
    browser.table.choose(names(browser)[0])
    window.shell.actions.renew()
    can = window.shell.actions.can_run
    assert can("registries.open")
    assert can("registries.save")
    assert can("registries.push")
    assert not can("registries.pull")
    window.shell.actions.trigger("registries.delete")
    press(await modal(), "Remove")
    await until(lambda: browser.model.rowCount() == 0)
    assert ImageStore.at().images() == ()


async def test_an_empty_store_says_how_to_fill_it(window: MainWindow) -> None:
    browser = await browser_in(window)
    browser.enter_place(LOCAL)
    await until(lambda: "empty" in browser.empty._title.text())


async def test_commands_are_copied_with_the_whole_name(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    await until(lambda: browser.model.count_known == 3)
    clipboard = QApplication.clipboard()
    for tool in ("docker", "podman", "layerscope"):
        window.shell.actions.trigger(f"registries.copy-{tool}")
        assert clipboard.text() == f"{tool} pull {registry.host}/team/app:1.9"
    window.shell.actions.trigger("registries.copy-digest")
    digest = browser.model.facts_of("1.9").digest
    assert clipboard.text() == f"{registry.host}/team/app@{digest}"


async def test_every_tag_is_read_where_that_is_wanted(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    for number in range(200):
        registry.manifests["team/app", f"b{number}"] = registry.manifests["team/app", "1.9"]
    browser = await at(window, registry, "team/app")
    browser.table.sortByColumn(SIZE, Qt.SortOrder.DescendingOrder)
    window.shell.actions.renew()
    window.shell.actions.trigger("registries.read-all")
    await until(lambda: browser.model.count_known == 203, 20)
    await until(lambda: browser.model.name_at(0) == "1.10")


async def test_everything_reachable_has_a_name(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    await until(lambda: browser.details.layers.topLevelItemCount() == 2)
    assert unnamed(browser) == []


async def test_a_list_that_cannot_be_read_is_told(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registries.json").write_text("[")
    window._rail.choose("registries")
    home = window.findChildren(Home)[0]
    await until(lambda: home.browser is not None, 20)
    assert home.browser is not None
    browser = home.browser
    await until(lambda: bool(browser.banners.banners()))
    assert "cannot be read" in banners(browser)[0]


async def modal() -> QMessageBox:
    await until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox), 10)
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    return box


def press(box: QMessageBox, words: str) -> None:
    buttons: list[QAbstractButton] = box.buttons()
    next(button for button in buttons if button.text().replace("&", "") == words).click()


async def test_the_platform_that_is_shown_is_pulled(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    one = registry.image("team/multi", b"one", tag="one")
    two = registry.image("team/multi", b"second", tag="two")
    registry.index("team/multi", (one, "linux/s390x"), (two, "linux/riscv64"), tag="all")
    browser = await at(window, registry, "team/multi")
    browser.table.choose("all")
    platforms = browser.details.platforms
    await until(lambda: platforms.topLevelItemCount() == 2)
    model = platforms.model()
    await until(lambda: [model.index(row, 2).data() for row in range(2)] == ["1", "1"])
    platforms.setCurrentIndex(model.index(1, 0))
    await until(lambda: str(browser.details.platform()) == "linux/riscv64")
    window.shell.actions.trigger("registries.pull")
    card = browser.transfers.cards[0]
    await until(lambda: card.transfer.is_over, 15)
    assert card.transfer.receipt is not None
    assert card.transfer.receipt.descriptor.digest == two.digest
    window.shell.actions.renew()
    window.shell.actions.trigger("registries.pull-all")
    card = browser.transfers.cards[0]
    await until(lambda: card.transfer.is_over, 15)
    browser.enter_place(LOCAL)
    # What was pulled alone stays, but has lost its name to the index.
    await until(lambda: browser.model.rowCount() == 2)
    browser.table.choose(f"{registry.host}/team/multi:all")
    await until(lambda: platforms.topLevelItemCount() == 2)
    assert "no other image here needs" in browser.details.note()


async def test_the_window_closes_in_the_middle_of_a_pull(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    browser = await at(window, registry, "team/app")
    browser.table.choose("1.9")
    await until(lambda: browser.model.count_known == 3)
    registry.stall, registry.cut = True, [100] * 9
    before = registry.served
    window.shell.actions.trigger("registries.pull")
    await until(lambda: registry.served > before)
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    window.close()
    await until(lambda: bool(closed), 15)


async def test_another_repository_replaces_what_is_under_way(
    window: MainWindow, registry: FaultyRegistry
) -> None:
    registry.image("team/other", b"other", tag="only")
    browser = await at(window, registry)
    browser.enter_repository("team/app")
    browser.enter_repository("team/other")
    await until(lambda: names(browser) == ["only"])
    await asyncio.sleep(0.1)
    assert names(browser) == ["only"]
    browser.enter_place(LOCAL)
    await until(lambda: browser.pages.currentWidget() is browser.empty)
    assert names(browser) == []
