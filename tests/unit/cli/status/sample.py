"""A status of prod on an exam day, as docs/cluster.md shows it."""

from datetime import UTC, datetime, timedelta

from examx_cli.deploy.history import Entry, History
from examx_cli.status.values import Ask, Balancer, Event, Expiry, Queue, Server, Status, Target, Unread, Workload

NOW = datetime(2026, 11, 28, 9, 41, 30, tzinfo=UTC)
ENDS = NOW + timedelta(days=23)
IMAGE = "399600302704.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:prod-20261123-000000-0000000"

STATUS = Status(
    environment="prod",
    cluster="prod-cluster",
    namespace="examxv2-production",
    time=NOW,
    release=History((Entry("67efdf9a0b1c2d3e4f", IMAGE, "2026-11-23T10:04:11+00:00", "ada"),)),
    workloads=[
        Workload("Deployment", "celery-beat", 1, 1, why="always 1: nothing scales it"),
        Workload(
            "Deployment",
            "celery-worker-default",
            18,
            20,
            2,
            20,
            (Ask("queue default", "271", "10 a pod", 28), Ask("cpu", "64 %", "70 %", 20)),
            "at its most, 20, where 28 are asked for: queue default asks for 28 (271, target 10 a pod); "
            "cpu asks for 20 (64 %, target 70 %)",
            ("celery-worker-default-7d9c-x2kqp is not ready: celery-worker: CrashLoopBackOff after OOMKilled",),
        ),
    ],
    queues=[Queue("default", "celery-worker-default", 271, rate=-14.0, oldest=754.0)],
    redis=[
        Server("redis-primary-0", "master", "leads 2 replicas, lag 0 s", 0),
        Server("redis-primary-1", "slave", "does not reach its leader 10.0.3.7, since 41 s", 41, trouble=True),
    ],
    balancer=Balancer(
        (("examx.ai", "k8s-examxv2-1a2b3c.ap-south-1.elb.amazonaws.com"),),
        (
            Target("examxv2-backend-5f7-a", healthy=True),
            Target("examxv2-backend-5f7-b", healthy=False, said="Target.Timeout"),
        ),
        1,
    ),
    expiries=[
        Expiry("certificate of examx.ai", f"ends in 23 days, on {ENDS:%Y-%m-%d}", ENDS, trouble=True),
        Unread("passwords of redis-auth: there are none, or this identity may not read their Secret"),
    ],
    warnings=[
        Event(
            "Pod celery-worker-default-7d9c-x2kqp",
            "BackOff",
            "Back-off restarting failed container celery-worker",
            7,
            NOW - timedelta(minutes=3),
        )
    ],
)
