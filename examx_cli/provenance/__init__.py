"""Where each figure of an environment comes from: the file and the line where a person wrote it.

Neither the settings nor the environments know of this. While an environment is made, a profiler sees each setting's
constructor called (`watching`), and from the call that is under way in the source the figure is followed back to where
it was written (`written`): through keywords, parameters, names and constants, to the line that one would edit.
"""

from examx_cli.provenance.figures import Figure, Source, environment_figures, figures

__all__ = ["Figure", "Source", "environment_figures", "figures"]
