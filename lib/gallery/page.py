"""Template, style, script and data become one file that needs no other."""

import json
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup


def render(template: str, css: str, js: str, data: dict[str, Any], **values: Any) -> str:
    """The page.

    Parameters
    ----------
    template : str
        Of Jinja; everything put into it is escaped.
    css, js : str
    data : dict
        For the script, as JSON.
    **values
        For the template.

    Returns
    -------
    str

    Examples
    --------
    >>> render("<p>{{ name }}</p><script>{{ data }}</script>", "", "", {"a": "</script>"}, name="<b>")
    '<p>&lt;b&gt;</p><script>{"a":"\\\\u003c/script>"}</script>'
    """
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    # Inside <script> no entity is read, but "</script>" would end it.
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return jinja.from_string(template).render(css=Markup(css), js=Markup(js), data=Markup(text), **values)
