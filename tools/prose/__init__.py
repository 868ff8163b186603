"""Hold the project's English to the rules in CONTRIBUTING.md: `python -m tools.prose`, a part of `make lint`.

It reads docstrings, comments, messages and documents, and names file and line. Words and exceptions: `prose.toml`.
Own code, because no pinned package does it. What PyPI and npm call Vale fetches the program when it runs. Neither
textlint nor proselint reads docstrings and f-strings. markdown-it-py reads Markdown, as it does for the site.
"""
