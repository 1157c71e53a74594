"""Tables of people (see migrations/sql/0001_school.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Boolean, Bytea, Date, SmallInt, Text, Timestamptz
from piccolo.table import Table


class School(Table, tablename="school"):
    """The tenant."""

    id = UUID(primary_key=True)
    slug = Text()
    name = Text()
    time_zone = Text()
    created_at = Timestamptz()


class SchoolSettings(Table, tablename="school_settings"):
    """What a school decides for everybody."""

    id = UUID(primary_key=True)
    school_id = UUID()
    guardians_admitted = Boolean()
    consent_at_16 = Boolean()
    required = Text()
    long_sessions = Boolean()
    retention_years = SmallInt()
    languages = Array(base_column=Text())
    accent_light = Text(null=True)
    accent_dark = Text(null=True)
    quiet_hours = Boolean()


class DeviceSecret(Table, tablename="device_secret"):
    """What a person's own devices seal their copies with."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    secret = Bytea()
    created_at = Timestamptz()


class Person(Table, tablename="person"):
    """Anyone of a school: student, teacher, guardian, staff."""

    id = UUID(primary_key=True)
    school_id = UUID()
    sourced_id = Text()
    given_name = Text()
    particle = Text()
    family_name = Text()
    sort_key = Text()
    username = Text()
    email = Text()
    enabled = Boolean()
    left_on = Date(null=True)
    grade = Text()
    birth_date = Date(null=True)
    adult_flag = Boolean()
    consents_report = Boolean()
    consents_plan = Boolean()
    locale = Text()
    theme = Text()
    created_at = Timestamptz()
    updated_at = Timestamptz()
    source = Text()
    disabled_at = Timestamptz(null=True)
    eck_id = Text()
    merged_into = UUID(null=True)
    erased_at = Timestamptz(null=True)


class SetAside(Table, tablename="set_aside"):
    """Somebody whom the roster calls teacher of a group, and who is not, says the school."""

    id = UUID(primary_key=True)
    school_id = UUID()
    group_id = UUID()
    person_id = UUID()
    at = Timestamptz()


class SchoolLogo(Table, tablename="school_logo"):
    """The picture of a school."""

    id = UUID(primary_key=True)
    school_id = UUID()
    media_type = Text()
    body = Bytea()
    digest = Text()
