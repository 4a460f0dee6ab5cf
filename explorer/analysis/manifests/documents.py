"""A tree of manifests for the command line."""

from __future__ import annotations

from typing import Any

from explorer.analysis.manifests.tree import Branch, Tree


def manifest_documents(tree: Tree) -> list[dict[str, Any]]:
    """Every manifest and index below what is named, in order; ``depth`` gives the tree.

    ``size`` is the manifest's own bytes, ``stored`` that of its layers as they travel, ``shared``
    how many of those other images of the tree have, too.
    """
    return [_branch(branch) for branch in tree.walk()]


def _branch(branch: Branch) -> dict[str, Any]:
    descriptor = branch.descriptor
    return {
        "kind": str(branch.kind),
        "depth": branch.depth,
        "digest": str(descriptor.digest),
        "media_type": descriptor.media_type,
        "size": descriptor.size,
        "platform": str(branch.platform) if branch.platform is not None else None,
        "stored": branch.stored,
        "shared": branch.shared,
        "layers": [
            {"digest": str(layer.digest), "size": layer.size, "media_type": layer.media_type}
            for layer in branch.layers
        ],
        "subject": str(branch.subject) if branch.subject is not None else None,
        "problem": branch.problem or None,
    }
