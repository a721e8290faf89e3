"""Messages as intake, routing and processing publish them, for tests of statistics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from shared.clock import VIETNAM, to_text
from shared.contracts import registry
from shared.contracts.envelope import Message

CENTRE = "tthc-qn"
LAND = "so-tnmt"
NEW_LAND = "so-nnmt"
TAX = "cuc-thue"
COMMUNE = "xa-tam-thanh"
PROCEDURE = "1.001193"


def vietnam(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment by the clock on the wall in Viet Nam."""
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)


def root_of(number: int) -> UUID:
    """Return the id of the dossier with that number."""
    return uuid5(NAMESPACE_OID, f"dossier {number}")


class Province:
    """The three logs that messages come from; each message takes the next position of its source."""

    def __init__(self) -> None:
        self.positions = {"intake": 0, "routing": 0, "processing": 0}
        self.sent: list[Message] = []

    def send(
        self,
        kind: str,
        root: UUID,
        at: datetime,
        data: dict[str, Any],
        leg: UUID | None = None,
        **attributes: Any,
    ) -> Message:
        """Publish one message; `kind` is such as `intake.dossier-received`."""
        source = kind.split(".", maxsplit=1)[0]
        self.positions[source] += 1
        position = self.positions[source]
        message_type = f"lienthong.{kind}"
        contract = registry.EVENTS.get(message_type)
        message = Message(
            id=str(position),
            source=f"/lienthong/{source}/1",
            type=message_type,
            subject=f"dossier/{root}",
            time=to_text(at),
            dataschema=contract.dataschema if contract else f"urn:lienthong:{source}:unheard-of:1",
            data=data,
            receivedtime=to_text(at + timedelta(seconds=1)),
            rootid=str(root),
            legid=str(leg) if leg else None,
            partitionkey=str(root),
            sourceposition=position,
            previousposition=position - 1,
            correlationid=str(root),
            digest="00" * 32,
            **{
                "actorrole": "officer",
                "actorsubject": "nguyen-van-a",
                "actoragency": CENTRE,
                "recordedtime": to_text(at + timedelta(seconds=2)),
                **attributes,
            },
        )
        self.sent.append(message)
        return message

    def agency(self, agency: str, level: str, parent: str | None = None, *, connected: bool = True) -> None:
        """Register an agency; with a system of its own, unless it works at the worklist."""
        self.send(
            "routing.agency-registered",
            uuid5(NAMESPACE_OID, agency),
            vietnam(2019, 1, 1),
            {
                "agency": agency,
                "name": {"vi": f"Cơ quan {agency}", "en": f"Agency {agency}"},
                "level": level,
                "kind": "so-ban-nganh",
                "parent": parent,
                "area": None,
                "vertical": False,
                "code": "H47.14",
                "connected": connected,
                "valid_from": to_text(vietnam(2019, 1, 1)),
            },
        )

    def procedure(self, procedure: str = PROCEDURE, version: int = 1) -> None:
        """Publish a procedure."""
        self.send(
            "intake.procedure-published",
            uuid5(NAMESPACE_OID, procedure),
            vietnam(2019, 1, 1),
            {
                "procedure": procedure,
                "version": version,
                "name": {"vi": f"Thủ tục {version}", "en": f"Procedure {version}"},
                "sector": "Đất đai",
                "service_level": 3,
                "valid_from": to_text(vietnam(2019, 1, 1)),
                "limit": {"amount": "10", "unit": "working_day"},
            },
        )

    def submit(self, number: int, at: datetime, channel: str = "direct", desk: str = CENTRE) -> None:
        """File a dossier."""
        self.send("intake.dossier-submitted", root_of(number), at, _filed(channel, desk))

    def receive(
        self,
        number: int,
        at: datetime,
        due_at: datetime | None = None,
        *,
        channel: str = "direct",
        desk: str = CENTRE,
        unit: str = "working_day",
    ) -> None:
        """Accept a dossier; with a due time if it has a limit."""
        limit = {"amount": "10", "unit": unit} if due_at else None
        self.send(
            "intake.dossier-received",
            root_of(number),
            at,
            {
                **_filed(channel, desk),
                "code": code_of(number),
                "limit": limit,
                "due_at": to_text(due_at) if due_at else None,
            },
        )

    def resolve(self, number: int, at: datetime, verdict: str) -> None:
        """Let intake say that every agency has done its part."""
        data = {"code": code_of(number), "due_at": None, "verdict": verdict}
        self.send("intake.dossier-resolved", root_of(number), at, data)

    def stop(self, number: int, at: datetime) -> None:
        """End a dossier without a result."""
        data = {"code": code_of(number), "reason": "người dân xin dừng"}
        self.send("intake.dossier-stopped", root_of(number), at, data)

    def hand_back(self, number: int, at: datetime) -> None:
        """Give the result."""
        data = {"code": code_of(number), "manner": "direct"}
        self.send("intake.result-handed-back", root_of(number), at, data)

    def pause(
        self, number: int, name: str, at: datetime, kind: str = "supplement", leg: int = 1, attempt: int = 1
    ) -> None:
        """Stop the dossier's clock, as routing and intake say it."""
        data = {
            "code": code_of(number),
            "pause": pause_of(number, name),
            "kind": kind,
            "reason": "thiếu giấy",
        }
        waits = {"leg": str(leg_of(number, leg, attempt)), "agency": LAND if leg == 1 else TAX}
        self.send("routing.itinerary-paused", root_of(number), at, {**data, **waits})
        self.send("intake.dossier-paused", root_of(number), at, data)

    def resume(
        self,
        number: int,
        name: str,
        at: datetime,
        due_at: datetime | None,
        kind: str = "supplement",
        leg: int = 1,
    ) -> None:
        """Let it go on, with the dossier due when it says."""
        data = {"code": code_of(number), "pause": pause_of(number, name), "kind": kind}
        waits = {"leg": str(leg_of(number, leg, 1)), "agency": LAND if leg == 1 else TAX}
        due = to_text(due_at) if due_at else None
        self.send("intake.dossier-resumed", root_of(number), at, {**data, "due_at": due})
        self.send("routing.itinerary-resumed", root_of(number), at, {**data, **waits, "due_at": due})

    def extend(self, number: int, at: datetime, due_at: datetime) -> None:
        """Give the dossier more time."""
        by = {"amount": "2", "unit": "working_day"}
        data = {"code": code_of(number), "by": by, "reason": "trả lại lần đầu"}
        self.send("routing.itinerary-extended", root_of(number), at, data)
        self.send("intake.dossier-extended", root_of(number), at, {**data, "due_at": to_text(due_at)})

    def withdraw(self, number: int, at: datetime) -> None:
        """Let the applicant take the dossier back."""
        data = {"code": code_of(number), "reason": "người dân rút hồ sơ"}
        self.send("intake.dossier-withdrawn", root_of(number), at, data)
        self.send("routing.itinerary-withdrawn", root_of(number), at, data)

    def rehome(self, number: int, position: int, at: datetime, agency: str, from_agency: str) -> None:
        """Let an agency's successor have its open leg."""
        leg = leg_of(number, position, 1)
        data = {
            "leg": str(leg),
            "number": position,
            "code": code_of(number),
            "agency": agency,
            "from_agency": from_agency,
            "due_at": to_text(at + timedelta(days=3)),
            "plan": "sap-xep-2025",
            "basis": "Nghị quyết 202/2025/QH15",
        }
        self.send("routing.leg-rehomed", root_of(number), at, data, leg)
        data = {"leg": str(leg), "agency": agency, "from_agency": from_agency, "by": "worklist"}
        self.send("processing.work-rehomed", root_of(number), at, data, leg)

    def process(self, version: int = 1, **more: Any) -> None:
        """Publish a version of a process."""
        data = {
            "process": "qt-1",
            "version": version,
            "procedure": PROCEDURE,
            "legs": 2,
            "valid_from": to_text(vietnam(2019, 1, 1)),
            **more,
        }
        self.send("routing.process-published", uuid5(NAMESPACE_OID, "qt-1"), vietnam(2019, 1, 1), data)

    def process_state(self, state: str, version: int = 1, agencies: list[str] | None = None) -> None:
        """Let a version of a process go on in its life."""
        data = {
            "process": "qt-1",
            "version": version,
            "procedure": PROCEDURE,
            "state": state,
            "at": to_text(vietnam(2019, 2, 1)),
            "agencies": agencies,
            "basis": "QĐ 1449",
        }
        self.send("routing.process-state-changed", uuid5(NAMESPACE_OID, "qt-1"), vietnam(2019, 2, 1), data)

    def target(
        self, percent: str, at: datetime, version: int = 1, scope: str = "province", of: str | None = None
    ) -> None:
        """Set the year's target for online dossiers, or change it."""
        root = uuid5(NAMESPACE_OID, f"target {scope} {of}")
        data = {
            "target": str(root),
            "version": version,
            "indicator": "online",
            "scope": scope,
            "of": of,
            "year": 2019,
            "percent": percent,
            "reach_by": "2019-12-25",
            "basis": f"QĐ {version}",
        }
        self.send("processing.target-set", root, at, data)

    def entered(
        self,
        figure: str,
        agency: str,
        value: int,
        at: datetime,
        *,
        days: tuple[str, str] = ("2019-01-01", "2019-12-31"),
        state: str = "checked",
        version: int = 1,
    ) -> None:
        """Let a figure that no dossier yields stand in a state from a moment on."""
        root = uuid5(NAMESPACE_OID, f"entered {figure} {agency} {days}")
        data = {
            "entered": str(root),
            "version": version,
            "state": state,
            "figure": figure,
            "agency": agency,
            "first": days[0],
            "last": days[1],
            "value": value,
            "evidence": f"BC {version}",
            "reason": None,
        }
        self.send("processing.figure-entered", root, at, data)

    def end_agency(self, agency: str, successor: str) -> None:
        """End an agency."""
        data = {
            "agency": agency,
            "ended_at": to_text(vietnam(2019, 7, 1)),
            "change": "merge",
            "successors": [{"agency": successor, "areas": None}],
            "basis": "NQ 1",
        }
        self.send("routing.agency-ended", uuid5(NAMESPACE_OID, agency), vietnam(2019, 7, 1), data)

    def plan(self, number: int, at: datetime, lead: str = LAND, **more: Any) -> None:
        """Decide the way over LAND and TAX, with a leg between them that is skipped."""
        data = {"code": code_of(number), "process": "qt-1", "version": 1, "legs": _way(number, lead), **more}
        self.send("routing.itinerary-planned", root_of(number), at, data)

    def move(self, number: int, at: datetime, version: int = 2) -> None:
        """Move a dossier to another version of its process, without what it skipped."""
        legs = [leg for leg in _way(number) if not leg["skipped"]]
        data = {"code": code_of(number), "process": "qt-1", "from_version": 1, "version": version}
        self.send(
            "routing.itinerary-moved",
            root_of(number),
            at,
            {**data, "basis": "QĐ 2", "legs": legs, "model": "four-step", "trial": True},
        )

    def open_leg(self, number: int, position: int, attempt: int, at: datetime) -> None:
        """Make it an agency's turn."""
        leg = leg_of(number, position, attempt)
        data = {
            "leg": str(leg),
            "number": position,
            "of": 2,
            "attempt": attempt,
            "name": {"vi": "Thẩm định", "en": "Appraisal"},
            "code": code_of(number),
            "procedure": PROCEDURE,
            "agency": LAND if position == 1 else TAX,
            "from_agency": CENTRE if position == 1 else LAND,
            "direction": "peer",
            "term": {"amount": "2.5", "unit": "working_day"},
            "due_at": to_text(at + timedelta(days=3)),
            "note": None,
        }
        self.send("routing.leg-opened", root_of(number), at, data, leg)

    def close_leg(
        self, number: int, position: int, attempt: int, at: datetime, outcome: str = "completed"
    ) -> None:
        """End an agency's turn."""
        leg = leg_of(number, position, attempt)
        agency = LAND if position == 1 else TAX
        data = {"leg": str(leg), "number": position, "agency": agency, "outcome": outcome}
        self.send("routing.leg-closed", root_of(number), at, data, leg)

    def work(
        self,
        kind: str,
        number: int,
        position: int,
        attempt: int,
        at: datetime,
        recorded: datetime | None = None,
        **data: Any,
    ) -> None:
        """Let processing say something of a leg; `kind` is such as `leg-accepted`."""
        leg = leg_of(number, position, attempt)
        agency = LAND if position == 1 else TAX
        more = {"recordedtime": to_text(recorded)} if recorded else {}
        told = {"leg": str(leg), "agency": agency, **data}
        self.send(f"processing.{kind}", root_of(number), at, told, leg, **more)

    def whole_life(self, number: int, at: datetime, *, returned: bool = False) -> None:
        """Take a dossier all the way over both agencies; with `returned` the second sends it back once."""
        hour = timedelta(hours=1)
        self.submit(number, at)
        self.receive(number, at + hour, at + timedelta(days=14))
        self.plan(number, at + hour)
        self._leg(number, 1, 1, at + 2 * hour)
        if returned:
            self.open_leg(number, 2, 1, at + 10 * hour)
            due_at = to_text(at + timedelta(days=3))
            self.work("leg-overdue", number, 2, 1, at + timedelta(days=3), due_at=due_at)
            self.work(
                "leg-reminded", number, 2, 1, at + timedelta(days=3), about="overdue", rung=1, to="operations"
            )
            self.work("leg-returned", number, 2, 1, at + timedelta(days=4), reason="thiếu bản vẽ")
            self.close_leg(number, 2, 1, at + timedelta(days=4), "returned")
            self._leg(number, 1, 2, at + timedelta(days=4))
            self._leg(number, 2, 2, at + timedelta(days=5))
        else:
            self._leg(number, 2, 1, at + 10 * hour)
        at += timedelta(days=6)
        self.send("routing.itinerary-completed", root_of(number), at, {"code": code_of(number)})
        self.resolve(number, at, "early")
        self.send("intake.internal-event", root_of(number), at, {})
        self.hand_back(number, at + timedelta(days=1))

    def eventful_life(self, number: int, at: datetime) -> None:
        """Let everything befall a dossier that the plain ones are spared."""
        hour, day = timedelta(hours=1), timedelta(days=1)
        self.submit(number, at)
        self.receive(number, at + hour, at + 14 * day)
        self.plan(number, at + hour, model="four-step", trial=True)
        self.open_leg(number, 1, 1, at + hour)
        self.open_leg(number, 2, 1, at + hour)
        self.work("supplement-requested", number, 1, 1, at + day, reason="thiếu bản vẽ")
        self.pause(number, "1", at + day)
        self.resume(number, "1", at + 3 * day, at + 16 * day)
        self.work("leg-resumed", number, 1, 1, at + 3 * day, due_at=to_text(at + 5 * day))
        self.work("payment-requested", number, 2, 1, at + 4 * day, reason="lệ phí")
        self.pause(number, "2", at + 4 * day, "payment", leg=2)
        self.resume(number, "2", at + 5 * day, at + 17 * day, "payment", leg=2)
        self.extend(number, at + 6 * day, at + 19 * day)
        self.move(number, at + 6 * day)
        self.rehome(number, 1, at + 7 * day, NEW_LAND, LAND)
        self.work("opinion-given", number, 2, 1, at + 8 * day, opinion="agree", note=None, reference=None)
        self.close_leg(number, 2, 1, at + 8 * day)
        self.work("leg-transferred", number, 1, 1, at + 9 * day, to=TAX, reason="không đúng thẩm quyền")
        self.close_leg(number, 1, 1, at + 9 * day, "transferred")
        self.open_leg(number, 1, 2, at + 9 * day)
        self.work("leg-recalled", number, 1, 2, at + 10 * day, by=CENTRE, reason="nhầm")
        self.close_leg(number, 1, 2, at + 10 * day, "recalled")
        self.open_leg(number, 1, 3, at + 10 * day)
        due_at = to_text(at + 11 * day)
        self.work("leg-lapsed", number, 1, 3, at + 11 * day, outcome="elapsed", due_at=due_at)
        self.close_leg(number, 1, 3, at + 11 * day, "elapsed")
        self.open_leg(number, 2, 2, at + 11 * day)
        self.pause(number, "3", at + 12 * day, leg=2, attempt=2)
        self.withdraw(number, at + 13 * day)
        self.work("leg-withdrawn", number, 2, 2, at + 13 * day)
        self.close_leg(number, 2, 2, at + 13 * day, "withdrawn")

    def _leg(self, number: int, position: int, attempt: int, at: datetime) -> None:
        hour = timedelta(hours=1)
        self.open_leg(number, position, attempt, at)
        due_at = to_text(at + timedelta(days=3))
        self.work("leg-handed-over", number, position, attempt, at, by="queue", due_at=due_at)
        self.work("leg-acknowledged", number, position, attempt, at + hour, reference=None)
        self.work("leg-accepted", number, position, attempt, at + 2 * hour, officer="tran-thi-b")
        self.work("work-recorded", number, position, attempt, at + 3 * hour, step="kiểm tra", note=None)
        self.work("leg-completed", number, position, attempt, at + 4 * hour, note=None, reference=None)
        self.close_leg(number, position, attempt, at + 4 * hour)


def code_of(number: int) -> str:
    """Return the code of the dossier with that number."""
    return f"000.00.14.H47-190724-{number:04d}"


def leg_of(number: int, position: int, attempt: int) -> UUID:
    """Return the id of a leg."""
    return uuid5(root_of(number), f"leg/{position}/{attempt}")


def pause_of(number: int, name: str) -> str:
    """Return the id of a pause."""
    return str(uuid5(root_of(number), f"pause/{name}"))


def with_bodies(messages: Iterable[Message]) -> list[tuple[Message, bytes]]:
    """Return messages with their bytes, as a consumer gets them."""
    return [(message, message.to_bytes()) for message in messages]


def a_province(dossiers: int = 3) -> Sequence[Message]:
    """Return the messages of some whole lives, every second with a return."""
    province = Province()
    province.agency(CENTRE, "province")
    province.agency(LAND, "province")
    province.agency(TAX, "province")
    province.procedure()
    for number in range(dossiers):
        province.whole_life(number, vietnam(2019, 7, 1 + number % 20, 8), returned=number % 2 == 1)
    return province.sent


def an_eventful_province() -> Sequence[Message]:
    """Return the messages of one plain life and one that has everything, and of the reference behind them."""
    province = Province()
    for agency in (CENTRE, LAND, NEW_LAND, TAX):
        province.agency(agency, "province")
    province.procedure()
    province.process(model="four-step", state="electronic")
    province.process_state("trial")
    province.process_state("in-force", agencies=[CENTRE])
    province.process(version=2, model="four-step")
    province.whole_life(0, vietnam(2019, 7, 1, 8))
    province.eventful_life(1, vietnam(2019, 7, 2, 8))
    province.end_agency(LAND, NEW_LAND)
    return province.sent


def _way(number: int, lead: str = LAND) -> list[dict[str, Any]]:
    skipped = "the dossier's fee is not at least 1", "lệ phí không từ 1 trở lên"
    return [
        {
            "leg": str(leg_of(number, position, 1)),
            "number": position,
            "name": {"vi": "Thẩm định", "en": "Appraisal"},
            "agency": agency,
            "direction": "peer",
            "term": None,
            "reason": "named by the process",
            "reason_vi": "theo quy trình",
            "skipped": skipped[0] if position == 3 else None,
            "skipped_vi": skipped[1] if position == 3 else None,
        }
        for position, agency in ((1, lead), (2, TAX), (3, TAX))
    ]


def _filed(channel: str, desk: str) -> dict[str, Any]:
    return {
        "procedure": PROCEDURE,
        "desk": desk,
        "channel": channel,
        "applicant_kind": "citizen",
        "area": COMMUNE,
        "foreign_code": None,
    }
