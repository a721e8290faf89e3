"""Who comes without a token, or with one that is nobody's, gets nothing at any door."""

from __future__ import annotations

import pytest

from tests.fixtures.doors import System, refused

pytestmark = pytest.mark.integration

DOSSIER = "6f7ee5c4-0b0c-4b83-8f3c-3f2a0ef4a111"
DOORS = [
    ("PUT", "intake", "/v1/reference"),
    ("POST", "intake", "/v1/submissions"),
    ("POST", "intake", "/v1/batches"),
    ("POST", "intake", f"/v1/dossiers/{DOSSIER}/receive"),
    ("GET", "intake", f"/v1/dossiers/{DOSSIER}"),
    ("GET", "intake", f"/v1/dossiers/{DOSSIER}/applicant"),
    ("PUT", "routing", "/v1/reference"),
    ("GET", "routing", "/v1/agencies"),
    ("GET", "routing", f"/v1/itineraries/{DOSSIER}"),
    ("POST", "processing", "/v1/batches"),
    ("POST", "processing", "/v1/commands/accept-leg"),
    ("GET", "processing", "/v1/worklist"),
    ("GET", "statistics", "/v1/reports/resolution"),
    ("GET", "statistics", f"/v1/dossiers/{DOSSIER}/history"),
    ("GET", "statistics", f"/v1/dossiers/{DOSSIER}/lateness"),
    ("GET", "statistics", "/v1/recorded"),
    ("POST", "statistics", "/v1/rebuilds"),
]
HEADERS: list[dict[str, str | bytes]] = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer wrong"},
    {"Authorization": "Basic YTpi"},
    {"Authorization": "Bearer " + "x" * 7000},
    {"Authorization": "Bearer \xff".encode("latin-1")},
]


@pytest.mark.parametrize(("method", "service", "path"), DOORS)
def test_without_a_good_token_nothing_is_done_or_shown(
    system: System, method: str, service: str, path: str
) -> None:
    nobody = system.stranger(None)
    with system.nothing_recorded():
        for headers in HEADERS:
            body = None if method == "GET" else b"{}"
            sent = {"Idempotency-Key": "k", **headers}
            refused(nobody.send(method, service, path, body, sent), 401, "unauthenticated")


WRONG_ROLES = [
    ("PUT", "intake", "/v1/reference", "receiving_officer"),
    ("PUT", "routing", "/v1/reference", "historian"),
    ("POST", "statistics", "/v1/rebuilds", "auditor"),
    ("GET", "statistics", f"/v1/dossiers/{DOSSIER}/history", "applicant"),
    ("GET", "statistics", f"/v1/dossiers/{DOSSIER}/lateness", "applicant"),
    ("GET", "statistics", "/v1/recorded", "receiving_officer"),
    ("GET", "statistics", f"/v1/publications/{DOSSIER}/changes", "desk_head"),
    ("GET", "statistics", f"/v1/publications/{DOSSIER}/changes", "agency"),
    ("GET", "processing", "/v1/worklist?agency=H47.11", "receiving_officer"),
]


@pytest.mark.parametrize(("method", "service", "path", "role"), WRONG_ROLES)
def test_a_token_opens_only_the_doors_of_its_role(
    system: System, method: str, service: str, path: str, role: str
) -> None:
    body = None if method == "GET" else b"{}"
    with system.nothing_recorded():
        refused(system.caller(role).send(method, service, path, body), 403, "forbidden")


@pytest.mark.parametrize("service", ["intake", "routing", "processing", "statistics"])
def test_health_needs_no_token_and_says_how_it_is(system: System, service: str) -> None:
    assert system.stranger(None).get(service, "/health").json()["status"] == "ok"
