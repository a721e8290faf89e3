"""Electronic processes in their versions, each with its life. Topics are durable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from services.routing.domain.keys import process_key
from services.routing.domain.lifecycle import (
    BY_AGENCY,
    EDITABLE,
    IN_FORCE,
    LIVE,
    is_live,
    may_follow,
    state_of,
)
from services.routing.domain.refusals import (
    PROCEDURE_DIFFERS,
    PROCESS_IN_FORCE,
    PROCESS_STATE_AGENCIES,
    PROCESS_STATE_BACKDATED,
    PROCESS_STATE_NOT_NEXT,
    PROCESS_UNKNOWN,
    VALIDITY_OVERLAPS,
)
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate

Version = Mapping[str, Any]
"""`definition` and `changes`, the states it went through: `{state, at, agencies, basis}`."""


class Process(Aggregate):
    """An electronic process (quy trình điện tử) with its versions."""

    TOPIC: ClassVar[str] = "routing.process"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        versions: dict[int, Version]

    class Event(Aggregate.Event):
        """Base of the process's events."""

        TOPIC: ClassVar[str] = "routing.process.event"

    class Edition(Event):
        """Base of the events that state a version in full; `state` is the one that it comes in."""

        TOPIC: ClassVar[str] = "routing.process.edition"
        class_version = 2

        definition: dict[str, Any]
        state: str

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Every version was in force from its first day."""
            state["state"] = IN_FORCE

        def change(self) -> dict[str, Any]:
            """Return the state that the version comes in as the first of its changes."""
            since = self.definition["valid_from"]
            # History may be told afterwards: what is no more than prepared never began after its first day.
            at = since if self.state in LIVE else min(since, self.act["happened_at"])
            return {"state": self.state, "at": at, "agencies": None, "basis": self.definition.get("source")}

    class Published(Edition, Aggregate.Created):
        """The first version came."""

        TOPIC: ClassVar[str] = "routing.process.published"

        def apply(self, aggregate: Process) -> None:
            """Assign."""
            version = {"definition": self.definition, "changes": (self.change(),)}
            aggregate.versions = {self.definition["version"]: version}

    class Revised(Edition):
        """A further version came, or a draft was edited."""

        TOPIC: ClassVar[str] = "routing.process.revised"

        def apply(self, aggregate: Process) -> None:
            """Assign."""
            number = self.definition["version"]
            known = aggregate.versions.get(number)
            editable = known is not None and state_of(known["changes"]) in EDITABLE
            changes = known["changes"] if known is not None and editable else (self.change(),)
            aggregate.versions = {
                **aggregate.versions,
                number: {"definition": self.definition, "changes": changes},
            }

    class StateChanged(Event):
        """A version went on in its life, for everybody or for some agencies."""

        TOPIC: ClassVar[str] = "routing.process.state-changed"
        process: str
        version: int
        procedure: str
        state: str
        at: str
        agencies: list[str] | None
        basis: str

        def apply(self, aggregate: Process) -> None:
            """Assign."""
            known = aggregate.versions[self.version]
            change = {"state": self.state, "at": self.at, "agencies": self.agencies, "basis": self.basis}
            aggregate.versions = {
                **aggregate.versions,
                self.version: {**known, "changes": (*known["changes"], change)},
            }

    @classmethod
    def publish(cls, definition: dict[str, Any], act: Act, state: str = IN_FORCE) -> Process:
        """Take in a process's first version."""
        key = process_key(definition["process"])
        return cls.begin(cls.Published, key, act, definition=definition, state=state)

    def revise(self, definition: dict[str, Any], act: Act, state: str = IN_FORCE) -> None:
        """Take in a further version, or a draft that was edited; nothing when it is as it is.

        `state` is the one that a new version comes in; one that is known keeps its own. Raises
        RefusedError: `process-in-force`, `validity-overlaps`, `process-of-another-procedure`.
        """
        number = definition["version"]
        known = self.versions.get(number)
        if known is not None and known["definition"] == definition:
            return
        procedure = next(iter(self.versions.values()))["definition"]["procedure"]
        if procedure != definition["procedure"]:
            raise RefusedError(PROCEDURE_DIFFERS, process=definition["process"], procedure=procedure)
        if known is None and state in LIVE:
            self._check_free(definition, None)
        if known is not None:
            state = _reached(known)
            if state not in EDITABLE:
                name = definition["process"]
                raise RefusedError(PROCESS_IN_FORCE, process=name, version=number, state=state)
        self.record(self.Revised, act, definition=definition, state=state)

    def go_on(
        self, version: int, state: str, at: str | None, agencies: Sequence[str] | None, basis: str, act: Act
    ) -> str:
        """Let a version go on to a state at a moment, else now, and return that moment.

        Said again it changes nothing. Raises RefusedError: `process-unknown`,
        `process-state-not-next`, `process-state-backdated`, `process-state-for-everybody`,
        `validity-overlaps`.
        """
        known = self._known(version)
        change = {"state": state, "agencies": sorted(agencies) if agencies else None, "basis": basis}
        for said in known["changes"]:
            if at in {None, said["at"]} and said == {**change, "at": said["at"]}:
                return str(said["at"])
        change["at"] = at or to_text(act.happened_at)
        self._check_step(known, change)
        definition = known["definition"]
        which = {name: definition[name] for name in ("process", "version", "procedure")}
        self.record(self.StateChanged, act, **which, **change)
        return str(change["at"])

    def _check_step(self, known: Version, change: Mapping[str, Any]) -> None:
        definition, changes = known["definition"], known["changes"]
        state, agencies, at = change["state"], change["agencies"], change["at"]
        process, version = definition["process"], definition["version"]
        if agencies and state not in BY_AGENCY:
            raise RefusedError(PROCESS_STATE_AGENCIES, state=state)
        if not may_follow(changes, state, agencies):
            reached = _reached(known)
            raise RefusedError(
                PROCESS_STATE_NOT_NEXT, process=process, version=version, state=reached, wanted=state
            )
        if at < (last := max(one["at"] for one in changes)):
            raise RefusedError(PROCESS_STATE_BACKDATED, process=process, version=version, known=last, at=at)
        if state in LIVE:
            self._check_free(definition, agencies)

    def _known(self, version: int) -> Version:
        known = self.versions.get(version)
        if known is None:
            name = next(iter(self.versions.values()))["definition"]["process"]
            raise RefusedError(PROCESS_UNKNOWN, process=name, version=version)
        return known

    def _check_free(self, definition: Mapping[str, Any], agencies: Sequence[str] | None) -> None:
        """Refuse a second version that leads dossiers from the same moment: which one would they follow?"""
        since = definition["valid_from"]
        for number, other in self.versions.items():
            same_time = number != definition["version"] and other["definition"]["valid_from"] == since
            if same_time and meets(other["changes"], agencies):
                what = f"{definition['process']} {definition['version']}, {number}"
                raise RefusedError(VALIDITY_OVERLAPS, what=what, since=since, known=since)


def _reached(version: Version) -> str:
    """Return the furthest that a version has come."""
    return str(version["changes"][-1]["state"])


def meets(changes: Sequence[Mapping[str, Any]], agencies: Sequence[str] | None) -> bool:
    """Return whether a version with these changes leads dossiers of the agencies (None: of anybody)."""
    if agencies is None or state_of(changes) in LIVE:
        return is_live(changes)
    return any(state_of(changes, agency) in LIVE for agency in agencies)
