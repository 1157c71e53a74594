"""Settings: read from the environment alone, and strict in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Mode, Refused, load

PRODUCTION = {
    "DRIEHOEK_MODE": "production",
    "DRIEHOEK_PUBLIC_URL": "https://feedback.school.example",
    "DRIEHOEK_SECRET": "s3cr3t-of-this-school-and-no-other-one",
    "DRIEHOEK_DATABASE_URL": "postgresql://driehoek_app:pw@db/driehoek",
    "DRIEHOEK_SMTP_FROM": "driehoek@school.example",
}


def test_nothing_set_means_a_demo_on_this_machine() -> None:
    settings = load({})
    assert settings.mode is Mode.DEMO
    assert settings.public_url == "http://localhost:8000"
    assert settings.demo_sign_in
    assert not settings.secure
    assert settings.data == Path(".driehoek")


def test_the_port_is_part_of_the_address() -> None:
    assert load({"DRIEHOEK_PORT": "8123"}).public_url == "http://localhost:8123"


def test_an_empty_variable_is_an_unset_one() -> None:
    assert load({"DRIEHOEK_PORT": "", "DRIEHOEK_MODE": " "}) == load({})


def test_production_starts_with_proper_settings() -> None:
    settings = load(PRODUCTION)
    assert settings.secure
    assert not settings.demo_sign_in
    assert settings.smtp.tls == "starttls"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"DRIEHOEK_DEMO_SIGN_IN": "1"}, "Demo sign-in lets anybody be anybody"),
        ({"DRIEHOEK_SECRET": ""}, "DRIEHOEK_SECRET must be a secret of your own"),
        ({"DRIEHOEK_SECRET": "changeme"}, "DRIEHOEK_SECRET must be a secret of your own"),
        ({"DRIEHOEK_SECRET": "x" * 64}, "DRIEHOEK_SECRET is too easy to guess"),
        ({"DRIEHOEK_PUBLIC_URL": "http://feedback.school.example"}, "DRIEHOEK_PUBLIC_URL is plain http"),
        ({"DRIEHOEK_PUBLIC_URL": ""}, "DRIEHOEK_PUBLIC_URL is missing"),
        ({"DRIEHOEK_PUBLIC_URL": "https://school.example/feedback"}, "DRIEHOEK_PUBLIC_URL must look like"),
        ({"DRIEHOEK_DATABASE_URL": ""}, "DRIEHOEK_DATABASE_URL is missing"),
        ({"DRIEHOEK_DATABASE_URL": "postgresql://postgres:pw@db/driehoek"}, "names a superuser"),
        ({"DRIEHOEK_SMTP_FROM": ""}, "DRIEHOEK_SMTP_FROM is missing"),
        ({"DRIEHOEK_PORT": "70000"}, "DRIEHOEK_PORT must be a whole number from 0 to 65535"),
        ({"DRIEHOEK_SMTP_TLS": "perhaps"}, "DRIEHOEK_SMTP_TLS must be one of none, starttls, tls"),
        ({"DRIEHOEK_ALLOW_PLAIN_HTTP": "maybe"}, "DRIEHOEK_ALLOW_PLAIN_HTTP must be 1 or 0"),
    ],
)
def test_production_refuses(change: dict[str, str], line: str) -> None:
    with pytest.raises(Refused) as refused:
        load({**PRODUCTION, **change})
    assert len(refused.value.problems) == 1
    assert line in refused.value.problems[0]


def test_plain_http_needs_an_explicit_flag() -> None:
    plain = {**PRODUCTION, "DRIEHOEK_PUBLIC_URL": "http://10.0.0.5:8000", "DRIEHOEK_ALLOW_PLAIN_HTTP": "1"}
    assert not load(plain).secure


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        load({"DRIEHOEK_MODE": "production", "DRIEHOEK_DEMO_SIGN_IN": "1", "DRIEHOEK_PORT": "many"})
    told = "\n".join(refused.value.problems)
    for name in ("PORT", "DEMO_SIGN_IN", "SECRET", "PUBLIC_URL", "DATABASE_URL", "SMTP_FROM"):
        assert f"DRIEHOEK_{name}" in told


def test_a_refusal_never_repeats_a_secret() -> None:
    with pytest.raises(Refused) as refused:
        load({**PRODUCTION, "DRIEHOEK_SECRET": "short-canary", "DRIEHOEK_DATABASE_URL": "mysql://a:canary@db/x"})
    assert "canary" not in str(refused.value)
