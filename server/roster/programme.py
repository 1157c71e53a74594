"""Which level, year and subject a Dutch class belongs to, as far as its course and title tell."""

from __future__ import annotations

import re

_LEVEL_WORDS = (
    ("vmbo-tl", r"vmbo[ -]?(?:g[ -]?)?t(?:l|hl?)?|mavo|theoretische leerweg"),
    ("vmbo-gl", r"vmbo[ -]?gl|gemengde leerweg"),
    ("vmbo-kb", r"vmbo[ -]?kb?l?|kaderberoeps\w*"),
    ("vmbo-bb", r"vmbo[ -]?bb?l?|basisberoeps\w*"),
    ("vmbo", r"vmbo"),
    ("havo/vwo", r"havo ?[/-] ?vwo|havo ?[/-] ?atheneum"),
    ("havo", r"havo"),
    ("vwo", r"vwo|atheneum\+?|gymnasium"),
    ("praktijkonderwijs", r"praktijkonderwijs|pro"),
    ("isk", r"isk"),
)
_LEVELS = tuple((level, re.compile(rf"(?<![\w]){pattern}(?![a-z])", re.IGNORECASE)) for level, pattern in _LEVEL_WORDS)
_LETTERS = {
    "t": "vmbo-tl", "m": "vmbo-tl", "g": "vwo", "k": "vmbo-kb", "b": "vmbo-bb", "h": "havo", "v": "vwo", "a": "vwo",
    "hv": "havo/vwo", "ha": "havo/vwo", "th": "vmbo-tl/havo", "mh": "vmbo-tl/havo", "tl": "vmbo-tl", "gt": "vmbo-tl",
    "kb": "vmbo-kb", "bb": "vmbo-bb", "kt": "vmbo-kb/tl", "bk": "vmbo-bb/kb", "pro": "praktijkonderwijs", "isk": "isk",
}  # fmt: skip
_TITLE = re.compile(r"^([a-z]{1,3})(\d)(?!\d)|^(\d)([a-z]{1,3})(?![a-z])", re.IGNORECASE)
_GRADE = re.compile(r"\d+")


def level_of(course_title: str, class_title: str) -> str | None:
    """The level in words (`"Engels havo 2"`), else by the letters of the class title (`h2a`, `2h`), else None."""
    for text in (course_title, class_title):
        for level, pattern in _LEVELS:
            if pattern.search(text):
                return level
    match = _TITLE.match(class_title)
    return _LETTERS.get((match[1] or match[4]).casefold()) if match else None


def year_of(grades: tuple[str, ...], class_title: str) -> int | None:
    """The year of the programme, 1 to 6. Several grades in one class: the title decides, else the lowest."""
    years = sorted({int(found[0]) for grade in grades if (found := _GRADE.search(grade))} & set(range(1, 7)))
    if len(years) == 1:
        return years[0]
    match = _TITLE.match(class_title)
    titled = int(match[2] or match[3]) if match else 0
    if titled in years or (not years and 1 <= titled <= 6):
        return titled
    return years[0] if years else None


def subject_from_course(course_title: str) -> str:
    """The course title without level and year: `"Mens & natuur vwo 1"` gives `"Mens & natuur"`."""
    name = course_title
    for _, pattern in _LEVELS:
        name = pattern.sub(" ", name)
    return " ".join(word for word in name.split() if not word.isdigit()).strip(" -/,")
