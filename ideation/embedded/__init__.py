"""Postgres, Valkey and every process of the product on one machine, as `make run` starts them.

This package stands apart: it imports nothing of the rooms, and no room imports it. Several machines are set
up with the same environment variables and without it (docs/operations.md).
"""
