"""What the local store knows of the base images of a Dockerfile. Nothing is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import OriginKind
from explorer.dockerfile.stages.program import understand
from explorer.errors import ExplorerError
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform
from explorer.oci.reference import Reference

MOST: Final = 64
"""Images that are looked for."""


@dataclass(slots=True)
class BaseImages:
    """Configurations and digests of images that are here, by ``str(Reference)``."""

    configs: dict[str, ImageConfig] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, platform: Platform) -> None:
        """Look an image up in the local store."""
        from explorer.analysis.opened import load_image

        reference = Reference.parse_or_none(name)
        if reference is None:
            return
        try:
            image = load_image(f"store:{name}", platform)
        except (ExplorerError, OSError):
            return  # absent or damaged: it is as if it were not here
        self.configs[str(reference)] = image.config
        if image.digest is not None:
            self.digests[str(reference)] = str(image.digest)


def base_images(document: Document, inputs: Inputs) -> BaseImages:
    """The base images of a document, as far as they are in the local store."""
    images = BaseImages()
    if not _store_is_there():
        return images
    wanted = {
        stage.origin.name: stage.platform
        for stage in understand(document, inputs).stages
        if stage.origin.kind is OriginKind.IMAGE
    }
    for name, platform in list(wanted.items())[:MOST]:
        images.add(name, platform)
    return images


def _store_is_there() -> bool:
    from explorer.store.images import ImageStore

    return ImageStore.at().layout.exists


def with_bases(inputs: Inputs, images: BaseImages) -> Inputs:
    """The inputs of a build that knows these images."""
    return replace(inputs, images={**inputs.images, **images.configs})
