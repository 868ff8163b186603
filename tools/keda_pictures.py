"""The pictures of KEDA_CONFIGURATION.md: a burst and what follows for each queue, as the model has it.

The burst is the first one that the environment promises a wait for (`service_levels`); `examx scale simulate` draws the
same. The files are in docs/pictures, and tools/keda_guide.py names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from examx_cli.scale import pictures, words
from examx_cli.scale.simulating import Simulated, Surroundings, simulated
from examx_cli.scale.targets import Chosen, Source, chosen
from examx_constructs.environments import load as environments
from examx_constructs.environments import read_images
from examx_constructs.manifests import load
from examx_constructs.scaling import ClusterModel, Workload, workloads_of
from examx_constructs.settings import Environment, StandardBurst

FOLDER = Path("docs/pictures")
ENVIRONMENT = "prod"


@dataclass(frozen=True, slots=True)
class Burst:
    """What comes to a queue, and what becomes of it."""

    queue: str
    said: str
    run: Simulated

    @property
    def file(self) -> Path:
        """Where its picture is."""
        return FOLDER / f"burst-{self.queue.replace('_', '-')}.svg"

    def write(self) -> None:
        """Draw it."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        pictures.write_svg(self.file, f"{ENVIRONMENT}: {self.said}", [self.run])

    def words(self) -> str:
        """Return what it is, in a line."""
        figures = self.run.figures
        waits = f"p95 wait {words.time(figures.waits[0.95])}, longest {words.time(figures.longest)}"
        pods = f"at most {figures.most} pods, {words.amount(figures.pod_hours)} pod hours"
        return f"`{self.queue}`, {self.said}: {waits}, {pods}."


@cache
def bursts() -> tuple[Burst, ...]:
    """Return one for each queue, in the order of the environment."""
    of = next(each for each in environments(read_images()) if each.name == ENVIRONMENT)
    found = {each.scaling.queue: each for each in chosen(_source(), None)}
    return tuple(_burst(found[queue], workload) for queue, workload in _workloads(of))


def _source() -> Source:
    return Source(ENVIRONMENT, load(Path("dist") / f"{ENVIRONMENT}.k8s.yaml"))


def _workloads(of: Environment) -> Iterator[tuple[str, Workload]]:
    """Yield the first burst of each queue that promises something at one."""
    for queue, level in of.service_levels.items():
        both = zip(level.workloads, workloads_of(level), strict=True)
        made = (workload for each, workload in both if isinstance(each, StandardBurst))
        if (first := next(made, None)) is not None:
            yield queue, first


def _burst(queue: Chosen, tasks: Workload) -> Burst:
    (run,) = simulated([queue], tasks, Surroundings(ClusterModel()))
    return Burst(queue.scaling.queue, tasks.said, run)


def markdown() -> str:
    """Return the pictures, each under what it shows."""
    return "\n\n".join(
        f"{each.words()}\n\n![{each.queue}: tasks that wait, and pods]({each.file})" for each in bursts()
    )


def write() -> None:
    """Draw all of them anew."""
    for each in bursts():
        each.write()


if __name__ == "__main__":
    write()
