"""``layerscope push``: an image of the local store, or of an archive, into a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from explorer.cli import registries
from explorer.cli.arguments import image_argument
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.oci import Platform, Reference
    from explorer.progress import Job
    from explorer.registry import RegistryClient
    from explorer.transfer.layers import Packing
    from explorer.transfer.receipt import Receipt, Watch


def _push(
    image: str,
    reference: str | None,
    platform: str | None,
    compress: Packing | None,
    **how: Any,
) -> int:
    session = Session.current()
    wanted = registries.reference_of(reference or image.removeprefix("store:"))
    one = registries.wanted_platform(platform, all_platforms=False)

    async def send(client: RegistryClient, job: Job, watch: Watch) -> Receipt:
        if one is None and compress is None:
            done = await _as_it_is_stored(client, image, wanted, job, watch)
            if done is not None:
                return done
        return await _prepared(client, image, wanted, one, compress, job, watch)

    receipt = registries.moved(session, "pushing", send, [wanted.host], **how)
    return registries.answer(session, receipt)


async def _as_it_is_stored(
    client: RegistryClient, image: str, wanted: Reference, job: Job, watch: Watch
) -> Receipt | None:
    """Out of the store, without loading what looks into images; None for any other image."""
    from explorer.oci import media
    from explorer.sources.transport import STORE, Location
    from explorer.store.images import ImageStore
    from explorer.transfer.push import push_stored

    location = Location.parse(image)
    if location.transport != STORE:
        return None
    store = ImageStore.at(location.path)
    root = store.find(location.reference)
    if root.media_type in media.INDEXES:  # of which some platforms may not be here
        return None
    return await push_stored(client, store, root, wanted, job=job, watch=watch)


async def _prepared(
    client: RegistryClient,
    image: str,
    wanted: Reference,
    platform: Platform | None,
    compress: Packing | None,
    job: Job,
    watch: Watch,
) -> Receipt:
    from explorer.transfer.copy import Target, copy

    target = Target("docker", wanted)
    return await copy(
        client, image, target, platform=platform, packing=compress, job=job, watch=watch
    )


push = Verb(
    "push",
    params=[
        image_argument(),
        click.Argument(["reference"], metavar="[REF]", required=False),
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="Push one platform of several; all of them by default.",
        ),
        click.Option(
            ["--compress"],
            type=click.Choice(["gzip", "zstd", "none"]),
            help="How layers are stored there. By default as they are; of what has no manifests "
            "(docker-archive, an engine) as gzip. Makes another manifest, so another digest.",
        ),
        *registries.host_options(),
    ],
    callback=_push,
    help=f"""Push an image of the local store, or of an archive or layout, to a registry. Only what
    it lacks is sent; what it has in another repository is mounted from there. Manifests travel as
    they are, so digests stay. Without REF the image's own name says where to.

    {registries.HOSTS_HELP}""",
    examples=[
        ("layerscope push registry.example/team/app:1", "under the name it has in the store"),
        ("layerscope push app.tar registry.example/team/app:1", "from an archive"),
    ],
)
