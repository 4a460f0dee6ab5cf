"""``layerscope delete``: a tag or a manifest in a registry."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, registries
from explorer.cli.commands import Verb
from explorer.cli.screen import Styled
from explorer.cli.session import Session
from explorer.errors import Cancelled
from explorer.oci.layout import visible

if TYPE_CHECKING:
    from explorer.oci import Descriptor, Reference
    from explorer.registry import RegistryClient
    from explorer.transfer.delete import Deleted


def _delete(reference: str, yes: bool, **how: Any) -> int:
    session = Session.current()
    wanted = registries.reference_of(reference)
    if "tag" in wanted.defaults:
        raise click.UsageError(
            f"Name what to delete: {wanted.familiar_name}:TAG or {wanted.familiar_name}@DIGEST"
        )
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("--yes is needed where nobody can be asked")
    gone = registries.asked(lambda client: _asking(client, wanted, yes=yes), [wanted.host], **how)
    if session.json:
        jsontext.write(_document(gone), sys.stdout)
        return 0
    screen = session.screen()
    screen.line(Styled(f"deleted {_named(gone)}", "bold"), f"  {gone.descriptor.digest}")
    if gone.what == "tag":
        screen.line(
            "Its manifest stays, for whoever knows the digest, until the registry clears it."
        )
    else:
        screen.line("Its blobs stay until the registry collects its garbage.")
    return 0


async def _asking(client: RegistryClient, wanted: Reference, *, yes: bool) -> Deleted:
    from explorer.transfer.delete import delete, look, tags_of

    found = await look(client, wanted)
    if not yes:
        tags: tuple[str, ...] = ()
        if wanted.digest is not None:
            tags = await tags_of(client, wanted, found)
        if not _confirmed(_question(wanted, found, tags)):
            raise Cancelled
    return await delete(client, wanted, found, lambda others: _sure(wanted, others, yes=yes))


def _question(wanted: Reference, found: Descriptor, tags: tuple[str, ...]) -> str:
    from explorer.oci import media

    kind = "index" if media.is_index(found.media_type) else "manifest"
    if wanted.digest is None:
        return f"Delete the tag {wanted.familiar} ({found.digest.short})?"
    named = f", and with it the tags {_several(tags)}" if tags else ""
    members = " The manifests that it lists stay." if kind == "index" else ""
    return f"Delete the {kind} {found.digest.short} of {wanted.familiar_name}{named}?{members}"


def _sure(wanted: Reference, others: tuple[str, ...], *, yes: bool) -> bool:
    """Other tags go only if a person at the terminal says so: --yes was said of one tag."""
    if yes:
        return False
    question = f"{wanted.host} deletes no single tags. The tags {_several(others)} stand for the "
    if not _confirmed(f"{question}same manifest and go, too. Delete all of them?"):
        raise Cancelled
    return True


def _confirmed(question: str) -> bool:
    return click.confirm(visible(question), default=False, err=True)


def _several(tags: tuple[str, ...]) -> str:
    more = f" and {len(tags) - 8} more" if len(tags) > 8 else ""
    return ", ".join(tags[:8]) + more


def _named(gone: Deleted) -> str:
    name = gone.reference.familiar_name
    if not gone.tags:
        return f"{name}@{gone.descriptor.digest.short}"
    return visible(", ".join(f"{name}:{tag}" for tag in gone.tags))


def _document(gone: Deleted) -> dict[str, Any]:
    return {
        "schema": 1,
        "reference": str(gone.reference),
        "digest": str(gone.descriptor.digest),
        "media_type": gone.descriptor.media_type,
        "deleted": gone.what,
        "tags": list(gone.tags),
    }


delete = Verb(
    "delete",
    params=[
        click.Argument(["reference"], metavar="REF"),
        click.Option(["-y", "--yes"], is_flag=True, help="Do not ask."),
        *registries.host_options(),
    ],
    callback=_delete,
    help="""Delete in a registry. With a tag (NAME:TAG) the tag goes, and the manifest stays
    for other tags and for whoever knows its digest. With a digest (NAME@DIGEST) the manifest
    goes, and every tag that stands for it. Manifests that an index lists stay in any case, and
    blobs until the registry collects its garbage.

    Some registries, Debian's docker-registry among them, delete no single tags. There the
    manifest goes; if other tags stand for it as well you are asked again, and with --yes nothing
    is deleted.""",
    examples=[
        ("layerscope delete registry.example/app:1", "asks before it does"),
        ("layerscope delete registry.example/app@sha256:3f9c... --yes", "in a script"),
    ],
)
