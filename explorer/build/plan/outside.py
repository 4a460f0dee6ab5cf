"""Images and named contexts, as keys know them."""

from __future__ import annotations

from typing import Final

import numpy as np

from explorer.build.bases import Base, Bases, Resolved, Unresolved
from explorer.build.plan.contents import Contents
from explorer.build.plan.keys import digest_of
from explorer.build.plan.listing import Listing
from explorer.build.plan.making import Given
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Origin, OriginKind
from explorer.errors import Cancelled, ExplorerError
from explorer.oci.config import chain_ids
from explorer.oci.platform import Platform
from explorer.progress import Job

SCRATCH: Final = digest_of("scratch")
"""The state of nothing at all."""


class Outside:
    """Asks once for each name and platform."""

    def __init__(self, bases: Bases, contents: Contents, job: Job) -> None:
        self._bases = bases
        self._contents = contents
        self._job = job
        self._known: dict[tuple[str, str], Resolved] = {}

    def resolve(self, name: str, platform: Platform) -> Resolved:
        """What a name means."""
        key = name, str(platform)
        if key not in self._known:
            self._known[key] = self._bases.resolve(name, platform)
        return self._known[key]

    def state(self, found: Base | Tree) -> str | None:
        """What stands for the files of an image or folder; ``None`` if they cannot be read.

        Of an image only the layers count: its configuration is in the keys of steps, part by part.
        """
        if isinstance(found, Base):
            chain = chain_ids(found.config.rootfs_diff_ids)
            return digest_of("image", str(chain[-1])) if chain else SCRATCH
        return self._folder_state(found)

    def given(self, origin: Origin, platform: Platform) -> Given:
        """What COPY and mounts take from an image or a named context."""
        found = self.resolve(origin.name, platform)
        kind = "image" if origin.kind is OriginKind.IMAGE else "the build context"
        title = f"{kind} {origin.name}"
        if isinstance(found, Unresolved):
            return Given(title, unknown=f"{title} is not resolved")
        if isinstance(found, Base):
            return Given(title, identity=self.state(found), later=found.tree)
        return Given(title, found, by_content=True)

    def _folder_state(self, tree: Tree) -> str | None:
        branch = tree.branch(b"/")
        if branch is None:
            return None
        rows = np.arange(len(branch))
        try:
            digests = self._contents.of(tree, branch, rows, self._job)
        except Cancelled:
            raise
        except ExplorerError:
            return None
        return None if digests is None else digest_of(Listing.of(branch, rows, digests).digest)
