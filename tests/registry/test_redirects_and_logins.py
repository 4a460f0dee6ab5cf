"""Who is told what: credentials go to the host they are for, and into no message."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import pytest
from aiohttp import web

from explorer.errors import ExplorerError, Refused
from explorer.registry.credentials import Credentials
from explorer.registry.downloads import read_blob
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

SECRET = "correct-horse-battery"
ME = Credentials("me", SECRET)
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()


def wants_basic(request: web.Request) -> web.Response | None:
    if request.headers.get("Authorization") == BASIC:
        return None
    return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="r"'})


def wants_token(host: Callable[[], str], token: str = "let-me-in") -> Callable[..., object]:
    def guard(request: web.Request) -> web.Response | None:
        if request.path == "/token":
            return web.json_response({"token": token, "expires_in": 300})
        if request.headers.get("Authorization") == f"Bearer {token}":
            return None
        challenge = f'Bearer realm="http://{host()}/token",service="s"'
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})

    return guard


def test_basic_authentication_is_given_when_it_is_asked_for_and_then_kept() -> None:
    async def run() -> FaultyRegistry:
        async with serving() as registry, connected(ME) as client:
            registry.guard = wants_basic
            registry.image("app", b"layer")
            await client.manifest(registry.reference("app:1"))
            await client.manifest(registry.reference("app:1"))
            return registry

    registry = asyncio.run(run())
    given = [r.headers.get("Authorization") for r in registry.asked("GET", "/manifests/")]
    assert given == [None, BASIC, BASIC]


def test_one_token_serves_all_layers_and_names_its_scope() -> None:
    async def run() -> FaultyRegistry:
        async with serving() as registry, connected(ME) as client:
            registry.guard = wants_token(lambda: registry.host)  # type: ignore[assignment]
            registry.image("team/app", b"one", b"two")
            for _ in range(3):
                await client.manifest(registry.reference("team/app:1"))
            return registry

    registry = asyncio.run(run())
    (asked,) = registry.asked("GET", "/token")
    assert asked.query["scope"] == "repository:team/app:pull"
    assert asked.query["service"] == "s"
    assert asked.headers["Authorization"] == BASIC


def test_a_token_that_no_longer_counts_is_replaced_once() -> None:
    async def run() -> FaultyRegistry:
        async with serving() as registry, connected() as client:
            registry.guard = wants_token(lambda: registry.host)  # type: ignore[assignment]
            registry.image("app", b"one")
            await client.manifest(registry.reference("app:1"))
            registry.guard = wants_token(lambda: registry.host, "newer")  # type: ignore[assignment]
            await client.manifest(registry.reference("app:1"))
            return registry

    assert len(asyncio.run(run()).asked("GET", "/token")) == 2


def test_credentials_do_not_follow_a_redirect_to_another_host() -> None:
    async def run() -> tuple[FaultyRegistry, FaultyRegistry]:
        async with serving() as registry, serving() as other, connected(ME) as client:
            blob = registry.blob("app", b"content")
            other.blob("app", b"content")

            def guard(request: web.Request) -> web.Response | None:
                if (refused := wants_basic(request)) is not None:
                    return refused
                where = f"http://{other.host}{request.path}?signature=s3cr3t"
                return web.Response(status=307, headers={"Location": where})

            registry.guard = guard
            pieces = read_blob(client.wire, registry.reference("app"), blob)
            assert b"".join([piece async for piece in pieces]) == b"content"
            return registry, other

    registry, other = asyncio.run(run())
    assert "Authorization" in registry.log[-1].headers
    assert [r.headers.get("Authorization") for r in other.log] == [None]


def refusal(guard: Callable[[web.Request], web.Response | None]) -> ExplorerError:
    async def run() -> ExplorerError:
        async with serving() as registry, connected(ME) as client:
            registry.guard = guard
            with pytest.raises(ExplorerError) as raised:
                await client.manifest(registry.reference("app:1"))
            return raised.value

    return asyncio.run(run())


def test_a_redirect_without_end_is_given_up() -> None:
    error = refusal(lambda r: web.Response(status=302, headers={"Location": str(r.rel_url)}))
    assert "redirects without end" in str(error)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://host/x", "gopher://h/"])
def test_a_redirect_leads_to_http_alone(target: str) -> None:
    error = refusal(lambda _: web.Response(status=302, headers={"Location": target}))
    assert isinstance(error, Refused)
    assert "address that is none" in str(error)


def test_no_secret_is_in_a_message_even_if_the_server_repeats_it() -> None:
    def echo(request: web.Request) -> web.Response | None:
        if (refused := wants_basic(request)) is not None:
            return refused
        said = f"no {request.headers['Authorization']} and no {SECRET}"
        return web.json_response({"errors": [{"message": said}]}, status=403)

    error = refusal(echo)
    shown = f"{error} {error!r} {error.__cause__!r}"
    assert SECRET not in shown
    assert BASIC.split()[1] not in shown


def test_no_secret_is_in_the_repr_of_credentials() -> None:
    assert SECRET not in repr(ME)
    assert "t0ken" not in repr(Credentials(token="t0ken"))


def test_a_login_that_is_refused_says_what_to_do() -> None:
    challenge = {"WWW-Authenticate": 'Basic realm="r"'}
    error = refusal(lambda _: web.Response(status=401, headers=challenge))
    assert error.exit_code == 5
    assert "layerscope login 127.0.0.1" in str(error)


def test_a_token_server_that_gives_none_is_told_by_its_host() -> None:
    def guard(request: web.Request) -> web.Response | None:
        if request.path == "/token":
            return web.Response(text="<html>")
        realm = f'Bearer realm="http://{request.host}/token"'
        return web.Response(status=401, headers={"WWW-Authenticate": realm})

    assert "no token" in str(refusal(guard))


def test_a_token_cannot_bring_headers_along() -> None:
    def guard(request: web.Request) -> web.Response | None:
        if request.path == "/token":
            return web.json_response({"token": "a\r\nX-Evil: 1"})
        realm = f'Bearer realm="http://{request.host}/token"'
        return web.Response(status=401, headers={"WWW-Authenticate": realm})

    assert "no token" in str(refusal(guard))


def test_an_identity_token_is_exchanged_in_a_body_and_not_in_an_address() -> None:
    async def run() -> FaultyRegistry:
        known = Credentials(token="refresh-me")
        async with serving() as registry, connected(known) as client:
            registry.guard = wants_token(lambda: registry.host)  # type: ignore[assignment]
            registry.image("app", b"one")
            await client.manifest(registry.reference("app:1"))
            return registry

    registry = asyncio.run(run())
    (asked,) = registry.asked("POST", "/token")
    assert "refresh" not in asked.path_qs
