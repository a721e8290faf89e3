from __future__ import annotations

from datetime import date

import pytest

from services.statistics.read_model import scratches as module
from services.statistics.read_model.scratches import Scratches
from services.statistics.reports.answers import Question
from shared.acts import Actor
from shared.clock import SetClock, to_text
from shared.errors import RefusedError
from tests.builders.statistics import vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_resolution import twelve_dossiers

pytestmark = pytest.mark.integration

JULY = date(2019, 7, 1), date(2019, 7, 31)
AUDITOR = Actor("auditor", "Lê Văn Bình")
THEN = vietnam(2019, 8, 1, 8)


@pytest.fixture
def corrected(office: Office, clock: SetClock) -> Office:
    """Half of the messages were taken in by the first of August, the others in December."""
    messages = twelve_dossiers().sent
    late = [message for message in messages if message.time >= "2019-07-20"]
    clock.set(vietnam(2019, 8, 1, 7))
    office.take([message for message in messages if message not in late])
    clock.set(vietnam(2019, 12, 1))
    office.take(late)
    return office


def scratches(office: Office, clock: SetClock) -> Scratches:
    return Scratches(office.database, office.unit, office.application, clock)


def test_a_scratch_answers_as_of_its_moment_and_the_live_tables_go_on(
    corrected: Office, clock: SetClock
) -> None:
    live = corrected.digest()
    built = scratches(corrected, clock).build("thang-7", THEN, "đối chiếu", AUDITOR)
    assert corrected.digest() == live

    asked = corrected.reports.report("resolution", Question(*JULY, scratch="thang-7"))
    published = corrected.reports.report("resolution", Question(*JULY, published_at=THEN))
    assert asked == published
    assert asked["ledger_sequence"] == built["ledger_sequence"]
    assert asked["total"] != corrected.report(*JULY)["total"]


def test_a_scratch_of_now_equals_the_live_tables_row_by_row(corrected: Office, clock: SetClock) -> None:
    built = scratches(corrected, clock).build("now", vietnam(2030, 1, 1), "so sánh", AUDITOR)
    assert (built["sha256"], built["rows"]) == (corrected.digest().sha256, corrected.digest().rows)
    assert built["as_of"] == to_text(clock.now()), "a moment to come is now"


def test_a_scratch_outlives_a_rebuild_and_is_gone_once_it_is_dropped(
    corrected: Office, clock: SetClock
) -> None:
    ours = scratches(corrected, clock)
    ours.build("a", THEN, "một", AUDITOR)
    ours.build("b", THEN, "hai", AUDITOR)
    corrected.builder.rebuild()
    corrected.builder.rebuild()
    assert [(one["name"], one["built_by"], one["reason"]) for one in ours.all()] == [
        ("a", AUDITOR.subject, "một"),
        ("b", AUDITOR.subject, "hai"),
    ]
    ours.drop("a", "xong", AUDITOR)
    assert corrected.reports.report("resolution", Question(*JULY, scratch="b"))["rows"]
    with pytest.raises(RefusedError, match="unknown-scratch"):
        corrected.reports.report("resolution", Question(*JULY, scratch="a"))
    with pytest.raises(RefusedError, match="unknown-scratch"):
        ours.drop("a", "xong", AUDITOR)
    with pytest.raises(RefusedError, match="scratch-exists"):
        ours.build("b", THEN, "nữa", AUDITOR)


def test_a_build_that_was_killed_is_not_read_and_makes_way(
    corrected: Office, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> int:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(module, "take_batch", killed)
        with pytest.raises(MemoryError):
            scratches(corrected, clock).build("a", THEN, "một", AUDITOR)
    with pytest.raises(RefusedError, match="unknown-scratch"):
        corrected.reports.report("resolution", Question(*JULY, scratch="a"))

    assert scratches(corrected, clock).build("a", THEN, "lại", AUDITOR)["rows"]
    assert [one["reason"] for one in scratches(corrected, clock).all()] == ["lại"]
