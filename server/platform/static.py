"""The built PWA, read once into memory: hashed files for ever, the rest with an ETag, everything gzipped once."""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response

from server.platform.texts import LANGUAGES

HASHED = "assets/"
MAIN = "src/main.tsx"
SMALLEST_WORTH_GZIP = 600
SCREENS: Final = (
    (r"/rounds", "src/features/rounds/rounds-page.tsx"),
    (r"/rounds/[^/]+/groups/[^/]+", "src/features/rate/rate-page.tsx"),
    (r"/rounds/[^/]+/students/[^/]+", "src/features/report/report-page.tsx"),
    (r"/students", "src/features/students/students-page.tsx"),
    (r"/reports", "src/features/report/my-reports-page.tsx"),
)
"""Screens whose address people open most, with their modules. The app's own table, of all screens, is in pwa/src/app.tsx."""
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class File:
    """One file of the build."""

    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str
    immutable: bool


@dataclass(frozen=True, slots=True)
class Build:
    """All files by path without a leading slash, and what the shell links."""

    files: dict[str, File]
    scripts: list[str]
    styles: list[str]
    preloads: list[str]
    # The texts of the interface, by language.
    texts: dict[str, str]
    # What a screen needs beside that, by the pattern of its address.
    screens: list[tuple[re.Pattern[str], list[str]]]

    def ahead(self, path: str) -> list[str]:
        """Addresses of the scripts and styles that the screen at `path` will ask for as soon as the app has started."""
        return next((files for pattern, files in self.screens if pattern.fullmatch(path)), [])


def build_folder() -> Path:
    """Where the built PWA lies: inside the installed wheel, else in the checkout."""
    packed = Path(__file__).resolve().parent.parent / "pwa_dist"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2] / "pwa" / "dist"


def load(folder: Path) -> Build:
    """Read the build; without one, nothing (the API works all the same).

    Raises:
        json.JSONDecodeError: the build's manifest is damaged.
    """
    files: dict[str, File] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name == "manifest.json" or name.startswith("."):
            continue
        body = path.read_bytes()
        media_type = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        worth = len(body) >= SMALLEST_WORTH_GZIP and not media_type.startswith("image/png")
        files[name] = File(
            body,
            gzip.compress(body, 9, mtime=0) if worth else None,
            f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
            f'"{hashlib.sha256(body).hexdigest()[:20]}"',
            name.startswith(HASHED),
        )
    manifest_file = folder / "manifest.json"
    manifest: dict[str, Any] = json.loads(manifest_file.read_text(encoding="utf-8")) if manifest_file.is_file() else {}
    main = manifest.get(MAIN, {})
    style = manifest.get("src/styles/app.css", {})
    return Build(
        files,
        scripts=[f"/{main['file']}"] if main else [],
        styles=[f"/{style['file']}"] if style else [],
        preloads=[f"/{manifest[name]['file']}" for name in main.get("imports", [])],
        texts={
            language: f"/{manifest[name]['file']}"
            for language in LANGUAGES
            if (name := f"messages/{language}.json") in manifest
        },
        screens=[(re.compile(path), _files_of(manifest, name)) for path, name in SCREENS if name in manifest],
    )


def _files_of(manifest: dict[str, Any], name: str) -> list[str]:
    """Scripts and styles of a module and all that it imports, without what the page links anyway."""
    seen = {MAIN, *manifest.get(MAIN, {}).get("imports", ())}
    waiting, files = [name], []
    while waiting:
        if (one := waiting.pop(0)) in seen:
            continue
        seen.add(one)
        files += [manifest[one]["file"], *manifest[one].get("css", ())]
        waiting += manifest[one].get("imports", ())
    return [f"/{file}" for file in dict.fromkeys(files)]


def answer(request: Request[Any, Any, Any], file: File) -> Response[bytes]:
    """The file, or 304."""
    headers = {
        "etag": file.etag,
        "cache-control": "public, max-age=31536000, immutable" if file.immutable else "no-cache",
        "vary": "accept-encoding",
    }
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=headers)
    zipped = file.zipped is not None and "gzip" in request.headers.get("accept-encoding", "")
    if zipped:
        headers["content-encoding"] = "gzip"
    return Response(file.zipped if zipped and file.zipped else file.body, headers=headers, media_type=file.media_type)
