"""What a document attached to an image says, as labelled facts in groups. No Qt here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from explorer.analysis.attestations import Attached, Reading
from explorer.analysis.attestations.pieces import SMALL, load_large
from explorer.analysis.attestations.values import (
    Bom,
    Certificate,
    Material,
    Provenance,
    Signature,
)
from explorer.errors import DamagedImage
from explorer.oci.layout import one_line
from explorer.ui import text
from explorer.ui.facts.facts import Group, pretty
from explorer.ui.inspect.facts import Fact

NOT_VERIFIED: Final = "Not verified: shown as it presents itself"
_MOST: Final = 200
_LARGEST: Final = 4 << 20
"""Bytes of a document that are shown; the whole of it can be copied."""
_SCHEMES: Final = (("pkg:docker/", "Image"), ("git+", "Git"), ("https://", "File"))
_PLACES: Final = {
    "index": "beside the image, in its index",
    "referrer": "by naming it as its subject",
    "tag": "by a tag made of its digest",
}


def about(one: Attached) -> str:
    """What it is attached to, in a word: a platform, or the index above all of them."""
    if one.platform is not None and not one.platform.is_unknown:
        return str(one.platform)
    return "index"


def reading_groups(reading: Reading) -> tuple[Group, ...]:
    """Everything of a document but its packages and its text."""
    found: list[Group] = []
    if reading.bom is not None:
        found.append(Group("Bill of materials", tuple(_bom(reading.bom))))
    if reading.provenance is not None:
        found += _provenance(reading.provenance)
    for signature in reading.signatures:
        warned = () if signature.fits is not False else ("It signs something else",)
        found.append(Group("Signature", tuple(_signature(signature)), (NOT_VERIFIED,), warned))
    document = tuple(_document(reading.attached))
    return (*found, Group("Document", document, (), reading.warnings))


def laid_out(data: bytes) -> str:
    """A document with one value a line, bounded; what is no JSON stays as it is."""
    if len(data) <= SMALL:
        return pretty(data)
    try:
        value = load_large(data[: _LARGEST + 1], "document")
    except DamagedImage:
        return pretty(data)  # which cuts it
    words = json.dumps(value, indent=2, ensure_ascii=False)
    return words if len(words) <= _LARGEST else words[:_LARGEST] + "\n…"


def _document(one: Attached) -> Iterator[Fact]:
    digest, subject = str(one.digest), str(one.subject)
    yield Fact("What", one_line(one.title))
    yield Fact("About", one_line(about(one)), help=subject)
    yield Fact("Attached", _PLACES[str(one.place)])
    if one.tag:
        yield Fact("Tag", one_line(one.tag), mono=True)
    if one.predicate_type:
        yield Fact("Predicate", one_line(one.predicate_type), mono=True)
    if one.artifact_type:
        yield Fact("Artifact type", one_line(one.artifact_type), mono=True)
    yield Fact("Digest", text.short_digest(digest), mono=True, help=digest, copy=digest)
    yield Fact("Size", text.exact_size(one.size))


def _provenance(made: Provenance) -> Iterator[Group]:
    facts = [
        Fact("Builder", one_line(made.builder), mono=True),
        Fact("Build type", one_line(made.build_type), mono=True),
        Fact("Source", one_line(made.source.uri if made.source else ""), mono=True),
        Fact("Repository", one_line(made.vcs_source), mono=True),
        Fact("Revision", one_line(made.vcs_revision), mono=True),
        Fact("Definition", one_line(made.entry_point), mono=True),
        Fact("Built on", one_line(made.platform)),
        Fact("Started", text.exact_moment(made.started) if made.started else ""),
        Fact("Took", _took(made)),
        Fact("Invocation", one_line(made.invocation), mono=True),
        Fact("Reproducible", {True: "yes, it says", False: "not claimed"}.get(made.reproducible, "")
             if made.reproducible is not None else ""),
    ]  # fmt: skip
    yield Group("How it was made", tuple(fact for fact in facts if fact.value))
    for title, pairs in (("Build arguments", made.arguments), ("Parameters", made.parameters)):
        if pairs:
            shown = [Fact(one_line(n, 200), one_line(v), mono=True) for n, v in pairs[:_MOST]]
            yield Group(title, tuple(shown), copy="\n".join(f"{n}={v}" for n, v in pairs))
    if made.materials:
        shown = [_material(one) for one in made.materials[:_MOST]]
        yield Group("Materials", tuple(shown), _more(len(made.materials)))


def _took(made: Provenance) -> str:
    if made.started is None or made.finished is None or made.finished < made.started:
        return ""
    return text.duration((made.finished - made.started).total_seconds())


def _material(one: Material) -> Fact:
    name = next((word for mark, word in _SCHEMES if one.uri.startswith(mark)), "Source")
    digests = [f"{kind}:{value}" for kind, value in one.digests]
    short = [one_line(f"{kind}:{value[:12]}") for kind, value in one.digests]
    whole = "\n".join((one.uri, *digests))
    return Fact(
        name, "\n".join((one_line(one.uri), *(short or ["no digest"]))), mono=True, copy=whole
    )


def _more(count: int) -> tuple[str, ...]:
    return (f"And {text.count(count - _MOST)} more",) if count > _MOST else ()


def _bom(bom: Bom) -> Iterator[Fact]:
    yield Fact("Form", one_line(bom.format))
    if bom.name:
        yield Fact("Of", one_line(bom.name))
    yield Fact("Packages", text.count(len(bom.packages)))
    if bom.files:
        yield Fact("Files", text.count(bom.files))
    if bom.created is not None:
        yield Fact("Made", text.exact_moment(bom.created))
    if bom.tools:
        yield Fact("By", "\n".join(one_line(tool) for tool in bom.tools[:20]))


def _signature(one: Signature) -> Iterator[Fact]:
    yield Fact("Form", one.format)
    if one.key_id:
        yield Fact("Key", one_line(one.key_id), mono=True)
    if one.certificate is not None:
        yield from _certificate(one.certificate)
    if one.claims:
        yield Fact("Signs", one_line(one.claims), mono=True, warns=one.fits is False)
    if one.fits is not None:
        yield Fact("This image", "yes" if one.fits else "no", warns=not one.fits)
    if one.reference:
        yield Fact("Name", one_line(one.reference), mono=True)
    if one.signed is not None:
        yield Fact("Logged", text.exact_moment(one.signed))
    if one.log_index is not None:
        yield Fact("Log entry", text.count(one.log_index))
    for name, value in one.notes[:_MOST]:
        yield Fact(one_line(name, 200), one_line(value), mono=True)


def _certificate(one: Certificate) -> Iterator[Fact]:
    yield Fact("Identity", "\n".join(map(one_line, one.identities)) or one_line(one.subject),
               mono=True, help="Who the certificate says signed")  # fmt: skip
    if one.issuer:
        yield Fact("Vouched by", one_line(one.issuer), mono=True, help="Who knows that identity")
    if one.authority:
        yield Fact("Certified by", one_line(one.authority))
    if one.not_before is not None and one.not_after is not None:
        first, last = text.exact_moment(one.not_before), text.exact_moment(one.not_after)
        yield Fact("Valid", f"{first} to {last}")
