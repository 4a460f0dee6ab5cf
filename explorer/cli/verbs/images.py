"""``layerscope images``: what the local store holds, or an engine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import failures, jsontext, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Column, Screen, Styled
from explorer.cli.session import Session
from explorer.cli.storing import user_store

if TYPE_CHECKING:
    from explorer.sources.engines.images import EngineImage
    from explorer.store.images import StoredImage

_TRANSPORTS = {"docker": "docker-daemon", "podman": "podman"}


def _images(engine: str | None) -> int:
    session = Session.current()
    if engine is not None:
        return _of_engine(engine, session)
    held = user_store().images()
    if session.json:
        jsontext.write({"schema": 1, "images": [_item(image) for image in held]}, sys.stdout)
    else:
        _page(session.screen(), held)
    damaged = [image for image in held if image.problem]
    for image in damaged:
        failures.say(f"{_name(image)}: {image.problem}")
    return 4 if damaged else 0


def _of_engine(engine: str, session: Session) -> int:
    from explorer.sources.engines.images import EngineImages

    transport = _TRANSPORTS[engine]
    source = EngineImages(transport)
    held = source.images()
    if session.json:
        items = [item for image in held for item in _items_of_engine(transport, image)]
        jsontext.write({"schema": 1, "engine": engine, "images": items}, sys.stdout)
    elif not held:
        session.screen().line(f"{source.location} holds no image.")
    else:
        _page_of_engine(session.screen(), held)
    return 0


def _items_of_engine(transport: str, image: EngineImage) -> list[dict[str, Any]]:
    """One item for each name, as the store has it; ``open`` is what verbs take for the image."""
    from explorer.oci import format_rfc3339_utc

    return [
        {
            "reference": name,
            "digest": None,
            "image_id": str(image.image_id),
            "size": image.size,
            "created": format_rfc3339_utc(image.created) if image.created is not None else None,
            "open": f"{transport}:{name or image.image_id}",
        }
        for name in image.names or (None,)
    ]


def _page_of_engine(screen: Screen, held: tuple[EngineImage, ...]) -> None:
    screen.table(
        [Column("image", flexible=True), Column("image id"), Column("created"),
         Column("size", right=True)],
        [
            [
                Styled(name or "unnamed", "bold" if name else "dim"),
                image.image_id.short,
                text.moment(image.created),
                text.size(image.size),
            ]
            for image in held
            for name in image.names or ("",)
        ],
    )  # fmt: skip


def _item(image: StoredImage) -> dict[str, Any]:
    from explorer.oci import format_rfc3339_utc

    return {
        "reference": str(image.reference) if image.reference is not None else None,
        "digest": str(image.digest),
        "image_id": str(image.image_id) if image.image_id is not None else None,
        "platforms": [str(platform) for platform in image.platforms],
        "size": image.size,
        "unique_size": image.unique_size,
        "created": format_rfc3339_utc(image.created) if image.created is not None else None,
    }


def _page(screen: Screen, held: tuple[StoredImage, ...]) -> None:
    if not held:
        screen.line("The store is empty. Fill it with: layerscope load FILE")
        return
    columns = [
        Column("image"),
        Column("image id"),
        Column("platforms", flexible=True),
        Column("created"),
        Column("size", right=True),
        Column("its own", right=True),
    ]
    screen.table(
        columns,
        [
            [
                Styled(_name(image), "bold" if image.reference is not None else "dim"),
                image.image_id.short if image.image_id is not None else "",
                ", ".join(map(str, image.platforms)),
                text.moment(image.created),
                text.size(image.size),
                text.size(image.unique_size),
            ]
            for image in held
        ],
    )
    blobs = user_store().layout.blobs()
    screen.line()
    screen.line(f"On disk: {text.size(sum(size for _, _, size in blobs))}")


def _name(image: StoredImage) -> str:
    if image.reference is not None:
        return image.reference.familiar
    return image.digest.short


images = Verb(
    "images",
    params=[
        click.Option(
            ["--engine"],
            type=click.Choice(tuple(_TRANSPORTS)),
            help="List the images of Docker Engine or Podman instead.",
        ),
    ],
    callback=_images,
    help="""List the images of the local store: what each takes on disk, and what of that no
    other image shares. With --engine, list what Docker Engine or Podman holds; such an image is
    opened as docker-daemon:NAME or podman:NAME.""",
    examples=[
        ("layerscope images", "what is here"),
        ("layerscope images --engine docker", "what Docker Engine holds"),
        ("layerscope images --json | jq '.images[].reference'", "the names alone"),
    ],
)
