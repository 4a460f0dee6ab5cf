"""The list of registries a user adds: what is taken for a host, and what is kept of it."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest

from explorer.errors import Refused, UsageError
from explorer.registry.hosts import HUB, Host, Hosts, authority_of, trust


@pytest.mark.parametrize(
    ("typed", "name", "repositories"),
    [
        ("ghcr.io", "ghcr.io", ()),
        (" registry.example:5000 ", "registry.example:5000", ()),
        ("localhost", "localhost", ()),
        ("localhost:5000/", "localhost:5000", ()),
        ("[::1]:5000", "[::1]:5000", ()),
        ("https://ghcr.io/v2/", "ghcr.io", ()),
        ("docker://ghcr.io/owner/app:1.2", "ghcr.io", ("owner/app",)),
        ("index.docker.io", HUB, ()),
        ("docker.io/nginx", HUB, ("library/nginx",)),
    ],
)
def test_a_host_is_taken_from_what_people_paste(
    typed: str, name: str, repositories: tuple[str, ...]
) -> None:
    host = Host.parse(typed)
    assert (host.name, host.repositories) == (name, repositories)


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "nginx", "owner/app", "host:99999", "-bad.example", "a b.example", "x.y/A B"],
)
def test_what_is_no_host_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        Host.parse(typed)
    assert "ghcr.io" in refused.value.hint


def test_only_docker_hub_fills_in_library() -> None:
    assert Host(HUB).repository("nginx").path == "library/nginx"
    elsewhere = Host("localhost:5000").repository("nginx:1")
    assert (elsewhere.path, elsewhere.tag) == ("nginx", "1")
    assert Host("localhost:5000").repository("localhost:5000/nginx").path == "nginx"


def test_docker_hub_tells_no_repositories_and_counts_what_is_read() -> None:
    assert not Host(HUB).lists_repositories
    assert Host(HUB).counts_reading
    assert Host("ghcr.io").lists_repositories
    assert not Host("ghcr.io").counts_reading


def test_typed_repositories_are_kept_once_the_latest_first() -> None:
    host = Host("ghcr.io").with_repository("a").with_repository("b").with_repository("a")
    assert host.repositories == ("a", "b")


def test_a_new_list_has_docker_hub_until_it_is_taken_out(tmp_path: Path) -> None:
    hosts = Hosts.at(tmp_path / "deep" / "registries.json")
    assert [host.name for host in hosts.all()] == [HUB]
    assert not (tmp_path / "deep").exists(), "nothing is made until a host is added"
    hosts.remove(HUB)
    assert hosts.all() == ()


def test_hosts_are_kept_in_their_order_with_what_was_said_of_them(tmp_path: Path) -> None:
    hosts = Hosts.at(tmp_path / "registries.json")
    hosts.add(Host("one.example", insecure=True))
    hosts.add(Host("two.example", repositories=("team/app",)))
    hosts.add(Host("one.example"))
    assert Hosts.at(tmp_path / "registries.json").all() == (
        Host(HUB),
        Host("one.example"),
        Host("two.example", repositories=("team/app",)),
    )


def test_entries_that_are_no_hosts_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "registries.json"
    entries = [{"host": "not a host"}, 7, {"host": 5}, {"host": "good.example", "repositories": 3}]
    path.write_text(json.dumps({"hosts": entries}))
    assert Hosts.at(path).all() == (Host("good.example"),)


@pytest.mark.parametrize("text", ["", "[", "[]", '{"hosts": {}}', "[" * 100_000])
def test_a_list_that_cannot_be_read_is_not_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registries.json"
    path.write_text(text)
    hosts = Hosts.at(path)
    for act in (hosts.all, lambda: hosts.add(Host("ghcr.io"))):
        with pytest.raises(Refused, match="cannot be read"):
            act()
    assert path.read_text() == text


def test_an_authority_is_kept_for_its_host_alone(tmp_path: Path) -> None:
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None:
        pytest.skip("this system has no file of authorities")
    pem = Path(paths.cafile).read_text()
    first = pem[: pem.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----\n"
    (tmp_path / "own.pem").write_text(first)
    place = trust("registry.example:5000", tmp_path / "own.pem", tmp_path / "certs.d")
    assert place == authority_of("registry.example:5000", tmp_path / "certs.d")
    assert place == tmp_path / "certs.d" / "registry.example:5000" / "ca.crt"
    assert place.read_text() == first


@pytest.mark.parametrize(
    "content", [b"", b"nothing", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_not_trusted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.pem").write_bytes(content)
    with pytest.raises(Refused, match="no certificate authority"):
        trust("registry.example", tmp_path / "own.pem", tmp_path / "certs.d")
    assert not (tmp_path / "certs.d").exists()
