"""Names the Dutch way: `Zoë van den Berg`, in lists `Berg, Zoë van den`, initials `ZB`."""

from __future__ import annotations


def full_name(given: str, particle: str, family: str) -> str:
    """As one says it. A particle that ends in an apostrophe clings to the name (`Anne d'Hondt`)."""
    return " ".join(part for part in (given, _joined(particle, family)) if part)


def list_name(given: str, particle: str, family: str) -> str:
    """As it stands in a class list: family name first, without its particle."""
    rest = " ".join(part for part in (given, particle) if part)
    return f"{family}, {rest}" if rest else family


def initials(given: str, family: str) -> str:
    """First letters of given and family name; the particle does not count."""
    return "".join(_first_letter(part) for part in (given, family))


def _joined(particle: str, family: str) -> str:
    if not particle:
        return family
    return particle + family if particle.endswith(("'", "’")) else f"{particle} {family}"


def _first_letter(word: str) -> str:
    letters = word.lstrip("'’`-. ")
    if letters[:2].casefold() == "ij" and letters[:2] in ("IJ", "Ij"):
        return "IJ"
    return letters[:1].upper()
