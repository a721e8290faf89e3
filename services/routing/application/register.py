"""Reference data: agencies with their ends, competences, processes with their lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from services.routing.application.kinship import Kinship
from services.routing.application.ports import Directory
from services.routing.domain.agency import Agency
from services.routing.domain.competence import Competence
from services.routing.domain.keys import agency_key, competence_key, process_key
from services.routing.domain.lifecycle import IN_FORCE, LIVE
from services.routing.domain.process import Process, meets
from services.routing.domain.refusals import PROCESS_UNKNOWN, VALIDITY_OVERLAPS
from services.routing.rules.route import check_route
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Application

Facts = Mapping[str, Any]


class Register:
    """Takes reference data in; what is known already changes nothing."""

    def __init__(self, application: Application, directory: Directory) -> None:
        self._application = application
        self._directory = directory
        self._kinship = Kinship(self._found)

    def take_in(self, data: Mapping[str, Sequence[dict[str, Any]]], act: Act) -> None:
        """Take in agencies, competences and processes at once, agencies in any order.

        Raises RefusedError for the first thing that is wrong.
        """
        self.register_agencies(data["agencies"], act)
        for row in data.get("competences", ()):
            self.put_competence(row, act)
        for definition in data["processes"]:
            self.publish_process(definition, act)

    def register_agencies(self, agencies: Sequence[dict[str, Any]], act: Act) -> None:
        """Register agencies, or what changes of them, however they are ordered.

        Raises RefusedError: `validity-overlaps`, `agency-already-ended`, `agency-parent-unknown`,
        `agency-parent-cycle`, `agency-parent-not-operating`.
        """
        for _, refused in self.try_agencies(agencies, act):
            raise refused

    def try_agencies(
        self, agencies: Sequence[dict[str, Any]], act: Act
    ) -> Iterator[tuple[Facts, RefusedError]]:
        """Register what can be, and give each description that cannot be with why: the caller takes it back."""
        described = []
        for facts in sorted(agencies, key=lambda facts: str(facts["valid_from"])):
            before = self._found(facts["agency"])
            parent = before and before.facts.get("parent")
            try:
                self._describe(facts, act)
            except RefusedError as refused:
                yield facts, refused
            else:
                described.append((facts, parent))
        for facts, parent in described:
            try:
                self._kinship.check_parent(facts["agency"])
                if facts.get("parent") != parent:
                    self._kinship.check_operating(facts)
            except RefusedError as refused:
                yield facts, refused

    def register_agency(self, facts: dict[str, Any], act: Act) -> None:
        """Register an agency, or what changes of it; raises as `register_agencies` does."""
        self.register_agencies([facts], act)

    def move_under(self, agency: str, parent: str | None, since: str, act: Act) -> None:
        """Let an agency stand under another parent from a moment on.

        Raises RefusedError with `agency-unknown`, or as `register_agencies` does.
        """
        self.register_agency({**self._known(agency).facts, "parent": parent, "valid_from": since}, act)

    def check_parents(self, agencies: Iterable[str], at: str) -> None:
        """Raise RefusedError with `agency-parent-not-operating` where a parent is not there at a moment."""
        for agency in agencies:
            self._kinship.check_operating({**self._known(agency).facts, "valid_from": at})

    def end_agency(
        self,
        agency: str,
        ended_at: str,
        change: str,
        successors: Sequence[Facts],
        basis: str,
        act: Act,
    ) -> None:
        """End an agency; its successors, who must be known, go on with what it had.

        Raises RefusedError: `agency-unknown`, `agency-already-ended`, `validity-overlaps`,
        `unknown-successor`, `agency-succeeds-itself`, `one-successor-needed`, `split-without-rule`.
        """
        known = self._known(agency)
        self._kinship.check_successors(known, ended_at, change, successors)
        known.close(ended_at, change, successors, basis, act.on(root=known.id))
        self._directory.put_agency(known.versions, known.end)

    def put_competence(self, row: dict[str, Any], act: Act) -> None:
        """Register who is competent for a procedure, or until when.

        Raises RefusedError: `validity-overlaps`, `agency-unknown`.
        """
        row = {**row, "area": row.get("area"), "valid_to": row.get("valid_to")}
        if row.get("agency"):
            self._known(row["agency"])
        key = competence_key(row["procedure"])
        competence = cast("Competence | None", self._application.find_afresh(key))
        if competence is None:
            competence = Competence.register(row, act.on(root=key))
            self._application.add(competence)
        else:
            competence.put(row, act.on(root=key))
        self._directory.put_competences(row["procedure"], competence.rows)

    def publish_process(self, definition: dict[str, Any], act: Act) -> None:
        """Take in a version of a process; `state` says in which state a new one comes, else in force.

        Raises RefusedError: what makes it no route (`route-cyclic`, `leg-unknown`, ...),
        `process-in-force`, `validity-overlaps`, `process-of-another-procedure`.
        """
        check_route(definition)
        state = definition.get("state") or IN_FORCE
        definition = {name: value for name, value in definition.items() if name != "state"}
        key = process_key(definition["process"])
        process = cast("Process | None", self._application.find_afresh(key))
        if state in LIVE:
            self._check_alone(definition, None)
        if process is None:
            process = Process.publish(definition, act.on(root=key), state)
            self._application.add(process)
        else:
            process.revise(definition, act.on(root=key), state)
        self._keep(process, definition["version"])

    def change_state(
        self,
        which: tuple[str, int],
        state: str,
        at: str | None,
        agencies: Sequence[str] | None,
        basis: str,
        act: Act,
    ) -> tuple[str, str]:
        """Let a version of a process go on in its life; return its procedure, and from when on.

        `which` is the process and the version. Raises RefusedError: `process-unknown`,
        `agency-unknown`, `process-state-not-next`, `process-state-backdated`,
        `process-state-for-everybody`, `validity-overlaps`.
        """
        name, version = which
        process = cast("Process | None", self._application.find_afresh(process_key(name)))
        if process is None:
            raise RefusedError(PROCESS_UNKNOWN, process=name, version=version)
        for agency in agencies or ():
            self._known(agency)
        if state in LIVE and version in process.versions:
            self._check_alone(process.versions[version]["definition"], agencies)
        since = process.go_on(version, state, at, agencies, basis, act.on(root=process.id))
        self._keep(process, version)
        return str(process.versions[version]["definition"]["procedure"]), since

    def procedure_published(self, facts: Facts) -> None:
        """Keep the name and the limits of a procedure, as intake says them."""
        said = ("procedure", "name", "sector", "limit", "limits", "valid_from")
        self._directory.put_procedure({name: facts.get(name) for name in said})

    def _describe(self, facts: dict[str, Any], act: Act) -> None:
        key = agency_key(facts["agency"])
        known = self._found(facts["agency"])
        if known is None:
            known = Agency.register(facts, act.on(root=key))
            self._application.add(known)
        else:
            known.describe(facts, act.on(root=key))
        self._directory.put_agency(known.versions, known.end)

    def _check_alone(self, definition: Facts, agencies: Sequence[str] | None) -> None:
        """Refuse a second process that leads the same dossiers from the same moment."""
        for other in self._directory.versions(definition["procedure"]):
            same_time = other["valid_from"] == definition["valid_from"]
            if other["process"] == definition["process"] or not same_time:
                continue
            leads = other.get("changes") is None or meets(other["changes"], agencies)
            if leads and _share_an_entry(definition, other):
                what = (
                    f"{definition['process']} {definition['version']}, {other['process']} {other['version']}"
                )
                since = definition["valid_from"]
                raise RefusedError(VALIDITY_OVERLAPS, what=what, since=since, known=since)

    def _keep(self, process: Process, version: int) -> None:
        kept = process.versions[version]
        self._directory.put_process(kept["definition"], kept["changes"])

    def _found(self, agency: str) -> Agency | None:
        return cast("Agency | None", self._application.find_afresh(agency_key(agency)))

    def _known(self, agency: str) -> Agency:
        return self._kinship.known(agency)


def _share_an_entry(one: Facts, other: Facts) -> bool:
    entries, others = one.get("entry"), other.get("entry")
    return not entries or not others or any(choice in others for choice in entries)
