"""The two colour schemes: every colour of the window by its role.

Green, amber and vermilion for changes stay apart for every kind of colour vision; a glyph goes
with each of them, so that no meaning rests on colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from explorer.ui.theme.oklch import oklch


@dataclass(frozen=True, slots=True)
class Ramp:
    """A sequential ramp in OKLCH: lightness, chroma and hue at the oldest and the newest layer."""

    oldest: tuple[float, float, float]
    newest: tuple[float, float, float]

    def at(self, position: float) -> QColor:
        """Return the colour at ``position`` (0 oldest, 1 newest)."""
        lightness, chroma, hue = (
            a + (b - a) * position for a, b in zip(self.oldest, self.newest, strict=True)
        )
        return oklch(lightness, chroma, hue)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scheme:
    """Colours by role. ``*_soft`` are backgrounds, ``*_fill`` are for blocks and bars.

    There are two, so they are the same or not: to make comparisons for all these fields would take
    a millisecond of every start.
    """

    dark: bool
    window: QColor  # behind everything
    base: QColor  # behind lists and text
    alternate: QColor  # every other row
    raised: QColor  # cards, menus, the palette
    border: QColor  # hairlines that only divide
    outline: QColor  # edges of things to press or fill in
    text: QColor
    muted: QColor  # second-rank text
    disabled: QColor
    accent: QColor
    on_accent: QColor
    accent_soft: QColor
    selection: QColor
    hover: QColor
    added: QColor
    modified: QColor
    removed: QColor
    added_fill: QColor
    modified_fill: QColor
    removed_fill: QColor
    added_soft: QColor
    modified_soft: QColor
    removed_soft: QColor
    warn: QColor
    warn_soft: QColor
    danger: QColor
    danger_soft: QColor
    good: QColor
    good_soft: QColor
    shadow: QColor
    ramp: Ramp


def _scheme(dark: bool, ramp: Ramp, **colors: str) -> Scheme:
    return Scheme(dark=dark, ramp=ramp, **{role: QColor(value) for role, value in colors.items()})


LIGHT = _scheme(
    dark=False,
    ramp=Ramp((0.40, 0.125, 287), (0.74, 0.105, 196)),
    window="#f4f5f7",
    base="#ffffff",
    alternate="#f8f9fb",
    raised="#ffffff",
    border="#dfe2e8",
    outline="#868e9c",
    text="#1c2027",
    muted="#586070",
    disabled="#9aa1ad",
    accent="#3a57d0",
    on_accent="#ffffff",
    accent_soft="#e6ebfc",
    selection="#dbe3fb",
    hover="#edeff4",
    added="#056649",
    modified="#7a5200",
    removed="#ad3400",
    added_fill="#1fa37c",
    modified_fill="#e0a100",
    removed_fill="#d9622b",
    added_soft="#def4ec",
    modified_soft="#fbefd0",
    removed_soft="#fce6dc",
    warn="#7a5200",
    warn_soft="#fdf3da",
    danger="#ac1f38",
    danger_soft="#fdebee",
    good="#056649",
    good_soft="#def4ec",
    shadow="#30000000",
)

DARK = _scheme(
    dark=True,
    ramp=Ramp((0.50, 0.135, 287), (0.86, 0.095, 190)),
    window="#1b1d22",
    base="#15171b",
    alternate="#191b20",
    raised="#24272e",
    border="#31353e",
    outline="#7a8291",
    text="#e6e8ec",
    muted="#a3abb9",
    disabled="#676e7b",
    accent="#93a8ff",
    on_accent="#10141f",
    accent_soft="#262d47",
    selection="#2e385c",
    hover="#272a32",
    added="#57cfa7",
    modified="#eab543",
    removed="#ff9468",
    added_fill="#2fae87",
    modified_fill="#e3b341",
    removed_fill="#e07443",
    added_soft="#173329",
    modified_soft="#382d13",
    removed_soft="#402419",
    warn="#eab543",
    warn_soft="#2f2816",
    danger="#ff8f9c",
    danger_soft="#371d22",
    good="#57cfa7",
    good_soft="#173329",
    shadow="#80000000",
)
