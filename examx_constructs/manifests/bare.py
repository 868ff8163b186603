"""Which texts may be in YAML without quotation marks: those that no reader takes for something else.

Readers differ. go-yaml, and so kubectl, takes `0o22` for 18, `1e-7` for a fraction and `y` for true. PyYAML takes `=`
for a value of its own and `22:30` for a number of base 60. YAML 1.2 has `0o22` too. cdk8s quotes for YAML 1.1 as its
own library reads that, and leaves some of these bare.
"""

import json
import re

from examx_constructs._regex import regex
from examx_constructs.manifests import scalars

# YAML 1.1, https://yaml.org/type, as PyYAML 6 and the npm package yaml 2 read it; YAML 1.2, the core schema.
_NO_TEXT = regex(
    r"""
      | ~ | null | y | yes | n | no | true | false | on | off | = | <<
      | [-+]?\.(?:inf|nan)
      | [-+]?0b[01_]+ | [-+]?0o?[0-7_]+ | [-+]?0x[0-9a-f_]+ | [-+]?[0-9][0-9_]*
      | [-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:e[-+]?[0-9_]+)?
      | [-+]?(?:[0-9][0-9_]*)?\.[0-9_]*(?:e[-+]?[0-9_]+)? | [-+]?\.?e[-+]?[0-9]+
      | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
      | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
        (?:(?:t|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?:[ \t]*(?:z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


# What go-yaml or PyYAML refuse, drop or take for the end of a line, in quotation marks too.
_ODD = regex("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
# What looks like indentation where a block begins with it: a tab to libyaml, and spaces to everyone if nothing follows.
_INDENTED = regex(r"[ \n]*(?:\t|(?: \n|\n )[ \n]*\Z)")


def needs_escapes(text: str) -> bool:
    """Return whether a text is only read by everyone in double quotation marks, its odd characters escaped."""
    return _ODD.search(text) is not None or _INDENTED.match(text) is not None


def escaped(text: str) -> str:
    """Return a text in double quotation marks, as YAML and JSON have them."""
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def is_text(written: str) -> bool:
    """Return whether every reader takes a text without quotation marks for that text."""
    if "\t" in written or needs_escapes(written) or _NO_TEXT.fullmatch(written):
        return False
    return isinstance(scalars.resolved(written), str)
