"""Colours by lightness, chroma and hue in the OKLCH space, where equal steps look equal.

Ottosson's OKLab (https://bottosson.github.io/posts/oklab/); out-of-gamut results are clipped.
"""

from __future__ import annotations

import math

from PySide6.QtGui import QColor


def oklch(lightness: float, chroma: float, hue: float) -> QColor:
    """Return the sRGB colour of a lightness (0 to 1), chroma (0 to 0.4) and hue (degrees)."""
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return QColor.fromRgbF(
        _encode(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encode(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encode(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def _encode(linear: float) -> float:
    linear = min(1.0, max(0.0, linear))
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
