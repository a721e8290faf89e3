"""Reports that went out: frozen, sealed, corrected only by another, and held against what is known today."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.statistics.domain.publication import DOMAIN
from services.statistics.reports import changes as changes_module
from services.statistics.reports import publications as module
from services.statistics.reports.answers import Question
from services.statistics.reports.publications import Publications
from shared.acts import Act, Actor
from shared.clock import SetClock
from shared.contracts.envelope import Message
from shared.errors import RefusedError
from shared.signing import Signer, is_signed
from tests.builders.statistics import code_of, root_of, vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_resolution import twelve_dossiers

pytestmark = pytest.mark.integration

JULY = date(2019, 7, 1), date(2019, 7, 31)
CLERK = Actor("administrator", "Nguyễn Thị Hà")


class Registry:
    """Sends reports out at moments of the test's."""

    def __init__(self, office: Office, clock: SetClock, key: Path) -> None:
        self.office, self.clock, self.signer = office, clock, Signer.of(key)
        self.publications = Publications(
            office.database, office.unit, office.application, office.reports, self.signer
        )

    def publish(
        self, number: str, corrects: str | None = None, *by: str, report: str = "resolution", **more: Any
    ) -> dict[str, Any]:
        now = self.clock.now()
        act = Act(CLERK, now, now, now, root=UUID(int=0))
        question = Question(*JULY, by=by, **more)
        answer = self.publications.draft(report, question)
        return self.office.unit.run(lambda _tx: self.publications.publish(number, corrects, answer, act))


@pytest.fixture
def registry(office: Office, clock: SetClock, tmp_path: Path) -> Registry:
    return Registry(office, clock, tmp_path / "report.key")


def refused(registry: Registry, *arguments: Any, **more: Any) -> str:
    with pytest.raises(RefusedError) as refusal:
        registry.publish(*arguments, **more)
    return refusal.value.problem.code


def take(office: Office, clock: SetClock, messages: list[Message], at: datetime) -> None:
    clock.set(at)
    office.take(messages)


def test_what_went_out_stays_as_it_was_and_its_seal_holds(registry: Registry, clock: SetClock) -> None:
    messages = twelve_dossiers().sent
    early = [message for message in messages if message.time < "2019-07-20"]
    take(registry.office, clock, early, vietnam(2019, 8, 1, 7))
    said = registry.publish("122/BC-UBND")
    published = registry.publications.answer(said["id"])
    take(registry.office, clock, [one for one in messages if one not in early], vietnam(2019, 12, 1))

    assert registry.publications.answer(said["id"]) == published
    assert published["total"] != registry.office.report(*JULY)["total"]
    shown = registry.publications.show(said["id"])
    document = shown["document"].encode()
    assert shown["digest"] == sha256(document).hexdigest() == said["digest"]
    key, signature = b64decode(shown["key"]), b64decode(shown["signature"])
    assert key == registry.signer.public
    assert is_signed(key, signature, DOMAIN + document)
    assert not is_signed(key, signature, DOMAIN + document.replace(b"122", b"123"))
    assert json.loads(document)["published_by"] == CLERK.subject


def test_a_number_goes_out_once_and_is_corrected_once(registry: Registry, clock: SetClock) -> None:
    take(registry.office, clock, twelve_dossiers().sent, vietnam(2019, 12, 1))
    first = registry.publish("1/BC")
    assert refused(registry, "1/BC") == "publication-exists"
    assert refused(registry, "2/BC", "0/BC") == "unknown-publication"
    second = registry.publish("2/BC", "1/BC")
    assert refused(registry, "3/BC", "1/BC") == "publication-exists"
    registry.publish("3/BC", "2/BC")  # a correction of a correction
    listed = {one["number"]: one for one in registry.publications.all()}
    assert [
        (listed[number]["corrects"], listed[number]["corrected_by"]) for number in ("1/BC", "2/BC", "3/BC")
    ] == [
        (None, "2/BC"),
        ("1/BC", "3/BC"),
        ("2/BC", None),
    ]
    assert registry.publications.all("2/BC")[0]["id"] == second["id"]
    assert registry.publications.answer(first["id"])["publication"]["corrected_by"] == "2/BC"


def test_only_what_is_known_now_is_published_and_nothing_without_end(
    registry: Registry, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(registry.office, clock, twelve_dossiers().sent, vietnam(2019, 12, 1))
    assert refused(registry, "1/BC", published_at=vietnam(2019, 11, 1)) == "publication-unsuitable"
    assert refused(registry, "1/BC", scratch="x") == "publication-unsuitable"
    assert refused(registry, "1/BC", report="late") == "publication-unsuitable", "it is for everybody"
    assert refused(registry, "1/BC", None, "officer", report="discipline") == "publication-unsuitable"
    monkeypatch.setattr(module, "LARGEST_DOCUMENT", 100)
    assert refused(registry, "1/BC") == "publication-too-long"
    for unknown in ("no-id", str(UUID(int=7))):
        with pytest.raises(RefusedError) as refusal:
            registry.publications.show(unknown)
        assert refusal.value.problem.code == "unknown-publication"


def test_a_late_event_is_named_with_what_it_changed(registry: Registry, clock: SetClock) -> None:
    province = twelve_dossiers()
    late = [
        message
        for message in province.sent
        if message.rootid == str(root_of(1)) and message.type == "lienthong.intake.dossier-resolved"
    ]
    take(registry.office, clock, [one for one in province.sent if one not in late], vietnam(2019, 8, 25))
    said = registry.publish("1/BC")
    assert registry.publications.changes(said["id"])["figures"] == []
    take(registry.office, clock, late, vietnam(2019, 9, 2))

    found = registry.publications.changes(said["id"])
    assert (found["candidates"], found["examined"]) == (1, 1)
    (dossier,) = found["dossiers"]
    assert dossier["code"] == code_of(1)
    assert [entry["type"] for entry in dossier["entries"]] == ["lienthong.intake.dossier-resolved"]
    changed = {figure["figure"]: (figure["then"], figure["now"]) for figure in dossier["figures"]}
    assert changed["resolved_early"] == (0, 1)
    assert changed["in_progress_total"] == (1, 0)
    assert {figure["figure"]: figure["now"] - figure["then"] for figure in found["figures"]} == {
        name: now - then for name, (then, now) in changed.items()
    }


def test_a_rename_after_the_report_is_no_dossier_s(registry: Registry, clock: SetClock) -> None:
    province = twelve_dossiers()
    take(registry.office, clock, province.sent, vietnam(2019, 8, 25))
    said = registry.publish("1/BC", None, "agency")
    sent = len(province.sent)
    province.agency("H47.99.01", "commune")
    take(registry.office, clock, province.sent[sent:], vietnam(2019, 9, 2))
    found = registry.publications.changes(said["id"])
    assert (found["figures"], found["dossiers"]) == ([], [])
    assert [entry["type"] for entry in found["reference"]] == ["lienthong.routing.agency-registered"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=st.sets(st.integers(0, 40)), by=st.sampled_from([(), ("agency",), ("channel",)]))
def test_the_dossiers_named_make_up_the_whole_difference(
    registry: Registry, later: set[int], by: tuple[str, ...]
) -> None:
    """Whichever entries come late, the sum of what each dossier changed is what the report changed."""
    office, database = registry.office, registry.office.database
    messages = twelve_dossiers().sent
    reference = [one for one in messages if not one.type.startswith("lienthong.intake.dossier-")]
    others = [one for one in messages if one not in reference]
    early = reference + [one for at, one in enumerate(others) if at not in later]
    with suppress(_RollbackError), database.transaction():
        office.take(early)
        question = Question(*JULY, by=by)
        then = office.reports.report("resolution", question)
        office.take([one for one in messages if one not in early])
        now = office.reports.report("resolution", question)
        found = changes_module.changes(database, question, then, now)
        assert found["candidates"] == found["examined"]
        summed: Counter[tuple[tuple[str, ...], str]] = Counter()
        for dossier in found["dossiers"]:
            for figure in dossier["figures"]:
                summed[tuple(figure["row"]), figure["figure"]] += (figure["now"] or 0) - (figure["then"] or 0)
        whole = {
            (tuple(figure["row"]), figure["figure"]): (figure["now"] or 0) - (figure["then"] or 0)
            for figure in found["figures"]
        }
        assert {key: value for key, value in summed.items() if value} == {
            key: value for key, value in whole.items() if value
        }
        raise _RollbackError


class _RollbackError(Exception):
    """Leaves nothing behind."""
