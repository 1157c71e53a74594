"""Ready-made providers: what each is asked for, which of its claims say who somebody is, and how an account of the right school
is told from one of another. Pure; what to register where stands in docs/sign-in.md.

Several of these providers serve many schools under one issuer. An account of another school may have the same username or
address as somebody here, so each of those has to say which school the account is of, and that must be this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec


class PresetName(StrEnum):
    """The kinds of provider."""

    SOMTODAY = "somtoday"
    MAGISTER = "magister"
    ENTREE = "entree"
    ENTRA = "entra"
    GOOGLE = "google"
    OIDC = "oidc"


class BindBy(StrEnum):
    """What a first sign-in is compared with: a column of the roster."""

    SOURCED_ID = "sourced_id"
    USERNAME = "username"
    ECK_ID = "eck_id"
    EMAIL = "email"


class Details(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a preset asks for beside issuer and client. Which of these it needs stands in `Preset.needs`."""

    tenant: str = ""
    """SOMtoday: the school's UUID. Magister: the school's name there. Entra: the directory's UUID."""
    domain: str = ""
    """Google: the school's domain."""
    organisation: str = ""
    """Entree: the home organisation's identifier, as it comes in `nlEduPersonHomeOrganizationId`."""
    hint: str = ""
    """Entree: the school's name in its school picker, which is skipped with it."""
    claim: str = ""
    """The claim that has the identifier, when it is another one than the preset's."""
    discovery: str = ""
    """Where the provider describes itself, when that is not below the issuer."""


Claims = Mapping[str, Any]
Ask = Callable[[Details], dict[str, str]]
Proof = Callable[[Claims, Details], bool]


def one(claims: Claims, name: str) -> str:
    """A claim as one text. A list of one is that one; a list of more says nothing, and neither does anything else."""
    value = claims.get(name)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value.strip() if isinstance(value, str) and "\0" not in value else ""


def _said(claims: Claims, name: str) -> bool:
    """True only when the provider says exactly yes."""
    return claims.get(name) in (True, "true", "1")


def _same(left: str, right: str) -> bool:
    return bool(left) and left.lower() == right.lower()


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of provider.

    `needs`: details without which it cannot be told whose account it is. `ask`: extra parameters of the request. `ours`: is
    this an account of this school? `claims`: where each identifier stands. `verified`: does somebody vouch for the address? Where
    an account of this school can only have one that the school gave it, always.
    """

    scope: str
    claims: Mapping[BindBy, str]
    issuer: str = ""
    discovery: str = ""
    needs: tuple[str, ...] = ()
    userinfo: bool = False
    ask: Ask = lambda details: {}
    ours: Proof = lambda claims, details: True
    verified: Callable[[Claims], bool] = lambda claims: _said(claims, "email_verified")


def _somtoday_ours(claims: Claims, details: Details) -> bool:
    """The school stands in front of the account in the subject, or in a claim of its own."""
    named = one(claims, "tenant_uuid") or one(claims, "sub").partition("\\")[0]
    return _same(named, details.tenant)


def _magister_ours(claims: Claims, details: Details) -> bool:
    """The answer repeats for which tenant it was given."""
    return f"tenant:{details.tenant}".lower() in one(claims, "acr").lower().split()


def _always(claims: Claims) -> bool:
    """The school itself gave out the addresses of its accounts."""
    return True


_USUAL: Final = {
    BindBy.SOURCED_ID: "sub",
    BindBy.USERNAME: "preferred_username",
    BindBy.ECK_ID: "eckId",
    BindBy.EMAIL: "email",
}

PRESETS: Final[Mapping[PresetName, Preset]] = {
    PresetName.SOMTODAY: Preset(
        scope="openid profile email",
        claims=_USUAL,
        issuer="https://somtoday.nl",
        discovery="https://inloggen.somtoday.nl/.well-known/openid-configuration",
        needs=("tenant",),
        ask=lambda details: {"tenant_uuid": details.tenant},
        ours=_somtoday_ours,
        verified=_always,
    ),
    PresetName.MAGISTER: Preset(
        scope="openid profile email",
        claims=_USUAL,
        issuer="https://accounts.magister.net",
        needs=("tenant",),
        ask=lambda details: {"acr_values": f"tenant:{details.tenant}"},
        ours=_magister_ours,
        verified=_always,
    ),
    PresetName.ENTREE: Preset(
        scope="openid",
        claims={
            BindBy.SOURCED_ID: "nlEduPersonProfileId",
            BindBy.USERNAME: "uid",
            BindBy.ECK_ID: "eckId",
            BindBy.EMAIL: "mail",
        },
        needs=("organisation",),
        userinfo=True,
        ask=lambda details: {"login_hint": details.hint} if details.hint else {},
        ours=lambda claims, details: _same(one(claims, "nlEduPersonHomeOrganizationId"), details.organisation),
        verified=_always,
    ),
    PresetName.ENTRA: Preset(
        scope="openid profile email",
        # `upn` is the directory's own; `preferred_username` and `email` of a guest are what another directory says.
        claims={**_USUAL, BindBy.SOURCED_ID: "employeeid", BindBy.USERNAME: "upn"},
        needs=("tenant",),
        ours=lambda claims, details: _same(one(claims, "tid"), details.tenant),
        verified=lambda claims: claims.get("xms_edov") in (True, 1, "1", "true"),
    ),
    PresetName.GOOGLE: Preset(
        scope="openid profile email",
        claims={**_USUAL, BindBy.USERNAME: "email"},
        issuer="https://accounts.google.com",
        needs=("domain",),
        ask=lambda details: {"hd": details.domain},
        ours=lambda claims, details: _same(one(claims, "hd"), details.domain),
    ),
    PresetName.OIDC: Preset(
        scope="openid profile email",
        claims=_USUAL,
        ask=lambda details: {"login_hint": details.hint} if details.hint else {},
    ),
}


def issuer_of(preset: PresetName, details: Details) -> str:
    """The issuer that goes with a preset; empty where the school has to name it."""
    if preset is PresetName.ENTRA and details.tenant:
        return f"https://login.microsoftonline.com/{details.tenant.lower()}/v2.0"
    return PRESETS[preset].issuer


def well_known(preset: PresetName, issuer: str, details: Details) -> bool:
    """Is this the supplier itself, whom no school's admin could have made up?"""
    return bool(issuer) and issuer == issuer_of(preset, details) and not details.discovery


def identifier(preset: PresetName, bind_by: BindBy, details: Details, claims: Claims) -> str:
    """What the account says that it is called in the roster; empty when it does not say so, or nobody vouches for it."""
    chosen = PRESETS[preset]
    if bind_by is BindBy.EMAIL and not chosen.verified(claims):
        return ""
    name = details.claim or chosen.claims[bind_by]
    # An address is only as good as its verification, under whatever heading it is compared.
    if name in ("email", "mail") and not chosen.verified(claims):
        return ""
    return one(claims, name)
