"""The HTTP doors, found in the services' nameko classes."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from deploy.contracts.operations.model import Operation
from deploy.names import SERVICES
from shared.entrypoints.http import Door


@dataclass(frozen=True, slots=True, order=True)
class FoundDoor:
    """A door as its service declares it."""

    service: str
    method: str
    url: str


def services_with_doors() -> list[str]:
    """Return the services that can be run, in the order of a dossier's way."""
    return [name for name in SERVICES if find_spec(f"services.{name}.service")]


def doors_of(service: str) -> list[FoundDoor]:
    """Return the doors of a service, sorted."""
    module = import_module(f"services.{service}.service")
    return sorted(
        FoundDoor(service, method, entrypoint.url)
        for service_class in _service_classes(module, service)
        for _, member in inspect.getmembers(service_class)
        for entrypoint in getattr(member, "nameko_entrypoints", ())
        if isinstance(entrypoint, Door)
        for method in entrypoint.method.split(",")
    )


def operations_of(service: str) -> tuple[Operation, ...]:
    """Return what is documented of a service's doors."""
    found: tuple[Operation, ...] = import_module(f"deploy.contracts.operations.{service}").OPERATIONS
    return found


def _service_classes(module: ModuleType, service: str) -> list[type]:
    classes = (value for value in vars(module).values() if inspect.isclass(value))
    return [value for value in classes if vars(value).get("name") == service]
