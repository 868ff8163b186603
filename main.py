"""The cdk8s app: one chart per environment. `cdk8s synth` runs it; see cdk8s.yaml.

Without options it renders the fixed environments, all of them. A choice of them, or feature environments, go to the
folder of CDK8S_OUTDIR (build/chosen) and leave what else is in it alone.
"""

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from examx_constructs import _node

if TYPE_CHECKING:
    from examx_constructs.settings import Environment

DIST = Path("dist")


def main() -> int:
    options = arguments()
    publish: Path | None = options.publish
    default = "build/chosen" if options.environment or options.features else DIST
    folders = [Path(os.environ.get("CDK8S_OUTDIR", default)), *([publish] if publish else [])]
    # The process is short and keeps nearly everything that it makes: looking for garbage costs a tenth of its time.
    gc.disable()
    # jsii has Node load cdk8s from a folder with a name of chance, so nothing is ever found in a cache that goes by
    # names. Each run would only add its 135 files (jsii 1.142, Node 24.19).
    os.environ.pop("NODE_COMPILE_CACHE", None)
    # Features may be many, and processes that share them each start a Node of their own.
    if not options.features:
        _node.start_early()
    # While Node loads cdk8s.
    from examx_constructs.settings import ConfigurationError

    try:
        # A mistake in a constant of an environment's file is met when Python reads it.
        from examx_constructs.synthesis import EVERYTHING, FEATURES, synthesize

        if options.features:
            refuse_dist(folders)
        environments = chosen(options.environment, options.features)
        # The file of features says which there are; a choice of names says nothing of the others.
        replaces = FEATURES if options.features else None if options.environment else EVERYTHING
        changed = synthesize(environments, *folders, replaces=replaces, processes=options.processes)
    except (ConfigurationError, OSError) as mistake:
        print(f"error: {mistake}", file=sys.stderr)
        return 1
    if publish:
        # The command line keeps what the app says on standard output to itself.
        print(f"{publish}: {', '.join(file.name for file in changed[publish]) or 'nothing'} changed", file=sys.stderr)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--publish", metavar="DIR", type=Path, help="publish the manifests to this folder too")
    parser.add_argument(
        "--environment", metavar="NAME", action="append", default=[], help="only this one; may be given again"
    )
    parser.add_argument("--features", metavar="FILE", type=Path, help="the feature environments of a YAML file")
    parser.add_argument(
        "--processes",
        metavar="N",
        type=at_least_one,
        default=os.cpu_count() or 1,
        help="how many may share the features of a file, if there are many (%(default)s)",
    )
    return parser.parse_args()


def at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes; it must be 1 or more")
    return int(text)


def chosen(names: Sequence[str], feature_file: Path | None) -> "list[Environment]":
    from examx_constructs.environments import load, read_images, select
    from examx_constructs.features import features, read_features

    if not names and not feature_file:
        return load(read_images())
    fixed = select(names, read_images()) if names else []
    return [*fixed, *(features(read_features(feature_file)) if feature_file else [])]


def refuse_dist(folders: Sequence[Path]) -> None:
    from examx_constructs.settings import ConfigurationError

    if DIST.resolve() in [folder.resolve() for folder in folders]:
        raise ConfigurationError(f"{DIST} holds the fixed environments: feature environments go to another folder")


def leave(status: int) -> NoReturn:
    """End the process as `sys.exit` would, Node first, but leave its memory to the system: that saves a tenth."""
    _node.await_early()
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage] - there is no public name for it
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    leave(main())
