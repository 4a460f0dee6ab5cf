"""A registry's documents: manifests by tag and digest, lists of tags, repositories, referrers.

OCI distribution specification 1.1. Whatever comes is checked against its digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import aiohttp
from yarl import URL

from explorer.errors import DamagedImage, ExplorerError, LimitExceeded, NotFound, Refused
from explorer.oci import Descriptor, Digest, ImageIndex, Reference, media, parse_manifest
from explorer.registry.auth import CATALOG_SCOPE, delete_scope, pull_scope, push_scope
from explorer.registry.wire import Ask, Wire

MAX_MANIFEST: Final = 4 << 20
"""Bytes of a manifest: what the specification asks registries to take, and most of them take."""
_MOST_PAGE: Final = 16 << 20
_PAGE: Final = 1000
_MOST_NAMES: Final = 1_000_000
_ACCEPT: Final = ", ".join(media.ACCEPTED)
_NEXT: Final = re.compile(r'<([^<>]*)>[^,]*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest or index with the bytes that its digest is taken of."""

    descriptor: Descriptor
    data: bytes = field(repr=False)


class RegistryClient:
    """What can be asked of any registry; ``reference`` names host and repository.

    Every method raises :class:`NotFound` and :class:`Refused`, naming the host and the cause.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    # -- manifests ----------------------------------------------------------------------------

    async def manifest(self, reference: Reference) -> Document:
        """The manifest or index that a reference stands for.

        Mirrors are asked first; what one of them cannot give comes from the host itself. Raises
        :class:`LimitExceeded` for one over :data:`MAX_MANIFEST`,
        :class:`explorer.errors.DigestMismatch`.
        """
        for mirror in self.wire.options.mirrors.get(reference.host, ()):
            try:
                return await self._manifest(replace(reference, host=mirror))
            except (NotFound, Refused, DamagedImage):
                continue
        return await self._manifest(reference)

    async def _manifest(self, reference: Reference) -> Document:
        ask = _manifest_ask(reference, "GET", f"reading {reference.familiar}")
        response, data = await self.wire.read(ask, MAX_MANIFEST)
        if len(data) > MAX_MANIFEST:
            raise LimitExceeded(
                f"The manifest of {reference.familiar} is too large",
                why=f"{reference.host} sends more than {MAX_MANIFEST:,} bytes",
                hint="A genuine one has a few thousand: do not trust this image",
            )
        digest = _named_digest(reference, response, data)
        return Document(Descriptor(_type_of(response, data), digest, len(data)), data)

    async def resolve(self, reference: Reference) -> Descriptor | None:
        """What a reference stands for, None where there is nothing; no document is fetched.

        It is what the registry says: only fetching proves it.
        """
        ask = _manifest_ask(reference, "HEAD", f"looking for {reference.familiar}")
        async with self.wire.ask(replace(ask, accept=(200, 404))) as response:
            if response.status == 404:
                return None
            digest = _header_digest(response) or reference.digest
            length = response.headers.get("Content-Length", "")
            if digest is None or not length.isdigit():
                pass  # older registries say neither: read it instead
            else:
                kind = media.essence(response.headers.get("Content-Type", ""))
                return Descriptor(kind, digest, int(length))
        return (await self._manifest(reference)).descriptor

    async def put_manifest(self, reference: Reference, data: bytes, media_type: str) -> Digest:
        """Store a manifest under the tag of a reference, or under its digest alone."""
        digest = Digest.of(data)
        name = reference.tag or str(digest)
        ask = Ask(
            reference.host,
            f"storing the manifest of {reference.familiar}",
            f"/v2/{reference.path}/manifests/{name}",
            "PUT",
            (push_scope(reference.path),),
            (200, 201, 202),
            {"Content-Type": media_type},
            data,
        )
        async with self.wire.ask(ask) as response:
            said = _header_digest(response)
            subject = response.headers.get("OCI-Subject")
        if said is not None and said.algorithm == digest.algorithm and said != digest:
            raise Refused(
                f"{reference.host} stored another manifest than was sent",
                why=f"it is {digest}, and it says {said}",
                hint="Do not trust this registry",
            )
        await self._add_to_referrers(reference, digest, data, media_type, bool(subject))
        return digest

    async def delete(self, reference: Reference) -> None:
        """Delete a tag; with a digest, the manifest itself with all its tags."""
        ask = Ask(
            reference.host,
            f"deleting {reference.familiar}",
            f"/v2/{reference.path}/manifests/{reference.identifier}",
            "DELETE",
            (delete_scope(reference.path),),
            (200, 202),
        )
        async with self.wire.ask(ask):
            pass

    # -- lists --------------------------------------------------------------------------------

    async def tags(self, repository: Reference) -> AsyncIterator[str]:
        """The tags of a repository, page by page, in the registry's order."""
        first = f"/v2/{repository.path}/tags/list?n={_PAGE}"
        what = f"listing the tags of {repository.familiar_name}"
        async for name in self._names(
            repository.host, what, first, "tags", pull_scope(repository.path)
        ):
            yield name

    async def catalog(self, host: str) -> AsyncIterator[str]:
        """The repositories of a host, where it tells them."""
        first = f"/v2/_catalog?n={_PAGE}"
        async for name in self._names(
            host, "listing its repositories", first, "repositories", CATALOG_SCOPE
        ):
            yield name

    async def _names(
        self, host: str, what: str, url: str, key: str, scope: str
    ) -> AsyncIterator[str]:
        """Pages lead to each other by ``Link`` (RFC 8288); one that was seen ends the list."""
        seen: set[str] = set()
        count = 0
        while url and url not in seen:
            seen.add(url)
            document, response = await self._json(Ask(host, what, url, scopes=(scope,)))
            names = document.get(key)
            for name in names if isinstance(names, list) else ():
                if isinstance(name, str):
                    count += 1
                    yield name
            if count > _MOST_NAMES:
                raise LimitExceeded(f"{host} lists more than {_MOST_NAMES:,} names", why=what)
            url = _next_page(url, response) if names else ""

    # -- referrers ----------------------------------------------------------------------------

    async def referrers(
        self, repository: Reference, digest: Digest, artifact_type: str = ""
    ) -> tuple[Descriptor, ...]:
        """What refers to a manifest: signatures, provenance, anything with it as ``subject``.

        By the referrers API, or by the tag ``sha256-...`` where the registry has none.
        """
        what = f"listing what refers to {digest.short}"
        query = f"?{_encoded({'artifactType': artifact_type})}" if artifact_type else ""
        url: str = f"/v2/{repository.path}/referrers/{digest}{query}"
        ask = Ask(repository.host, what, url, scopes=(pull_scope(repository.path),))
        found: list[Descriptor] = []
        seen: set[str] = set()
        try:
            while url and url not in seen:
                seen.add(url)
                response, data = await self.wire.read(replace(ask, url=url), MAX_MANIFEST)
                found += _index(data, what).manifests
                url = _next_page(url, response)
        except NotFound:
            found = list((await self._tagged_referrers(repository, digest)).manifests)
        return tuple(d for d in dict.fromkeys(found) if artifact_type in ("", d.artifact_type))

    async def _tagged_referrers(self, repository: Reference, digest: Digest) -> ImageIndex:
        tag = f"{digest.algorithm}-{digest.encoded}"[:128]
        try:
            document = await self._manifest(Reference(repository.host, repository.path, tag))
        except NotFound:
            return ImageIndex(())
        return _index(document.data, "referrers")

    async def _add_to_referrers(
        self, reference: Reference, digest: Digest, data: bytes, media_type: str, known: bool
    ) -> None:
        """Without the referrers API whoever pushes keeps the list (specification, "Referrers Tag
        Schema"). Two who do so at once can lose an entry: so it is defined."""
        document = _parsed(data, media_type)
        if document is None or document.subject is None or known:
            return
        subject = document.subject.digest
        held = await self._tagged_referrers(reference, subject)
        if any(d.digest == digest for d in held.manifests):
            return
        kind = document.artifact_type
        if not kind and not isinstance(document, ImageIndex):
            kind = document.config.media_type
        entry = Descriptor(
            document.media_type,
            digest,
            len(data),
            annotations=document.annotations,
            artifact_type=kind,
        )
        index = ImageIndex((*held.manifests, entry)).encode()
        tag = f"{subject.algorithm}-{subject.encoded}"[:128]
        await self.put_manifest(
            Reference(reference.host, reference.path, tag), index, media.OCI_INDEX
        )

    async def ping(self, host: str) -> None:
        """Whether a host is a registry that lets us in; raises where it is not."""
        async with self.wire.ask(Ask(host, "logging in", "/v2/")):
            pass

    async def _json(self, ask: Ask) -> tuple[Mapping[str, Any], aiohttp.ClientResponse]:
        response, data = await self.wire.read(ask, _MOST_PAGE)
        try:
            document = json.loads(data) if len(data) <= _MOST_PAGE else None
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, Mapping):
            raise DamagedImage(
                f"{ask.host} answered in a way that is not understood",
                why=f"{ask.what}: it sent no JSON object",
                hint="Look whether it is a registry",
            )
        return document, response


def _manifest_ask(reference: Reference, method: str, what: str) -> Ask:
    return Ask(
        reference.host,
        what,
        f"/v2/{reference.path}/manifests/{reference.identifier}",
        method,
        (pull_scope(reference.path),),
        headers={"Accept": _ACCEPT},
    )


def _named_digest(reference: Reference, response: aiohttp.ClientResponse, data: bytes) -> Digest:
    """The digest of a manifest that came: the one asked for, or that of its bytes."""
    if reference.digest is not None:
        reference.digest.verify(data, f"The manifest of {reference.familiar}")
        return reference.digest
    said = _header_digest(response)
    if said is not None and said.verifiable:
        said.verify(data, f"The manifest of {reference.familiar}")
        return said
    return Digest.of(data)


def _header_digest(response: aiohttp.ClientResponse) -> Digest | None:
    try:
        return Digest.parse(response.headers.get("Docker-Content-Digest", ""))
    except ExplorerError:
        return None


def _type_of(response: aiohttp.ClientResponse, data: bytes) -> str:
    """What the document calls itself; else what the registry calls it, if that says anything."""
    declared = media.essence(response.headers.get("Content-Type", ""))
    declared = declared if declared in media.ACCEPTED else ""
    return parse_manifest(data, declared).media_type


def _parsed(data: bytes, media_type: str) -> Any:
    try:
        return parse_manifest(data, media_type)
    except DamagedImage:
        return None


def _index(data: bytes, what: str) -> ImageIndex:
    if len(data) > MAX_MANIFEST:
        raise LimitExceeded("A list of referrers is too large", why=what)
    found = parse_manifest(data, media.OCI_INDEX)
    if not isinstance(found, ImageIndex):
        raise DamagedImage("A list of referrers is no index", why=what)
    return found


def _next_page(url: str, response: aiohttp.ClientResponse) -> str:
    match = _NEXT.search(response.headers.get("Link", "")[:8192])
    if match is None:
        return ""
    try:
        base = URL(f"http://host{url}", encoded=True)
        after = base.join(URL(match[1], encoded=True))
    except ValueError:
        return ""
    return after.raw_path_qs if after.path.startswith("/v2/") else ""


def _encoded(query: Mapping[str, str]) -> str:
    return URL.build(query=query).raw_query_string
