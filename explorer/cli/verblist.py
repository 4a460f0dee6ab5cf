"""The verbs, in the groups of ``layerscope --help``, with what each does in a line."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import Final

from explorer.cli.commands import Lazy

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "Look inside images": {
        "report": "The whole picture on one page; without IMAGE, of the bundled sample.",
        "inspect": "What an image is: names, digests, configuration, history, layers.",
        "layers": "The stack of layers, with what each one stores, adds and changes.",
        "ls": "The merged filesystem, as of any layer, or a layer's own entries.",
        "cat": "The content of a file, as of any layer, deleted ones included.",
        "timeline": "Every layer that touched a path, and how.",
        "find": "Search all layers by path, size, change, mode, owner, content.",
        "diff": "What differs between two images, or two states of one.",
        "waste": "Bytes stored but not visible; a gate for continuous integration.",
        "shared": "Which layers several images share, and what that saves.",
        "extract": "Copy files out of an image, safely.",
        "attestations": "How an image was made, what is in it, who signed it, as attached to it.",
    },
    "Write Dockerfiles and build": {
        "plan": "What building a Dockerfile would do, and why, without running it.",
        "check": "What is wrong with a Dockerfile, and what could be better.",
        "fmt": "Lay out a Dockerfile, and change nothing else.",
        "build": "Build an image; each step that runs again says why.",
    },
    "Make images of images": {
        "index": "One image for several platforms, made of several images.",
        "config": "A new image with another configuration and the same layers.",
        "squash": "A new image whose upper layers are one.",
        "import": "A root filesystem tar as a new image.",
    },
    "The local store": {
        "images": "The images of the local store.",
        "load": "Images from an archive or a layout into the local store.",
        "save": "An image as an archive or a layout that every engine reads.",
        "tag": "One more name for an image of the local store.",
        "rmi": "Take names and images out of the local store.",
        "prune": "Clear the local store of what nothing needs.",
        "fsck": "Whether the local store is whole; mend it.",
    },
    "Registries": {
        "pull": "An image out of a registry into the local store.",
        "push": "An image into a registry; only what it lacks is sent.",
        "copy": "An image from anywhere to anywhere.",
        "login": "Who you are, for a registry; says where the password is kept.",
        "logout": "Forget who you are, for a registry.",
        "tags": "The tags of a repository.",
        "catalog": "The repositories of a registry.",
        "referrers": "Signatures, provenance and all else that refers to an image.",
        "delete": "A tag or a manifest in a registry; asks first.",
    },
    "Others": {
        "completion": "A script that completes verbs, options and paths in your shell.",
    },
}

VERBS: Final[Mapping[str, Lazy]] = {
    name: Lazy(f"explorer.cli.verbs.{name}" + ("_" if iskeyword(name) else ""), summary, group)
    for group, verbs in GROUPS.items()
    for name, summary in verbs.items()
}
