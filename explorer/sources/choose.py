"""Which of the images of a source is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explorer.errors import AmbiguousImage, NotFound
from explorer.oci import Platform, Reference, best_match
from explorer.sources.image import Candidate, Image, ImageSource, Kind

_MOST = 12  # images that a message lists


def choose(source: ImageSource, reference: str = "", platform: Platform | None = None) -> Image:
    """Load the image that a reference and a platform mean.

    ``reference`` is a name, a tag, a digest or the beginning of one; empty is enough where all
    images are one. Without ``platform`` this machine's is preferred. Raises
    :class:`AmbiguousImage` (with the choices), :class:`NotFound`, and what loading raises.
    """
    candidates = source.candidates()
    if not candidates:
        raise NotFound(f"{source.location} holds no image", why="its index is empty")
    fitting = [c for c in candidates if _matches(c, reference)] if reference else list(candidates)
    if not fitting:
        raise NotFound(
            f"No image {reference} in {source.location}",
            hint="It holds: " + _list(candidates),
        )
    family = _one_family(source, fitting, reference)
    chosen = _for_platform(source, family, platform)
    image = chosen.load()
    platforms = tuple(
        c.platform
        for c in family
        if c.platform is not None and not c.platform.is_unknown and c.kind is not Kind.ATTESTATION
    )
    return replace(
        image,
        names=_names(candidates, chosen, image, reference),
        platforms=platforms or (image.platform,),
        warnings=source.warnings + image.warnings,
        damage=source.damage,
    )


def _names(
    candidates: Sequence[Candidate], chosen: Candidate, image: Image, reference: str
) -> tuple[str, ...]:
    """All names of the image, the one that was asked for first."""
    same = [c for c in candidates if c is chosen or (c.digest and c.digest == chosen.digest)]
    names = dict.fromkeys((*chosen.names, *image.names, *(n for c in same for n in c.names)))
    return tuple(sorted(names, key=lambda name: name != reference))


def _one_family(
    source: ImageSource, fitting: Sequence[Candidate], reference: str
) -> list[Candidate]:
    """The candidates that are one image, for several platforms; raises for several images."""
    shown = [c for c in fitting if c.kind is not Kind.ATTESTATION] or list(fitting)
    images = [c for c in shown if c.kind is Kind.IMAGE]
    images = images or [c for c in shown if c.kind is Kind.MISSING] or shown
    groups = {c.group for c in images}
    manifests = {str(c.digest) for c in images}
    if len(groups) > 1 and len(manifests) > 1:
        named = [c for c in images if reference and reference in c.names]
        if named and len({c.group for c in named}) == 1:
            images = named
        else:
            raise AmbiguousImage(
                f"{source.location} holds several images",
                why="none is named" if not reference else f"{reference} fits more than one",
                hint="Name one behind a colon: " + _list(images),
                choices=tuple(_labels(images)),
            )
    group = images[0].group
    family = [c for c in images if c.group == group]
    if family[0].kind is not Kind.MISSING:
        family += [c for c in shown if c.kind is Kind.MISSING and c.group == group]
    return family


def _for_platform(
    source: ImageSource, family: Sequence[Candidate], wanted: Platform | None
) -> Candidate:
    platforms = [candidate.platform for candidate in family]
    if wanted is not None:
        found = best_match(platforms, wanted)
        if found is None:
            raise NotFound(
                f"No image for {wanted}",
                hint="There is: " + ", ".join(str(p) for p in platforms if p is not None),
            )
        return family[found]
    present = [c for c in family if c.kind is not Kind.MISSING] or list(family)
    if len(present) == 1:
        return present[0]
    unknown = all(c.platform is None or c.platform.is_unknown for c in present)
    if unknown and len({str(c.digest) for c in present}) > 1:
        labels = tuple(f"{c.digest}{c.mark}" for c in present)
        raise AmbiguousImage(
            f"{source.location} holds several images of that name",
            why="no platform tells them apart",
            hint="Name one behind a colon: " + "; ".join(labels),
            choices=labels,
        )
    best = best_match([candidate.platform for candidate in present], Platform.host())
    return present[best or 0]


def _matches(candidate: Candidate, reference: str) -> bool:
    digest = str(candidate.digest or "")
    wanted = reference.removeprefix("@")
    if digest and wanted in (digest, digest.partition(":")[2], candidate.group):
        return True
    bare = wanted.removeprefix("sha256:")
    if len(bare) >= 6 and digest.partition(":")[2].startswith(bare):
        return True
    return any(_same_name(name, reference) for name in candidate.names)


def _same_name(name: str, reference: str) -> bool:
    if name == reference:
        return True
    ours, theirs = Reference.parse_or_none(name), Reference.parse_or_none(reference)
    if ours is None or theirs is None:
        return False
    return ours == theirs or (ours.tag == reference and "/" not in reference)


def _labels(candidates: Sequence[Candidate]) -> list[str]:
    """A line for each image: what names it, its platforms, and what it is if it is no image."""
    images: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in candidates:
        key = (candidate.group, candidate.mark, *candidate.names)
        images.setdefault(key, []).append(candidate)
    return list(dict.fromkeys(map(_label, images.values())))


def _label(same: Sequence[Candidate]) -> str:
    first = same[0]
    name = ", ".join(first.names) or (first.group if len(same) > 1 else str(first.digest or ""))
    known = (c.platform for c in same if c.platform is not None and not c.platform.is_unknown)
    platforms = ", ".join(dict.fromkeys(map(str, known)))
    return (name or "unnamed") + (f" ({platforms})" if platforms else "") + first.mark


def _list(candidates: Sequence[Candidate]) -> str:
    labels = _labels(candidates)
    more = f"; and {len(labels) - _MOST} more" if len(labels) > _MOST else ""
    return "; ".join(labels[:_MOST]) + more
