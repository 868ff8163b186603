"""Where the values of an environment are written, told from the syntax trees of the files that make them.

Nothing is run or watched for it, and neither the settings nor the environments know of it. It is loaded when somebody
asks: `examx env show` for every figure, and the environments for a value that a setting refuses.

`trees` reads files, `expression` is a place in one, `meaning` says what names mean, `making` how a setting is made
there. `series` takes tuples and mappings apart, and `refused` finds the setting that an error speaks of.
"""
