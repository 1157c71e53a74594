"""The page around the app: what it asks for ahead, and what of it stays on the device."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from server.platform import static
from tests.factories import World

MANIFEST = {
    "src/main.tsx": {"file": "assets/main-1.js", "imports": ["_base.js"]},
    "_base.js": {"file": "assets/base-1.js"},
    "_parts.js": {"file": "assets/parts-1.js", "imports": ["_base.js"], "css": ["assets/parts-1.css"]},
    "src/features/rate/rate-page.tsx": {
        "file": "assets/rate-1.js",
        "imports": ["src/main.tsx", "_parts.js"],
        "dynamicImports": ["src/features/rate/list-view.tsx"],
        "css": ["assets/rate-1.css"],
    },
    "src/features/rate/list-view.tsx": {"file": "assets/list-1.js"},
}


@pytest.fixture
def build(tmp_path: Path) -> static.Build:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    return static.load(tmp_path)


def test_what_a_screen_needs_is_known_by_its_address(build: static.Build) -> None:
    assert build.ahead("/rounds/1/groups/2") == [
        "/assets/rate-1.js",
        "/assets/rate-1.css",
        "/assets/parts-1.js",
        "/assets/parts-1.css",
    ]


@pytest.mark.parametrize("path", ["/", "/more", "/rounds", "/rounds/1/groups/2/3"])
def test_an_address_that_is_not_in_the_build_needs_nothing_ahead(build: static.Build, path: str) -> None:
    assert build.ahead(path) == []


def test_every_screen_that_is_asked_for_ahead_is_in_the_apps_own_table() -> None:
    table = (Path(__file__).parents[2] / "pwa" / "src" / "app.tsx").read_text()
    known = {
        (re.sub(r":\w+", "[^/]+", path), f"src/{module}.tsx")
        for path, module in re.findall(r"path: '([^']+)',\s+load: \(\) => import\('\./([^']+)'\)", table)
    }
    assert set(static.SCREENS) <= known


async def test_a_visit_asks_for_who_is_here_at_once(world: World) -> None:
    page = (await (await world.as_(world.mentor)).get("/students")).text
    assert '<link rel="preload" as="fetch" crossorigin="anonymous" href="/api/v1/me">' in page


async def test_the_copy_on_the_device_is_for_every_address_person_and_theme(world: World) -> None:
    client = await world.as_(world.mentor)
    page = (await world.http.get("/app-shell", headers={"cookie": f"driehoek={client.cookie}; theme=dark"})).text
    assert "/api/v1/me" not in page
    assert "data-theme" not in page
    assert 'src="/early.js"' in page
    told = re.search(r'data-screens="([^"]*)"', page)
    assert told and json.loads(html.unescape(told[1])) == [
        [p.pattern, files] for p, files in static.load(static.build_folder()).screens
    ]
    visited = (await world.http.get("/students", headers={"cookie": f"driehoek={client.cookie}; theme=dark"})).text
    assert 'data-theme="dark"' in visited
    assert "early.js" not in visited
