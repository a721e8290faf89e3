"""The balance of a reorganisation: what is wrong is noticed, in whichever order the services' words come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.balance import Row
from deploy.reconciliation import reconcile

Document = dict[str, Any]
Story = dict[str, list[Document]]
"""What each service said, in its order."""

MOMENT = "2025-06-30T17:00:00.000000Z"
DUE, LATER_DUE = "2025-07-04T10:00:00.000000Z", "2025-07-09T10:00:00.000000Z"


def said(root: str, what: str, day: str, /, **data: Any) -> Document:
    return {
        "rootid": root,
        "type": f"lienthong.{what}",
        "time": f"2025-{day}T08:00:00.000000Z",
        "data": data,
    }


def of_routing(root: str, kind: str, day: str, **data: Any) -> Document:
    return said(root, f"routing.{kind}", day, code=f"code-{root}", leg=f"leg-{root}", **data)


def received(root: str, day: str = "06-20", **data: Any) -> Document:
    facts = {"code": f"code-{root}", "procedure": "1.001193", "due_at": DUE, **data}
    return said(root, "intake.dossier-received", day, **facts)


def resolved(root: str, day: str, due_at: str = DUE) -> Document:
    return said(root, "intake.dossier-resolved", day, code=f"code-{root}", due_at=due_at)


def handed(root: str, day: str, agency: str, *, again: bool = False) -> Document:
    kind = "work-rehomed" if again else "leg-handed-over"
    due = {} if again else {"due_at": DUE}
    return said(root, f"processing.{kind}", day, leg=f"leg-{root}", agency=agency, **due)


def opened(root: str, day: str = "06-20", agency: str = "district") -> Document:
    return of_routing(root, "leg-opened", day, agency=agency, due_at=DUE)


def rehomed(root: str, due_at: str = DUE) -> Document:
    return of_routing(root, "leg-rehomed", "07-01", agency="ward", from_agency="district", due_at=due_at)


def paused(root: str, pause: str) -> Document:
    facts = {"code": f"code-{root}", "leg": f"leg-{root}", "agency": "district", "kind": "supplement"}
    return said(root, "routing.itinerary-paused", "06-24", pause=pause, **facts)


def resumed(root: str, pause: str, due_at: str = LATER_DUE) -> Document:
    facts = {"code": f"code-{root}", "kind": "supplement", "pause": pause, "due_at": due_at}
    return said(root, "intake.dossier-resumed", "07-02", **facts)


def extended(root: str, *, by_routing: bool) -> Document:
    if by_routing:
        return of_routing(root, "itinerary-extended", "07-02", by={}, reason="trả lại")
    facts = {"code": f"code-{root}", "by": {}, "reason": "trả lại", "due_at": LATER_DUE}
    return said(root, "intake.dossier-extended", "07-02", **facts)


def repeated(root: str, kind: str, day: str, due_at: str = DUE) -> Document:
    return said(root, f"processing.{kind}", day, leg=f"leg-{root}", agency="ward", due_at=due_at)


def closed(root: str, day: str) -> Document:
    return of_routing(root, "leg-closed", day, outcome="completed")


def story() -> Story:
    """Six dossiers: finished before; moved and finished; moved while it waits, and withdrawn; moved and still
    open; back at the desk; received afterwards."""
    return {
        "intake": [
            *(received(root) for root in ("before", "moved", "waits", "open", "desk")),
            said("waits", "intake.dossier-paused", "06-24", code="code-waits", kind="supplement", pause="p"),
            resolved("before", "06-28"),
            resolved("moved", "07-03"),
            said(
                "waits",
                "intake.dossier-resumed",
                "07-04",
                code="code-waits",
                due_at=LATER_DUE,
                kind="supplement",
                pause="p",
            ),
            said("waits", "intake.dossier-withdrawn", "07-05", code="code-waits"),
            received("after", "07-06"),
        ],
        "routing": [
            *(opened(root) for root in ("before", "moved", "waits", "open", "desk")),
            paused("waits", "p"),
            closed("before", "06-27"),
            closed("desk", "06-27"),
            of_routing("desk", "itinerary-returned", "06-27", agency="district", reason="thiếu"),
            said(
                "agency", "routing.agency-ended", "07-01", agency="district", code="H47.71", ended_at=MOMENT
            ),
            rehomed("moved"),
            rehomed("waits"),
            rehomed("open"),
            closed("moved", "07-02"),
            of_routing("waits", "itinerary-resumed", "07-04", due_at=LATER_DUE),
            closed("waits", "07-05"),
            opened("after", "07-06", "ward"),
        ],
        "processing": [
            *(handed(root, "06-20", "district") for root in ("before", "moved", "waits", "open", "desk")),
            *(handed(root, "07-01", "ward", again=True) for root in ("moved", "waits", "open")),
            repeated("waits", "leg-resumed", "07-04", LATER_DUE),
            repeated("open", "leg-overdue", "07-07"),
            handed("after", "07-06", "ward"),
        ],
    }


RIGHT = {
    "in_flight_before": 4,
    "re_homed": 3,
    "finished": 1,
    "withdrawn": 1,
    "closed_administratively": 0,
    "still_open": 2,
    "due_dates_changed": 0,
    "codes_changed": 0,
    "delivered_twice": 0,
    "lost": 0,
    "by_procedure": {"1.001193": 4},
    "by_state": {"processing": 3, "supplement": 1},
    "uncollected_before": 1,
    "by_agency": [{"agency": "district", "successor": "ward", "legs": 3, "dossiers": 3, "finished": 1}],
}


def in_a_row(told: Story) -> list[Document]:
    return [document for source in told.values() for document in source]


@st.composite
def interleaved(draw: st.DrawFn, told: Story) -> list[Document]:
    left = {source: list(documents) for source, documents in told.items()}
    row = []
    while left:
        source = draw(st.sampled_from(sorted(left)))
        row.append(left[source].pop(0))
        if not left[source]:
            del left[source]
    return row


@given(interleaved(story()))
def test_before_is_after_in_whichever_order_the_services_are_heard(row: list[Document]) -> None:
    found = reconcile(row, MOMENT)

    assert found.as_json() == RIGHT
    assert found.holds
    assert found.by_agency == (Row("district", "ward", 3, 3, 1),)


def replace(told: Story, source: str, was: Document, now: Document | None) -> None:
    position = told[source].index(was)
    told[source][position : position + 1] = [now] if now else []


def _leg_due_changed(told: Story) -> None:
    replace(told, "routing", rehomed("moved"), rehomed("moved", LATER_DUE))


def _dossier_due_changed(told: Story) -> None:
    replace(told, "intake", resolved("moved", "07-03"), resolved("moved", "07-03", LATER_DUE))


def _moved_without_a_wait(told: Story) -> None:
    told["intake"].append(resumed("open", "never"))


def _moved_twice_by_one_wait(told: Story) -> None:
    told["routing"].append(paused("open", "q"))
    told["intake"] += [resumed("open", "q"), resumed("open", "q", "2025-07-10T10:00:00.000000Z")]


def _moved_to_an_earlier_time(told: Story) -> None:
    told["routing"].append(paused("open", "q"))
    told["intake"].append(resumed("open", "q", "2025-07-03T10:00:00.000000Z"))


def _taken_away(told: Story) -> None:
    told["routing"].append(paused("open", "q"))
    told["intake"].append(resumed("open", "q") | {"data": {**resumed("open", "q")["data"], "due_at": None}})


def _extended_without_a_reason(told: Story) -> None:
    told["intake"].append(extended("open", by_routing=False))


def _extended_for_a_reason(told: Story) -> None:
    told["routing"].append(extended("open", by_routing=True))
    told["intake"].append(extended("open", by_routing=False))


def _processing_works_by_another_term(told: Story) -> None:
    replace(
        told,
        "processing",
        repeated("open", "leg-overdue", "07-07"),
        repeated("open", "leg-overdue", "07-07", LATER_DUE),
    )


def _code_changed(told: Story) -> None:
    told["routing"].append(said("open", "routing.leg-opened", "07-02", code="H47.101-1", **_second_leg()))


def _second_leg() -> dict[str, Any]:
    return {"leg": "leg-2", "agency": "ward", "due_at": None}


def _given_twice(told: Story) -> None:
    told["processing"].append(handed("open", "07-01", "ward", again=True))


def _closed_and_never_ended(told: Story) -> None:
    told["routing"].append(closed("open", "07-02"))


def _left_behind(told: Story) -> None:
    replace(told, "routing", rehomed("open"), None)
    replace(told, "processing", handed("open", "07-01", "ward", again=True), None)


def _never_given_to_the_successor(told: Story) -> None:
    replace(told, "processing", handed("open", "07-01", "ward", again=True), None)


def _stopped(told: Story) -> None:
    told["intake"].append(said("open", "intake.dossier-stopped", "07-02", code="code-open"))
    told["routing"].append(closed("open", "07-02"))


WRONG: dict[str, tuple[Callable[[Story], None], dict[str, int]]] = {
    "a leg due later at the successor": (_leg_due_changed, {"due_dates_changed": 1}),
    "a dossier due later": (_dossier_due_changed, {"due_dates_changed": 1}),
    "a dossier's time moved by a wait that was none": (_moved_without_a_wait, {"due_dates_changed": 1}),
    "a dossier's time moved twice by one wait": (_moved_twice_by_one_wait, {"due_dates_changed": 1}),
    "a dossier due earlier": (_moved_to_an_earlier_time, {"due_dates_changed": 1}),
    "a dossier due no more": (_taken_away, {"due_dates_changed": 1}),
    "a dossier given time for no reason": (_extended_without_a_reason, {"due_dates_changed": 1}),
    "a dossier given time as its process has it": (_extended_for_a_reason, {}),
    "processing works by another term": (_processing_works_by_another_term, {"due_dates_changed": 1}),
    "another code": (_code_changed, {"codes_changed": 1}),
    "given twice": (_given_twice, {"delivered_twice": 1}),
    "closed and never ended": (_closed_and_never_ended, {"lost": 1, "still_open": 1}),
    "left with the ended agency": (_left_behind, {"lost": 1, "still_open": 1, "re_homed": 2}),
    "never given to the successor": (_never_given_to_the_successor, {"lost": 1, "still_open": 1}),
    "stopped by the desk": (_stopped, {"closed_administratively": 1, "still_open": 1}),
}
FIGURES = [name for name, value in RIGHT.items() if isinstance(value, int)]


@pytest.mark.parametrize("what", WRONG)
def test_what_went_wrong_shows_in_its_figure(what: str) -> None:
    spoil, wrong = WRONG[what]
    told = story()
    spoil(told)

    found = reconcile(in_a_row(told), MOMENT).as_json()

    assert {name: found[name] for name in FIGURES} == {name: RIGHT[name] for name in FIGURES} | wrong
    backwards = dict(reversed(list(told.items())))
    assert reconcile(in_a_row(backwards), MOMENT).as_json() == found


def test_only_a_figure_that_should_be_zero_upsets_the_balance() -> None:
    """A dossier that its desk stopped is seen, and is no fault of the reorganisation's."""
    for spoil, wrong in WRONG.values():
        told = story()
        spoil(told)
        upset = not wrong.keys() <= {"closed_administratively", "still_open"}
        assert reconcile(in_a_row(told), MOMENT).holds is not upset, spoil.__name__


def test_of_dossiers_from_before_the_ledgers_part_nothing_is_said() -> None:
    told = story()
    told["routing"] = [rehomed("old"), *told["routing"], closed("old", "07-02")]
    told["processing"] = [handed("old", "07-01", "ward", again=True), *told["processing"]]
    told["intake"].append(resolved("old", "07-03"))

    assert reconcile(in_a_row(told), MOMENT).as_json() == RIGHT


def test_nothing_happened() -> None:
    found = reconcile([], MOMENT)

    assert found.holds
    assert found.in_flight_before == found.re_homed == 0


def test_every_successor_that_a_leg_went_through_is_named() -> None:
    told = story()
    told["routing"].append(
        of_routing("open", "leg-rehomed", "07-02", agency="city", from_agency="ward", due_at=DUE)
    )
    told["processing"].append(handed("open", "07-02", "city", again=True))

    found = reconcile(in_a_row(told), MOMENT)

    assert found.by_agency == (Row("district", "ward", 3, 3, 1), Row("ward", "city", 1, 1, 0))
    assert (found.re_homed, found.still_open, found.holds) == (3, 2, True)
