"""Sign-in with the school's own account: finding the school, the way to the provider and back, and out again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
import redis.asyncio as redis

from server.errors import NotFound
from server.people import service as people
from server.people.device import Device
from server.people.schemas import SchoolCard
from server.platform import clock, db
from server.platform.limits import allow
from server.platform.oidc import Answer, Attempt, Client, Oidc, ProviderTrouble, Untrusted, new_attempt
from server.platform.request import enter
from server.platform.sealing import BrokenSeal, seal, unseal
from server.platform.security import LONG_IDLE, SLUG, inside, session_hash
from server.roster.names import fold
from server.settings import Settings
from server.signin import queries
from server.signin.binding import Provider, person_of, provider_of
from server.signin.errors import NotSignedIn, Why
from server.signin.presets import PRESETS, Details, well_known

log = logging.getLogger("driehoek.signin")
CALLBACK: Final = "/auth/oidc/callback"
ATTEMPT_SECONDS: Final = 600
"""From leaving for the provider until coming back."""
LONGEST_NEXT: Final = 1000
LONGEST_CODE: Final = 4096
SHORTEST_SEARCH: Final = 2
MOST_FOUND: Final = 10

PER_ADDRESS: Final = (6000, 300)
"""Tries and seconds. A whole school of 1,600 sits behind one address, and signs in at the bell."""
PER_ACCOUNT: Final = (20, 600)

FOR_ATTEMPT: Final = "sign-in attempt"
FOR_CLIENT: Final = "client at a provider"
FOR_SIGN_OUT: Final = "signing out at a provider"


class Pending(msgspec.Struct, frozen=True):
    """What this browser carries while it is away at the provider, sealed."""

    school: UUID
    provider: UUID
    state: str
    nonce: str
    verifier: str
    next: str
    device: Device
    at: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to sign in at a school."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """A school with its ways to sign in."""

    slug: str
    name: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser goes, and what it carries meanwhile."""

    address: str
    carried: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody is signed in. `lasting`: the cookie outlives the browser, as the session does."""

    session_id: str
    device: Device
    next: str
    lasting: bool
    slug: str


# ---------------------------------------------------------------------------------------------------- the school


async def school_page(slug: str) -> SchoolPage | None:
    """A school by its short name; None when there is no such school."""
    school = await school_of_slug(slug)
    if school is None:
        return None
    async with db.school_transaction(school.id):
        rows = await queries.providers(school.id, only_enabled=True)
    return SchoolPage(school.slug, school.name, [Choice(row["id"], row["name"]) for row in rows])


async def school_of_slug(slug: str) -> SchoolCard | None:
    """From the directory."""
    return await people.find_school(slug) if SLUG.fullmatch(slug) else None


async def search(typed: str) -> list[SchoolCard]:
    """Schools whose name has what was typed, those that begin with it first; nothing for less than two letters."""
    wanted = fold(typed[:100])
    if len(wanted) < SHORTEST_SEARCH:
        return []
    named = [(fold(one.name), one) for one in await people.known_schools()]
    found = [(name, one) for name, one in named if wanted in name or wanted == fold(one.slug)]
    found.sort(key=lambda each: (not each[0].startswith(wanted), each[0], each[1].slug))
    return [one for _, one in found[:MOST_FOUND]]


async def only_school() -> SchoolCard | None:
    """The school of an installation that has just one."""
    schools = await people.known_schools()
    return schools[0] if len(schools) == 1 else None


async def by_issuer(issuer: str, remembered: str | None) -> tuple[str, UUID] | None:
    """School and provider of a link that names the issuer alone; the remembered school where it is one of several."""
    if not issuer or len(issuer) > LONGEST_NEXT or not issuer.isprintable():
        return None
    async with db.transaction():
        rows = await queries.of_issuer(issuer)
    slugs = {one.id: one.slug for one in await people.known_schools()}
    fitting = [(slugs[row["school_id"]], row["id"]) for row in rows]
    here = [each for each in fitting if each[0] == remembered] or fitting
    return here[0] if len(here) == 1 else None


# ------------------------------------------------------------------------------------------------- there and back


def client_of(settings: Settings, provider: Provider) -> Client:
    """Us, as this provider knows us."""
    secret = None
    if provider.sealed is not None:
        secret = unseal(settings.secret, FOR_CLIENT, provider.sealed, provider.id.bytes).decode()
    return Client(
        issuer=provider.issuer,
        client_id=provider.client_id,
        client_secret=secret,
        redirect_uri=redirect_of(settings, provider),
        discovery=provider.details.discovery or _own_discovery(provider),
    )


def redirect_of(settings: Settings, provider: Provider) -> str:
    """Where a provider sends people back to: one address for all the suppliers that we know, one for each school's own.

    Whoever runs a provider of one school must not be able to pass a browser on to that of another, and get the code of the
    other sent to itself (mix-up). A supplier does no such thing; a provider that a school names itself might.
    """
    common = f"{settings.public_url}{CALLBACK}"
    known = well_known(provider.preset, provider.issuer, provider.details)
    return common if known else f"{common}/{provider.slug}"


def _own_discovery(provider: Provider) -> str:
    """A preset that describes itself elsewhere does so for its own issuer only."""
    preset = PRESETS[provider.preset]
    return preset.discovery if provider.issuer == preset.issuer else ""


def details_of(row: Any) -> Details:
    """The settings of a provider's row."""
    return msgspec.json.decode(row["settings"], type=Details)


async def _provider(school_id: UUID, provider_id: UUID) -> Provider:
    """One that is switched on, in a transaction of its school.

    Raises:
        NotSignedIn: it is not there (any more).
    """
    row = await queries.provider(school_id, provider_id)
    if row is None or not row["enabled"]:
        raise NotSignedIn(Why.START_AGAIN, "no_provider")
    return provider_of(row, details_of(row))


async def begin(
    oidc: Oidc,
    settings: Settings,
    counter: redis.Redis,
    *,
    slug: str,
    provider_id: UUID,
    next_: str,
    on: Device,
    address: str,
    login_hint: str = "",
) -> Leaving:
    """Off to the provider.

    Raises:
        NotSignedIn: no such school or provider, it does not answer, or too many tries from here.
    """
    await _count(counter, "sign-in-start", address, PER_ADDRESS)
    school = await school_of_slug(slug)
    if school is None:
        raise NotSignedIn(Why.NO_SUCH_SCHOOL)
    async with db.school_transaction(school.id):
        provider = await _provider(school.id, provider_id)
    preset, attempt = PRESETS[provider.preset], new_attempt()
    extra = preset.ask(provider.details)
    if login_hint and len(login_hint) <= 200 and login_hint.isprintable():
        extra.setdefault("login_hint", login_hint)
    try:
        there = await oidc.begin(client_of(settings, provider), attempt, preset.scope, extra)
    except ProviderTrouble as trouble:
        raise NotSignedIn(Why.AWAY, trouble.code) from None
    except BrokenSeal:
        raise NotSignedIn(Why.AWAY, "secret_sealed_otherwise") from None
    back = inside(next_)
    pending = Pending(
        school=school.id,
        provider=provider.id,
        state=attempt.state,
        nonce=attempt.nonce,
        verifier=attempt.verifier,
        next=back if len(back) <= LONGEST_NEXT else "/",
        device=on,
        at=int(clock.now().timestamp()),
    )
    sealed = seal(settings.secret, FOR_ATTEMPT, msgspec.json.encode(pending))
    return Leaving(there, base64.urlsafe_b64encode(sealed).rstrip(b"=").decode())


def pending_of(settings: Settings, carried: str | None) -> Pending | None:
    """What the browser carried, if it is ours and not too old."""
    if not carried:
        return None
    try:
        sealed = base64.urlsafe_b64decode(carried + "=" * (-len(carried) % 4))
        pending = msgspec.json.decode(unseal(settings.secret, FOR_ATTEMPT, sealed), type=Pending)
    except (ValueError, msgspec.DecodeError):
        return None
    return pending if 0 <= clock.now().timestamp() - pending.at <= ATTEMPT_SECONDS else None


async def finish(
    oidc: Oidc,
    settings: Settings,
    counter: redis.Redis,
    *,
    pending: Pending | None,
    way: str,
    sent: Mapping[str, str],
    label: str,
    address: str,
) -> Arrived:
    """Back from the provider by the path `way`: believe it, find the person, start a session.

    Raises:
        NotSignedIn: with the reason.
    """
    await _count(counter, "sign-in-back", address, PER_ADDRESS)
    if pending is None:
        raise NotSignedIn(Why.START_AGAIN, "nothing_pending")
    if not hmac.compare_digest(sent.get("state", "").encode(), pending.state.encode()):
        raise NotSignedIn(Why.START_AGAIN, "state")
    async with db.school_transaction(pending.school):
        # Whatever comes of it: what came back for this attempt is looked at once.
        fresh = await queries.use(pending.school, hashlib.sha256(pending.nonce.encode()).digest())
        provider = await _provider(pending.school, pending.provider) if fresh else None
    if provider is None:
        raise NotSignedIn(Why.START_AGAIN, "answered_before")
    if f"{settings.public_url}{way}" != redirect_of(settings, provider):
        raise NotSignedIn(Why.UNTRUSTED, "other_way_back")
    if "error" in sent:
        why = Why.CANCELLED if sent["error"] == "access_denied" else Why.AWAY
        raise NotSignedIn(why, "provider_said_no")
    code = sent.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise NotSignedIn(Why.UNTRUSTED, "no_code")
    attempt = Attempt(pending.state, pending.nonce, pending.verifier)
    answer, claims = await _ask(oidc, settings, provider, attempt, code, sent.get("iss"))
    await _count(counter, "sign-in-account", f"{provider.issuer} {answer.subject}", PER_ACCOUNT)
    async with db.school_transaction(pending.school):
        bound = await person_of(provider, claims, clock.today())
        if bound.person_id is not None:
            return await _start(settings, pending, provider, bound.person_id, answer, label)
    # Only now, so that a clash is there for the admin.
    raise NotSignedIn(bound.why or Why.UNKNOWN)


async def _ask(
    oidc: Oidc, settings: Settings, provider: Provider, attempt: Attempt, code: str, sent_issuer: str | None
) -> tuple[Answer, dict[str, Any]]:
    """The provider's answer, and all its claims. No transaction waits for the network."""
    try:
        client = client_of(settings, provider)
        answer = await oidc.finish(client, attempt, code, sent_issuer)
        if PRESETS[provider.preset].userinfo:
            # What was signed stands above what was asked for afterwards.
            return answer, {**await oidc.userinfo(client, answer), **answer.claims}
    except Untrusted as untrusted:
        raise NotSignedIn(Why.UNTRUSTED, untrusted.code) from None
    except ProviderTrouble as trouble:
        raise NotSignedIn(Why.AWAY, trouble.code) from None
    except BrokenSeal:
        raise NotSignedIn(Why.AWAY, "secret_sealed_otherwise") from None
    return answer, answer.claims


async def _start(
    settings: Settings, pending: Pending, provider: Provider, person_id: UUID, answer: Answer, label: str
) -> Arrived:
    """A session for the person whose account it is, in a transaction of the school."""
    rest = await people.session_rest(provider.school_id, pending.device)
    try:
        session_id = await people.start_session(provider.school_id, person_id, pending.device, idle=rest, label=label)
    except NotFound:
        raise NotSignedIn(Why.ENDED) from None
    hashed = session_hash(session_id)
    sealed = seal(settings.secret, FOR_SIGN_OUT, answer.id_token.encode(), hashed)
    await queries.remember_token(provider.school_id, hashed, provider.id, sealed)
    school = await people.find_school(None, provider.school_id)
    slug = "" if school is None else school.slug
    return Arrived(session_id, pending.device, pending.next, rest >= LONG_IDLE, slug)


async def _count(counter: redis.Redis, name: str, key: str, limit: tuple[int, int]) -> None:
    most, seconds = limit
    if not await allow(counter, name, key, most, seconds):
        raise NotSignedIn(Why.TOO_OFTEN)


# --------------------------------------------------------------------------------------------------------- and out


async def sign_out(oidc: Oidc, settings: Settings, session_id: str) -> str | None:
    """End this session; where the browser goes to sign out at the provider too, where it can."""
    hashed = session_hash(session_id)
    token = provider = None
    async with db.transaction():
        row = await enter(hashed)
        if row is not None:
            token = await queries.take_token(row["school"], hashed)
            if token is not None:
                found = await queries.provider(row["school"], token["provider_id"])
                provider = None if found is None else provider_of(found, details_of(found))
        await people.end_session(session_id)
    if provider is None or token is None:
        return None
    try:
        client = client_of(settings, provider)
        id_token = unseal(settings.secret, FOR_SIGN_OUT, bytes(token["id_token"]), hashed).decode()
    except BrokenSeal:
        return None
    return await oidc.end_session(client, id_token, f"{settings.public_url}/sign-in")
