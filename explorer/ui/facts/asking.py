"""What the views ask about the manifests around an image, in a thread."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.analysis.attestations import Attached, Found, Reading, find_attached, read_attached
from explorer.analysis.manifests import Tree, open_shelf, read_tree
from explorer.errors import NotFound
from explorer.oci import Digest
from explorer.progress import Job
from explorer.ui.explore.connecting import insecure_hosts


@dataclass(frozen=True, slots=True)
class Around:
    """The tree an image stands in, and what is attached to it; None where there is no place."""

    tree: Tree | None
    found: Found


def look_around(location: str, digest: Digest | None, job: Job) -> Around:
    """Read the manifests around an image; raises what the place raises."""
    with open_shelf(location, job=job, insecure=insecure_hosts()) as shelf:
        if shelf is None or digest is None:
            return Around(None, Found(()))
        tree = read_tree(shelf, measured=False)
        return Around(tree, find_attached(shelf, digest, tree))


def look_at_tree(location: str, digest: Digest | None, job: Job) -> Tree | None:
    """Only the tree an image stands in."""
    with open_shelf(location, job=job, insecure=insecure_hosts()) as shelf:
        if shelf is None or digest is None:
            return None
        return read_tree(shelf).around(digest)


def read_document(location: str, attached: Attached, job: Job) -> Reading:
    """Fetch a document and take it apart; raises what the place raises."""
    with open_shelf(location, job=job, insecure=insecure_hosts()) as shelf:
        if shelf is None:
            raise NotFound("The document is not there any more", hint="Read the image again")
        return read_attached(shelf, attached)
