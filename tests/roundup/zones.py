"""Says when a daily roundup fires, by Python's zoneinfo alone: the oracle of the schedule.

Reads lines "ZONE HH:MM FIRST_DATE DAYS" and prints one line of epoch seconds (or "-") a date; with "changes" in place
of the time, the seconds at which the zone's clocks change in those days.
A local time inside a gap fires at the end of the gap, one that comes twice at the first; a date that the zone
does not have prints "-".
"""
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(moment):
    return int((moment - EPOCH).total_seconds())


def local(instant, zone):
    return instant.astimezone(zone).replace(tzinfo=None)


def fires(day, at, zone):
    wanted = datetime.combine(day, at)
    # Bisect for the first whole second whose local clock, from a day before on, has reached the wanted one.
    naive = wanted.replace(tzinfo=UTC)
    low, high = seconds(naive) - 36 * 3600, seconds(naive) + 36 * 3600
    first = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if local(first, zone) == wanted:
        return seconds(first)
    # In a gap: the clock jumps over the wanted time once between low and high.
    while high - low > 1:
        middle = (low + high) // 2
        if local(EPOCH + timedelta(seconds=middle), zone) >= wanted:
            high = middle
        else:
            low = middle
    before = local(EPOCH + timedelta(seconds=low), zone) + timedelta(seconds=1)
    after = local(EPOCH + timedelta(seconds=high), zone)
    if before <= datetime.combine(day, time()) and after.date() > day:
        return None
    return high


def offset(second, zone):
    return datetime.fromtimestamp(second, zone).utcoffset()


def changes(start, days, zone):
    """Looks at the offset once a day, and bisects where it is another than before."""
    low = seconds(datetime.combine(start, time(), UTC))
    known = offset(low, zone)
    for _ in range(days):
        high = low + 86400
        now = offset(high, zone)
        if now != known:
            below, above = low, high
            while above - below > 1:
                middle = (below + above) // 2
                if offset(middle, zone) == known:
                    below = middle
                else:
                    above = middle
            yield above
        low, known = high, now


for line in sys.stdin:
    name, at, first, days = line.split()
    zone, start = ZoneInfo(name), date.fromisoformat(first)
    if at == "changes":
        print(" ".join(map(str, changes(start, int(days), zone))))
        continue
    at = time.fromisoformat(at)
    out = (fires(start + timedelta(days=n), at, zone) for n in range(int(days)))
    print(" ".join("-" if s is None else str(s) for s in out))
