"""What the user, or the owner of the machine, has written down about registries.

All of these files are in the form of containers-registries.conf(5), version 2, so what Podman,
Buildah and skopeo were told need not be told again. The first that has a prefix counts for it::

    $LAYERSCOPE_REGISTRIES_CONF, or registries.conf in the user's configuration of layerscope
    $CONTAINERS_REGISTRIES_CONF, or ~/.config/containers/registries.conf
    /etc/containers/registries.conf.d/*.conf, /etc/containers/registries.conf

    [[registry]]
    prefix = "docker.io"              # a host, *.domain, or a host with the start of a path
    location = "registry.example/hub" # where it really is; left out: where it says
    insecure = false                  # plain HTTP, and certificates that nobody vouches for
    blocked = false                   # is never contacted

    [[registry.mirror]]               # asked first, in this order, for what is read
    location = "mirror.example:5000"

Where none of them says anything of Docker Hub, its mirrors in Docker's ``daemon.json`` count; the
hosts that are insecure there are insecure here, too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import platformdirs

from explorer.errors import UsageError
from explorer.registry.rules import Rule, Rules, Source

_OWN: Final = "LAYERSCOPE_REGISTRIES_CONF"
_CONTAINERS: Final = "CONTAINERS_REGISTRIES_CONF"
_ETC: Final = Path("/etc/containers")
_DOCKER: Final = Path("/etc/docker/daemon.json")
_MOST: Final = 1 << 20
_HUB: Final = "docker.io"


def configured(environ: Mapping[str, str], etc: Path = _ETC, docker: Path = _DOCKER) -> Rules:
    """All that is written down; raises :class:`UsageError` for a file that cannot be understood."""
    rules: dict[str, Rule] = {}
    for path in _files(environ, etc):
        for rule in _read(path):
            rules.setdefault(rule.prefix, rule)
    for rule in _of_docker(docker):
        rules.setdefault(rule.prefix, rule)
    return Rules(tuple(rules.values()))


def own_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The file that is layerscope's own."""
    named = environ.get(_OWN)
    if named:
        return Path(named)
    return Path(platformdirs.user_config_dir("layerscope", appauthor=False)) / "registries.conf"


def _files(environ: Mapping[str, str], etc: Path) -> Iterator[Path]:
    """Those that are there, the one that counts first."""
    home = Path(environ.get("HOME") or "~").expanduser()
    configuration = environ.get("XDG_CONFIG_HOME")
    users = (Path(configuration) if configuration else home / ".config") / "containers"
    named = environ.get(_CONTAINERS)
    candidates = [own_file(environ), Path(named) if named else users / "registries.conf"]
    for folder in (users, etc):
        drop_ins = folder / "registries.conf.d"
        if drop_ins.is_dir():
            candidates += sorted(drop_ins.glob("*.conf"), reverse=True)  # the last one wins
    candidates.append(etc / "registries.conf")
    for path in candidates:
        if path.is_file() and os.access(path, os.R_OK):
            yield path


def _read(path: Path) -> Iterator[Rule]:
    import tomllib

    try:
        with path.open("rb") as file:
            document = tomllib.loads(file.read(_MOST).decode())
    except (OSError, ValueError) as error:  # of which TOMLDecodeError is one
        raise _unreadable(path, str(error)) from error
    entries = document.get("registry", [])
    if not isinstance(entries, list):
        raise _unreadable(path, "registry is no list of tables: write [[registry]]")
    for entry in entries:
        yield _rule(path, entry)


def _rule(path: Path, entry: Any) -> Rule:
    if not isinstance(entry, Mapping):
        raise _unreadable(path, "a registry is no table")
    location = _text(path, entry, "location")
    prefix = _text(path, entry, "prefix") or location
    if not prefix:
        raise _unreadable(path, "a registry has neither prefix nor location")
    mirrors = entry.get("mirror", [])
    if not isinstance(mirrors, list) or not all(isinstance(one, Mapping) for one in mirrors):
        raise _unreadable(path, f"the mirrors of {prefix} are no tables: write [[registry.mirror]]")
    return Rule(
        prefix,
        location,
        insecure=entry.get("insecure") is True,
        blocked=entry.get("blocked") is True,
        mirrors=tuple(
            Source(_text(path, one, "location"), insecure=one.get("insecure") is True)
            for one in mirrors
            if _text(path, one, "location")
        ),
    )


def _text(path: Path, entry: Mapping[str, Any], key: str) -> str:
    found = entry.get(key, "")
    if not isinstance(found, str):
        raise _unreadable(path, f"{key} is no text")
    return found.strip().removeprefix("https://").removeprefix("http://").rstrip("/")


def _of_docker(path: Path) -> Iterator[Rule]:
    """Docker's daemon says less, and is not ours: what cannot be read is passed over."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MOST))
    except (OSError, ValueError, RecursionError):
        return
    if not isinstance(document, Mapping):
        return
    insecure = document.get("insecure-registries")
    for name in insecure if isinstance(insecure, list) else ():
        if isinstance(name, str) and name and "/" not in name:  # networks are not understood here
            yield Rule(name, insecure=True)
    mirrors = document.get("registry-mirrors")
    hosts = [one for one in mirrors if isinstance(one, str)] if isinstance(mirrors, list) else []
    if hosts:
        yield Rule(_HUB, mirrors=tuple(_docker_mirror(one) for one in hosts))


def _docker_mirror(address: str) -> Source:
    scheme, _, rest = address.rpartition("://")
    return Source(rest.rstrip("/"), insecure=scheme == "http")


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} cannot be read",
        why=why[:200],
        hint="Its form is that of containers-registries.conf(5), version 2",
    )
