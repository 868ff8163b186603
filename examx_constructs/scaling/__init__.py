"""What an autoscaler's figures do: pods, waits and hours, computed without a cluster.

```python
from examx_constructs.manifests import load
from examx_constructs.scaling import burst, fixed, scalings, simulate

for each in scalings(load("dist/prod.k8s.yaml")):
    run = simulate(each, burst(500, fixed(8)))
    print(each.name, run.wait(0.95), run.pod_hours)
```
"""

from examx_constructs.scaling.cluster import ClusterModel, Nodes
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.levels import meets, workloads_of
from examx_constructs.scaling.outages import Lost, Outage
from examx_constructs.scaling.policy import HpaPolicy, KedaPolicy
from examx_constructs.scaling.prices import Prices
from examx_constructs.scaling.reading import Scaling, policy_of, scaling_of, scalings
from examx_constructs.scaling.recording import Recording, read_recording
from examx_constructs.scaling.replay import Replay, replay
from examx_constructs.scaling.run import Run
from examx_constructs.scaling.seconds import Seconds
from examx_constructs.scaling.simulate import simulate
from examx_constructs.scaling.traces import read_workload
from examx_constructs.scaling.use import Use
from examx_constructs.scaling.workers import Workers
from examx_constructs.scaling.workload import (
    TaskTime,
    Workload,
    burst,
    daily,
    exam_day,
    exponential,
    fixed,
    lognormal,
    measured,
    ramp,
    workload,
)

__all__ = [
    "ClusterModel",
    "HpaPolicy",
    "KedaPolicy",
    "Lost",
    "Nodes",
    "Outage",
    "Prices",
    "Recording",
    "Replay",
    "Run",
    "Scaling",
    "ScalingError",
    "Seconds",
    "TaskTime",
    "Use",
    "Workers",
    "Workload",
    "burst",
    "daily",
    "exam_day",
    "exponential",
    "fixed",
    "lognormal",
    "measured",
    "meets",
    "policy_of",
    "ramp",
    "read_recording",
    "read_workload",
    "replay",
    "scaling_of",
    "scalings",
    "simulate",
    "workload",
    "workloads_of",
]
