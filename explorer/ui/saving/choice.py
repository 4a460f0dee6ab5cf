"""What is saved, and how: the values that the dialog and the work have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from explorer.oci import Platform, Reference

if TYPE_CHECKING:
    from explorer.transfer.layers import Packing
    from explorer.transfer.save import Format


@dataclass(frozen=True, slots=True)
class Subject:
    """An image that can be saved: where it is, and what people call it.

    ``location`` is as :meth:`explorer.sources.transport.Location.parse` takes it, ``file`` the
    name that a file of it gets, without an ending.
    """

    location: str
    title: str
    names: tuple[Reference, ...] = ()
    platform: Platform | None = None
    file: str = "image"


@dataclass(frozen=True, slots=True)
class Form:
    """A form that an image can have on disk; ``ending`` is what its files are called by."""

    key: Format
    title: str
    ending: str
    help: str


FORMS: Final = (
    Form(
        "docker-archive",
        "Docker archive",
        ".tar",
        "One file for docker load and podman load; skopeo and buildah read it, too.",
    ),
    Form(
        "oci-archive",
        "OCI archive",
        ".oci.tar",
        "One file of the open standard: for Podman, skopeo, and Docker from version 25 on.",
    ),
    Form(
        "oci",
        "OCI layout",
        "",
        "A folder of the open standard; several images can share it, and their layers.",
    ),
)
"""The first is what is offered."""


@dataclass(frozen=True, slots=True)
class SaveChoice:
    """How and where to save; ``packing`` None leaves layers as the form has them best."""

    path: str
    form: Format = "docker-archive"
    packing: Packing | None = None
    names: tuple[Reference, ...] = field(default=())


def form_of(key: str) -> Form:
    """The form of a key; the first one for a key that is none."""
    return next((form for form in FORMS if form.key == key), FORMS[0])


def packing_words(form: str, packing: Packing | None) -> str:
    """What a choice of compression means, for whoever loads the image."""
    docker = form == "docker-archive"
    match packing:
        case None:
            if docker:
                return "Layers are stored plain, as every version of Docker reads them."
            return "Layers stay as they are: digests do not change."
        case "none":
            return "Layers are stored plain: the largest, and the quickest to load."
        case "gzip":
            return "Every engine reads gzip."
        case "zstd":
            return "zstd is smaller and quicker than gzip; Docker reads it from version 23 on."


def name_of(words: str) -> Reference:
    """A name for an image that has none, after what it was made of: ``My App`` is ``my-app``."""
    path = re.sub("[^a-z0-9]+", "-", words.lower()).strip("-")
    return Reference.parse_or_none(path) or Reference.parse("image")
