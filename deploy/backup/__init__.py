"""Backup of everything in one folder, and restore elsewhere, where history goes on in a new epoch (ADR 21)."""
