"""`python -m examx_cli` is `examx`, where that is not installed."""

from examx_cli import main

main()
