"""Server-side texts (problems, mails, sign-in page) from `server/messages/{nl,en}.json`, Dutch first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("nl", "en")
FOLDER = Path(__file__).resolve().parent.parent / "messages"


@cache
def messages(language: str) -> dict[str, str]:
    """All messages of one language, keys joined with dots."""

    def flat(tree: Mapping[str, object], at: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in tree.items():
            if isinstance(value, dict):
                found |= flat(value, f"{at}{key}.")
            else:
                found[at + key] = str(value)
        return found

    return flat(json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")), "")


def text(language: str, key: str, **params: object) -> str:
    """The message with its parameters filled in.

    Raises:
        KeyError: no such message (a test keeps both files complete).
    """
    message = messages(language)[key]
    return message.format_map({name: str(value) for name, value in params.items()}) if params else message


def counted(language: str, key: str, n: int | None, **params: object) -> str:
    """The message about `n` things; for one thing `<key>_one`, where there is such a message.

    Raises:
        KeyError: no such message.
    """
    one = f"{key}_one"
    return text(language, one if n == 1 and one in messages(language) else key, n=n, **params)


def language_of(accept_language: str | None, preferred: str | None = None) -> str:
    """The best of our languages: the person's own choice, else the browser's first match, else Dutch."""
    if preferred in LANGUAGES:
        return preferred
    for part in (accept_language or "").split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
