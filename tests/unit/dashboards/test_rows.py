"""What an environment's rows are made of: its own figures, and what is scraped of it."""

from attrs import evolve

from examx_constructs.dashboards import DashboardBound, DashboardPanel, rows_of
from examx_constructs.settings import Alerting, Duration, Environment, ExternalRedis, Monitoring, Replicas
from tests.unit.alerts.test_alerts import environment
from tests.unit.settings.samples import QUEUE

WATCHED = Monitoring()


def panels(of: Environment, monitoring: Monitoring = WATCHED) -> dict[str, DashboardPanel]:
    found = [panel for row in rows_of(of, monitoring) for panel in row.panels]
    # One of these is a figure in the first row, too.
    assert len(found) - len({each.title for each in found}) == 1
    return {each.title: each for each in found}


def titles(monitoring: Monitoring, of: Environment | None = None) -> list[str]:
    return [row.title for row in rows_of(of or environment(), monitoring)]


def test_the_rows_go_from_what_is_wrong_to_what_carries_it():
    assert titles(WATCHED) == [
        "Now",
        "Queue default, drained by celery-worker",
        "Backend",
        "nginx",
        "Redis",
        "Autoscaling",
        "Beat and pods",
    ]


def test_a_bound_is_the_figure_of_the_environment():
    alerting = Alerting(error_percent=7, latency_p95=Duration("3s"), memory_percent=70)
    of = evolve(environment(), queues=(evolve(QUEUE, replicas=Replicas.between(2, 31)),))
    found = panels(of, Monitoring(alerts=alerting))
    at = {title: panel.bound.at for title, panel in found.items() if panel.bound}
    assert at["Oldest task of default"] == 60
    assert at["Replicas of celery-worker"] == 31
    assert (at["Errors of the backend"], at["How long requests take"]) == (7, 3)
    assert at["Memory of Redis"] == at["Memory of containers"] == 70
    room = of.nginx.capacity(of.backend.nginx_resources.memory_limit)
    assert at["Connections of nginx"] == room.connections
    assert found["Replicas of the leader"].bound == DashboardBound(at=2, bad="below")


def test_a_queue_without_a_service_level_has_no_bound():
    found = panels(evolve(environment(), service_levels={}))
    assert found["Oldest task of default"].bound is None
    assert "Longest wait, of its promise" not in found


def test_what_is_not_scraped_has_no_panel():
    bare = Monitoring(queues=None, redis=None, application_path=None, nginx=None, alerts=None)
    assert titles(bare) == ["Now", "Backend", "Autoscaling", "Beat and pods"]
    asked = " ".join(
        query.expr for row in rows_of(environment(), bare) for panel in row.panels for query in panel.queries
    )
    for metric in ("examx_", "redis_", "nginx_", "django_", "ALERTS"):
        assert f"{metric}" not in asked


def test_a_redis_elsewhere_has_no_row():
    assert "Redis" not in titles(WATCHED, evolve(environment(), redis=ExternalRedis(host="redis.example.com")))


def test_each_query_is_of_the_namespace():
    for row in rows_of(environment(), WATCHED):
        for panel in row.panels:
            for query in panel.queries:
                assert 'namespace="sample-examxv2"' in query.expr
