"""Whatever the desk does in whatever order: stored events make the same dossiers as the ones that lived."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from services.intake.domain.status import Status
from shared.errors import RefusedError
from shared.persistence.sqlite import SqliteDatabase
from tests.unit.intake.one_stop_desk import OneStopDesk, submission

ENDS = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.HANDED_BACK}
PAUSES = st.sampled_from(["p1", "p2", "p3"])
KINDS = st.sampled_from(["supplement", "payment", "posting"])


class DeskDays(RuleBasedStateMachine):
    dossiers = Bundle("dossiers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        self.databases = SqliteDatabase(home / "intake.sqlite"), SqliteDatabase(home / "keys.sqlite")
        self.desk = OneStopDesk(*self.databases).prepare()
        self.ended: dict[UUID, int] = {}

    def teardown(self) -> None:
        for dossier_id in self.ended:
            assert vars(self.desk.replayed(dossier_id)) == vars(self.desk.live(dossier_id))
        for database in self.databases:
            database.close()
        self.folder.cleanup()

    def attempt(self, work: Callable[[], object]) -> None:
        before = self.desk.recorder.max_notification_id()
        try:
            self.desk.do(work)
        except RefusedError:
            assert self.desk.recorder.max_notification_id() == before

    @rule(
        target=dossiers,
        channel=st.sampled_from(["direct", "online"]),
        accept=st.sampled_from([None, True, False]),
    )
    def submit(self, channel: str, accept: bool | None) -> UUID:
        act = self.desk.act()
        dossier = self.desk.do(
            lambda: self.desk.intake.submit(submission(channel=channel), act, accept=accept)
        )
        self.ended[dossier.id] = 0
        return dossier.id

    @rule(it=dossiers)
    def receive(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.receive(it, self.desk.act()))

    @rule(it=dossiers)
    def refuse(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.refuse(it, "x", self.desk.act()))

    @rule(it=dossiers)
    def plan(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.start_processing(it, self.desk.act("system")))

    @rule(it=dossiers)
    def resolve(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.resolve(it, self.desk.act("system")))

    @rule(it=dossiers)
    def return_to_desk(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.returned_to_desk(it, "police", "x", self.desk.act("system")))

    @rule(it=dossiers)
    def send_on(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.send_on(it, "x", self.desk.act()))

    @rule(it=dossiers)
    def stop(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.stop(it, "x", self.desk.act()))

    @rule(it=dossiers)
    def withdraw(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.withdraw(it, "x", self.desk.act()))

    @rule(it=dossiers, pause=PAUSES, kind=KINDS)
    def pause(self, it: UUID, pause: str, kind: str) -> None:
        self.attempt(lambda: self.desk.intake.pause(it, pause, kind, "x", self.desk.act("system")))

    @rule(it=dossiers, pause=PAUSES)
    def resume(self, it: UUID, pause: str) -> None:
        self.attempt(lambda: self.desk.intake.resume(it, pause, self.desk.act("system")))

    @rule(it=dossiers, pause=st.none() | PAUSES)
    def fulfil(self, it: UUID, pause: str | None) -> None:
        self.attempt(lambda: self.desk.intake.fulfil(it, self.desk.act(), pause=pause))

    @rule(it=dossiers)
    def extend(self, it: UUID) -> None:
        more = {"amount": "2", "unit": "working_day"}
        self.attempt(lambda: self.desk.intake.extend(it, more, "x", self.desk.act("system")))

    @rule(it=dossiers, agency=st.sampled_from(["police", "tax"]))
    def join(self, it: UUID, agency: str) -> None:
        self.attempt(lambda: self.desk.intake.join(it, agency, self.desk.act("system")))

    @rule(it=dossiers)
    def hand_back(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.hand_back(it, "direct", self.desk.act("desk_head")))

    @rule(it=dossiers)
    def forget_person(self, it: UUID) -> None:
        self.attempt(lambda: self.desk.intake.forget_person(it, self.desk.act("administrator")))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.desk.clock.advance(timedelta(hours=hours))

    @invariant()
    def an_end_is_an_end(self) -> None:
        for dossier_id in self.ended:
            happened = len([it for it in self.desk.events(dossier_id) if not it.endswith("person-erased")])
            if self.ended[dossier_id]:
                assert happened == self.ended[dossier_id]
            elif self.desk.live(dossier_id).status in ENDS:
                self.ended[dossier_id] = happened

    @invariant()
    def the_appointment_is_what_is_explained(self) -> None:
        for dossier_id in self.ended:
            assert self.desk.explained(dossier_id) == self.desk.live(dossier_id).due_at

    @invariant()
    def look_ups_say_what_dossiers_are(self) -> None:
        for dossier_id in self.ended:
            dossier = self.desk.live(dossier_id)
            if dossier.code:
                found = self.desk.tables.lookups.by_code(dossier.code)
                assert found
                assert (found.dossier_id, found.status) == (dossier_id, dossier.status)


DeskDays.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestDeskDays = DeskDays.TestCase
