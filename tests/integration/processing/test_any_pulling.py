"""Whatever is lost, answered late or moved between the ways: of each dossier all comes, first things first."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from services.processing.domain.serving import PULLED, PUSHED, Way
from services.processing.tables.pulling import Pulling
from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes
from shared.errors import RefusedError
from shared.messaging.broker import Outcome
from tests.builders.processing import LAND, LATE, act_at
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

STEPS = 60
DOSSIERS = [uuid5(NAMESPACE_OID, f"dossier/{number}") for number in range(3)]
MINUTE = timedelta(minutes=1)


class Story:
    """An agency's system over a line that loses answers, while its works go on."""

    def __init__(self, office: Office, seed: int, *, moves: bool) -> None:
        self.moves = moves
        self.office, self.luck = office, random.Random(seed)  # noqa: S311 - a story, not a secret
        self.pulling = Pulling(office.database, office.ledger)
        self.way, self.cursor, self.legs = PULLED, 0, 0
        self.queue: list[Message] = []
        self.got: dict[str, Message] = {}
        self.settle(PULLED)

    def settle(self, way: str) -> None:
        """Serve the agency another way; what lies on its queue is read no more."""
        self.way, self.queue = way, []
        act = act_at(self.office.clock.now())
        self.office.unit.run(lambda _tx: self.office.servings.settle(LAND, Way(way, window=4), "thử", act))

    def step(self) -> None:
        """Let something happen."""
        steps: list[Callable[[], None]] = [
            *[self.open_leg] * 2,
            *[self.serve] * 4,
            *[self.answer] * 4,
            self.wait,
            *[self.change_way] * self.moves,
        ]
        self.luck.choice(steps)()

    def open_leg(self) -> None:
        self.legs += 1
        self.office.open_leg(number=self.legs, dossier=self.luck.choice(DOSSIERS))

    def wait(self) -> None:
        self.office.clock.advance(self.luck.choice([MINUTE, timedelta(hours=2)]))

    def change_way(self) -> None:
        self.settle(PUSHED if self.way == PULLED else PULLED)

    def serve(self) -> None:
        """Have the agency ask, or the deliverer send; the answer, or what lies on the queue, may not arrive."""
        arrives = self.luck.random() < 0.6
        if self.way == PULLED:
            page = self.pulling.page(LAND, self.cursor, self.luck.randint(1, 4), self.office.clock.now())
            if arrives:
                self.cursor = page.next
                self.take([from_bytes(body) for body in page.bodies])
            return
        claimed = self.office.ledger.claim(self.office.clock.now(), self.luck.randint(1, 4))
        self.office.ledger.record_outcomes(
            self.office.clock.now(), [(one, Outcome.CONFIRMED) for one in claimed]
        )
        self.queue += [from_bytes(one.body) for one in claimed]
        if arrives:
            self.take(self.queue)
            self.queue = []

    def answer(self) -> None:
        """Have the agency or routing do something about a leg that the agency was handed."""
        handed = [message for message in self.got.values() if message.type.endswith("hand-over")]
        if not handed:
            return
        leg = UUID(self.luck.choice(handed).data["leg"])
        command = self.luck.choice(["acknowledge-message", "accept-leg", "request-supplement", "resume"])
        try:
            if command == "resume":
                with self.office.unit.begin():
                    resumed = {"leg": str(leg), "kind": "supplement", "due_at": to_text(LATE)}
                    self.office.application.resume_work(resumed, act_at(self.office.clock.now()))
            else:
                more = {"reason": "Thiếu bản vẽ"} if command == "request-supplement" else {}
                self.office.execute(command, leg, **more)
        except RefusedError:
            pass  # not what is due

    def take(self, messages: list[Message]) -> None:
        """Take messages in, each once, and see that nothing comes before what it builds on."""
        for message in messages:
            self.got.setdefault(message.id, message)

    def ends_well(self) -> None:
        """See that all that is not settled comes, if the agency asks long enough and answers."""
        self.settle(PULLED)
        for _ in range(200):
            page = self.pulling.page(LAND, self.cursor, 10, self.office.clock.now())
            self.cursor = page.next
            self.take([from_bytes(body) for body in page.bodies])
            for body in page.bodies:
                if (message := from_bytes(body)).type.endswith("hand-over"):
                    self.office.execute("acknowledge-message", UUID(message.data["leg"]))
            self.office.clock.advance(timedelta(seconds=20))
        entered = self.office.rows("SELECT message_id, leg_id, dossier_id FROM delivery ORDER BY sequence")
        assert {message for message, _leg, _dossier in entered} == set(self.got)
        places = {message: place for place, message in enumerate(self.got)}
        of_legs: dict[UUID, list[int]] = {}
        of_dossiers: dict[UUID, list[int]] = {}
        for message, leg, dossier in entered:
            of_legs.setdefault(leg, []).append(places[message])
            if self.got[message].type.endswith("hand-over"):
                of_dossiers.setdefault(dossier, []).append(places[message])
        for lines in (of_legs, of_dossiers):
            assert all(line == sorted(line) for line in lines.values())


@pytest.mark.parametrize("moves", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_all_of_a_dossier_comes_in_order_whatever_happens(office: Office, seed: int, *, moves: bool) -> None:
    story = Story(office, seed, moves=moves)
    for _ in range(STEPS):
        story.step()
    story.ends_well()
