"""What the documents of the contract say of an image in a registry beyond those of other images."""

from __future__ import annotations

import re

from tests.cli import schemas

LISTED_BY = re.compile("tar|estargz|zstd:chunked")
TRAFFIC = {"traffic": {"requests": int, "fetched": int, "spared": int}}

UNLISTED_LAYER = schemas.LAYER | {
    "size": None,
    "contribution": None,
    "cumulative": None,
    "entries": None,
    "changes": None,
    "listed_by": None,
}
LISTED_LAYER = schemas.LAYER | {"size": (int, None), "listed_by": LISTED_BY}
INSPECT = schemas.INSPECT | TRAFFIC | {"layers": [LISTED_LAYER]}
UNLISTED_INSPECT = INSPECT | {"layers": [UNLISTED_LAYER], "size": None, "files": None}
UNLISTED_LAYERS = schemas.LAYERS | {"layers": [UNLISTED_LAYER]}
ENTRIES_OF_A_LAYER = schemas.ENTRIES | {"entries": [schemas.ENTRY | {"change": None}]}
