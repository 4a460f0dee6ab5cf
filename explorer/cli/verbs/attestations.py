"""``layerscope attestations``: provenance, bills of materials and signatures of an image."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import failures, jsontext, registries
from explorer.cli.arguments import image_argument, platform_option
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.errors import NotFound, UsageError

if TYPE_CHECKING:
    from explorer.analysis.attestations import Attached, Found, Reading
    from explorer.analysis.manifests import Shelf, Tree
    from explorer.oci import Digest, Platform

_LEAST = 6  # digits of a digest that is cut short


def _attestations(image: str, platform: str | None, show: str, raw: bool, insecure: bool) -> int:
    from explorer.analysis.attestations import Found, find_attached
    from explorer.analysis.manifests import open_shelf, read_tree

    session = Session.current()
    if raw and not show:
        raise click.UsageError("--raw needs --show")
    with (
        session.job("reading") as job,
        open_shelf(image, job=job, insecure=_hosts(image, insecure)) as shelf,
    ):
        if shelf is None:
            digest, found = None, Found((), ("this form of archive holds nothing but the image",))
            return _listing(session, image, digest, found)
        tree = read_tree(shelf, measured=False)
        digest = _digest(session, image, platform, tree)
        found = find_attached(shelf, digest, tree)
        if not show:
            return _listing(session, image, digest, found)
        return _shown(session, shelf, image, digest, _wanted(found, show, image), raw=raw)


def _hosts(image: str, insecure: bool) -> frozenset[str]:
    if not insecure or not image.startswith(registries.DOCKER):
        return frozenset()
    return frozenset({registries.reference_of(image).host})


def _digest(session: Session, image: str, platform: str | None, tree: Tree) -> Digest:
    """The manifest that is meant; in a registry the tree knows it without another request."""
    if image.startswith(registries.DOCKER):
        return _in_tree(image, registries.wanted_platform(platform, all_platforms=False), tree)
    loaded = session.load(image, platform)
    if loaded.digest is None:
        raise NotFound(f"{loaded.title} has no manifest that anything could refer to")
    return loaded.digest


def _in_tree(image: str, wanted: Platform | None, tree: Tree) -> Digest:
    from explorer.oci import Platform, best_match

    images = tree.images() or tuple(tree.walk())
    place = best_match([one.platform for one in images], wanted or Platform.host())
    if place is None and (wanted is not None or not images):
        known = ", ".join(str(one.platform) for one in images if one.platform is not None)
        raise NotFound(f"No image for {wanted} in {image}", hint=f"There is: {known}")
    return images[place or 0].digest


def _wanted(found: Found, show: str, image: str) -> list[Attached]:
    """The documents of a digest, of the beginning of one, or of a kind."""
    exact = [one for one in found.documents if str(one.kind) == show.lower()]
    exact = exact or [one for one in found.documents if _is_named(one, show)]
    if not exact:
        kinds = ", ".join(dict.fromkeys(str(one.kind) for one in found.documents))
        raise NotFound(
            f"Nothing attached to {image} is {show[:100]}",
            why=f"there is: {kinds}" if kinds else "nothing is attached to it",
            hint="layerscope attestations IMAGE lists what there is",
        )
    return exact


def _is_named(one: Attached, show: str) -> bool:
    digits = show.removeprefix("sha256:").lower()
    digests = one.digest.encoded, one.manifest.digest.encoded
    return len(digits) >= _LEAST and any(d.startswith(digits) for d in digests)


def _listing(session: Session, image: str, digest: Digest | None, found: Found) -> int:
    from explorer.analysis.attestations.documents import attached_document
    from explorer.cli.attested import list_page

    if session.json:
        listed = [attached_document(one) for one in found.documents]
        document = _head(image, digest)
        document |= {"attestations": listed, "warnings": list(found.warnings)}
        jsontext.write(document, sys.stdout)
        return 0
    screen = session.screen()
    if not list_page(screen, found.documents):
        screen.line("No provenance, no SBOM, no signature: nothing is attached to this image.")
    for warning in found.warnings:
        failures.say(warning)
    return 0


def _shown(
    session: Session,
    shelf: Shelf,
    image: str,
    digest: Digest,
    wanted: list[Attached],
    *,
    raw: bool,
) -> int:
    from explorer.analysis.attestations import read_attached

    if raw and len(wanted) > 1:
        known = ", ".join(one.digest.short for one in wanted)
        raise UsageError("--raw prints one document", why=f"several fit: {known}")
    readings = [read_attached(shelf, one) for one in wanted]
    if raw:
        sys.stdout.buffer.write(readings[0].data)
        sys.stdout.buffer.flush()
        return 0
    _print(session, image, digest, readings)
    return 0


def _print(session: Session, image: str, digest: Digest, readings: list[Reading]) -> None:
    from explorer.analysis.attestations.documents import reading_document
    from explorer.cli.attested import reading_page

    if session.json:
        documents = [reading_document(one) for one in readings]
        jsontext.write(_head(image, digest) | {"attestations": documents}, sys.stdout)
        return
    screen = session.screen()
    for number, one in enumerate(readings):
        if number:
            screen.line()
        reading_page(screen, one)


def _head(image: str, digest: Digest | None) -> dict[str, Any]:
    return {"schema": 1, "reference": image, "digest": str(digest) if digest is not None else None}


attestations = Verb(
    "attestations",
    params=[
        image_argument(),
        platform_option(),
        click.Option(
            ["--show"],
            default="",
            metavar="DIGEST|KIND",
            help="Read one document: its digest or the beginning of it; or all of a kind: "
            "provenance, sbom, signature, statement, artifact.",
        ),
        click.Option(["--raw"], is_flag=True, help="With --show, print the document as it is."),
        registries.insecure_option(),
    ],
    callback=_attestations,
    help="""List what speaks of an image, and read it: provenance and SBOMs that BuildKit puts
    beside it, whatever names it as its subject, signatures and attestations of cosign and
    Notation. Signatures are shown, not verified.""",
    examples=[
        ("layerscope attestations docker://registry.example/app:1", "what there is"),
        ("layerscope attestations app.tar --show provenance", "how it was made"),
        ("layerscope attestations app.tar --show sbom --json", "packages, for a script"),
        ("layerscope attestations app.tar --show 541156fe --raw", "the document itself"),
    ],
)
