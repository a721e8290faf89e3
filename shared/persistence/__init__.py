"""Durable state behind one narrow port: PostgreSQL and SQLite pass the same suites."""
