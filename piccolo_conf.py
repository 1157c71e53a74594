"""Piccolo's entry point: which database, and where the one migration app lives.

The server and the worker connect as the plain application role (``DRIEHOEK_DATABASE_URL``). ``driehoek migrate``
runs in a process of its own and puts the owner's address there before this module is imported.
"""

import os

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

DB = PostgresEngine(
    config={"dsn": os.environ.get("DRIEHOEK_DATABASE_URL", "")},
    extensions=(),  # uuidv7() is built into PostgreSQL 18, so no extension is needed and no superuser either
)

APP_REGISTRY = AppRegistry(apps=["migrations.piccolo_app"])
