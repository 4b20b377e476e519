"""Values as people read them: days, hours, numbers, sizes and ages, in Vietnamese."""

from datetime import date, datetime, timedelta

from core.incoming.values import day_and_clock
from core.office import office_date, office_moment

_UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


def day(value: date | None) -> str:
    """05/01/2026; empty for None."""
    return f"{value:%d/%m/%Y}" if value else ""


def moment(at: datetime | None) -> str:
    """An instant in office time, 14:05 05/01/2026; empty for None."""
    return office_moment(at) if at else ""


def due(stored: str) -> str:
    """A stored ISO date, or date and hour, as 15/06/2026 16:00."""
    if not stored:
        return ""
    on, clock = day_and_clock(stored)
    return f"{on:%d/%m/%Y} {clock}".rstrip()


def hour_first(stored: str) -> str:
    """A meeting's stored moment as people say it: 14:00 15/06/2026."""
    return " ".join(reversed(due(stored).split()))


def number(value: int | None) -> str:
    """A quantity, 3.412; empty for None. A số đến is a name and stands as it is: 3412."""
    return f"{value:,}".replace(",", ".") if value is not None else ""


def size(octets: int | None) -> str:
    """1,2 MB; empty for None."""
    if octets is None:
        return ""
    for unit, name in _UNITS:
        if octets >= unit:
            return f"{octets / unit:.1f} {name}".replace(".", ",").replace(",0 ", " ")
    return f"{octets} byte"


def age(at: datetime | None, now: datetime) -> str:
    """How long ago: "vừa xong", "5 phút trước", "3 giờ trước", "hôm qua", "6 ngày trước"; empty for None."""
    if at is None:
        return ""
    passed = now - at
    if passed < timedelta(minutes=1):
        return "vừa xong"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} phút trước"
    days = (office_date(now) - office_date(at)).days
    if days == 0:
        return f"{passed // timedelta(hours=1)} giờ trước"
    return "hôm qua" if days == 1 else f"{days} ngày trước"
