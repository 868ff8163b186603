"""What an environment needs of its cluster, and whether the cluster has it: asked, never changed.

`needs` reads the manifests, `questions` says what kubectl is asked, `seen` asks it; each topic has a file of
preconditions, pure functions over both. Versions and names are those of the charts that docs/cluster.md installs.
"""

from examx_cli.doctor.examination import examine
from examx_cli.doctor.seen import Cluster as Seen
from examx_cli.doctor.verdict import State, Verdict

__all__ = ["Seen", "State", "Verdict", "examine"]
