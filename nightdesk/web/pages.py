"""Draws the pages: templates without a line of script, in the language of the channel that the link came by."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(environment().get_template(name).render(values), status)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of the package, which escape all that is put into them."""
    return Environment(
        loader=PackageLoader("nightdesk.web", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
