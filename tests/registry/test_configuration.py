"""What files say of registries: mirrors, other places, hosts that are insecure or blocked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from explorer.errors import Refused, UsageError
from explorer.oci import Reference
from explorer.registry.configuration import configured
from explorer.registry.options import Options
from explorer.registry.rules import Rules
from tests.registry.conftest import connected
from tests.registry.server import serving

HUB = Reference.parse("alpine:3")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "LAYERSCOPE_REGISTRIES_CONF": str(tmp_path / "own.conf"),
    }


def rules(environ: dict[str, str], **files: str) -> Rules:
    """What is read where ``own``, ``user``, ``system`` and ``docker`` have these contents."""
    home = Path(environ["HOME"])
    paths = {
        "own": home / "own.conf",
        "user": home / "config/containers/registries.conf",
        "drop_in": home / "config/containers/registries.conf.d/50-more.conf",
        "system": home / "etc/registries.conf",
        "docker": home / "daemon.json",
    }
    for name, text in files.items():
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_text(text)
    return configured(environ, home / "etc", paths["docker"])


def sources(found: Rules, reference: Reference = HUB) -> list[str]:
    return [str(source) for source in found.sources(reference)]


def test_without_files_an_image_is_where_its_name_says(environ: dict[str, str]) -> None:
    assert sources(rules(environ)) == ["docker.io/library/alpine:3"]


def test_mirrors_are_asked_in_order_and_the_host_last(environ: dict[str, str]) -> None:
    found = rules(
        environ,
        user="""
            [[registry]]
            prefix = "docker.io"
            [[registry.mirror]]
            location = "one.example:5000"
            [[registry.mirror]]
            location = "two.example/hub"
            insecure = true
        """,
    )
    assert sources(found) == [
        "one.example:5000/library/alpine:3",
        "two.example/hub/library/alpine:3",
        "docker.io/library/alpine:3",
    ]
    assert found.is_insecure("two.example")
    assert not found.is_insecure("one.example:5000")


def test_the_longest_prefix_counts_and_may_lead_elsewhere(environ: dict[str, str]) -> None:
    found = rules(
        environ,
        system="""
            [[registry]]
            location = "a.example"
            [[registry]]
            prefix = "a.example/team"
            location = "b.example/moved"
        """,
    )
    assert sources(found, Reference.parse("a.example/team/app:1")) == ["b.example/moved/app:1"]
    assert sources(found, Reference.parse("a.example/teams/app:1")) == ["a.example/teams/app:1"]


def test_the_own_file_counts_before_all_others(environ: dict[str, str]) -> None:
    def mirror(name: str) -> str:
        return f'[[registry]]\nprefix="docker.io"\n[[registry.mirror]]\nlocation="{name}.example"\n'

    names = {name: mirror(name.replace("_", "")) for name in ("own", "user", "drop_in", "system")}
    for name in ("system", "drop_in", "user", "own"):
        found = rules(environ, **{name: names[name]})
        assert sources(found)[0] == f"{name.replace('_', '')}.example/library/alpine:3"


def test_docker_s_daemon_is_heard_where_nothing_else_is_said(environ: dict[str, str]) -> None:
    daemon = '{"registry-mirrors": ["http://m.example:80"], "insecure-registries": ["x.example"]}'
    found = rules(environ, docker=daemon)
    assert sources(found)[0] == "m.example:80/library/alpine:3"
    assert found.is_insecure("x.example")
    assert found.is_insecure("m.example:80")


def test_a_wildcard_stands_for_every_host_of_a_domain(environ: dict[str, str]) -> None:
    found = rules(environ, own='[[registry]]\nprefix = "*.corp.example"\ninsecure = true\n')
    assert found.is_insecure("a.corp.example")
    assert not found.is_insecure("corp.example.evil")


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        "registry = 1",
        "[[registry]]\nprefix = 5",
        "[[registry]]\ninsecure = true",
        '[[registry]]\nprefix = "a.example"\nmirror = ["b.example"]',
    ],
)
def test_what_cannot_be_understood_is_told_with_the_file(
    environ: dict[str, str], text: str
) -> None:
    with pytest.raises(UsageError, match=r"own\.conf"):
        rules(environ, own=text)


def test_a_blocked_host_is_never_contacted(environ: dict[str, str]) -> None:
    async def run() -> None:
        async with serving() as registry:
            registry.image("app", b"layer")
            text = f'[[registry]]\nprefix = "{registry.host}"\nblocked = true\n'
            async with connected(rules=rules(environ, own=text)) as client:
                for ask in (client.manifest, client.resolve, client.delete):
                    with pytest.raises(Refused, match=f"{registry.host} is not contacted"):
                        await ask(registry.reference("app:1"))
            assert not registry.log

    asyncio.run(run())


def test_what_a_mirror_lacks_comes_from_the_host(environ: dict[str, str]) -> None:
    async def run() -> None:
        async with serving() as registry, serving() as mirror:
            pushed = registry.image("app", b"layer")
            text = (
                f'[[registry]]\nprefix = "{registry.host}"\n'
                f'[[registry.mirror]]\nlocation = "{mirror.host}/copies"\n'
            )
            async with connected(rules=rules(environ, own=text)) as client:
                assert (await client.manifest(registry.reference("app:1"))).descriptor == pushed
                assert [r.path for r in mirror.log if "manifests" in r.path] == [
                    "/v2/copies/app/manifests/1"
                ]

    asyncio.run(run())


def test_mirrors_of_flags_come_before_the_variable_and_the_files(environ: dict[str, str]) -> None:
    text = '[[registry]]\nprefix="docker.io"\n[[registry.mirror]]\nlocation="file.example"\n'
    rules(environ, own=text)
    environ["LAYERSCOPE_MIRRORS"] = "docker.io=variable.example"
    options = Options.from_environment(environ=environ, mirrors=["docker.io=flag.example"])
    hosts = [source.host for source in options.sources(HUB)]
    assert hosts[:3] == ["flag.example", "variable.example", "file.example"]
    assert hosts[-1] == "docker.io"
