"""A registry's documents: manifests by tag and digest, lists of tags, repositories, referrers.

OCI distribution specification 1.1. Whatever comes is checked against its digest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from yarl import URL

from explorer.errors import DamagedImage, DigestMismatch, NotFound, Refused
from explorer.oci import Descriptor, Digest, ImageIndex, Reference, media
from explorer.registry.asks import Ask
from explorer.registry.auth import CATALOG_SCOPE, delete_scope, pull_scope, push_scope
from explorer.registry.documents import (
    MAX_MANIFEST,
    Document,
    header_digest,
    index_of,
    manifest_ask,
    parsed_or_none,
    received,
    told_descriptor,
)
from explorer.registry.listing import PAGE, names, next_page
from explorer.registry.wire import Wire

__all__ = ["MAX_MANIFEST", "Document", "RegistryClient"]

_LONGEST_TAG: Final = 128


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
        *mirrors, origin = self.wire.options.sources(reference)
        for mirror in mirrors:
            try:
                return await self._manifest(mirror)
            except (NotFound, Refused, DamagedImage):
                continue
        return await self._manifest(origin)

    async def _manifest(self, reference: Reference) -> Document:
        ask = manifest_ask(reference, "GET", f"reading {reference.familiar}")
        response, data = await self.wire.read(ask, MAX_MANIFEST)
        try:
            return received(reference, response, data)
        except DigestMismatch:  # which may have happened on the way
            response, data = await self.wire.read(ask, MAX_MANIFEST)
            return received(reference, response, data)

    async def resolve(self, reference: Reference) -> Descriptor | None:
        """What a reference stands for, None where there is nothing; no document is fetched.

        It is what the registry says: only fetching proves it.
        """
        ask = manifest_ask(reference, "HEAD", f"looking for {reference.familiar}")
        async with self.wire.ask(replace(ask, accept=(200, 404))) as response:
            if response.status == 404:
                return None
            told = told_descriptor(reference, response)
        return told or (await self._manifest(reference)).descriptor

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
        # Under a tag a registry takes whatever arrives: what was damaged on the way shows only in
        # its answer, and is mended by sending it again.
        stored = await self._stored(replace(ask, accept=(*ask.accept, 400)), digest)
        for _ in range(1, self.wire.options.patience.attempts):
            if stored is None:
                stored = await self._stored(ask, digest)
        if stored is None:
            raise Refused(
                f"{reference.host} stored another manifest than was sent",
                why=f"{reference.familiar} should be {digest}",
                hint="Do not trust this registry",
            )
        await self._add_to_referrers(reference, digest, data, media_type, known=stored)
        return digest

    async def _stored(self, ask: Ask, digest: Digest) -> bool | None:
        """Whether the registry keeps lists of referrers itself; None for another digest, or 400."""
        async with self.wire.ask(ask) as response:
            said = header_digest(response)
            other = said is not None and said.algorithm == digest.algorithm and said != digest
            if other or response.status == 400:
                return None
            return bool(response.headers.get("OCI-Subject"))

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
        first = f"/v2/{repository.path}/tags/list?n={PAGE}"
        what = f"listing the tags of {repository.familiar_name}"
        scope = pull_scope(repository.path)
        async for name in names(self.wire, repository.host, what, first, "tags", scope):
            yield name

    async def catalog(self, host: str) -> AsyncIterator[str]:
        """The repositories of a host, where it tells them."""
        first = f"/v2/_catalog?n={PAGE}"
        what = "listing its repositories"
        async for name in names(self.wire, host, what, first, "repositories", CATALOG_SCOPE):
            yield name

    # -- referrers ----------------------------------------------------------------------------

    async def referrers(
        self, repository: Reference, digest: Digest, artifact_type: str = ""
    ) -> tuple[Descriptor, ...]:
        """What refers to a manifest: signatures, provenance, anything with it as ``subject``.

        By the referrers API, or by the tag ``sha256-...`` where the registry has none.
        """
        what = f"listing what refers to {digest.short}"
        query = (
            URL.build(query={"artifactType": artifact_type}).raw_query_string
            if artifact_type
            else ""
        )
        url = f"/v2/{repository.path}/referrers/{digest}{f'?{query}' if query else ''}"
        ask = Ask(repository.host, what, url, scopes=(pull_scope(repository.path),))
        found: list[Descriptor] = []
        seen: set[str] = set()
        try:
            while url and url not in seen:
                seen.add(url)
                response, data = await self.wire.read(replace(ask, url=url), MAX_MANIFEST)
                found += index_of(data, what).manifests
                url = next_page(url, response)
        except NotFound:
            found = list((await self._tagged_referrers(repository, digest)).manifests)
        return tuple(d for d in dict.fromkeys(found) if artifact_type in ("", d.artifact_type))

    async def _tagged_referrers(self, repository: Reference, digest: Digest) -> ImageIndex:
        where = Reference(repository.host, repository.path, _fallback_tag(digest))
        try:
            document = await self._manifest(where)
        except NotFound:
            return ImageIndex(())
        return index_of(document.data, "referrers")

    async def _add_to_referrers(
        self, reference: Reference, digest: Digest, data: bytes, media_type: str, *, known: bool
    ) -> None:
        """Without the referrers API whoever pushes keeps the list (specification, "Referrers Tag
        Schema"). Two who do so at once can lose an entry: so it is defined."""
        document = parsed_or_none(data, media_type)
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
        where = Reference(reference.host, reference.path, _fallback_tag(subject))
        await self.put_manifest(where, index, media.OCI_INDEX)

    async def ping(self, host: str) -> None:
        """Whether a host is a registry that lets us in; raises where it is not."""
        async with self.wire.ask(Ask(host, "logging in", "/v2/")):
            pass


def _fallback_tag(digest: Digest) -> str:
    return f"{digest.algorithm}-{digest.encoded}"[:_LONGEST_TAG]
