"""Dutch names: where the family name starts, and the key that puts people in the order of a Dutch class list."""

from __future__ import annotations

import re
import unicodedata

_WORDS = (
    "aan af am an auf aus bei bij boven da dal dalla dalle de degli dei del della den der des di do don dos du el "
    "het im in la las le les lo los of onder op over te ten ter tho thoe thor to toe tot uijt uit van vanden vander "
    "vom von voor vor zu zum zur 'm 'n 's 't d' l'"
)
_PARTICLES = frozenset(_WORDS.split())
_APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʼ`´′", "'"))
_GLUED = re.compile(r"^([dl]['‘’ʼ`´])(\w.*)$", re.DOTALL)
# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n", "ħ": "h", "ə": "e"}
)
_NOISE = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[\s_-]+")


def _is_particle(word: str) -> bool:
    return word.translate(_APOSTROPHES).casefold() in _PARTICLES


def split_particle(family_name: str, middle_name: str = "") -> tuple[str, str]:
    """Take the particle off a family name: `"van den Berg"` gives `("van den", "Berg")`.

    Understands it in front, behind a comma (`"Berg, van den"`) or, as many administrations export it, in the middle
    name. A middle name that is a real name is no particle and is left out. The family name is never emptied: someone
    called `"De"` stays so.
    """
    family = " ".join(family_name.split())
    if "," in family:
        front, _, back = (part.strip() for part in family.partition(","))
        if front and back and all(_is_particle(word) for word in back.split()):
            return " ".join(back.split()), front
    words = family.split()
    taken: list[str] = []
    while len(words) > 1 and _is_particle(words[0]):
        taken.append(words.pop(0))
    if words and (glued := _GLUED.match(words[0])):
        taken.append(glued[1])
        words[0] = glued[2]
    middle = middle_name.strip(" ,").split()
    if not taken and middle and all(_is_particle(word) for word in middle):
        taken = middle
    return " ".join(taken), " ".join(words)


def fold(text: str) -> str:
    """Lower case without accents, apostrophes and hyphens, the `ij` letter as two: what one would type to find it."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char)).translate(_LETTERS)
    return _GAPS.sub(" ", _NOISE.sub("", plain)).strip()


def sort_key(family_name: str, given_name: str) -> str:
    """Order on the family name without its particle, then on the given name.

    Two spaces part them, so that everyone called Meer comes before the first Meer-Dam. Meant for bytewise comparison.
    """
    return f"{fold(family_name)}  {fold(given_name)}"
