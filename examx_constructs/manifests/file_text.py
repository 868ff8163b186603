"""The bytes of a file as kubectl takes them for text (k8s.io/cli-runtime 0.34, pkg/resource/visitor.go)."""

import codecs
from typing import NamedTuple

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))


class FileText(NamedTuple):
    """A text; where it begins to be none: from which line on, 0 for nowhere, and from which byte on."""

    content: str
    line: int = 0
    byte: int = 0


def decoded(content: bytes) -> FileText:
    """Decode UTF-8, or what the mark at its start says. Other bytes become U+FFFD without a word, with kubectl too."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", "utf-8"))
    body = content[len(mark) :]
    try:
        return FileText(body.decode(encoding))
    except UnicodeDecodeError as error:
        return FileText(body.decode(encoding, "replace"), body.count(b"\n", 0, error.start) + 1, error.start)
