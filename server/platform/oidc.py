"""OpenID Connect, the relying party's side: the one file that knows authlib and joserfc.

Code flow with PKCE (S256), state and nonce. An answer is believed only when everything about it is exactly right: the issuer,
the audience, the signature by a key that the provider publishes, the time, the nonce. What a provider publishes is kept for an
hour in this process; a key that is not among them is looked for once more, so that providers may change keys at any moment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import msgspec
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, RSAKey

from server.platform import clock
from server.platform.addresses import LOCAL, address_allowed

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by a key of the provider's own. No `none`, and nothing with a shared secret."""
LEEWAY: Final = 60
"""Seconds that clocks may differ."""
OLDEST: Final = 600
"""Seconds after which a token is too old to have been made for this sign-in."""
LAST_SECOND: Final = 2**40
"""Far beyond any date, so that no number is too large to reckon with."""
KEPT: Final = 3600
REFETCH: Final = 30
"""Seconds between two looks for a key that is not there, so that forged tokens make no traffic."""
LARGEST: Final = 256 * 1024
LONGEST_SUBJECT: Final = 255
TIMEOUT: Final = httpx.Timeout(8, connect=4)


class ProviderTrouble(Exception):
    """The provider cannot be used as it is. `code` says which step failed; safe to show and to log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Untrusted(ProviderTrouble):
    """What came back is not what this provider would send us for this sign-in: nobody is signed in by it."""


@dataclass(frozen=True, slots=True)
class Client:
    """Us, as one provider knows us. `discovery`: where its description stands when that is not below the issuer."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    discovery: str = ""

    @property
    def described_at(self) -> str:
        """The address of the provider's description."""
        return self.discovery or f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What of a provider's description we use."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = []
    code_challenge_methods_supported: list[str] = []
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt to sign in is recognised by. All of it is ours and made anew each time."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says, once it is believed."""

    claims: dict[str, Any]
    id_token: str
    access_token: str

    @property
    def subject(self) -> str:
        """Who it is at this issuer, for good."""
        return str(self.claims["sub"])


@dataclass(slots=True)
class _Kept:
    at: float
    value: Any
    looked: float = -inf
    """When it was last looked for although it was there."""


def new_attempt() -> Attempt:
    """Three fresh secrets."""
    return Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


class Oidc:
    """Speaks with providers. One per process; `close` it at the end."""

    def __init__(self, *, public_only: bool, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`public_only`: production, where no address may lead inside. `transport` stands for the network in tests."""
        self._hosts: Collection[str] = () if public_only else LOCAL
        self._transport = transport
        self._http: httpx.AsyncClient | None = None
        self._metadata: dict[str, _Kept] = {}
        self._keys: dict[str, _Kept] = {}

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()

    # ------------------------------------------------------------------------------------------ what it publishes

    async def describe(self, client: Client, *, fresh: bool = False) -> Metadata:
        """The provider's own description, kept for an hour.

        Raises:
            ProviderTrouble: it cannot be had, or is that of another issuer.
        """
        kept = self._metadata.get(client.described_at)
        if kept is None or fresh or monotonic() - kept.at > KEPT:
            body = await self._get(client.described_at, "discovery")
            try:
                kept = _Kept(monotonic(), msgspec.json.decode(body, type=Metadata))
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
                raise ProviderTrouble("discovery_unreadable") from None
            self._check_addresses(kept.value)
            self._metadata[client.described_at] = kept
        metadata: Metadata = kept.value
        if metadata.issuer != client.issuer:
            raise ProviderTrouble("other_issuer")
        return metadata

    def _check_addresses(self, metadata: Metadata) -> None:
        """A description may send the browser and us only where we would go by ourselves."""
        addresses = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri]
        addresses += filter(None, [metadata.userinfo_endpoint, metadata.end_session_endpoint])
        if not all(address_allowed(address, self._hosts) for address in addresses):
            raise ProviderTrouble("address_not_allowed")

    async def keys(self, metadata: Metadata, *, fresh: bool = False) -> list[Key]:
        """The provider's signing keys, kept for an hour; `fresh`: look again, at most once in half a minute.

        Raises:
            ProviderTrouble: they cannot be had, or there are none.
        """
        kept, now = self._keys.get(metadata.jwks_uri), monotonic()
        again = fresh and kept is not None and now - kept.looked > REFETCH
        if kept is None or again or now - kept.at > KEPT:
            if kept is not None:
                # Also when nothing comes of it.
                kept.looked = now
            body = await self._get(metadata.jwks_uri, "keys")
            kept = _Kept(now, _signing_keys(body), now if again else -inf)
            self._keys[metadata.jwks_uri] = kept
        found: list[Key] = kept.value
        return found

    # --------------------------------------------------------------------------------------------------- the flow

    async def begin(self, client: Client, attempt: Attempt, scope: str, extra: Mapping[str, str] | None = None) -> str:
        """Where the browser goes to sign in.

        Raises:
            ProviderTrouble: the provider's description cannot be had.
        """
        metadata = await self.describe(client)
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                client_id=client.client_id,
                response_type="code",
                redirect_uri=client.redirect_uri,
                scope=scope,
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
                **(extra or {}),
            )
        )

    async def finish(self, client: Client, attempt: Attempt, code: str, sent_issuer: str | None) -> Answer:
        """Exchange the code and believe what comes back, or not.

        Raises:
            Untrusted: something about the answer is not exactly right.
            ProviderTrouble: the provider does not answer as it should.
        """
        metadata = await self.describe(client)
        # Which provider answered (RFC 9207): a code of one must never be given to another.
        if sent_issuer is None and metadata.authorization_response_iss_parameter_supported:
            raise Untrusted("iss_missing")
        if sent_issuer is not None and sent_issuer != client.issuer:
            raise Untrusted("iss_other")
        tokens = await self._exchange(client, metadata, attempt, code)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Untrusted("no_id_token")
        claims = await self.believe(client, metadata, id_token, attempt.nonce, access_token)
        return Answer(claims, id_token, access_token)

    async def _exchange(self, client: Client, metadata: Metadata, attempt: Attempt, code: str) -> dict[str, Any]:
        status, answer = await self._token(client, metadata, attempt, code)
        if 400 <= status < 500:
            # The code is wrong, used or too old; or our secret is. Either way nobody is signed in.
            raise Untrusted("code_refused")
        if status != 200:
            raise ProviderTrouble("token_away")
        return _json_object(answer, "token_unreadable")

    async def _token(self, client: Client, metadata: Metadata, attempt: Attempt, code: str) -> tuple[int, bytes]:
        body = urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": client.redirect_uri,
                "code_verifier": attempt.verifier,
            }
        )
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        address, headers, body = _client_auth(client, metadata).prepare("POST", metadata.token_endpoint, headers, body)
        return await self._send("POST", address, "token", content=body, headers=headers)

    async def believe(
        self, client: Client, metadata: Metadata, id_token: str, nonce: str, access_token: str
    ) -> dict[str, Any]:
        """The claims of an ID token that is exactly right.

        Raises:
            Untrusted: it is not.
        """
        try:
            header = jws.extract_compact(id_token.encode()).headers()
        except (JoseError, ValueError, TypeError, KeyError):
            raise Untrusted("token_unreadable") from None
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Untrusted("algorithm")
        key = _choose(await self.keys(metadata), header)
        if key is None:
            key = _choose(await self.keys(metadata, fresh=True), header)
        if key is None:
            raise Untrusted("unknown_key")
        try:
            token = jwt.decode(
                id_token,
                key,
                registry=jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False),
            )
        except (JoseError, ValueError, TypeError):
            raise Untrusted("signature") from None
        if not isinstance(token.claims, dict):
            raise Untrusted("token_unreadable")
        _check_claims(token.claims, client, nonce)
        if "at_hash" in token.claims and token.claims["at_hash"] != _half_hash(algorithm, access_token):
            raise Untrusted("at_hash")
        return token.claims

    async def knows_us(self, client: Client) -> bool | None:
        """Does the provider take our secret? Asked with a code that is none; None where its answer does not say.

        Raises:
            ProviderTrouble: it does not answer.
        """
        metadata = await self.describe(client)
        status, body = await self._token(client, metadata, new_attempt(), "driehoek-asks-whether-the-secret-is-right")
        try:
            error = _json_object(body, "token_unreadable").get("error")
        except ProviderTrouble:
            error = None
        if error == "invalid_grant":
            return True
        return False if status == 401 or error in ("invalid_client", "unauthorized_client") else None

    async def userinfo(self, client: Client, answer: Answer) -> dict[str, Any]:
        """What the provider says about who just signed in.

        Raises:
            Untrusted: it is about somebody else.
            ProviderTrouble: it cannot be had.
        """
        metadata = await self.describe(client)
        if metadata.userinfo_endpoint is None:
            raise ProviderTrouble("no_userinfo")
        headers = {"accept": "application/json", "authorization": f"Bearer {answer.access_token}"}
        status, body = await self._send("GET", metadata.userinfo_endpoint, "userinfo", headers=headers)
        if status != 200:
            raise ProviderTrouble("userinfo_away")
        claims = _json_object(body, "userinfo_unreadable")
        if claims.get("sub") != answer.subject:
            raise Untrusted("other_subject")
        return claims

    async def end_session(self, client: Client, id_token: str, back: str) -> str | None:
        """Where the browser goes to sign out there too; None where the provider has no such place or cannot be asked."""
        try:
            metadata = await self.describe(client)
        except ProviderTrouble:
            return None
        if metadata.end_session_endpoint is None:
            return None
        query = urlencode({"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": client.client_id})
        return f"{metadata.end_session_endpoint}{'&' if '?' in metadata.end_session_endpoint else '?'}{query}"

    # ------------------------------------------------------------------------------------------------ the network

    async def _get(self, address: str, step: str) -> bytes:
        status, body = await self._send("GET", address, step, headers={"accept": "application/json"})
        if status != 200:
            raise ProviderTrouble(f"{step}_away")
        return body

    async def _send(self, method: str, address: str, step: str, **more: Any) -> tuple[int, bytes]:
        if not address_allowed(address, self._hosts):
            raise ProviderTrouble("address_not_allowed")
        if self._http is None:
            # Not before it is needed: reading the certificates of the world takes a while.
            self._http = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, transport=self._transport)
        body = b""
        try:
            async with self._http.stream(method, address, **more) as answer:
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise ProviderTrouble(f"{step}_too_large")
                return answer.status_code, body
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise ProviderTrouble(f"{step}_away") from None


def _client_auth(client: Client, metadata: Metadata) -> Any:
    """How we say who we are: in the body where that is taken, else in the header, with the form encoding RFC 6749 asks for."""
    if client.client_secret is None:
        return ClientAuth(client.client_id, "", "none")
    if "client_secret_post" in metadata.token_endpoint_auth_methods_supported:
        return ClientAuth(client.client_id, client.client_secret, "client_secret_post")
    return ClientAuth(quote(client.client_id, safe=""), quote(client.client_secret, safe=""), "client_secret_basic")


def _json_object(body: bytes, code: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProviderTrouble(code) from None
    if not isinstance(found, dict):
        raise ProviderTrouble(code)
    return found


def _signing_keys(body: bytes) -> list[Key]:
    """Public keys for signatures. One that we cannot read is not one that we could use."""
    listed = _json_object(body, "keys_unreadable").get("keys")
    found: list[Key] = []
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") not in ("RSA", "EC"):
            continue
        try:
            key = JWKRegistry.import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        found.append(key)
    if not found:
        raise ProviderTrouble("no_keys")
    return found


def _choose(keys: list[Key], header: Mapping[str, Any]) -> Key | None:
    """The key that the token names; the only one of its kind where it names none."""
    kind = ECKey if str(header["alg"]).startswith("ES") else RSAKey
    fitting = [key for key in keys if isinstance(key, kind) and key.alg in (None, header["alg"])]
    if "kid" in header:
        return next((key for key in fitting if key.kid == header["kid"]), None)
    return fitting[0] if len(fitting) == 1 else None


def _check_claims(claims: Mapping[str, Any], client: Client, nonce: str) -> None:
    """Whose token, for whom, when, and for which attempt: all exactly."""
    if claims.get("iss") != client.issuer:
        raise Untrusted("issuer")
    if claims.get("aud") not in (client.client_id, [client.client_id]):
        raise Untrusted("audience")
    if claims.get("azp", client.client_id) != client.client_id:
        raise Untrusted("authorized_party")
    now = clock.now().timestamp()
    expires, issued, begins = (_time(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None or ("nbf" in claims and begins is None):
        raise Untrusted("time")
    fresh = now - OLDEST - LEEWAY <= issued <= now + LEEWAY
    if not (fresh and now <= expires + LEEWAY and (begins or 0) <= now + LEEWAY):
        raise Untrusted("time")
    sent = claims.get("nonce")
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), nonce.encode()):
        raise Untrusted("nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise Untrusted("subject")


def _time(value: Any) -> float | None:
    """Seconds since 1970, when it is that."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < LAST_SECOND else None


def _half_hash(algorithm: str, token: str) -> str:
    """The left half of the access token's hash, as OpenID Connect binds the two tokens together."""
    digest = hashlib.new(f"sha{algorithm[-3:]}", token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
