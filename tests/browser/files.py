"""Rosters that an admin's browser uploads: the demo school, changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from zipfile import ZipFile

from tests.browser.site import ROOT

DEMO = ROOT / "server" / "demo" / "school.zip"
Rows = list[dict[str, str]]


def changed(change: Callable[[dict[str, Rows]], None], headers: dict[str, str] | None = None) -> bytes:
    """The demo school as a zip after `change` of its rows by file; `headers` spells columns otherwise, by their right name."""
    with ZipFile(DEMO) as demo:
        files = {name: demo.read(name).decode("utf-8-sig") for name in demo.namelist()}
    columns = {name: next(csv.reader(io.StringIO(text))) for name, text in files.items()}
    rows = {name: list(csv.DictReader(io.StringIO(text))) for name, text in files.items()}
    change(rows)
    packed = io.BytesIO()
    with ZipFile(packed, "w") as made:
        for name, header in columns.items():
            out = io.StringIO()
            writer = csv.writer(out)
            writer.writerow([(headers or {}).get(column, column) for column in header])
            writer.writerows([[row[column] for column in header] for row in rows[name]])
            made.writestr(name, out.getvalue())
    return packed.getvalue()


def drop(rows: dict[str, Rows], gone: set[str]) -> None:
    """Leave people out everywhere."""
    rows["users.csv"] = [row for row in rows["users.csv"] if row["sourcedId"] not in gone]
    for name in ("roles.csv", "enrollments.csv"):
        rows[name] = [row for row in rows[name] if row["userSourcedId"] not in gone]
    for row in rows["users.csv"]:
        row["agentSourcedIds"] = ",".join(one for one in row["agentSourcedIds"].split(",") if one not in gone)


def of_role(rows: dict[str, Rows], role: str) -> list[str]:
    """The ids of those who have this role."""
    return [row["userSourcedId"] for row in rows["roles.csv"] if row["role"] == role]


def without(count: int) -> bytes:
    """The demo school without so many of its students."""
    return changed(lambda rows: drop(rows, set(of_role(rows, "student")[:count])))


def another_school() -> bytes:
    """Sixty students and the admin gone, one new, one ECK iD, one column misspelled."""

    def change(rows: dict[str, Rows]) -> None:
        gone = {
            *of_role(rows, "student")[:60],
            *of_role(rows, "siteAdministrator"),
            *of_role(rows, "systemAdministrator"),
        }
        drop(rows, gone)
        left = next(row for row in rows["users.csv"] if row["sourcedId"] in of_role(rows, "student"))
        left["userIds"] = "{eckId:https://ketenid.nl/201703/1}"
        rows["users.csv"].append(
            {**left, "sourcedId": "new", "username": "new", "givenName": "Nieuw", "agentSourcedIds": ""}
        )
        role = next(row for row in rows["roles.csv"] if row["userSourcedId"] == left["sourcedId"])
        rows["roles.csv"].append({**role, "sourcedId": "new", "userSourcedId": "new"})

    return changed(change, {"givenName": "First Name"})
