"""How sizes, times, counts and digests are written in the window.

Sizes are decimal (1 kB = 1000 bytes), as registries and engines print them.
"""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_MINUS = "\N{MINUS SIGN}"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size(count: int) -> str:
    """Write ``count`` bytes in at most three figures: ``643 B``, ``2.1 MB``, ``187 MB``."""
    value, unit = float(abs(count)), 0
    while _rounds_up(value, unit) and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    figures = f"{value:.1f}" if unit and round(value, 1) < 10 else f"{value:.0f}"
    return f"{_MINUS if count < 0 else ''}{figures} {_UNITS[unit]}"


def _rounds_up(value: float, unit: int) -> bool:
    # 999.6 kB would be written "1000 kB": it is 1.0 MB.
    return value >= (999.5 if unit else 1000)


def signed_size(count: int) -> str:
    """Write a difference in bytes with its sign: ``+38 MB``, ``−31 MB``, ``0 B``."""
    return f"+{size(count)}" if count > 0 else size(count)


def exact_size(count: int) -> str:
    """Write every byte out: ``41,234,567 bytes``."""
    return plural(count, "byte")


def rate(bytes_per_second: float) -> str:
    """Write a speed: ``41 MB/s``."""
    return f"{size(round(bytes_per_second))}/s"


def duration(seconds: float) -> str:
    """Write a span in its two largest parts: ``0.4 s``, ``12 s``, ``1 min 20 s``, ``2 h 5 min``."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two_parts(whole, _MINUTE, "min", 1, "s")
    if whole < _DAY:
        return _two_parts(whole, _HOUR, "h", _MINUTE, "min")
    return _two_parts(whole, _DAY, "d", _HOUR, "h")


def _two_parts(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = seconds % large // small
    first = f"{seconds // large} {large_name}"
    return f"{first} {rest} {small_name}" if rest else first


def remaining(seconds: float) -> str:
    """Write the time an operation still takes: ``about 2 min left``."""
    if seconds < 5:
        return "a few seconds left"
    step = 5 if seconds < _MINUTE else _MINUTE if seconds < _HOUR else 5 * _MINUTE
    rounded = max(step, round(seconds / step) * step)
    return f"about {f'{rounded} s' if rounded < _MINUTE else duration(rounded)} left"


def count(number: int) -> str:
    """Write a number with separators: ``12,345``."""
    return f"{number:,}"


def plural(number: int, singular: str, many: str = "") -> str:
    """Write a number of things: ``1 file``, ``12,345 files``, ``2 entries``."""
    return f"{count(number)} {singular if number == 1 else many or singular + 's'}"


def moment(when: datetime, *, now: datetime | None = None) -> str:
    """Write a point in time as people speak of it: ``3 weeks ago``."""
    # Only now: a window that starts with nothing to date is quicker there.
    import humanize

    return humanize.naturaltime(when, when=now or datetime.now(UTC))


def age(when: datetime, *, now: datetime | None = None) -> str:
    """Write how long ago a point in time is, for a column of ages: ``3 weeks``."""
    import humanize

    return humanize.naturaldelta((now or datetime.now(UTC)) - when)


def exact_moment(when: datetime) -> str:
    """Write a point in time to the second, in UTC: ``2024-05-01 12:30:00 UTC``."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def short_digest(digest: str, figures: int = 12) -> str:
    """Shorten ``sha256:9f1c...`` to its first ``figures`` hexadecimal figures."""
    return digest.rpartition(":")[2][:figures]


def middle_elided(text: str, limit: int) -> str:
    """Shorten ``text`` to ``limit`` characters, keeping both ends."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return f"{text[: limit - 1 - tail]}…{text[len(text) - tail :]}"


def without_mnemonic(label: str) -> str:
    """Return a menu text as it reads: ``&Open archive…`` is ``Open archive…``."""
    return label.replace("&&", "\0").replace("&", "").replace("\0", "&")


def capitalised(words: str) -> str:
    """Return ``words`` as a sentence begins: only the first letter changes."""
    return words[:1].upper() + words[1:]
