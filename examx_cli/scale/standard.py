"""The workloads that an environment names for its queues, with what it promises at them (`service_levels`)."""

from collections.abc import Iterator, Mapping

from examx_cli.scale.comparing import Work
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.scaling import workloads_of
from examx_constructs.settings import Environment, ImageReference, ServiceLevel

_ANY_IMAGE = ImageReference.parse("registry.example.com/any:any-20260101-000000-0000000")
"""What is measured does not depend on the image, and images.yaml may be broken by the change that is looked at."""


def values(environment: str) -> Environment:
    """Return the figures of an environment, with an image that is none."""
    return ENVIRONMENTS[environment](_ANY_IMAGE)


def levels(environment: str) -> Mapping[str, ServiceLevel]:
    """Return what is promised of each queue."""
    return values(environment).service_levels


def works(level: ServiceLevel) -> Iterator[Work]:
    """Yield the standard workloads of a service level."""
    for each in workloads_of(level):
        yield Work(each, level)
