"""routing's HTTP doors on the register: reference data in, agencies out, and what an import would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.routing.api.wired import WiredDoors
from services.routing.application.register import Register
from services.routing.application.routing import Routing
from services.routing.domain.keys import agency_key
from services.routing.rules.difference import difference
from services.routing.rules.structure import Registry
from services.routing.schemas import AsOfQuery, read_reference
from shared.access import require
from shared.acts import Act, Actor
from shared.clock import Clock, to_text
from shared.contracts.parsing import check
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.persistence.unit_of_work import UnitOfWork

_AS_OF = AsOfQuery()


class _UndoneError(Exception):
    """Takes back what was only tried, and carries what was seen."""


class ReferenceDoors(WiredDoors):
    """The doors on the register."""

    @door("PUT", "/v1/reference")
    def put_reference(self, request: Request) -> Response:
        """Take in agencies, competences and processes; what is known already changes nothing."""
        actor = caller(request, self.tokens)
        require(actor, "administrator")
        data = read_reference(body_of(request))
        references = put_reference(self.application, self.unit, data, actor, self.clock)
        self.handler.release(references)
        return json_response({name: len(data[name]) for name in ("agencies", "competences", "processes")})

    @door("POST", "/v1/reference/differences")
    def differences(self, request: Request) -> Response:
        """Say what taking in these agencies would change, and what would be refused; changes nothing."""
        actor = caller(request, self.tokens)
        require(actor, "administrator")
        wanted = read_reference(body_of(request))["agencies"]
        act = act_now(actor, self.clock)

        def look() -> dict[str, Any]:
            now = self.application.directory.registry().agencies
            return {
                "changes": difference(now, wanted),
                "refusals": refusals_of(self.application, wanted, act),
            }

        return json_response(tried(self.unit, look))

    @door("GET", "/v1/agencies")
    def agencies(self, request: Request) -> Response:
        """List the register of agencies as of a moment, else every one as it is described last."""
        caller(request, self.tokens)
        as_of = check(dict(request.args), _AS_OF).get("as_of")
        with self.unit.begin():
            registry = self.application.directory.registry()
        return json_response({"agencies": agencies_of(registry, as_of)})


def agencies_of(registry: Registry, as_of: str | None) -> list[dict[str, Any]]:
    """Return every agency's facts with its end, if it has one; as of a moment those begun until then."""
    if as_of is None:
        return [
            _with_end(versions[-1], registry.ends.get(agency))
            for agency, versions in sorted(registry.agencies.items())
        ]
    structure = registry.at(as_of)
    begun = [agency for agency, versions in registry.agencies.items() if versions[0]["valid_from"] <= as_of]
    return [_with_end(structure.agency(agency), structure.end_of(agency)) for agency in sorted(begun)]


def tried(unit: UnitOfWork, look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `look` saw; whatever it did is taken back."""

    def work(_tx: object) -> None:
        raise _UndoneError(look())

    try:
        unit.run(work)
    except _UndoneError as undone:
        seen: dict[str, Any] = undone.args[0]
        return seen
    raise AssertionError


def refusals_of(application: Routing, agencies: Sequence[dict[str, Any]], act: Act) -> list[dict[str, Any]]:
    """Return which descriptions the register refuses, and why: tries them, so that the unit must be undone."""
    application.prefetch(agency_key(facts["agency"]) for facts in agencies)
    register = Register(application, application.directory)
    found = []
    for facts, refused in register.try_agencies(agencies, act):
        said = refused.details()
        which = {"agency": facts["agency"], "valid_from": facts["valid_from"], "code": refused.code}
        found.append({**which, "vi": said["title_vi"], "en": said["title"]})
    return found


def put_reference(
    application: Routing,
    unit: UnitOfWork,
    data: Mapping[str, Any],
    actor: Actor,
    clock: Clock,
) -> list[str]:
    """Take in reference data; return what messages may have waited for."""
    act = act_now(actor, clock)
    register = Register(application, application.directory)

    def work(_tx: object) -> None:
        application.prefetch(agency_key(facts["agency"]) for facts in data["agencies"])
        register.take_in(data, act)

    unit.run(work)
    return references_of(data)


def references_of(data: Mapping[str, Any]) -> list[str]:
    """Return what messages may have waited for that these reference data bring."""
    references = []
    for facts in data["agencies"]:
        references += [f"agency/{facts['agency']}", f"agency-of/{facts['kind']}/{facts['level']}"]
    for row in data.get("competences", ()):
        references.append(f"competent-for/{row['procedure']}")
    for definition in data["processes"]:
        references.append(f"process-for/{definition['procedure']}")
    return references


def act_now(actor: Actor, clock: Clock) -> Act:
    """Return the act of somebody who decides on reference data now."""
    now = clock.now()
    return Act(actor, now, now, now, root=UUID(int=0))


def moment_now(clock: Clock) -> str:
    """Return the present moment as text."""
    return to_text(clock.now())


def _with_end(facts: Mapping[str, Any], end: Mapping[str, Any] | None) -> dict[str, Any]:
    if end is None:
        return dict(facts)
    return {**facts, "end": {name: value for name, value in end.items() if name != "agency"}}
