"""How Sphinx makes the site: `make docs`. What it reads is written by tools/site.py."""

import re
from dataclasses import dataclass
from html import escape
from inspect import Parameter, Signature
from typing import Any

import attrs
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util import inspect

from tools.parameters import described
from tools.reference import restructured

project = "ExamX constructs"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
exclude_patterns = [".doctrees"]

# Links to headings, by the names that GitHub gives them.
myst_heading_anchors = 4
myst_fence_as_directive = {"mermaid"}

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 120
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = project
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False


class Mermaid(Directive):
    """A diagram, which the browser draws."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return what is in the page until then."""
        return [nodes.raw("", f'<pre class="mermaid">{escape(chr(10).join(self.content))}</pre>', format="html")]


def with_diagrams(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _document: object) -> None:
    """Add the library, which is large, to the pages that need it alone."""
    if 'class="mermaid"' in context.get("body", ""):
        app.add_js_file("mermaid.tiny.js")
        app.add_js_file("diagrams.js")


_CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
_TEXT_OF_CODE = re.compile(r'(?<=<span class="pre">)[^<]+')
_PART = re.compile(r"(?<=[\w)\]])([./_:=,-]+)(?=[\w(\[&])")


def with_breaks(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _document: object) -> None:
    """Let a long name in a table break behind the signs in it, and nowhere else."""
    if "<td" in context.get("body", ""):
        context["body"] = _CELL.sub(lambda cell: _TEXT_OF_CODE.sub(_with_breaks, cell[0]), context["body"])


def _with_breaks(text: re.Match[str]) -> str:
    return _PART.sub(r"\1<wbr>", text[0])


def with_parameters(_app: Sphinx, what: str, _name: str, thing: object, _options: object, lines: list[str]) -> None:
    """Tell each parameter apart, and mark code, which docstrings have between single backticks."""
    text, listed = "\n".join(lines), ""
    if what in ("class", "exception", "function"):
        told = described(thing)
        text, listed = told.text, "\n".join(f":param {name}: {means}" for name, means in told.parameters.items())
    lines[:] = restructured(f"{text}\n\n{listed}\n").split("\n")


def own_signature(
    _app: Sphinx, what: str, _name: str, thing: type, _options: object, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Show what a class takes. Of some, Sphinx sees something else."""
    own = None
    if what == "class" and hasattr(thing, "__jsii_type__"):
        # Its metaclass, jsii's, takes anything.
        own = inspect.signature(thing.__init__, bound_method=True)
    elif what == "class" and attrs.has(thing):
        own = _of_fields(thing)
    if own is None:
        return signature, returned
    return inspect.stringify_signature(own, show_return_annotation=False, unqualified_typehints=True), None


def _of_fields(thing: type) -> Signature | None:
    """Show the fields of a setting: attrs shows the types that their converters take."""
    signature = inspect.signature(thing)
    fields = {field.alias: field for field in attrs.fields(thing)}
    if fields.keys() != signature.parameters.keys():
        return None
    return signature.replace(
        parameters=[
            each.replace(annotation=fields[each.name].type, default=_default(fields[each.name]))
            for each in signature.parameters.values()
        ]
    )


def _default(field: "attrs.Attribute[object]") -> object:
    default: Any = field.default
    if hasattr(default, "factory"):
        default = default.factory()
    if default is attrs.NOTHING:
        return Parameter.empty
    kind = type(default)
    needs_nothing = attrs.has(kind) and all(each.default is not attrs.NOTHING for each in attrs.fields(kind))
    return _Call(kind.__name__) if needs_nothing and default == kind() else default


@dataclass(frozen=True, repr=False)
class _Call:
    """A setting that is all defaults itself, as the source has it: `NginxSettings()`."""

    name: str

    def __repr__(self) -> str:
        return f"{self.name}()"


def setup(app: Sphinx) -> None:
    """Connect all of this to Sphinx, which calls it."""
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", with_diagrams)
    app.connect("html-page-context", with_breaks)
    app.connect("autodoc-process-docstring", with_parameters)
    app.connect("autodoc-process-signature", own_signature)
