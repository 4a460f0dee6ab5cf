"""Attestations and signatures: listed for an image of any source, and read as tables.

::

    values        what there is to say, as values
    finding       what is attached to an image: in its index, by subject, by tag
    kinds         what a document is, by the types its manifest gives
    reading       one document taken apart; intoto, provenance, bom, signatures, certificates
    documents     all of it for the command line

Nothing is verified here, and nothing that is shown claims to be.
"""

from explorer.analysis.attestations.finding import Found, find_attached
from explorer.analysis.attestations.reading import read_attached, take_apart
from explorer.analysis.attestations.values import Attached, Kind, Place, Reading

__all__ = [
    "Attached",
    "Found",
    "Kind",
    "Place",
    "Reading",
    "find_attached",
    "read_attached",
    "take_apart",
]
