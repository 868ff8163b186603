"""The command as a pipe sees it, whatever the terminal of who runs the tests wants."""

import os

# Before typer is imported, which reads them then.
for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "TERMINAL_WIDTH"):
    os.environ.pop(name, None)
