"""The cdk8s app: one chart per environment. `cdk8s synth` runs it; see cdk8s.yaml."""

import argparse
import gc
import os
import sys
from pathlib import Path

from examx_constructs.environments import load, read_images
from examx_constructs.settings import ConfigurationError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", metavar="DIR", type=Path, help="publish the manifests to this folder too")
    publish: Path | None = parser.parse_args().publish
    folders = [Path(os.environ.get("CDK8S_OUTDIR", "dist")), *([publish] if publish else [])]
    # The process is short and keeps nearly everything that it makes: looking for garbage costs a tenth of its time.
    gc.disable()
    try:
        environments = load(read_images())
        # Starts Node, so only once the environments are sound.
        from examx_constructs.synthesis import synthesize

        changed = synthesize(environments, *folders)
    except (ConfigurationError, OSError) as mistake:
        print(f"error: {mistake}", file=sys.stderr)
        return 1
    if publish:
        # The command line keeps what the app says on standard output to itself.
        print(f"{publish}: {', '.join(file.name for file in changed[publish]) or 'nothing'} changed", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
