"""Characters that Qt's text engine would change, exchanged for others and back.

Qt ends a paragraph at a lone carriage return, at U+2029 and at two of its own markers, drops byte
order marks, and has no room for the surrogates that stand for bytes that are no UTF-8. Each of
those is shown as one private character that the text does not use otherwise, so offsets stay the
same and what is saved is what was read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

_ODD: Final = "\r\u2029\ufdd0\ufdd1\ufeff" + "".join(map(chr, range(0xDC80, 0xDD00)))
_FOUND: Final = re.compile(f"[{re.escape(_ODD)}]")
_PRIVATE: Final = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class Characters:
    """The exchange for one text; empty for nearly all texts."""

    shown_as: Mapping[int, str]
    means: Mapping[int, str]

    @classmethod
    def of(cls, text: str) -> Self:
        """Choose private characters that ``text`` does not use."""
        return cls({}, {}).including(text)

    def including(self, text: str, beside: str = "") -> Self:
        """The exchange for ``text``, too; nothing of ``beside`` gets another meaning."""
        odd = [char for char in set(_FOUND.findall(text)) if ord(char) not in self.shown_as]
        if not odd:
            return self
        used = {*text, *beside, *self.shown_as.values()}
        free = (chr(code) for code in _PRIVATE if chr(code) not in used)
        pairs = list(zip(sorted(odd), free, strict=False))
        return type(self)(
            {**self.shown_as, **{ord(char): stand_in for char, stand_in in pairs}},
            {**self.means, **{ord(stand_in): char for char, stand_in in pairs}},
        )

    def shown(self, text: str) -> str:
        """The text as the editor shows it."""
        return text.translate(self.shown_as) if self.shown_as else text

    def meant(self, shown: str) -> str:
        """The inverse of :meth:`shown`."""
        return shown.translate(self.means) if self.means else shown
