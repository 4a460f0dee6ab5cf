"""What tags stand for, and registries that list nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from aiohttp import web

from explorer.cli.verbs.tags import age
from explorer.errors import Refused
from explorer.registry import RegistryClient
from explorer.transfer.listing import repositories
from explorer.transfer.tagged import TagFacts, tag_facts
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

T = TypeVar("T")
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def with_registry(work: Callable[[FaultyRegistry, RegistryClient], Awaitable[T]]) -> T:
    async def run() -> T:
        async with serving() as registry, connected() as client:
            return await work(registry, client)

    return asyncio.run(run())


def test_a_tag_tells_digest_size_and_platforms_without_a_layer() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> tuple[TagFacts, ...]:
        one = registry.image("app", b"layer" * 1000, tag="one")
        registry.index("app", (one, "linux/amd64"), (one, "linux/arm64"), tag="all")
        registry.image("app", b"layer" * 1000, tag="again")
        tags = ["one", "all", "again", "gone"]
        found = await tag_facts(client, registry.reference("app"), tags)
        assert not [r for r in registry.asked("GET", "/blobs/") if "layer" in r.path]
        assert registry.served < 1000
        return found

    one, every, again, gone = with_registry(work)
    assert one.look is not None
    assert every.look is not None
    assert again.look is not None
    assert one.look.size == every.look.size
    assert (one.look.size or 0) > 5000
    assert list(map(str, one.look.platforms)) == ["linux/amd64"]
    assert list(map(str, every.look.platforms)) == ["linux/amd64", "linux/arm64"]
    assert again.look.descriptor.digest == one.look.descriptor.digest
    assert gone.look is None
    assert "does not have" in gone.problem


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_registry_that_lists_nothing_says_what_can_be_done(status: int) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> Refused:
        registry.guard = lambda _request: web.Response(status=status)
        with pytest.raises(Refused, match="does not tell its repositories") as no:
            [name async for name in repositories(client, registry.host)]
        return no.value

    error = with_registry(work)
    assert "layerscope tags REPO" in error.hint
    assert ("layerscope login" in error.hint) == (status == 401)
    assert str(status) in error.why


def test_a_registry_that_fails_is_not_said_to_forbid() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.guard = lambda _request: web.Response(status=500)
        with pytest.raises(Refused, match="fault of its own"):
            [name async for name in repositories(client, registry.host)]

    with_registry(work)


def test_docker_hub_is_not_even_asked() -> None:
    async def work(_: FaultyRegistry, client: RegistryClient) -> int:
        with pytest.raises(Refused, match=r"hub\.docker\.com"):
            [name async for name in repositories(client, "docker.io")]
        return client.wire.requests

    assert with_registry(work) == 0


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=59), "59 days"),
        (timedelta(days=300), "9 months"),
        (timedelta(days=365 * 3), "2 years"),
        (timedelta(days=-3), "0 seconds"),
        (NOW - datetime(1970, 1, 1, tzinfo=UTC), ""),
    ],
)
def test_an_age_is_told_in_its_unit(before: timedelta, words: str) -> None:
    assert age(NOW - before, NOW) == words


def test_without_a_time_there_is_no_age() -> None:
    assert age(None, NOW) == ""
