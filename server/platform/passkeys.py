"""Passkeys: the one file that knows `webauthn`.

A passkey belongs to the host of `DRIEHOEK_PUBLIC_URL` (`localhost` too, which browsers trust without TLS), is asked for with
the person's presence and verification (finger, face, PIN), and answers a challenge of ours from exactly our own origin.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.errors import FieldError, Invalid
from server.settings import Settings

NAME: Final = "Driehoek"
CHALLENGE_BYTES: Final = 32
PATIENCE_MS: Final = 300_000
TRANSPORTS: Final = frozenset(AuthenticatorTransport)


class BadPasskey(Invalid):
    """Damaged, for another site, not verified, signed with another key, unknown: whatever it is, it opens nothing here.

    What was used up to find that out stays used up.
    """

    keeps = True

    def __init__(self) -> None:
        super().__init__(FieldError("/id", "passkey_unknown"))


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey as far as a browser has to know it."""

    credential_id: bytes
    transports: Sequence[str]


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey was shown; its counter stands here now."""

    sign_count: int
    backed_up: bool


def make_options(
    settings: Settings, challenge: bytes, handle: bytes, name: str, display_name: str, known: Sequence[Known]
) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked, as JSON. `handle` is what the passkey calls its person; no name is in it."""
    options = generate_registration_options(
        rp_id=_host(settings),
        rp_name=NAME,
        user_id=handle,
        user_name=name,
        user_display_name=display_name,
        challenge=challenge,
        timeout=PATIENCE_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json_dict(options)


def show_options(settings: Settings, challenge: bytes, known: Sequence[Known] = ()) -> dict[str, Any]:
    """What `navigator.credentials.get` is asked, as JSON: one of the `known`, or any that the person picks."""
    options = generate_authentication_options(
        rp_id=_host(settings),
        challenge=challenge,
        timeout=PATIENCE_MS,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def decoded(text: str) -> bytes:
    """Base64url without padding, as browsers' answers travel.

    Raises:
        BadPasskey: it is not.
    """
    try:
        return base64url_to_bytes(text)
    except ValueError:
        raise BadPasskey from None


def challenge_of(client_data: bytes) -> bytes:
    """Which challenge an answer says it is for. Nothing is believed of it yet.

    Raises:
        BadPasskey: it names none.
    """
    try:
        told = json.loads(client_data)
        if told.get("crossOrigin") is True:
            raise BadPasskey
        return decoded(told["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadPasskey from None


def check_made(settings: Settings, challenge: bytes, credential: str, client_data: bytes, attestation: bytes) -> Made:
    """A new passkey, when all of it is right.

    Raises:
        BadPasskey: it is not.
    """
    answer = RegistrationCredential(
        id=credential,
        raw_id=decoded(credential),
        response=AuthenticatorAttestationResponse(client_data_json=client_data, attestation_object=attestation),
    )
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=settings.public_url,
            require_user_verification=True,
        )
    except Exception:
        # Its parsers answer nonsense with errors of many kinds; whatever it is, it is no passkey.
        raise BadPasskey from None
    return Made(found.credential_id, found.credential_public_key, found.sign_count, found.credential_backed_up)


def check_shown(
    settings: Settings,
    challenge: bytes,
    credential: str,
    client_data: bytes,
    authenticator_data: bytes,
    signature: bytes,
    *,
    public_key: bytes,
    sign_count: int,
) -> Shown:
    """The counter of a passkey that was shown, when all of it is right: also a counter that went back is not.

    Raises:
        BadPasskey: it is not.
    """
    answer = AuthenticationCredential(
        id=credential,
        raw_id=decoded(credential),
        response=AuthenticatorAssertionResponse(
            client_data_json=client_data, authenticator_data=authenticator_data, signature=signature
        ),
    )
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=settings.public_url,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception:
        # As above.
        raise BadPasskey from None
    return Shown(found.new_sign_count, found.credential_backed_up)


def known_transports(told: Sequence[str]) -> list[str]:
    """Those of them that exist: a hint for the browser, nothing more."""
    return [one.value for one in sorted(TRANSPORTS) if one.value in told]


def _described(known: Sequence[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id, transports=[AuthenticatorTransport(name) for name in one.transports]
        )
        for one in known
    ]


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"
