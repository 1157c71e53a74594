"""Small OneRoster zips for tests, written row by row so that a test can spoil exactly one thing."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path

HEADERS: dict[str, str] = {
    "academicSessions": "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear",
    "orgs": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "courses": "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId subjects "
    "subjectCodes",
    "classes": "sourcedId status dateLastModified title grades courseSourcedId classCode classType location "
    "schoolSourcedId termSourcedIds subjects subjectCodes periods",
    "users": "sourcedId status dateLastModified enabledUser username userIds givenName familyName middleName "
    "identifier email sms phone agentSourcedIds grades password userMasterIdentifier preferredGivenName "
    "preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns",
    "roles": "sourcedId status dateLastModified userSourcedId roleType role beginDate endDate orgSourcedId "
    "userProfileSourcedId",
    "enrollments": "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary "
    "beginDate endDate",
}
USERS_1_1 = (
    "sourcedId status dateLastModified enabledUser orgSourcedIds role username userIds givenName familyName middleName "
    "identifier email sms phone agentSourcedIds grades password"
)
Row = dict[str, str]


def same(columns: str) -> dict[str, str]:
    """Columns spelled as the standard does."""
    return {column: column for column in columns.split()}


class Zip:
    """Rows per file, to be changed by a test and then written. `headers` says how the file spells each column."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {file: [] for file in HEADERS}
        self.headers: dict[str, dict[str, str]] = {file: same(columns) for file, columns in HEADERS.items()}
        self.names: dict[str, str] = {file: f"{file}.csv" for file in HEADERS}
        self.manifest: dict[str, str] = {"manifest.version": "1.0", "oneroster.version": "1.2"}
        self.manifest |= {f"file.{file}": "bulk" for file in HEADERS}
        self.extra: dict[str, bytes] = {}
        self.replaced: dict[str, bytes] = {}
        """Bytes to write instead of a file's rows."""
        self.delimiter = ","
        self.line_end = "\r\n"
        self.bom = False

    def copy(self) -> Zip:
        """The same again, to be changed on its own."""
        return deepcopy(self)

    def add(self, file: str, **values: str) -> Row:
        """Add one row and return it."""
        row = {"status": "active", **values}
        self.rows[file].append(row)
        return row

    def row(self, file: str, sourced_id: str) -> Row:
        """The row with this id."""
        return next(row for row in self.rows[file] if row["sourcedId"] == sourced_id)

    def drop(self, file: str, *sourced_ids: str) -> None:
        """Leave rows out, as an export does with what is no longer there."""
        self.rows[file] = [row for row in self.rows[file] if row["sourcedId"] not in sourced_ids]

    def drop_person(self, sourced_id: str) -> None:
        """Leave a person out everywhere."""
        self.drop("users", sourced_id)
        for file in ("roles", "enrollments"):
            self.rows[file] = [row for row in self.rows[file] if row["userSourcedId"] != sourced_id]

    def person(self, sourced_id: str, role: str, given: str, family: str, **values: str) -> str:
        """Add a person with one role."""
        columns = {"enabledUser": "true", "username": sourced_id, "email": f"{sourced_id}@school.example", **values}
        self.add(
            "users", sourcedId=sourced_id, givenName=given, familyName=family, primaryOrgSourcedId="org", **columns
        )
        self.add("roles", sourcedId=f"r-{sourced_id}", userSourcedId=sourced_id, role=role, orgSourcedId="org")
        return sourced_id

    def group(
        self, sourced_id: str, kind: str, subject: str = "", name: str = "", course: str = "Mentoruur havo 2"
    ) -> str:
        """Add a class with a course of its own."""
        self.add("courses", sourcedId=f"crs-{sourced_id}", title=course, orgSourcedId="org", schoolYearSourcedId="year")
        self.add(
            "classes",
            sourcedId=sourced_id,
            title=sourced_id,
            grades="02",
            courseSourcedId=f"crs-{sourced_id}",
            classType=kind,
            schoolSourcedId="org",
            termSourcedIds="term",
            subjects=name,
            subjectCodes=subject,
        )
        return sourced_id

    def enrol(self, group: str, person: str, role: str = "student", **values: str) -> str:
        """Put a person in a group."""
        sourced_id = f"e-{group}-{person}"
        self.add(
            "enrollments",
            sourcedId=sourced_id,
            classSourcedId=group,
            schoolSourcedId="org",
            userSourcedId=person,
            role=role,
            **values,
        )
        return sourced_id

    def to_1_1(self) -> Zip:
        """The same school in the older form: roles stand in users.csv, there is no roles.csv."""
        older = self.copy()
        roles = {row["userSourcedId"]: row["role"] for row in older.rows.pop("roles")}
        older.headers["users"] = same(USERS_1_1)
        for row in older.rows["users"]:
            row["role"] = roles.get(row["sourcedId"], "")
            row["orgSourcedIds"] = row.pop("primaryOrgSourcedId", "")
        older.manifest |= {"oneroster.version": "1.1", "file.roles": "absent"}
        return older

    def text(self, header: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> bytes:
        """One CSV file."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow(header.values())
        writer.writerows([row.get(column, "") for column in header] for row in rows)
        return out.getvalue().encode("utf-8-sig" if self.bom else "utf-8")

    def write(self, path: Path) -> Path:
        """Write the zip and return its path."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            if self.manifest:
                rows = [{"propertyName": name, "value": value} for name, value in self.manifest.items()]
                zipped.writestr("manifest.csv", self.text(same("propertyName value"), rows))
            for file, rows in self.rows.items():
                data = self.replaced.get(file)
                zipped.writestr(self.names[file], self.text(self.headers[file], rows) if data is None else data)
            for name, data in self.extra.items():
                zipped.writestr(name, data)
        return path


def small_school() -> Zip:
    """Two home groups, three teaching groups, two teachers who are mentors, four students, two guardians, an admin."""
    school = Zip()
    school.add(
        "academicSessions",
        sourcedId="year",
        title="2026-2027",
        type="schoolYear",
        startDate="2026-08-01",
        endDate="2027-07-31",
    )
    school.add(
        "academicSessions",
        sourcedId="term",
        title="Schooljaar",
        type="term",
        startDate="2026-08-24",
        endDate="2027-07-09",
        parentSourcedId="year",
    )
    school.add("orgs", sourcedId="org", name="Testcollege", type="school")
    school.group("h2a", "homeroom")
    school.group("h2b", "homeroom")
    school.group("h2a.netl", "scheduled", "netl", "Nederlands", "Nederlands havo 2")
    school.group("h2a.wi", "scheduled", "wi", "Wiskunde", "Wiskunde havo 2")
    school.group("h2b.netl", "scheduled", "netl", "Nederlands", "Nederlands havo 2")
    school.person("admin", "siteAdministrator", "Ada", "Beheer")
    school.person("t1", "teacher", "Wim", "de Wit")
    school.person("t2", "teacher", "Özlem", "Yılmaz")
    school.person("g1", "parent", "Rob", "van den Berg")
    school.person("g2", "guardian", "Ria", "Jansen")
    school.person("s1", "student", "Zoë", "van den Berg", grades="02", agentSourcedIds="g1,g2")
    school.person("s2", "student", "Sara", "de Vries", grades="02", agentSourcedIds="g2")
    school.person("s3", "student", "Noor", "IJzerman", grades="02")
    school.person("s4", "student", "Jan", "Jansen", grades="02")
    school.enrol("h2a", "t1", "teacher", primary="true")
    school.enrol("h2b", "t2", "teacher", primary="true")
    school.enrol("h2a.netl", "t1", "teacher", primary="true")
    school.enrol("h2a.wi", "t2", "teacher", primary="true")
    school.enrol("h2b.netl", "t1", "teacher", primary="true")
    school.enrol("h2b.netl", "t2", "teacher", primary="false")
    for student, home in (("s1", "h2a"), ("s2", "h2a"), ("s3", "h2b"), ("s4", "h2b")):
        school.enrol(home, student)
        school.enrol(f"{home}.netl", student)
    school.enrol("h2a.wi", "s1")
    school.enrol("h2a.wi", "s2", beginDate="2026-10-05")
    return school
