"""How figures before and after a deployment are judged."""

import pytest
from attrs import evolve

from examx_cli.scale.standard import values
from examx_cli.watching.figures import Kind, figures_of
from examx_cli.watching.verdicts import Judged, Report, Verdict, Window, judge
from examx_constructs.alerts import alerts_of
from examx_constructs.alerts.measures import latency_p95, oldest_age
from examx_constructs.settings import Alerting, DeploymentBounds, Duration, SettingError

DEV = evolve(values("dev"), service_levels={})
BOUNDS = DeploymentBounds()
ERRORS, LATENCY, *WAITS = figures_of(DEV, "600s")


def judged(
    kind: Kind, before: float | None, after: float | None, requests: tuple[float | None, float | None]
) -> Judged:
    """One figure of one kind, with requests before and after."""
    figure = next(each for each in figures_of(DEV, "600s") if each.kind is kind)
    windows = [Window({figure.name: value}, number) for value, number in zip((before, after), requests, strict=True)]
    (found,) = judge([figure], *windows, BOUNDS).judged
    return found


@pytest.mark.parametrize(
    ("kind", "before", "after", "requests", "verdict", "why"),
    [
        (Kind.ERRORS, 0.0, 1.0, (500, 500), Verdict.QUIET, "at most 1.00 %, the floor of its bounds"),
        (Kind.ERRORS, 0.0, 1.1, (500, 500), Verdict.MOVED, "above 1.00 %, the floor of its bounds"),
        (Kind.ERRORS, 4.0, 6.0, (500, 500), Verdict.QUIET, "at most 6.00 %, 50 % above what it was"),
        (Kind.ERRORS, 4.0, 6.1, (500, 500), Verdict.MOVED, "above 6.00 %, 50 % above what it was"),
        # Two errors at night, and a release into the first rush of the morning.
        (Kind.ERRORS, 0.0, 40.0, (4, 5), Verdict.UNKNOWN, "4 requests before and 5 after; fewer than 500"),
        (Kind.ERRORS, 0.0, 40.0, (4, 9000), Verdict.UNKNOWN, "4 requests before and 9000 after; fewer than 500"),
        (Kind.LATENCY, 0.2, 5.0, (None, 900), Verdict.UNKNOWN, "0 requests before and 900 after"),
        (Kind.LATENCY, 0.2, 1.2, (900, 900), Verdict.MOVED, "above 1.0 s, the floor of its bounds"),
        (Kind.LATENCY, None, 9.0, (900, 900), Verdict.UNKNOWN, "no data before the deployment"),
        (Kind.WAITS, 1.0, 61.0, (0, 0), Verdict.MOVED, "above 60 s, the floor of its bounds"),
        (Kind.WAITS, 200.0, 290.0, (0, 0), Verdict.QUIET, "at most 5.0 min, 50 % above what it was"),
        (Kind.WAITS, None, None, (0, 0), Verdict.UNKNOWN, "no data before and after the deployment"),
    ],
)
def test_a_figure(  # noqa: PLR0917 - a row of the table
    kind: Kind, before: float | None, after: float | None, requests: tuple[int, int], verdict: Verdict, why: str
) -> None:
    found = judged(kind, before, after, requests)
    assert (found.verdict, found.why.startswith(why)) == (verdict, True), found


def test_what_is_not_known_is_never_taken_for_quiet() -> None:
    quiet, unknown, moved = (
        Judged(figure, verdict, 0.0, 0.0, "")
        for figure, verdict in ((ERRORS, Verdict.QUIET), (LATENCY, Verdict.UNKNOWN), (WAITS[0], Verdict.MOVED))
    )
    assert Report((quiet,)).verdict is Verdict.QUIET
    assert Report((quiet, unknown)).verdict is Verdict.UNKNOWN
    assert Report((quiet, unknown, moved)).verdict is Verdict.MOVED
    assert Report((quiet, unknown, moved)).moved == {Kind.WAITS}


def test_a_queue_is_held_to_what_it_promises() -> None:
    promised = values("dev").service_levels
    floors = {each.name: each.floor for each in figures_of(values("dev"), "600s") if each.kind is Kind.WAITS}
    assert promised
    for name, level in promised.items():
        assert floors[f"wait of {name}"] == level.wait_p95.seconds
    assert {each.floor for each in WAITS} == {60}


def test_the_alerts_measure_the_same() -> None:
    alerts = " ".join(each.expr for each in alerts_of(values("dev"), Alerting()))
    assert latency_p95(DEV.namespace, "5m") in alerts
    assert LATENCY.query == latency_p95(DEV.namespace, "600s")
    for queue, figure in zip(DEV.queues, WAITS, strict=True):
        age = oldest_age(DEV.namespace, queue.lists)
        assert age in alerts
        assert age in figure.query


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": Duration("4s")}, "DeploymentBounds.window is 4s; it must be from 5s to 2700s"),
        ({"minimum_requests": 0}, "DeploymentBounds.minimum_requests is 0; the least is 1"),
        ({"error_percent": 0}, "DeploymentBounds.error_percent is 0; the least is 1"),
        ({"latency_p95": Duration("0s")}, "DeploymentBounds.latency_p95 is 0s; the least is 1s"),
        ({"wait": Duration("0s")}, "DeploymentBounds.wait is 0s; the least is 1s"),
        ({"rise_percent": 0}, "DeploymentBounds.rise_percent is 0; the least is 1"),
    ],
)
def test_a_bound_that_makes_no_sense_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        DeploymentBounds(**settings)  # pyright: ignore[reportArgumentType] - refused at run time
