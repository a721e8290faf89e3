"""The worked example of docs/routing.md does what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from services.routing.rules.lint import lint
from services.routing.schemas import read_reference
from shared.clock import from_text
from shared.errors import RefusedError
from tests.routes.dossiers import Dossier, Leg, written
from tests.routes.province import Province

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "routing.md").read_text("utf-8")


def block(name: str) -> str:
    """Return what stands on the page after a mark, up to the next paragraph of text."""
    found = re.search(rf"<!-- example: {name} -->\n(?:```yaml\n(.*?)```|((?:\|[^\n]*\n)+))", PAGE, re.DOTALL)
    assert found, name
    return found.group(1) or found.group(2)


def table(name: str) -> list[list[str]]:
    """Return the rows of a table on the page, without its head."""
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in block(name).splitlines()[2:]]


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    read = read_reference(orjson.dumps({"processes": [yaml.safe_load(block("process"))]}))
    (process,) = read["processes"]
    return dict(process)


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    stated = yaml.safe_load(block("dossier"))
    return Dossier(
        procedure=stated["procedure"],
        desk=stated["desk"],
        received=str(written(from_text(stated["received_at"]))),
        area=stated["area"],
        channel=stated["channel"],
        facts=stated["facts"],
        applicant_kind=stated["applicant_kind"],
    )


def test_the_dossier_passes_the_legs_in_the_table(
    province: Province, definition: dict[str, Any], dossier: Dossier
) -> None:
    plan = province.with_process(definition).plan(dossier)

    assert [
        [
            str(row["number"]),
            row["id"],
            row["agency"],
            "skipped" if row["skipped"] else row["direction"],
            ", ".join(map(str, row["after"])),
        ]
        for row in plan.rows
    ] == table("plan")


def test_the_terms_stay_within_the_limit_as_the_paper_says(definition: dict[str, Any]) -> None:
    counted = [leg["term"] for leg in definition["legs"] if leg["term"] and not leg.get("pause")]

    assert sum(float(term["amount"]) for term in counted) <= float(definition["limit"]["amount"])


def test_it_is_walked_with_silence_notice_and_the_skipped_leg(
    province: Province, definition: dict[str, Any], dossier: Dossier
) -> None:
    ward, police, insurance = "H47.71.31", "H47.61.7131", "H47.63.71"
    # Monday 10/03/2025 08:00 + 4 hours: 3.5 to 11:30, half an hour from 13:30.
    way = province.with_process(definition).receive(
        dossier, opens=[Leg("tiep-nhan", dossier.desk, "inside", "10/03/2025 14:00")]
    )
    # Monday 10:00 + 3: 11, 12, 13.
    way.done("tiep-nhan", "10/03/2025 10:00", opens=[Leg("xac-minh", ward, "peer", "13/03/2025 10:00")])
    # Wednesday 12/03 09:00 + 7 calendar days: Wednesday 19/03.
    way.done(
        "xac-minh",
        "12/03/2025 09:00",
        opens=[Leg("niem-yet", ward, "inside", "19/03/2025 09:00")],
        waits={"posting"},
    )
    # Wednesday 19/03 09:00 + 2: 20, 21.
    way.lapsed(
        "niem-yet",
        "19/03/2025 09:00",
        "elapsed",
        opens=[
            Leg("y-kien", police, "peer", "21/03/2025 09:00"),
            Leg("y-kien", insurance, "up", "21/03/2025 09:00"),
        ],
    )
    way.opinion("y-kien", police, "20/03/2025 09:00", opens=[])
    # Nothing is built anew: no check on site. Friday 21/03 09:00 + 2: Monday 24, 25.
    way.lapsed(
        "y-kien",
        "21/03/2025 09:00",
        "consented",
        agency=insurance,
        opens=[Leg("tham-dinh", "H47.71.02", "peer", "25/03/2025 09:00")],
    )
    # Monday 24/03 08:00 + 3: 25, 26, 27; the paper gives 2 days more.
    way.returned(
        "tham-dinh",
        "24/03/2025 08:00",
        to="xac-minh",
        opens=[Leg("xac-minh", ward, "down", "27/03/2025 08:00", attempt=2)],
        extends={"amount": "2", "unit": "working_day"},
    )


MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "a misspelt field": ("invalid", {"tern": None}),
    "text for a term": ("term-not-numeric", {"term": {"amount": "Không nêu rõ", "unit": "working_day"}}),
    "a comma": ("term-not-numeric", {"term": {"amount": "0,5", "unit": "working_day"}}),
    "no quotes": ("invalid", {"term": {"amount": 0.5, "unit": "working_day"}}),
    "half a calendar day": ("term-not-whole", {"term": {"amount": "0.5", "unit": "calendar_day"}}),
    "a unit in Vietnamese": ("term-unit-unknown", {"term": {"amount": "1", "unit": "ngày"}}),
    "a name twice": ("leg-id-twice", {"id": "xac-minh"}),
    "after what is not there": ("leg-unknown", {"after": ["xac-mih"]}),
    "the agency of what is not there": ("leg-unknown", {"agency": {"leg": "xac-mih"}}),
    "after what comes after it": ("route-cyclic", {"after": ["quyet-dinh"]}),
    "after itself": ("route-cyclic", {"after": ["tham-dinh"]}),
    "three of two": ("quorum-too-large", {"after": ["y-kien"], "join": 3}),
    "two comparisons in one": (
        "condition-invalid",
        {"when": {"fact": "work", "equals": "x", "one_of": ["y"]}},
    ),
    "a fact nobody declared": ("fact-undeclared", {"when": {"fact": "wrok", "equals": "xay-moi"}}),
    "silence without a term": ("consult-without-term", {"at_term": "consent", "term": None}),
    "a misspelt value": ("leg-unreachable", {"when": {"fact": "work", "equals": "xay-mới"}}),
    "too long": ("legs-exceed-limit", {"term": {"amount": "20", "unit": "working_day"}}),
    "another unit": ("term-not-comparable", {"term": {"amount": "2", "unit": "calendar_day"}}),
}
"""What goes wrong on the leg tham-dinh, and the code that says so."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_common_mistake_has_the_code_on_the_page(mistake: str) -> None:
    code, change = MISTAKES[mistake]
    written_down = yaml.safe_load(block("process"))
    written_down["legs"] = [
        {**leg, **change} if leg["id"] == "tham-dinh" else leg for leg in written_down["legs"]
    ]

    assert code in _found(written_down)
    assert f"`{code}`" in PAGE


def test_a_leg_after_one_further_down_has_the_code_on_the_page() -> None:
    written_down = yaml.safe_load(block("process"))
    written_down["legs"][-1]["after"] = []
    written_down["legs"][0]["after"] = ["tra-ket-qua"]

    assert _found(written_down) == {"leg-not-above"}
    assert "`leg-not-above`" in PAGE


def _found(written_down: dict[str, Any]) -> set[str]:
    try:
        (read,) = read_reference(orjson.dumps({"processes": [written_down]}))["processes"]
    except RefusedError as error:
        return {error.code}
    return {finding.code for finding in lint(read)}


def test_the_worked_example_itself_has_no_error() -> None:
    assert _found(yaml.safe_load(block("process"))) == set()
