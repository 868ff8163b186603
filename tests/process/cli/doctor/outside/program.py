"""A stand-in for `aws` and `gh`: it prints what was recorded for a command line, and keeps what it was asked.

As the real ones do: an answer on standard output, an error on standard error with a status, and nothing else. A command
line that nobody recorded is a mistake of the test, status 64.
"""

import json
import os
import sys
from pathlib import Path


def main() -> int:
    file = Path(os.environ["EXAMX_TEST_OUTSIDE"])
    recorded = json.loads(file.read_text(encoding="utf-8"))
    with file.with_suffix(".calls").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps(sys.argv[1:]) + "\n")
    asked = " ".join(sys.argv[1:])
    # The longest words first: `eks describe-cluster` is no answer to `eks describe-cluster-versions`.
    for words in sorted(recorded, key=len, reverse=True):
        if f" {words} " in f" {asked} ":
            answer = recorded[words]
            if isinstance(answer, dict) and "fails" in answer:
                sys.stderr.write(f"{answer['fails']}\n")
                return int(answer.get("status", 254))
            sys.stdout.write(answer if isinstance(answer, str) else json.dumps(answer))
            return 0
    sys.stderr.write(f"the stand-in knows nothing of {asked}\n")
    return 64


if __name__ == "__main__":
    sys.exit(main())
