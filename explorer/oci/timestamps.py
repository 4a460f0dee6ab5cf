"""RFC 3339 times, as Go writes them into configurations."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,30}))?"
    r"(?:[Zz]|\s?(?:UTC|GMT)|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
_GO_ZERO: Final = datetime(1, 1, 1, tzinfo=UTC)


def parse_rfc3339(text: str) -> datetime | None:
    """The moment a timestamp names, in UTC; ``None`` if it names none.

    Tolerant where writers are careless: a space for the ``T``, no offset (taken as UTC), any
    number of fractional digits (cut to microseconds), second 60. Go's zero time, year 1, is how
    builders write "unknown", so it is ``None`` too.
    """
    match = _RFC3339.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, off_hours, off_minutes = match.groups()[6:]
    micros = int((fraction or "0").ljust(6, "0")[:6])
    offset = timedelta(hours=int(off_hours or 0), minutes=int(off_minutes or 0))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        local = datetime(year, month, day, hour, minute, min(second, 59), micros, zone)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if moment == _GO_ZERO else moment


def format_rfc3339_utc(moment: datetime) -> str:
    """``2024-05-01T10:00:00Z``, with microseconds only where there are any.

    A time without zone is taken as UTC.
    """
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
