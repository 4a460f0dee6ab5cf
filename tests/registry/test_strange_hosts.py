"""Hosts that are not what they should be: other schemes, certificates, proxies, silence, IPv6."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from explorer.errors import ExplorerError, Refused
from explorer.oci import Reference
from explorer.registry import RegistryClient, answers, options
from explorer.store.images import ImageStore
from explorer.transfer.pull import pull
from tests.integration.registries import make_authority
from tests.registry.conftest import PATIENCE, connected
from tests.registry.server import serving

IMPATIENT = type(PATIENCE)(attempts=2, first=0.0, connect=2.0, silence=0.2)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the loopback interface look like the network: nothing is allowed there by itself."""
    monkeypatch.setattr(options, "is_loopback", lambda _host: False)
    monkeypatch.setattr(answers, "is_loopback", lambda _host: False)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``ca.crt``, and ``server.crt`` with its key for 127.0.0.1 alone."""
    folder = tmp_path_factory.mktemp("certificates")
    make_authority(folder)
    return folder


def server_tls(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    return context


async def refusal(client: RegistryClient, name: Reference) -> ExplorerError:
    with pytest.raises(ExplorerError) as raised:
        await client.manifest(name)
    return raised.value


# -- schemes and certificates -----------------------------------------------------------------


@pytest.mark.usefixtures("elsewhere")
def test_http_where_https_was_expected_is_told_and_what_allows_it() -> None:
    async def run() -> None:
        async with serving() as registry, connected() as client:
            error = await refusal(client, registry.reference("app:1"))
            assert str(error).startswith(f"{registry.host} cannot be spoken to")
            assert "it speaks no HTTPS" in str(error)
            assert not registry.log
        async with serving() as registry:
            registry.image("app", b"layer")
            async with connected(insecure=frozenset([registry.host])) as client:
                await client.manifest(registry.reference("app:1"))

    asyncio.run(run())


def test_https_where_http_was_expected_is_found_out(certificates: Path) -> None:
    async def run() -> None:
        async with serving(tls=server_tls(certificates)) as registry:
            registry.image("app", b"layer")
            async with connected(authorities=(certificates / "ca.crt",)) as client:
                await client.manifest(registry.reference("app:1"))

    asyncio.run(run())


def test_an_unknown_certificate_is_told_with_where_its_authority_goes(certificates: Path) -> None:
    async def run() -> None:
        async with serving(tls=server_tls(certificates)) as registry, connected() as client:
            error = await refusal(client, registry.reference("app:1"))
            assert str(error).startswith(f"{registry.host} shows a certificate that is not trusted")
            assert f"certs.d/{registry.host}/ca.crt" in str(error)
            assert not registry.asked("GET", "manifests")

    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of this machine")
def test_a_certificate_of_another_host_is_told(certificates: Path) -> None:
    async def run() -> None:
        async with serving(address="127.0.0.2", tls=server_tls(certificates)) as registry:
            async with connected(authorities=(certificates / "ca.crt",)) as client:
                error = await refusal(client, registry.reference("app:1"))
            assert str(error).startswith(f"{registry.host} shows a certificate that is not trusted")
            assert "IP address mismatch" in str(error)
            assert "ca.crt" not in str(error)  # no authority would help

    asyncio.run(run())


def test_an_insecure_host_may_show_any_certificate(certificates: Path) -> None:
    async def run() -> None:
        async with serving(tls=server_tls(certificates)) as registry:
            registry.image("app", b"layer")
            async with connected(insecure=frozenset([registry.host])) as client:
                await client.manifest(registry.reference("app:1"))

    asyncio.run(run())


def test_a_layer_comes_over_tls_as_it_comes_without(certificates: Path, store: ImageStore) -> None:
    async def run() -> None:
        async with serving(tls=server_tls(certificates)) as registry:
            registry.image("app", bytes(3 << 20), b"second")
            registry.cut = [1 << 20, 5]
            async with connected(authorities=(certificates / "ca.crt",)) as client:
                await pull(client, registry.reference("app:1"), store)
            assert [r for r in registry.asked("GET", "/blobs/") if "Range" in r.headers]
        assert all(not image.problem for image in store.images())

    asyncio.run(run())


# -- addresses ----------------------------------------------------------------------------------


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as trying:
            trying.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="there is no IPv6 here")
def test_an_address_of_ipv6_stands_in_brackets(store: ImageStore) -> None:
    async def run() -> None:
        async with serving(address="::1") as registry, connected() as client:
            pushed = registry.image("app", b"layer")
            name = Reference.parse(f"{registry.host}/app:1")
            assert name.host.startswith("[::1]:")
            assert (await pull(client, name, store)).descriptor == pushed
            error = await refusal(client, registry.reference("other:1"))
            assert registry.host in str(error)

    asyncio.run(run())


def test_nothing_that_listens_is_told() -> None:
    async def run() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            name = f"127.0.0.1:{taken.getsockname()[1]}"
            async with connected() as client:
                error = await refusal(client, Reference.parse(f"{name}/app:1"))
        assert name in str(error)
        assert "nothing listens there" in str(error)

    asyncio.run(run())


# -- token servers --------------------------------------------------------------------------------


def test_a_token_server_that_hangs_is_given_up_and_told_apart_from_the_registry() -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls, and says nothing
            host = f"127.0.0.1:{silent.getsockname()[1]}"
            challenge = {"WWW-Authenticate": f'Bearer realm="http://{host}/token"'}
            async with serving() as registry, connected(patience=IMPATIENT) as client:
                registry.image("app", b"layer")
                registry.guard = lambda _request: web.Response(status=401, headers=challenge)
                error = await refusal(client, registry.reference("app:1"))
            assert f"{host} failed: asking for a token for {registry.host}" in str(error)
            assert "stopped answering" in str(error)

    asyncio.run(run())


# -- proxies ------------------------------------------------------------------------------------


@dataclass
class Proxy:
    """Notes the first line of each request, and answers as it is told."""

    host: str = ""
    lines: list[str] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0].decode())
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        proxy.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield proxy


def through(
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[Proxy, RegistryClient], Awaitable[None]],
    **variables: str,
) -> None:
    async def run() -> None:
        async with proxying() as proxy, connected(patience=IMPATIENT) as client:
            for name, value in variables.items():
                monkeypatch.setenv(name, value.replace("PROXY", proxy.host))
            await work(proxy, client)

    asyncio.run(run())


def test_https_goes_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(proxy: Proxy, client: RegistryClient) -> None:
        error = await refusal(client, Reference.parse("registry.test/app:1"))
        assert proxy.lines[0] == "CONNECT registry.test:443 HTTP/1.1"
        assert "registry.test cannot be reached" in str(error)
        assert "the proxy answered with HTTP 403" in str(error)
        assert "correct-horse" not in f"{error!r} {error} {error.__cause__!r}"

    through(monkeypatch, work, https_proxy="http://me:correct-horse@PROXY")


@pytest.mark.usefixtures("elsewhere")
def test_plain_http_goes_through_its_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(proxy: Proxy, client: RegistryClient) -> None:
        async with serving() as registry:
            registry.image("app", b"layer")
            plain = frozenset([registry.host])
            async with connected(patience=IMPATIENT, insecure=plain) as client:
                await refusal(client, registry.reference("app:1"))
            assert proxy.lines
            assert proxy.lines[0].startswith(f"GET http://{registry.host}/v2/app/manifests/1 ")
            assert not [r for r in registry.log if "manifests" in r.path]

    through(monkeypatch, work, http_proxy="http://PROXY")


@pytest.mark.usefixtures("elsewhere")
def test_no_proxy_names_hosts_to_speak_to_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(proxy: Proxy, client: RegistryClient) -> None:
        async with serving() as registry:
            registry.image("app", b"layer")
            async with connected(insecure=frozenset([registry.host])) as client:
                await client.manifest(registry.reference("app:1"))
            assert not proxy.lines

    through(
        monkeypatch,
        work,
        http_proxy="http://PROXY",
        https_proxy="http://PROXY",
        no_proxy="127.0.0.1",
    )


def test_the_loopback_interface_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(proxy: Proxy, client: RegistryClient) -> None:
        async with serving() as registry:
            registry.image("app", b"layer")
            await client.manifest(registry.reference("app:1"))
            assert not proxy.lines

    through(monkeypatch, work, http_proxy="http://PROXY", https_proxy="http://PROXY")


def test_a_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")

    async def run() -> None:
        async with connected(patience=IMPATIENT) as client:
            error = await refusal(client, Reference.parse("registry.test/app:1"))
            assert isinstance(error, Refused)
            assert "the proxy does not answer" in str(error)
            assert "HTTPS_PROXY" in str(error)

    asyncio.run(run())


def test_where_nothing_listens_is_said_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"

    async def ask() -> tuple[ExplorerError, int]:
        async with connected() as client:
            refused = await refusal(client, Reference.parse(f"{host}/app:1"))
            return refused, client.wire.requests

    refused, requests = asyncio.run(ask())
    assert refused.why == "nothing listens there"
    assert requests <= 2  # over TLS, and plain: it is a loopback host
