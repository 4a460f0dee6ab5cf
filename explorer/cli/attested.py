"""What is attached to an image, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.oci.layout import one_line, visible

if TYPE_CHECKING:
    from explorer.analysis.attestations import Attached, Reading
    from explorer.analysis.attestations.values import Bom, Certificate, Provenance, Signature

_MOST_PARAMETERS = 40
_WIDEST = 2000
NOT_VERIFIED = "not verified: shown as it presents itself"


def list_page(screen: Screen, documents: Iterable[Attached]) -> int:
    """A line for each document; returns how many there are."""
    columns = [
        Column("KIND"),
        Column("WHAT", flexible=True),
        Column("ABOUT"),
        Column("BY"),
        Column("SIZE", right=True),
        Column("DIGEST"),
    ]
    rows = (
        (
            str(one.kind),
            one_line(one.title),
            about(one),
            str(one.place),
            text.size(one.size),
            one.digest.short,
        )
        for one in documents
    )
    return screen.table(columns, rows)


def about(one: Attached) -> str:
    """What a document is attached to: a platform, or the manifest."""
    if one.platform is not None and not one.platform.is_unknown:
        return one_line(str(one.platform))
    return one.subject.short


def reading_page(screen: Screen, reading: Reading) -> None:
    """One document as tables; one that is not understood as its text."""
    attached = reading.attached
    screen.line(Styled(one_line(attached.title), "bold"), f"  {attached.digest}")
    screen.facts(
        [
            ("About", f"{about(attached)} ({attached.subject})"),
            ("Predicate", one_line(attached.predicate_type)),
            ("Type", one_line(attached.artifact_type)),
            ("Tag", one_line(attached.tag)),
        ]
    )
    for signature in reading.signatures:
        screen.heading("Signature")
        screen.facts(_signed(signature))
    if reading.provenance is not None:
        _made(screen, reading.provenance)
    if reading.bom is not None:
        _listed(screen, reading.bom)
    if not (reading.signatures or reading.provenance or reading.bom):
        _plain(screen, reading)
    for warning in reading.warnings:
        screen.line(Styled("! ", "bold yellow"), one_line(warning))


def _signed(one: Signature) -> Iterator[tuple[str, Cell]]:
    yield "Form", one.format
    yield "State", Styled(NOT_VERIFIED, "yellow")
    yield "Key", one_line(one.key_id)
    if one.certificate is not None:
        yield from _certified(one.certificate)
    yield "Signs", one_line(one.claims)
    yield "Name", one_line(one.reference)
    if one.fits is not None:
        fits: Cell = "yes" if one.fits else Styled("no: it signs something else", "bold red")
        yield "This image", fits
    yield "Logged", text.moment(one.signed)
    yield "Log entry", str(one.log_index) if one.log_index is not None else ""
    for name, value in one.notes[:_MOST_PARAMETERS]:
        yield one_line(name, 60), one_line(value)


def _certified(one: Certificate) -> Iterator[tuple[str, Cell]]:
    yield "Identity", one_line(", ".join(one.identities) or one.subject)
    yield "Vouched by", one_line(one.issuer)
    yield "Certified by", one_line(one.authority)
    yield "Valid", " to ".join(filter(None, map(text.moment, (one.not_before, one.not_after))))


def _made(screen: Screen, made: Provenance) -> None:
    screen.heading("How it was made")
    source = one_line(made.source.uri) if made.source is not None else ""
    screen.facts(
        [
            ("Builder", one_line(made.builder)),
            ("Build type", one_line(made.build_type)),
            ("Source", source),
            ("Repository", one_line(made.vcs_source)),
            ("Revision", one_line(made.vcs_revision)),
            ("Definition", one_line(made.entry_point)),
            ("Built on", one_line(made.platform)),
            ("Started", text.moment(made.started)),
            ("Finished", text.moment(made.finished)),
            ("Invocation", one_line(made.invocation)),
        ]
    )
    _pairs(screen, "Build arguments", made.arguments)
    _pairs(screen, "Parameters", made.parameters)
    if made.materials:
        screen.heading("Materials")
        rows = (
            (one_line(one.uri), ", ".join(f"{name}:{value}" for name, value in one.digests))
            for one in made.materials
        )
        screen.table([Column("URI", flexible=True), Column("DIGEST", flexible=True)], rows)
    for file in made.sources:
        screen.heading(one_line(file.name) or "Recorded file")
        for line in file.text.splitlines():
            screen.line(f"  {visible(line)[:_WIDEST]}")


def _pairs(screen: Screen, title: str, pairs: tuple[tuple[str, str], ...]) -> None:
    if not pairs:
        return
    screen.heading(title)
    screen.facts((one_line(n), one_line(v) or '""') for n, v in pairs[:_MOST_PARAMETERS])
    if len(pairs) > _MOST_PARAMETERS:
        screen.line(Styled(f"and {len(pairs) - _MOST_PARAMETERS} more: see --json", "dim"))


def _listed(screen: Screen, bom: Bom) -> None:
    packages = text.plural(len(bom.packages), "package")
    screen.heading("Bill of materials")
    screen.facts(
        [
            ("Form", one_line(bom.format)),
            ("Of", one_line(bom.name)),
            ("Made", text.moment(bom.created)),
            ("By", one_line(", ".join(bom.tools))),
            ("Lists", f"{packages}, {text.plural(bom.files, 'file')}"),
        ]
    )
    screen.line()
    columns = [
        Column("NAME", flexible=True),
        Column("VERSION", flexible=True),
        Column("LICENSE", flexible=True),
        Column("PURL", flexible=True),
    ]
    rows = (
        (one_line(p.name), one_line(p.version), one_line(p.license), one_line(p.purl))
        for p in sorted(bom.packages, key=lambda package: (package.name, package.version))
    )
    screen.table(columns, rows)


def _plain(screen: Screen, reading: Reading) -> None:
    if reading.statement is not None:
        named = ", ".join(subject.name for subject in reading.statement.subjects)
        screen.facts([("Subjects", one_line(named))])
    screen.line()
    screen.line(Styled("This kind of document is not taken apart: --raw prints it.", "dim"))
