"""Build step of the wheel: it carries the built front end, so that an installation needs nothing from a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `pwa/dist` as `server/pwa_dist`. An editable install reads both from the checkout and needs nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it packs.

        Raises:
            FileNotFoundError: the front end has not been built.
        """
        if version == "editable":
            return
        built = Path(self.root) / "pwa" / "dist"
        if not (built / ".stamp").exists():
            raise FileNotFoundError("The front end is not built: make dist builds it first.")
        build_data["force_include"]["piccolo_conf.py"] = "piccolo_conf.py"
        build_data["force_include"][str(built)] = "server/pwa_dist"
