"""Whether a colour can be read: contrast as WCAG 2.2 computes it, and the nearest shade that passes. Pure."""

from __future__ import annotations

import colorsys
import re
from typing import Final, Literal

Look = Literal["light", "dark"]
COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
ENOUGH: Final = 4.5
SURFACES: Final[dict[Look, tuple[str, ...]]] = {
    "light": ("#faf9f5", "#ffffff", "#f1f0ea"),
    "dark": ("#12161c", "#1b2129", "#232a33", "#0c1a1e"),
}
"""What the colour is read on, and what is read on it: `--paper`, `--card`, `--wash`, `--on-accent` of pwa/src/styles/tokens.css."""
_STEPS: Final = 400


def contrast(one: str, other: str) -> float:
    """Between 1 and 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def worst(colour: str, look: Look) -> float:
    """The contrast on the surface of this look on which the colour is read worst."""
    return min(contrast(colour, surface) for surface in SURFACES[look])


def nearest(colour: str, look: Look) -> str:
    """The shade of the same hue that passes and whose lightness is nearest."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    steps = sorted((step / _STEPS for step in range(_STEPS + 1)), key=lambda level: abs(level - lightness))
    shades = (_hex(*colorsys.hls_to_rgb(hue, level, saturation)) for level in steps)
    # Black and white are among them, and one of the two always passes.
    return next(shade for shade in (colour, *shades) if worst(shade, look) >= ENOUGH)


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in (red, green, blue))


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
