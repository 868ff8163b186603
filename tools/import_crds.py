"""Generate imports/ from the custom resource definitions that the constructs use.

`make import` fetches the sources that cdk8s.yaml records; `make import CRDS="FILE FILE"` reads these files instead, and
leaves the API groups alone that they define nothing of.
Only the kinds listed here are imported: all of KEDA would make the package ten times larger to load.

The constructs import what is generated as `examx_constructs.imports`: links into `imports/` in a checkout, packages in
the wheel. Their jsii assemblies have names of their own. jsii 1.142 loads one assembly of a name, and takes it for any
other of that name and version. cdk8s-cli 2.207 calls every import of KEDA `shkeda` 0.0.0. So a chart that imports KEDA
for itself would get our classes for its own, or the reverse.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import yaml

KINDS = {
    "keda.sh": {"ScaledObject", "TriggerAuthentication"},
    "monitoring.coreos.com": {"PodMonitor", "PrometheusRule", "ServiceMonitor"},
    "secrets-store.csi.x-k8s.io": {"SecretProviderClass"},
}
"""The kinds that the constructs use, by their API group."""
OUTPUT = Path("imports")
LINKS = Path("examx_constructs", "imports")
# Goes before the names of the assemblies (`examx_constructs_shkeda`): a name that no other project gives to an import.
PREFIX = "examx_constructs"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", help="read these, instead of the upstream sources")
    files: list[Path] = parser.parse_args().files
    texts = {str(file): file.read_text(encoding="utf-8") for file in files} or {
        url: _fetched(url) for url in _sources()
    }
    groups = _by_group([each for text in texts.values() for each in _selected(text)])
    wanted = groups if files else KINDS
    missing = {kind for group in wanted for kind in KINDS[group] - {_kind(each) for each in groups.get(group, [])}}
    if missing or not groups:
        lacking = ", ".join(sorted(missing)) or "kind that is used"
        print(f"{', '.join(texts)} define no {lacking}: imports/ stays as it is", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        for number, definitions in enumerate(groups.values()):
            bundle = Path(scratch, f"{number}.yaml")
            bundle.write_text(yaml.safe_dump_all(definitions), encoding="utf-8")
            _import(bundle, Path(scratch, "imports"))
        made = Path(scratch, "imports", PREFIX)
        for assembly in made.glob("**/_jsii"):
            shutil.rmtree(OUTPUT / assembly.parent.relative_to(made), ignore_errors=True)
        shutil.copytree(made, OUTPUT, dirs_exist_ok=True)
    _link()
    return 0


def _sources() -> list[str]:
    return yaml.safe_load(Path("cdk8s.yaml").read_text(encoding="utf-8"))["imports"]


def _fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - the URLs are those of cdk8s.yaml
        return answer.read().decode()


def _selected(text: str) -> list[dict[str, Any]]:
    definitions = [each for each in yaml.safe_load_all(text) if each]
    return [each for each in definitions if _kind(each) in KINDS.get(each["spec"]["group"], ())]


def _kind(definition: dict[str, Any]) -> str:
    return definition["spec"]["names"]["kind"]


def _by_group(definitions: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the definitions of each API group.

    Some projects publish a file for each kind, and a group is imported once.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in definitions:
        groups.setdefault(each["spec"]["group"], []).append(each)
    return groups


def _import(bundle: Path, output: Path) -> None:
    # One bundle per API group: a second file of a group would overwrite the first.
    spec = f"{PREFIX}:={bundle}"
    command = ["cdk8s", "import", spec, "--language", "python", "--output", str(output), "--no-save"]
    subprocess.run(command, check=True)


def _link() -> None:
    """Lead from the package to each API group: relative, so that a copy of the checkout leads to its own."""
    LINKS.mkdir(parents=True, exist_ok=True)
    for old in filter(Path.is_symlink, list(LINKS.iterdir())):
        old.unlink()
    for assembly in OUTPUT.glob("**/_jsii"):
        group = assembly.parent
        (LINKS / group.name).symlink_to(os.path.relpath(group, LINKS), target_is_directory=True)


if __name__ == "__main__":
    sys.exit(main())
