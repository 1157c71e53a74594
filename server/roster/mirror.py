"""What OneRoster REST services said, as the files that the same school would have exported: one reader for both. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import IO, Any, Final

from server.roster.model import Problem

Cells = dict[str, Any]
Rows = Mapping[str, Mapping[str, Cells]]
"""Cells by file and sourcedId."""

# What is kept of each collection: the attribute of the service and the column of the file. Nothing else comes in.
_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "orgs": {"name": "name", "type": "type"},
    "academicSessions": {
        "title": "title", "type": "type", "startDate": "startDate", "endDate": "endDate", "parent": "parentSourcedId",
    },
    "courses": {
        "title": "title", "grades": "grades", "subjects": "subjects", "subjectCodes": "subjectCodes", "org": "orgSourcedId",
        "schoolYear": "schoolYearSourcedId",
    },
    "classes": {
        "title": "title", "grades": "grades", "course": "courseSourcedId", "classType": "classType", "school": "schoolSourcedId",
        "terms": "termSourcedIds", "subjects": "subjects", "subjectCodes": "subjectCodes",
    },
    "users": {
        "enabledUser": "enabledUser", "username": "username", "givenName": "givenName", "familyName": "familyName",
        "middleName": "middleName", "email": "email", "agents": "agentSourcedIds", "grades": "grades", "role": "role",
        "preferredFirstName": "preferredGivenName", "preferredLastName": "preferredFamilyName",
        "preferredGivenName": "preferredGivenName", "preferredFamilyName": "preferredFamilyName",
        "primaryOrg": "primaryOrgSourcedId", "orgs": "orgSourcedIds",
    },
    "enrollments": {
        "class": "classSourcedId", "user": "userSourcedId", "school": "schoolSourcedId", "role": "role", "primary": "primary",
        "beginDate": "beginDate", "endDate": "endDate",
    },
}  # fmt: skip
_ROLE: Final = {"role": "role", "org": "orgSourcedId", "beginDate": "beginDate", "endDate": "endDate"}
_ROLES: Final = "roles"


def cells_of(file: str, item: Mapping[str, Any]) -> Cells:
    """The cells of one item. From version 1.2 on a user has a list of roles, which stays a list."""
    cells: Cells = {"status": _text(item.get("status"))}
    for attribute, column in _COLUMNS[file].items():
        if text := _text(item.get(attribute)):
            cells[column] = text
    if file == "users" and isinstance(roles := item.get(_ROLES), list):
        cells[_ROLES] = [
            {column: _text(role.get(name)) for name, column in _ROLE.items()}
            for role in roles
            if isinstance(role, dict)
        ]
    if file == "users" and isinstance(others := item.get("userIds"), list):
        named = [(_text(one.get("type")), _text(one.get("identifier"))) for one in others if isinstance(one, dict)]
        cells["userIds"] = ",".join(f"{{{kind}:{value}}}" for kind, value in named if kind and value)
    return cells


def _text(value: Any) -> str:
    """As it would stand in a cell: a link is the id it leads to, a list its parts with commas between."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict():
            return _text(value.get("sourcedId"))
        case list():
            return ",".join(filter(None, map(_text, value)))
        case _:
            return " ".join(str(value).split())


def together(sources: Iterable[Rows]) -> dict[str, dict[str, Cells]]:
    """What several sources say, as one. What two of them name is taken from the first."""
    found: dict[str, dict[str, Cells]] = {file: {} for file in _COLUMNS}
    for rows in sources:
        for file, by_id in rows.items():
            for sourced_id, cells in by_id.items():
                found[file].setdefault(sourced_id, cells)
    return found


class MirrorArchive:
    """Rows as an archive that the roster reader opens (see archive.py)."""

    def __init__(self, rows: Rows) -> None:
        self.problems: list[Problem] = []
        self._rows = rows
        self._with_roles = any(_ROLES in cells for cells in rows["users"].values())

    def __contains__(self, file: str) -> bool:
        return file in _COLUMNS or file == "manifest" or (file == _ROLES and self._with_roles)

    def name_of(self, file: str) -> str:
        """Collections have no suffix."""
        return file

    def open(self, file: str) -> IO[bytes]:
        """The file, made when it is asked for."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        columns = self._columns(file)
        writer.writerow(columns)
        writer.writerows([cells.get(column, "") for column in columns] for _, cells in self._lines(file))
        return io.BytesIO(out.getvalue().encode())

    def _columns(self, file: str) -> list[str]:
        if file == "manifest":
            return ["propertyName", "value"]
        if file == _ROLES:
            return ["sourcedId", "userSourcedId", *_ROLE.values()]
        return ["sourcedId", "status", *dict.fromkeys(_COLUMNS[file].values())]

    def _lines(self, file: str) -> Iterator[tuple[str, Cells]]:
        """The rows of a file, each with the id by which a person finds it at the service."""
        if file == _ROLES:
            for user, cells in sorted(self._rows["users"].items()):
                for number, role in enumerate(cells.get(_ROLES, ())):
                    yield user, {"sourcedId": f"{user}:{number}", "userSourcedId": user, **role}
        elif file != "manifest":
            for sourced_id, cells in sorted(self._rows[file].items()):
                yield sourced_id, {"sourcedId": sourced_id, **cells}

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The same problems with ids in place of line numbers, which nobody can look up at a service."""
        ids: dict[str, list[str]] = {}
        found = []
        for problem in problems:
            if problem.line is not None and problem.file in self:
                lines = ids.setdefault(problem.file, [one for one, _ in self._lines(problem.file)])
                at = problem.line - 2
                name = f"{problem.file} {lines[at]}" if 0 <= at < len(lines) else problem.file
                problem = replace(problem, file=name, line=None)
            found.append(problem)
        return tuple(found)
