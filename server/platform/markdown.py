"""Short Markdown of organisers as safe HTML: no raw HTML, no images, links to https and mailto only."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

SCHEMES: Final = frozenset({"https", "mailto"})


def _link_open(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    token.attrSet("rel", "noopener noreferrer nofollow")
    return str(renderer.renderToken(tokens, index, options, env))  # type: ignore[attr-defined]


def _allowed(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in SCHEMES
    except ValueError:
        return False


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    parser.disable(["image", "html_block", "html_inline"])
    parser.validateLink = _allowed  # type: ignore[method-assign]  # the documented place for one's own check
    parser.add_render_rule("link_open", _link_open)
    return parser


_MARKDOWN: Final = _parser()


@lru_cache(maxsize=256)
def to_html(source: str) -> str:
    """The HTML of `source`; a link elsewhere than https or mailto stays plain text."""
    return str(_MARKDOWN.render(source)).strip()
