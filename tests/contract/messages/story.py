"""Everything that becomes public, once: real aggregates driven by their public methods, fixed in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson

from services.intake.domain.dossier import Dossier, Receipt
from services.intake.domain.procedure import Procedure
from services.intake.domain.submission import Component, Person, Submission
from services.intake.publisher import TRANSLATIONS as INTAKE
from services.processing.domain import Work
from services.processing.domain.entered import EnteredFigure, Matter, Said
from services.processing.domain.refused_act import RefusedAct
from services.processing.domain.request import Request, Terms
from services.processing.domain.target import Aim, Mark, Target
from services.processing.messages import CarriedOut, Letters, Refusal, Restored
from services.processing.ports import Notice
from services.processing.problems import LEG_ALREADY_CLOSED
from services.processing.publisher import TRANSLATIONS as PROCESSING
from services.routing.domain.agency import Agency
from services.routing.domain.itinerary import Itinerary, leg_key
from services.routing.domain.process import Process
from services.routing.publisher import TRANSLATIONS as ROUTING
from shared.acts import Act, Actor
from shared.contracts.envelope import Message, from_bytes
from shared.errors import RefusedError
from shared.event_sourcing import JsonMapper, JsonTranscoder
from shared.messaging.epochs import Epochs
from shared.messaging.publishing import Translator
from shared.persistence.recorder import LogEntry

DOSSIER = UUID("0b8f6c1e-4a52-4d0e-9a43-6f3c2b7d1e90")
REFUSED_DOSSIER = UUID("5d0c7f34-91be-4c1b-8a6f-0e7d35c2a4b1")
CODE = "H47.65-250707-0001"
DESK, LAND, TAX, SUCCESSOR = "H47.65", "H47.12", "H47.21", "H47.13"
PROCEDURE = "1.001193"
PAUSE = str(uuid5(DOSSIER, "pause/1"))
"""The dossier's first pause, as routing names it."""
FIRST, SECOND = leg_key(DOSSIER, 1, 1), leg_key(DOSSIER, 2, 1)
MONDAY = datetime(2025, 7, 7, 2, 0, tzinfo=UTC)
"""Monday 07/07/2025, 09:00 in Viet Nam."""
DUE, LEG_DUE = "2025-07-21T10:00:00.000000Z", "2025-07-10T10:00:00.000000Z"
LEG_DUE_LATER = "2025-07-11T10:00:00.000000Z"
APPLICANT_LINK = "https://intake.lienthong.example/v1/dossiers/{dossier}/applicant"

AGENCY: dict[str, Any] = {
    "agency": LAND,
    "name": {"vi": "Văn phòng Đăng ký đất đai", "en": "Land Registration Office"},
    "level": "province",
    "kind": "land_registration_office",
    "parent": "H47.01",
    "area": "QNA",
    "vertical": False,
    "code": LAND,
    "connected": True,
    "valid_from": "2025-07-01T00:00:00.000000Z",
}
TERM = {"amount": "3", "unit": "working_day"}
EXAMINE = {"vi": "Thẩm định hồ sơ", "en": "Examine the dossier"}
ASSESS = {"vi": "Xác định nghĩa vụ tài chính", "en": "Assess what is due"}
PROCESS: dict[str, Any] = {
    "process": "land-transfer",
    "version": 1,
    "procedure": PROCEDURE,
    "valid_from": "2025-07-01T00:00:00.000000Z",
    "legs": [
        {"name": EXAMINE, "agency": {"id": LAND}, "term": TERM},
        {"name": ASSESS, "agency": {"id": TAX}, "term": TERM},
    ],
}
CATALOGUE_ENTRY: dict[str, Any] = {
    "name": {"vi": "Chuyển nhượng quyền sử dụng đất", "en": "Transfer of land-use rights"},
    "sector": "Đất đai",
    "service_level": 3,
    "valid_from": "2025-07-01T00:00:00.000000Z",
    "limit": {"amount": "10", "unit": "working_day"},
    "limit_online": None,
    "cutoff": "15:00",
    "limits": [{"when": {"fact": "remote", "equals": True}, "term": {"amount": "15", "unit": "working_day"}}],
    "facts": {},
    "extension": None,
    "channels": ["direct", "online", "post"],
    "components": [{"code": "form", "copies": 1, "required": True}],
}
LEGS = [
    {
        "number": number,
        "id": name_of_leg,
        "name": name,
        "kind": "work",
        "agency": agency,
        "direction": direction,
        "term": TERM,
        "at_term": "overdue",
        "pause": None,
        "after": [number - 1] if number > 1 else [],
        "join": "all",
        "reason": "named by the process",
        "reason_vi": "quy trình chỉ định",
        "skipped": None,
        "skipped_vi": None,
        "return_extends": TERM if number == 1 else None,
        "same_as": None,
    }
    for number, (name_of_leg, name, agency, direction) in enumerate(
        [("tham-dinh", EXAMINE, LAND, "up"), ("nghia-vu", ASSESS, TAX, "peer")], start=1
    )
]
COUNTING: dict[str, Any] = {
    "from": "2025-07-07T02:00:00.000000Z",
    "cutoff": None,
    "hours": None,
    "pauses": [],
}
SERVICES = {"intake": INTAKE, "routing": ROUTING, "processing": PROCESSING}


def act(
    hours: float = 0,
    *,
    role: str = "receiving_officer",
    subject: str = "officer-17",
    agency: str | None = DESK,
    root: UUID = DOSSIER,
    leg: UUID | None = None,
    cause: str | None = None,
) -> Act:
    """Return an act so many hours after the story's beginning; recorded two seconds after it happened."""
    at = MONDAY + timedelta(hours=hours)
    recorded = at + timedelta(seconds=2)
    return Act(
        Actor(role, subject, agency),
        happened_at=at,
        received_at=at + timedelta(seconds=1),
        recorded_at=recorded,
        root=root,
        leg=leg,
        causation=cause or f"/http/{subject}/{hours:g}",
        correlation=str(root),
    )


def by_agency(hours: float, leg: UUID = FIRST) -> Act:
    """Return an act of the first leg's agency."""
    return act(
        hours,
        role="agency-system",
        subject=f"agency.{LAND}",
        agency=LAND,
        leg=leg,
        cause=f"/agencies/{LAND}/VPDK-1",
    )


def by_system(hours: float, leg: UUID | None = None) -> Act:
    """Return an act that follows from a message."""
    return act(hours, role="system", subject="routing", agency=None, leg=leg, cause="/lienthong/routing/1/6")


def filed(dossier: UUID) -> Dossier:
    """Return a dossier that was filed; its person is ciphertext."""
    submission = Submission(
        PROCEDURE, DESK, "direct", "citizen", Person("-"), (Component("form"),), None, "G15-4711"
    )
    return Dossier.submit(dossier, act(0, root=dossier), submission, "Y2lwaGVydGV4dA==")


def received(dossier: UUID = DOSSIER) -> Dossier:
    """Return a dossier that lies at the desk with its receipt."""
    found = filed(dossier)
    found.receive(act(0.1), CODE, Receipt(1, CATALOGUE_ENTRY["limit"], DUE))
    return found


def lives_at_the_desk() -> Iterator[Any]:
    """Yield aggregates of intake that together went through everything public."""
    procedure = Procedure.publish(PROCEDURE, act(-24, role="procedure_control"), CATALOGUE_ENTRY)
    procedure.revise(act(-23, role="procedure_control"), {**CATALOGUE_ENTRY, "service_level": 4})
    yield procedure
    resolved = received()
    resolved.resolve(by_system(60), DUE, "early")
    resolved.hand_back(act(62), "direct")
    yield resolved
    refused = filed(REFUSED_DOSSIER)
    refused.refuse(act(1, root=REFUSED_DOSSIER), "Không thuộc thẩm quyền giải quyết")
    yield refused
    sent_on, stopped = received(), received()
    for returned in (sent_on, stopped):
        returned.return_to_desk(by_system(5), LAND, "Thiếu bản vẽ")
    sent_on.send_on(act(28), "Đã bổ sung bản vẽ")
    stopped.stop(act(28), "Công dân đề nghị dừng")
    yield from (sent_on, stopped)
    waiting = received()
    waiting.pause(by_system(5), PAUSE, "supplement", "Thiếu bản vẽ")
    waiting.resume(act(53), PAUSE, "2025-07-23T10:00:00.000000Z", "Đã bổ sung bản vẽ")
    waiting.extend(by_system(54), TERM, "Trả lại để hoàn thiện", "2025-07-28T10:00:00.000000Z")
    waiting.withdraw(act(55), "Công dân không còn nhu cầu")
    yield waiting


def planned() -> Itinerary:
    """Return the itinerary of the dossier with its first leg open."""
    found = Itinerary.plan(
        by_system(0.2),
        code=CODE,
        procedure=PROCEDURE,
        desk=DESK,
        area="QNA",
        facts={"channel": "direct"},
        process="land-transfer",
        version=1,
        model="four-step",
        trial=False,
        cutoff=None,
        legs=LEGS,
    )
    found.open_leg(1, by_system(0.2), agency=LAND, direction="up", due_at=LEG_DUE, counting=COUNTING)
    return found


def ways() -> Iterator[Any]:
    """Yield aggregates of routing that together went through everything public."""
    agency = Agency.register(AGENCY, act(-24, role="administrator"))
    later = {"connected": False, "valid_from": "2025-08-01T00:00:00.000000Z"}
    agency.describe({**AGENCY, **later}, act(-1, role="administrator"))
    process = Process.publish(PROCESS, act(-24, role="administrator"))
    later = {"version": 2, "valid_from": "2025-08-01T00:00:00.000000Z"}
    process.revise({**PROCESS, **later}, act(-1, role="administrator"))
    yield from (agency, process)
    completed = planned()
    completed.close(str(FIRST), "completed", by_system(30))
    due_at = "2025-07-15T10:00:00.000000Z"
    completed.open_leg(
        2, by_system(30), agency=TAX, direction="peer", due_at=due_at, counting=COUNTING, from_number=1
    )
    completed.close(str(SECOND), "completed", by_system(60))
    completed.complete(by_system(60))
    returned = planned()
    returned.close(str(FIRST), "returned", by_system(5), [1])
    returned.return_to_desk(LAND, "Thiếu bản vẽ", by_system(5))
    yield from (completed, returned)
    yield from ways_that_wait_move_or_end_early()
    yield from what_ends()


def ways_that_wait_move_or_end_early() -> Iterator[Itinerary]:
    """Yield itineraries with waits, successions, another version, more time and an early end."""
    waiting = planned()
    waiting.pause(str(FIRST), "supplement", "Thiếu bản vẽ", by_system(3))
    waiting.resume(PAUSE, by_system(28), due_at=LEG_DUE_LATER)
    waiting.extend(TERM, "Trả lại để hoàn thiện", by_system(29))
    yield waiting
    changed = planned()
    changed.rehome(
        str(FIRST), SUCCESSOR, by_system(4), reasons=[], plan="hai-cap-2025", basis="Luật 72/2025/QH15"
    )
    changed.move({**PROCESS, "version": 2}, LEGS, "Quyết định 3", by_system(5), heir=str)
    changed.withdraw("Công dân không còn nhu cầu", by_system(6))
    yield changed


def what_ends() -> Iterator[Any]:
    """Yield an agency with successors, and a process that is retired."""
    ended = Agency.register({**AGENCY, "agency": TAX}, act(-24, role="administrator"))
    heirs = [{"agency": LAND, "areas": None}]
    ended.close("2026-01-01T00:00:00.000000Z", "merge", heirs, "Nghị quyết 1", act(-1, role="administrator"))
    retired = Process.publish(PROCESS, act(-24, role="administrator"))
    from_then_on = "2026-01-01T00:00:00.000000Z"
    retired.go_on(1, "retired", from_then_on, None, "Quyết định 2", act(-1, role="administrator"))
    yield from (ended, retired)


def handed_over(**more: Any) -> Work:
    """Return the work of the first leg as it lies before its agency, with what is said more of the leg."""
    opened = next(message for message in messages("routing") if message.type.endswith(".leg-opened"))
    return Work.hand_over(FIRST, {**opened.data, **more}, "queue", by_system(0.3, FIRST))


def works() -> Iterator[Any]:
    """Yield works that together went through everything public."""
    completed, returned = handed_over(), handed_over()
    completed.acknowledge(by_agency(0.5), reference="VPDK-2025-0815")
    completed.accept(by_agency(2), officer="Lê Thị Mai")
    completed.record_work(by_agency(4), step="Đo đạc thực địa", note="Có biên bản kèm theo")
    completed.end_term(by_system(81, FIRST))
    completed.complete(by_agency(82), note="Đủ điều kiện", reference="12/QĐ-VPDK")
    returned.send_back(by_agency(5), reason="Thiếu bản vẽ")
    yield from (completed, returned)
    yield from works_that_others_ask_for_end_or_keep()


def works_that_others_ask_for_end_or_keep() -> Iterator[Work]:
    """Yield works of opinions, mistakes, waits and successions."""
    consulted, posted = handed_over(kind="opinion"), handed_over(at_term="elapse", pause="posting")
    consulted.give_opinion(by_agency(6), "agree", note="Nhất trí", reference="45/VPĐK")
    posted.end_term(by_system(81, FIRST))
    transferred, recalled, withdrawn = handed_over(), handed_over(), handed_over()
    transferred.transfer(by_agency(3), TAX, "Không thuộc thẩm quyền", known=True)
    recalled.recall(act(1, leg=FIRST), "Chuyển nhầm", rightful={DESK})
    withdrawn.withdraw(by_system(7, FIRST))
    yield from (consulted, posted, transferred, recalled, withdrawn, waited(), succeeded())


def refused() -> RefusedAct:
    """Return what an agency tried on a leg that had ended."""
    cause = f"/agencies/{LAND}/VPDK-complete-leg-2"
    act = replace(by_agency(83), causation=cause)
    return RefusedAct.of(RefusedAct.key(cause), "complete-leg", LEG_ALREADY_CLOSED.code, act)


def waited() -> Work:
    """Return a work that waited for papers, and then for money."""
    work = handed_over()
    work.accept(by_agency(2), officer="Lê Thị Mai")
    work.request_supplement(by_agency(3), "Thiếu bản vẽ")
    work.resume("supplement", LEG_DUE_LATER, by_system(28, FIRST))
    work.request_payment(by_agency(29), "Chưa nộp lệ phí")
    return work


def succeeded() -> Work:
    """Return a work that lies before its agency's successor."""
    work = handed_over()
    work.rehome(SUCCESSOR, "queue", by_system(4, FIRST))
    work.remind("uncollected", 1, SUCCESSOR, f"uncollected/{SUCCESSOR}/1/1", by_system(9, FIRST))
    return work


def works_and_targets() -> list[Any]:
    """Return the works, and a target that was set and changed."""
    decide = act(role="administrator", subject="van-phong", agency=None)
    aim = Aim("online", "level", "commune", 2025)
    target = Target.set(aim, Mark("50", "2025-12-25", "Quyết định số 17/QĐ-UBQGCĐS ngày 04/4/2023"), decide)
    target.change(Mark("40", "2025-12-25", "Công văn số 4022/UBND-TTHCC ngày 20/11/2023"), decide)
    matter = Matter("feedback", LAND, "2025-01-01", "2025-06-30")
    figure = EnteredFigure.enter(matter, Said(12, "Báo cáo số 45/BC-STNMT"), by_agency(1))
    figure.correct(Said(13, "Báo cáo số 47/BC-STNMT"), "Sót một phản ánh", by_agency(2), unlocks=False)
    check = act(3, role="administrator", subject="van-phong", agency=None)
    figure.check(check)
    figure.lock(check)
    return [*works(), target, *requests(), figure, refused(), passed_on()]


TERMS_OF_REQUEST = Terms(
    kind="report",
    reference="12/STTTT-CNTT",
    issuer=DESK,
    subject="Tỷ lệ hồ sơ trực tuyến chưa đạt chỉ tiêu năm 2025",
    basis="Công văn số 4067/UBND-TTHCC ngày 21/11/2023",
    due_on="2025-07-14",
    due_at="2025-07-14T17:00:00.000000Z",
    consolidator=DESK,
    about={
        "report": "online",
        "question": {"from": "2025-01-01", "to": "2025-07-07", "by": "unit"},
        "as_of": "2025-07-07T02:00:00.000000Z",
        "indicator": "online",
    },
)
PROPOSAL = {
    "year": 2026,
    "percent": "40",
    "reach_by": "2026-12-25",
    "reason": "Người dân chưa quen nộp hồ sơ trực tuyến",
}
PAPER = {"name": "Báo cáo số 7", "sha256": "0" * 64, "reference": "7/BC-VPĐK"}


def request() -> Request:
    """Return a request for a report that lies before two agencies."""
    addressees = [{"agency": LAND, "figure": "31.25", "target": "50"}]
    addressees += [{"agency": TAX, "figure": "12.5", "target": "50"}]
    return Request.issue(TERMS_OF_REQUEST, addressees, act(0, role="administrator", agency=None))


def requests() -> Iterator[Request]:
    """Yield requests that together went through everything public."""
    answered, withdrawn = request(), request()
    told: dict[str, Any] = {"role": "agency-system", "subject": f"agency.{LAND}", "agency": LAND}
    answered.receive(act(1, **told), LAND, "Lê Thị Mai")
    answered.answer(act(30, **told), LAND, "Đã triển khai ba đợt tập huấn.", [dict(PAPER)], dict(PROPOSAL))
    answered.fall_due(by_system(183))
    answered.decide(LAND, "approved", "Quyết định số 20/QĐ-UBND", act(190, role="administrator", agency=None))
    answered.consolidate(DESK, "Một trong hai đơn vị đã báo cáo.", act(191, agency=DESK))
    withdrawn.withdraw(DESK, "Ban hành nhầm", act(2, agency=DESK))
    yield from (answered, withdrawn)


def passed_on() -> Request:
    """Return a request one addressee of which ended before it answered."""
    terms = TERMS_OF_REQUEST._replace(reference="13/STTTT-CNTT")
    addressees = [{"agency": TAX, "figure": "12.5", "target": "50"}]
    found = Request.issue(terms, addressees, act(3, role="administrator", agency=None))
    found.pass_on(TAX, LAND, by_system(200))
    return found


STORIES = {"intake": lives_at_the_desk, "routing": ways, "processing": works_and_targets}


def messages(service: str) -> list[Message]:
    """Return what the service's publisher makes of its story, as if it were the whole log."""
    mapper = JsonMapper(transcoder=JsonTranscoder())
    events: dict[int, Any] = {}
    translator = Translator(Epochs(service), SERVICES[service], lambda entry: events[entry.position])
    found: list[Message] = []
    for aggregate in STORIES[service]():
        for event in aggregate.pending_events:
            stored = mapper.to_stored_event(event)
            position = len(events) + 1
            entry = LogEntry(
                position,
                position - 1,
                0,
                event.originator_id,
                event.originator_version,
                stored.topic,
                stored.state,
            )
            events[position] = mapper.to_domain_event(stored)
            found.append(translator.message(entry))
    return found


def command(name: str, data: dict[str, Any], hours: float, agency: str = LAND) -> Message:
    """Return a command on the first leg, as its agency sends it or another one."""
    at = by_agency(hours).happened_at
    return Message(
        id=f"{'VPDK' if agency == LAND else 'MC'}-{name}-1",
        source=f"/agencies/{agency}",
        type=f"lienthong.command.{name}",
        subject=f"leg/{FIRST}",
        time=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        dataschema=f"urn:lienthong:command:{name}:1",
        data={"leg": str(FIRST), **data},
        causationid=hand_over().id if agency == LAND else None,
        correlationid=str(DOSSIER),
    )


def commands() -> list[Message]:
    """Return one command of each kind."""
    return [
        command("acknowledge-message", {"reference": "VPDK-2025-0815"}, 0.5),
        command("accept-leg", {"officer": "Lê Thị Mai"}, 2),
        command("record-work", {"step": "Đo đạc thực địa", "note": "Có biên bản kèm theo"}, 4),
        command("complete-leg", {"note": "Đủ điều kiện", "reference": "12/QĐ-VPDK"}, 28),
        command("return-leg", {"reason": "Thiếu bản vẽ"}, 5),
        command("give-opinion", {"opinion": "agree", "note": "Nhất trí", "reference": "45/VPĐK"}, 6),
        command("transfer-leg", {"to": TAX, "reason": "Không thuộc thẩm quyền"}, 3),
        command("recall-leg", {"reason": "Chuyển nhầm"}, 1, agency=DESK),
        command("request-supplement", {"reason": "Thiếu bản vẽ"}, 3),
        command("request-payment", {"reason": "Chưa nộp lệ phí"}, 29),
        command_on_request("receive-request", {"officer": "Lê Thị Mai"}, 1),
        command_on_request(
            "answer-request",
            {"text": "Đã triển khai ba đợt tập huấn.", "attachments": [PAPER], "proposal": PROPOSAL},
            30,
        ),
    ]


def command_on_request(name: str, data: dict[str, Any], hours: float) -> Message:
    """Return a command on a request, as an addressee's own system sends it."""
    key = str(TERMS_OF_REQUEST.key)
    return replace(
        command(name, {}, hours),
        subject=f"request/{key}",
        data={"request": key, **data},
        causationid=written_request().id,
        correlationid=None,
    )


def written_request() -> Message:
    """Return what lays a request before an agency."""
    letters = Letters(Epochs("processing").source, APPLICANT_LINK)
    return from_bytes(letters.request(request(), LAND, act(0, role="administrator", agency=None)))


def request_notice() -> Message:
    """Return the word that what an agency proposed was approved."""
    letters = Letters(Epochs("processing").source, APPLICANT_LINK)
    decided, *_ = requests()
    decision = act(190, role="administrator", agency=None)
    return from_bytes(letters.request_notice(decided, LAND, "approved", "Quyết định số 20/QĐ-UBND", decision))


def hand_over() -> Message:
    """Return the first leg's hand-over."""
    letters = Letters(Epochs("processing").source, APPLICANT_LINK)
    return from_bytes(letters.hand_over(handed_over(), by_system(0.3, FIRST)))


def notice() -> Message:
    """Return the word that the first leg waits for the applicant."""
    letters = Letters(Epochs("processing").source, APPLICANT_LINK)
    work = handed_over()
    work.accept(by_agency(2))
    work.request_supplement(by_agency(3), "Thiếu bản vẽ")
    paused = Notice(LAND, work.hand_over_id, "paused", "Thiếu bản vẽ")
    return from_bytes(letters.notice(work, paused, by_agency(3)))


def restored() -> Message:
    """Return the word that the system goes on from a backup."""
    made_at = by_agency(20).recorded_at
    letters = Letters(Epochs("processing", ((29_200_000, 31),)).source)
    return from_bytes(letters.restored(Restored(made_at, by_agency(29).recorded_at), LAND))


def refusal() -> Message:
    """Return the answer to a command on a leg that has ended."""
    letters = Letters(Epochs("processing").source, APPLICANT_LINK)
    refused = RefusedError(LEG_ALREADY_CLOSED, leg=FIRST, outcome="completed")
    at = by_agency(29).recorded_at
    return from_bytes(
        letters.refusal(
            Refusal(LAND, f"/agencies/{LAND}", "VPDK-complete-leg-2", refused, at, FIRST, str(DOSSIER))
        )
    )


def carried_out() -> Message:
    """Return the word that a command was carried out, to an agency that asked for it."""
    letters = Letters(Epochs("processing").source, APPLICANT_LINK)
    at = by_agency(2).recorded_at
    done = CarriedOut(LAND, f"/agencies/{LAND}", "VPDK-accept-leg-1", "accepted", at, FIRST, str(DOSSIER))
    return from_bytes(letters.carried_out(done))


def plain(message: Message) -> dict[str, Any]:
    """Return a message as JSON."""
    document: dict[str, Any] = orjson.loads(message.to_bytes())
    return document
