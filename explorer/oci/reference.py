"""References: the names people give images, such as ``nginx`` or ``ghcr.io/owner/app:1.2``.

The grammar is that of the distribution project (``reference`` package), with Docker's defaults:
no host means Docker Hub, a single name there lies in ``library/``, and no tag means ``latest``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from explorer.errors import DamagedImage, UsageError
from explorer.oci.digest import Digest

DEFAULT_HOST: Final = "docker.io"
DEFAULT_NAMESPACE: Final = "library"
DEFAULT_TAG: Final = "latest"
MAX_PATH: Final = 255
MAX_TAG: Final = 128

_LABEL: Final = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST: Final = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::([0-9]+))?")
_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH: Final = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_IMAGE_ID: Final = re.compile(r"[a-f0-9]{64}")
_HUB_ALIASES: Final = frozenset({"index.docker.io", "registry-1.docker.io"})
_EXPLANATIONS: Final = {
    "host": f"no registry is named, so it is Docker Hub ({DEFAULT_HOST})",
    "namespace": f"a single name on Docker Hub is an official image ({DEFAULT_NAMESPACE}/)",
    "tag": f"no tag is named, so it is {DEFAULT_TAG}",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A repository on a host, and a tag, a digest, or both.

    ``str()`` gives the canonical form, nothing left out. ``defaults`` names the parts that were
    filled in (``host``, ``namespace``, ``tag``); it plays no part in comparisons.
    """

    host: str
    path: str
    tag: str = ""
    digest: Digest | None = None
    defaults: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference as a person types it.

        Raises:
            UsageError: it is not one; ``why`` says which rule it breaks.
        """
        if not text or text != text.strip():
            raise _bad(text, "it is empty" if not text.strip() else "it has spaces around it")
        if "://" in text:
            raise _bad(text, "it is an address", "Leave out everything up to and with ://")
        if _IMAGE_ID.fullmatch(text):
            raise _bad(text, "64 hexadecimal digits are an image ID, not a name")
        rest, digest = _split_digest(text)
        name, tag = _split_tag(text, rest)
        host, path, defaults = _split_host(name)
        _check_host(text, host)
        _check_path(text, path)
        if not tag and digest is None:
            tag, defaults = DEFAULT_TAG, (*defaults, "tag")
        return cls(host, path, tag, digest, defaults)

    @classmethod
    def parse_or_none(cls, text: str) -> Reference | None:
        """As :meth:`parse`, for names found inside an image: ``None`` where it is not one."""
        try:
            return cls.parse(text)
        except UsageError:
            return None

    @property
    def repository(self) -> str:
        """Host and path: ``docker.io/library/nginx``."""
        return f"{self.host}/{self.path}"

    @property
    def familiar(self) -> str:
        """The shortest form that means the same: ``nginx:latest``."""
        return f"{self.familiar_name}{self._suffix}"

    @property
    def familiar_name(self) -> str:
        """The shortest form of the repository: ``nginx``."""
        if self.host != DEFAULT_HOST:
            return self.repository
        short = self.path.removeprefix(f"{DEFAULT_NAMESPACE}/")
        for name in (short, self.path):
            # "docker.io/localhost/app" shortened would be read as an app on localhost.
            if _split_host(name)[:2] == (self.host, self.path) and not _IMAGE_ID.fullmatch(name):
                return name
        return self.repository

    @property
    def identifier(self) -> str:
        """What a registry is asked for: the digest if there is one, else the tag."""
        return str(self.digest) if self.digest is not None else self.tag

    @property
    def explanations(self) -> tuple[str, ...]:
        """A sentence for each part that was filled in."""
        return tuple(_EXPLANATIONS[part] for part in self.defaults)

    def with_tag(self, tag: str) -> Reference:
        """The same repository under another tag; raises :class:`UsageError` for a bad one."""
        if not _TAG.fullmatch(tag):
            raise _bad(tag, _TAG_RULE)
        return Reference(self.host, self.path, tag)

    def with_digest(self, digest: Digest) -> Reference:
        """The same reference pinned to a digest; a tag is kept unless it was filled in."""
        tag = "" if "tag" in self.defaults else self.tag
        defaults = tuple(part for part in self.defaults if part != "tag")
        return replace(self, tag=tag, digest=digest, defaults=defaults)

    @property
    def _suffix(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{tag}@{self.digest}" if self.digest is not None else tag

    def __str__(self) -> str:
        return f"{self.repository}{self._suffix}"


_TAG_RULE: Final = (
    f"a tag has 1 to {MAX_TAG} letters, digits, dots, dashes or underscores, "
    "and begins with no dot or dash"
)


def _split_digest(text: str) -> tuple[str, Digest | None]:
    rest, at, encoded = text.partition("@")
    if not at:
        return text, None
    try:
        return rest, Digest.parse(encoded)
    except DamagedImage as error:
        raise _bad(text, f"{error.what}: {error.why}", error.hint) from error


def _split_tag(text: str, rest: str) -> tuple[str, str]:
    # A colon before the last slash belongs to a port.
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        return rest, ""
    if not _TAG.fullmatch(tag):
        raise _bad(text, _TAG_RULE)
    return name, tag


def _split_host(name: str) -> tuple[str, str, tuple[str, ...]]:
    first, slash, rest = name.partition("/")
    host, path = DEFAULT_HOST, name
    defaults: tuple[str, ...] = ("host",)
    if slash and _is_host(first):
        host, path, defaults = first, rest, ()
    if host in _HUB_ALIASES:
        host = DEFAULT_HOST
    if host == DEFAULT_HOST and "/" not in path:
        path, defaults = f"{DEFAULT_NAMESPACE}/{path}", (*defaults, "namespace")
    return host, path, defaults


def _is_host(first: str) -> bool:
    # Docker's rule: "alpine/git" is on Docker Hub, "alpine.io/git" and "localhost/git" are not.
    return bool({".", ":"} & set(first)) or first == "localhost" or first != first.lower()


def _check_host(text: str, host: str) -> None:
    match = _HOST.fullmatch(host)
    if match is None:
        raise _bad(text, f"{host!r} is not a host name or address, with or without a port")
    port = match[1]
    if port is not None and not (len(port) <= 5 and 0 < int(port) <= 65535):
        raise _bad(text, f"{port} is not a port: ports go from 1 to 65535")


def _check_path(text: str, path: str) -> None:
    name = path.removeprefix(f"{DEFAULT_NAMESPACE}/")
    if not name:
        raise _bad(text, "it names no repository")
    if path != path.lower():
        hint = f"Try {text.replace(name, name.lower(), 1)[:300]!r}"
        raise _bad(text, "the name of a repository is in lower case", hint)
    if len(path) > MAX_PATH:
        raise _bad(text, f"the name of a repository has at most {MAX_PATH} characters")
    if not _PATH.fullmatch(path):
        raise _bad(
            text,
            "a name is made of a-z and 0-9, with single dots, one or two underscores, "
            "or dashes between them",
        )


def _bad(text: str, why: str, hint: str = "") -> UsageError:
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    return UsageError(
        f"{shown!r} is not an image reference",
        why=why,
        hint=hint or "Write it like nginx, nginx:1.27, or ghcr.io/owner/app:tag",
    )
