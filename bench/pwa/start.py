"""What the first card costs at the first start, and how soon it can be used at the second one without a network."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from bench.installation import ROOT
from bench.pwa.phone import Elsewhere, Phone, browser_of, sign_in
from bench.pwa.school import Cookies, Place

KEPT = """new Promise(async (resolve) => {
  await navigator.serviceWorker.ready;
  const end = Date.now() + 20000;
  const shell = async () => (await Promise.all((await caches.keys()).map(async (name) =>
    (await (await caches.open(name)).keys()).length))).reduce((a, b) => a + b, 0);
  let before = -1, now = await shell();
  while ((now === 0 || now !== before) && Date.now() < end) {
    await new Promise((later) => setTimeout(later, 700));
    [before, now] = [now, await shell()];
  }
  resolve(now);
})"""
SCRIPTS = """performance.getEntriesByType('resource')
  .filter((one) => new URL(one.name).pathname.endsWith('.js'))
  .map((one) => ({path: new URL(one.name).pathname, end: one.responseEnd, size: one.encodedBodySize}))"""
# Slow 4G as Lighthouse has it: on a fast line everything is there before anything is asked for.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SETTLE_SECONDS = 2.0


@dataclass(frozen=True)
class Scripts:
    """Bytes of scripts as they travel, compressed, without headers."""

    until_usable: int
    """All that was here when the first card could be used."""
    first_load: int
    """Those, and what the page fetched by itself afterwards."""


def scripts(playwright: Playwright, folder: Path, place: Place, cookies: Cookies, elsewhere: Elsewhere) -> Scripts:
    """The first visit of a phone to the group, on a slow line and without a service worker."""
    with browser_of(playwright, folder, elsewhere) as context:
        sign_in(context, place.url, cookies)
        # What a service worker fetches for later is counted by precache_bytes.
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        phone = Phone(context.new_page())
        phone.slow_down()
        phone.cdp.send("Network.enable")
        phone.cdp.send("Network.emulateNetworkConditions", SLOW_4G)
        phone.page.goto(place.url + place.group_path, wait_until="commit")
        if not phone.ask("bench.untilUsable()"):
            raise RuntimeError("There is no first card.")
        phone.page.wait_for_load_state("networkidle")
        time.sleep(SETTLE_SECONDS)
        usable = phone.ask("bench.usable")
        found = phone.ask(SCRIPTS)
        for one in sorted(found, key=lambda one: one["end"]):
            when = "before" if one["end"] <= usable else "after"
            print(f"#   {when} the first card: {one['size']:>6} {one['path']}", file=sys.stderr)
        print(f"#   the first card could be used after {usable:.0f} ms", file=sys.stderr)
        return Scripts(sum(one["size"] for one in found if one["end"] <= usable), sum(one["size"] for one in found))


def _visit(context: BrowserContext, place: Place, cookies: Cookies) -> None:
    """The first start: what the phone needs later is on it afterwards."""
    sign_in(context, place.url, cookies)
    page = context.new_page()
    page.goto(place.url + place.group_path)
    phone = Phone(page)
    if not phone.ask("bench.untilUsable()"):
        raise RuntimeError("There is no first card.")
    kept = phone.ask(KEPT)
    page.wait_for_load_state("networkidle")
    time.sleep(SETTLE_SECONDS)
    print(f"#   {kept} files are kept", file=sys.stderr)


def flight(playwright: Playwright, folder: Path, place: Place, cookies: Cookies, elsewhere: Elsewhere) -> float:
    """Milliseconds from the start of the navigation until the first card can be used.

    The browser was ended in between, so the service worker, its cache and the database of the page are as cold as on a phone
    that was put away. The network is off before anything starts.

    Raises:
        RuntimeError: no card came, or it could not be swiped.
    """
    with browser_of(playwright, folder, elsewhere) as context:
        _visit(context, place, cookies)
    with browser_of(playwright, folder, elsewhere) as context:
        context.set_offline(True)
        phone = Phone(context.new_page())
        time.sleep(SETTLE_SECONDS)
        phone.slow_down()
        phone.page.goto(place.url + place.group_path, wait_until="commit")
        if not phone.ask("bench.untilUsable()"):
            raise RuntimeError("Without a network no card comes.")
        usable = float(phone.ask("bench.usable"))
        name = phone.ask("bench.card")
        phone.swipe("right")
        if phone.ask(f"bench.after({json.dumps(name)})") != "next":
            raise RuntimeError("The first card could not be swiped.")
        print(f"#   usable after {usable:.0f} ms; the brake: {phone.slowness():.1f} times slower", file=sys.stderr)
        return usable


def built() -> dict[str, int]:
    """What pwa/tools/weight.mjs reckons from the build, by name of figure."""
    node = ROOT / ".venv" / "node" / "node"
    done = subprocess.run(
        [node, ROOT / "pwa" / "tools" / "weight.mjs"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: line["value"] for line in lines}
