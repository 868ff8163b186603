"""python -m tools.keda_scalers [FOLDER]: writes the file anew, from KEDA's source."""

import json
import sys
from pathlib import Path

from examx_constructs.manifests.versions import KEDA
from tools.keda_scalers import FILE, OLDER, SUPPORTED, scalers, source_of, table


def main() -> None:
    """Read all releases, and write the file. FOLDER holds releases that the module proxy does not have."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    supported = dict(zip(KEDA, [scalers(source_of(release, given)) for release in SUPPORTED], strict=True))
    older = [scalers(source_of(release, given)) for release in OLDER]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(table(supported, older), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
