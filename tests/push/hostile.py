"""Forty endpoints that somebody could tell us in the hope that our server knocks there for them."""

from __future__ import annotations

KNOWN = "https://fcm.googleapis.com/fcm/send/x"

BY_FORM = (
    # Inside our network, by name and by number, in every spelling.
    "https://localhost/x",
    "https://intranet/x",
    "https://printer.local/x",
    "https://db.internal/x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://0/x",
    "https://10.0.0.7/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[fd00::1]/x",
    # Public, and nobody's push service.
    "https://attacker.example/x",
    "https://fcm.googleapis.com.attacker.example/x",
    "https://attacker.example/fcm.googleapis.com",
    "https://xpush.apple.com/x",
    "https://notify.windows.com/x",
    "https://8.8.8.8/x",
    # Known names, and yet not them.
    "https://fcm.googleapis.com@attacker.example/x",
    "https://attacker.example\\@fcm.googleapis.com/x",
    "https://me:secret@fcm.googleapis.com/x",
    "https://attacker.example#@fcm.googleapis.com/x",
    "https://fcm.googleapis.com%2eattacker.example/x",
    "https://ｆcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:22/x",
    "http://fcm.googleapis.com/x",
    "ftp://fcm.googleapis.com/x",
    "https://fcm.googleapis.com/x\r\nHost: attacker.example",
)
"""Refused at sight."""

BY_ADDRESS = {
    "https://web.push.apple.com/rebound-loopback": ["127.0.0.1"],
    "https://web.push.apple.com/rebound-private": ["10.1.2.3"],
    "https://web.push.apple.com/rebound-metadata": ["169.254.169.254"],
    "https://web.push.apple.com/rebound-v6": ["::1"],
    "https://web.push.apple.com/rebound-mapped": ["::ffff:192.168.0.1"],
    "https://web.push.apple.com/rebound-nat64": ["64:ff9b::a00:1"],
    "https://web.push.apple.com/one-of-two": ["17.188.143.1", "10.0.0.1"],
    "https://web.push.apple.com/nowhere": [],
}
"""A known name whose answer leads inside: somebody between us and the internet lies, or a name was taken over."""
