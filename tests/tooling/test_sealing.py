"""Secrets sealed in the database open only under what they were sealed with."""

from __future__ import annotations

import pytest

from server.platform.sealing import BrokenSeal, seal, unseal

SECRET = "a secret of this installation, long enough"


def test_what_was_sealed_comes_back_and_never_looks_the_same() -> None:
    one, two = (seal(SECRET, "roster", b"geheim", b"row 1") for _ in range(2))

    assert unseal(SECRET, "roster", one, b"row 1") == unseal(SECRET, "roster", two, b"row 1") == b"geheim"
    assert one != two
    assert b"geheim" not in one


@pytest.mark.parametrize(
    ("secret", "purpose", "bound"),
    [("another" * 8, "roster", b"row 1"), (SECRET, "sign-in", b"row 1"), (SECRET, "roster", b"row 2")],
)
def test_another_secret_purpose_or_row_opens_nothing(secret: str, purpose: str, bound: bytes) -> None:
    with pytest.raises(BrokenSeal):
        unseal(secret, purpose, seal(SECRET, "roster", b"geheim", b"row 1"), bound)


@pytest.mark.parametrize("spoil", [b"", b"\x01", b"\x02" * 60, b"\x01" + b"\x00" * 60])
def test_what_is_damaged_opens_nothing(spoil: bytes) -> None:
    with pytest.raises(BrokenSeal):
        unseal(SECRET, "roster", spoil, b"row 1")
