"""For a project's own tests: `assert run.wait(0.95) <= Duration("60s")` that fails shows the moments that broke it.

A conftest.py asks for it, for loading the simulator takes a tenth of a second, which other tests need not pay:

```python
pytest_plugins = ["examx_constructs.scaling.pytest_plugin"]
```
"""

from examx_constructs.scaling.moments import broken
from examx_constructs.scaling.run import Wait
from examx_constructs.settings import Duration


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Return what held the policy back, where a wait is longer than it may be; None where it is no such comparison."""
    if op not in ("<=", "<") or not isinstance(left, Wait) or not isinstance(right, int | float | Duration):
        return None
    return [f"{left!r} {op} {right}", *broken(left.run, right, left.share).splitlines()]
