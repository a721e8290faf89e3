"""Putting one service together by its name."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from deploy.composition.parts import Parts, Runtime


def build(service: str, parts: Parts) -> Runtime:
    """Put one service together; only its own modules are imported."""
    return cast("Runtime", import_module(f"deploy.composition.{service}").build(parts))
