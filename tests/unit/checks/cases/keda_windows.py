"""Cases of the rules on the windows of cron triggers."""

from tests.unit.checks.cases.keda_metadata import one, said
from tests.unit.checks.support import Case


def window(start: str, end: str, zone: str = "UTC") -> str:
    """The metadata of a cron trigger with these schedules in a zone."""
    return f"timezone: {zone}, start: '{start}', end: '{end}', desiredReplicas: '3'"


def _shut(end: str, start: str, when: str) -> str:
    why = f"KEDA keeps its replicas {when}: the next start is nearer than the next end then"
    return said("end", f'"{end}"', f'an end before "{start}" comes again', why)


CASES = [
    Case(
        "cron-window-opens",
        "from Monday to Friday",
        [one("cron", window("0 8 * * 1-5", "0 18 * * 5"))],
        [_shut("0 18 * * 5", "0 8 * * 1-5", "not from Mon 4 Jan 08:00 to Tue 5 Jan 08:00")],
    ),
    Case(
        "cron-window-opens",
        "a month's last day that some months lack",
        [one("cron", window("0 8 1 * *", "0 18 31 * *"))],
        [_shut("0 18 31 * *", "0 8 1 * *", "not from Mon 1 Feb 08:00 to Mon 1 Mar 08:00")],
    ),
    Case(
        "cron-window-opens",
        "longer than a day, each day",
        [one("cron", window("0 8 * * *", "0 7 1 1 *"))],
        [_shut("0 7 1 1 *", "0 8 * * *", "not from Fri 1 Jan 08:00 to Sat 2 Jan 08:00")],
    ),
    Case(
        "cron-window-opens",
        "never",
        [one("cron", window("*/5 * * * *", "3 8 31 2 *"))],
        [_shut("3 8 31 2 *", "*/5 * * * *", "at no time")],
    ),
    Case(
        "cron-window-opens",
        "days, nights, weeks, and the same day each month",
        [
            one("cron", window("0 8 * * 1-5", "0 18 * * 1-5")),
            one("cron", window("0 22 * * *", "0 6 * * *")),
            one("cron", window("0 8 * * 1", "0 18 * * 5")),
            one("cron", window("0 8 1 * *", "0 18 28 * *")),
            one("cron", window("${START}", "${END}")),
        ],
    ),
    Case(
        "cron-window-has-each-day",
        "a start that a day does not have",
        [one("cron", window("30 2 * * *", "0 6 * * *", "Europe/Berlin"))],
        [
            said(
                "start",
                '"30 2 * * *"',
                "a time that every day has in Europe/Berlin",
                "clocks skip 02:30 on 2027-03-28, for one: the replicas are there since the end before",
            )
        ],
    ),
    Case(
        "cron-window-has-each-day",
        "an end that a day does not have",
        [one("cron", window("0 22 * * *", "30 2 * * 0", "America/New_York"))],
        [
            said(
                "end",
                '"30 2 * * 0"',
                "a time that every day has in America/New_York",
                "clocks skip 02:30 on 2027-03-14, for one: the window before it does not open",
            )
        ],
    ),
    Case(
        "cron-window-has-each-day",
        "times outside of the hour, zones that skip none, and other days",
        [
            one("cron", window("59 1 * * *", "0 3 * * *", "Europe/Berlin")),
            one("cron", window("30 2 * * *", "0 6 * * *", "Asia/Kolkata")),
            one("cron", window("30 2 * * 1-5", "0 6 * * *", "Europe/Berlin")),
            one("cron", window("30 2 * * *", "0 6 * * *", "Nowhere/Else")),
        ],
    ),
]
