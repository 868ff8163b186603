"""How a comparison is shown: of revisions, of a cluster, as text, Markdown or JSON."""
