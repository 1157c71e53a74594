"""How `press.py` and the process of `pdf.py` speak with each other, over its standard input and output."""

from __future__ import annotations

import struct
from typing import Final

HEAD: Final = struct.Struct(">II")
"""Lengths of what is asked (JSON) and of the bytes that go with it."""
ANSWER: Final = struct.Struct(">cI")
"""What follows, and its length."""
PART: Final = b"p"
DONE: Final = b"."
FAILED: Final = b"!"
"""The kind of error follows."""
