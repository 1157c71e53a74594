"""Server-rendered pages: the app shell and the sign-in page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from server.platform.problems import reader_language
from server.platform.texts import text

STORED = "/app-shell"
ME = "/api/v1/me"
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@cache
def environment() -> Environment:
    """Jinja2 with escaping always on and undefined names as errors."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def render(name: str, language: str, **context: Any) -> str:
    """A template with `t(key, **params)` for texts of the reader's language."""

    def t(key: str, **params: object) -> str:
        return text(language, key, **params)

    return environment().get_template(name).render(lang=language, t=t, **context)


def page(request: Request[Any, Any, Any], name: str, *, status: int = 200, **context: Any) -> Response[bytes]:
    """A whole page, never stored."""
    language = reader_language(request)
    theme = request.cookies.get("theme", "auto")
    build = request.app.state.build
    path = request.url.path
    # The copy that stays on the device is for every address, for any person, and for every theme to come.
    stored = path == STORED
    ahead = [] if stored else [ME, *build.ahead(path)]
    body = render(
        name,
        language,
        theme=theme if theme in ("light", "dark") and not stored else "auto",
        stored=stored,
        screens=[(pattern.pattern, files) for pattern, files in build.screens] if stored else [],
        entry_scripts=build.scripts,
        entry_styles=build.styles,
        preloads=[*build.preloads, *filter(None, [build.texts.get(language)]), *ahead],
        **context,
    )
    headers = {"cache-control": "no-store", "content-language": language}
    return Response(body.encode(), status_code=status, media_type="text/html", headers=headers)
