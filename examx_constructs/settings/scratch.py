"""How much of its node's disk a pod may fill."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.quantity import Quantity, byte_size

LOG_ROOM = Quantity("64Mi")
"""What a container needs beside scratch space: the kubelet keeps 5 logs of 10 MiB (Kubernetes documentation, Log
rotation), and its root is read-only."""


@value
class ScratchSizes:
    """The size of `/tmp` in each kind of pod: where uploads are received, and files made. A pod that outgrows it ends.

    Pods request as much of their node's disk, and are not placed where there is less.
    """

    backend: Quantity = setting(byte_size, default=Quantity("10Gi"))
    """Of the API, whose uploads are received there."""
    worker: Quantity = setting(byte_size, default=Quantity("5Gi"))
    """Of each worker, for the files that tasks make."""
    beat: Quantity = setting(byte_size, default=Quantity("1Gi"))
    """Of the scheduler, which keeps its schedule there."""


SCRATCH = ScratchSizes()
"""The sizes where an environment names none."""
