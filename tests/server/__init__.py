"""Tests of the server, one folder per domain."""
