"""Deleting in registries that take tags away, that take manifests alone, and that take nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal, TypeVar

import pytest

from explorer.errors import NotFound, Refused
from explorer.registry import RegistryClient
from explorer.transfer.delete import Deleted, delete, look
from tests.registry.conftest import connected
from tests.registry.server import serving
from tests.transfer.listing_registry import Listing

T = TypeVar("T")
Deletes = Literal["tags", "manifests", "nothing"]


def with_registry(
    deletes: Deletes, work: Callable[[Listing, RegistryClient], Awaitable[T]]
) -> tuple[T, Listing]:
    async def run() -> tuple[T, Listing]:
        registry = Listing(deletes=deletes)
        async with serving(registry), connected() as client:
            for tag in ("1", "2"):
                registry.image("app", b"layer", tag=tag)
            registry.image("app", b"other", tag="3")
            return await work(registry, client), registry

    return asyncio.run(run())


def never(_others: tuple[str, ...]) -> bool:
    pytest.fail("nobody should have been asked")


async def gone(
    registry: Listing, client: RegistryClient, name: str = "app:1", **sure: object
) -> Deleted:
    where = registry.reference(name)
    asked = sure.get("sure", never)
    return await delete(client, where, await look(client, where), asked)  # type: ignore[arg-type]


def test_a_tag_goes_alone_where_the_registry_can_do_that() -> None:
    found, registry = with_registry("tags", gone)
    assert (found.what, found.tags) == ("tag", ("1",))
    assert registry.tags("app") == ["2", "3"]


def test_where_only_manifests_go_other_tags_are_asked_about() -> None:
    asked: list[tuple[str, ...]] = []

    def sure(others: tuple[str, ...]) -> bool:
        asked.append(others)
        return True

    found, registry = with_registry("manifests", lambda r, c: gone(r, c, sure=sure))
    assert asked == [("2",)]
    assert (found.what, found.tags) == ("manifest", ("1", "2"))
    assert registry.tags("app") == ["3"]


def test_no_other_tag_goes_unasked() -> None:
    async def work(registry: Listing, client: RegistryClient) -> None:
        with pytest.raises(Refused, match="deletes no single tags: 2 is the same manifest") as no:
            await gone(registry, client, sure=lambda _others: False)
        assert "layerscope delete" in no.value.hint
        assert "@sha256:" in no.value.hint

    _, registry = with_registry("manifests", work)
    assert registry.tags("app") == ["1", "2", "3"]


def test_a_manifest_with_one_tag_goes_without_a_question() -> None:
    found, registry = with_registry("manifests", lambda r, c: gone(r, c, "app:3"))
    assert (found.what, found.tags) == ("manifest", ("3",))
    assert registry.tags("app") == ["1", "2"]


@pytest.mark.parametrize("deletes", ["tags", "manifests"])
def test_a_digest_takes_the_manifest_with_its_tags(deletes: Deletes) -> None:
    async def work(registry: Listing, client: RegistryClient) -> Deleted:
        found = await look(client, registry.reference("app:1"))
        where = replace(registry.reference("app:1"), tag="", digest=found.digest)
        return await delete(client, where, found, never)

    found, registry = with_registry(deletes, work)
    assert (found.what, found.tags) == ("manifest", ("1", "2"))
    assert registry.tags("app") == ["3"]


@pytest.mark.parametrize("name", ["app:1", "app:3"])
def test_a_registry_that_deletes_nothing_says_who_can_change_that(name: str) -> None:
    async def work(registry: Listing, client: RegistryClient) -> None:
        with pytest.raises(Refused, match="deletion is turned off there") as no:
            await gone(registry, client, name, sure=lambda _others: True)
        assert "REGISTRY_STORAGE_DELETE_ENABLED" in no.value.hint

    _, registry = with_registry("nothing", work)
    assert registry.tags("app") == ["1", "2", "3"]


def test_what_is_not_there_is_not_found() -> None:
    async def work(registry: Listing, client: RegistryClient) -> None:
        with pytest.raises(NotFound, match="layerscope tags"):
            await look(client, registry.reference("app:9"))

    with_registry("tags", work)


def test_who_may_not_delete_is_told_so() -> None:
    async def work(registry: Listing, client: RegistryClient) -> None:
        registry.answers.append(("DELETE", "app", 403, {}))
        with pytest.raises(Refused):
            await gone(registry, client)

    with_registry("tags", work)
