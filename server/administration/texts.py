"""Short texts that an admin types: taken as meant, or refused at their field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.errors import FieldError

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def tidy(text: str) -> str:
    """Without spaces around it, and one between two words."""
    return " ".join(text.split())


def name_errors(pointer: str, text: str) -> Iterator[FieldError]:
    """A name has letters, and nothing that cannot be seen."""
    if not text:
        yield FieldError(pointer, "required")
    elif not all(char.isprintable() for char in text):
        yield FieldError(pointer, "bad_character")


def email_errors(pointer: str, text: str) -> Iterator[FieldError]:
    """Empty, or something that looks like an address."""
    if text and not (_EMAIL.fullmatch(text) and all(char.isprintable() for char in text)):
        yield FieldError(pointer, "bad_email")
