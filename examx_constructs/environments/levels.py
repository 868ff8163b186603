"""What the queues promise, queue by queue: how long their tasks take is the same everywhere and is here once.

Nobody has measured the tasks. The times follow from the longest that each queue is made for (`Queue.longest_task`).
They are a fifteenth of it in the median, and a fifth of it at p95. Such a distribution (log-normal) exceeds the longest
once in 40,000 tasks. An upload is taken as a minute. docs/decisions.md has the reasons, and those of the waits.
"""

from examx_constructs.settings import Duration, ServiceLevel, StandardWorkload


def default(wait: Duration, *workloads: StandardWorkload) -> ServiceLevel:
    """Return that of the queue `default`."""
    return ServiceLevel(wait_p95=wait, task=Duration("8s"), task_p95=Duration("24s"), workloads=workloads)


def bulk_upload(wait: Duration, *workloads: StandardWorkload) -> ServiceLevel:
    """Return that of the queue `bulk_upload`."""
    return ServiceLevel(wait_p95=wait, task=Duration("60s"), workloads=workloads)


def question_enrichment(wait: Duration, *workloads: StandardWorkload) -> ServiceLevel:
    """Return that of the queue `question_enrichment`."""
    return ServiceLevel(wait_p95=wait, task=Duration("20s"), task_p95=Duration("60s"), workloads=workloads)


def question_generator_ai(wait: Duration, *workloads: StandardWorkload) -> ServiceLevel:
    """Return that of the queue `question_generator_ai`."""
    return ServiceLevel(wait_p95=wait, task=Duration("40s"), task_p95=Duration("120s"), workloads=workloads)
