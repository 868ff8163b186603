"""What a container may use."""

import pytest

from examx_constructs.settings import Quantity, Resources
from tests.unit.settings.support import refusal


def test_reads_like_the_table() -> None:
    assert Resources.of("1", "4Gi", "2", "8Gi") == Resources(
        cpu_request=Quantity("1"), memory_request=Quantity("4Gi"), cpu_limit=Quantity("2"), memory_limit=Quantity("8Gi")
    )


@pytest.mark.parametrize(
    "figures", [("1", "4Gi", "1", "4Gi"), ("1m", "8Mi", "1000m", "1Ti"), ("1", "4G", "1", "4000M")]
)
def test_a_request_may_equal_or_undercut_its_limit(figures: tuple[str, str, str, str]) -> None:
    made = Resources.of(*figures)
    assert tuple(map(str, (made.cpu_request, made.memory_request, made.cpu_limit, made.memory_limit))) == figures


UNIT = "it must be whole bytes, at least 8Mi: is the unit missing (Mi, Gi) or a wrong one (m)?"
CPU = "it must be more than zero, in steps of 1m: Kubernetes counts CPU no finer"


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        (("2", "4Gi", "1", "8Gi"), "Resources.cpu_request is 2; the most is the limit, 1: Kubernetes refuses the pod"),
        (("1", "8Gi", "2", "4Gi"), "Resources.memory_request is 8Gi; the most is the limit, 4Gi: Kubernetes refuses"),
        (("0", "4Gi", "2", "8Gi"), f"Resources.cpu_request is 0; {CPU}"),
        (("1", "4Gi", "0", "8Gi"), f"Resources.cpu_limit is 0; {CPU}"),
        (("0.0005", "4Gi", "1", "8Gi"), f"Resources.cpu_request is 0.0005; {CPU}"),
        (("1", "4", "2", "8Gi"), f"Resources.memory_request is 4; {UNIT}"),
        (("1", "500m", "2", "8Gi"), f"Resources.memory_request is 500m; {UNIT}"),
        (("1", "4Gi", "2", "0"), f"Resources.memory_limit is 0; {UNIT}"),
        (("4Gi", "1", "8Gi", "2"), f"Resources.memory_request is 1; {UNIT}"),
        (("1", "4GB", "2", "8Gi"), 'Resources.memory_request is "4GB"; it must be a text with a Kubernetes suffix'),
        (("1", "4Gi", "2 cores", "8Gi"), 'Resources.cpu_limit is "2 cores"; it must be a text'),
        (("1", "4Gi", "2", "9999Ei"), 'Resources.memory_limit is "9999Ei"; the most is 9223372036854775807'),
        (("-1", "4Gi", "2", "8Gi"), 'Resources.cpu_request is "-1"; it must be a text with'),
        ((1, "4Gi", "2", "8Gi"), "Resources.cpu_request is 1; it must be a text with"),
    ],
)
def test_refuses_what_kubernetes_or_sense_refuses(figures: tuple[str, str, str, str], message: str) -> None:
    assert refusal(lambda: Resources.of(*figures)).startswith(message)
