"""Where each figure of an environment comes from: the file and the line where a person wrote it.

The environment is made as ever, and taken apart into figures. `examx_constructs._written` tells of each,
from the syntax trees of the files, to which line one would go to change it. Where these do not tell, as of a loop
whose turns differ, the line is that of what surrounds it.
"""

from examx_cli.provenance.figures import Figure, Source, environment_figures, figures

__all__ = ["Figure", "Source", "environment_figures", "figures"]
