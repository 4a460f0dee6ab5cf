"""What would make an image smaller or safer, as a document."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.analysis.documents.values import Document, path_fields
from explorer.analysis.opened import OpenImage
from explorer.analysis.suggestions import Suggestion


def suggestion_documents(image: OpenImage, found: Iterable[Suggestion]) -> list[Document]:
    """Suggestions as they come; ``saves`` is in bytes, ``path`` an example or null."""
    return [
        {
            "kind": str(one.kind),
            "title": one.title,
            "why": one.why,
            "do": one.do,
            "saves": one.saves,
            "layers": list(one.layers),
            **(
                path_fields(image.stack.trie.path(one.node))
                if one.node is not None
                else {"path": None}
            ),
        }
        for one in found
    ]
