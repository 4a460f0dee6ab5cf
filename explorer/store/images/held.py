"""What the store holds, as values: pure changes of the list in ``index.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explorer.oci import Descriptor, Reference
from explorer.oci.annotations import REF_NAME

Held = tuple[Descriptor, ...]


def reference_of(descriptor: Descriptor) -> Reference | None:
    """The name under which an image is held."""
    return Reference.parse_or_none(descriptor.annotations.get(REF_NAME, ""))


def tagged(reference: Reference) -> Reference:
    """A name for an image is a tag: what is given by digest alone is ``latest``, as elsewhere."""
    return reference.with_tag(reference.tag or "latest")


def named_as(held: Held, named: Descriptor) -> tuple[Held, Descriptor | None]:
    """With one more name, and what that name stood for before."""
    name = named.annotations[REF_NAME]
    before = next((d for d in held if d.annotations.get(REF_NAME) == name), None)
    rest = [d for d in held if d is not before]
    # What has a name now is no longer held without one; what lost its last one is.
    rest = [d for d in rest if d.digest != named.digest or REF_NAME in d.annotations]
    if before is not None and all(d.digest != before.digest for d in (*rest, named)):
        rest.append(replace(before, annotations={}))
    return (*rest, named), before


def kept(held: Held, bare: Descriptor) -> Held:
    """With an image that needs no name of its own."""
    return held if any(d.digest == bare.digest for d in held) else (*held, bare)


def only_named(held: Held) -> Held:
    """Without the images that have no name."""
    return tuple(d for d in held if reference_of(d) is not None)


def by_reference(name: str) -> Callable[[Descriptor], bool]:
    """Whether an image goes by a reference, as a person types it."""
    reference = Reference.parse_or_none(name)
    if reference is None:
        return lambda _: False
    if reference.digest is not None:
        repository, digest = reference.repository, reference.digest

        def pinned(descriptor: Descriptor) -> bool:
            held = reference_of(descriptor)
            return descriptor.digest == digest and (held is None or held.repository == repository)

        return pinned
    return lambda descriptor: descriptor.annotations.get(REF_NAME) == str(reference)


def by_digest(name: str) -> Callable[[Descriptor], bool]:
    """Whether an image's digest begins so."""
    start = name.removeprefix("sha256:")
    if not is_start_of_digest(start):
        return lambda _: False
    return lambda descriptor: descriptor.digest.encoded.startswith(start)


def is_start_of_digest(text: str) -> bool:
    """Whether a text can be the beginning of a digest, long enough to mean one."""
    return len(text) >= 6 and set(text) <= set("0123456789abcdef")
