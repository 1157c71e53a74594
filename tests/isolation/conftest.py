"""The same application and rollback as the server tests."""

from tests.server.conftest import app, http, pool, rollback, world

__all__ = ["app", "http", "pool", "rollback", "world"]
