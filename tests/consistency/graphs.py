"""A small province whose routes are graphs, and in which agencies end: made up, to hold everything at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deploy.play.scenario import Filing, Scenario

DESK, OTHER_DESK = "H47.01", "H47.71.01"
BUILDING, LAND, MONEY, DISTRICT, POLICE = "H47.15", "H47.14", "H47.16", "H47.71", "H47.61"
MERGED, COMMUNE, OTHER_COMMUNE = "H47.24", "H47.81", "H47.82"
NOBODY = "H47.99"

AREA, OTHER_AREA = "QNA.TK.AX", "QNA.TK.TT"
REORGANISED_FROM = "2025-03-06T00:00:00+07:00"


def _agency(agency: str, level: str, kind: str, area: str, since: str, *, connected: bool) -> dict[str, Any]:
    number = agency.removeprefix("H47.").partition(".")[0]
    return {
        "agency": agency,
        "name": {"vi": f"Cơ quan {agency}", "en": f"Agency {agency}"},
        "level": level,
        "kind": kind,
        "area": area,
        "code": f"000.{agency[-2:]}.{number}.H47",
        "connected": connected,
        "valid_from": since,
    }


_LONG_AGO = "2016-01-01T00:00:00+07:00"
AGENCIES = [
    _agency(DESK, "province", "trung-tam-hcc", "QNA", _LONG_AGO, connected=False),
    _agency(OTHER_DESK, "district", "mot-cua-huyen", "QNA.TK", _LONG_AGO, connected=False),
    _agency(BUILDING, "province", "so-xay-dung", "QNA", _LONG_AGO, connected=True),
    _agency(LAND, "province", "so-tnmt", "QNA", _LONG_AGO, connected=True),
    _agency(MONEY, "province", "so-tai-chinh", "QNA", _LONG_AGO, connected=False),
    _agency(DISTRICT, "district", "ubnd-huyen", "QNA.TK", _LONG_AGO, connected=True),
    _agency(POLICE, "province", "canh-sat-pccc", "QNA", _LONG_AGO, connected=True),
    _agency("H47.61.31", "commune", "cong-an-xa", AREA, _LONG_AGO, connected=False),
    _agency("H47.61.32", "commune", "cong-an-xa", OTHER_AREA, _LONG_AGO, connected=False),
]
NEW = [
    _agency(MERGED, "province", "so-nnmt", "QNA", REORGANISED_FROM, connected=True),
    _agency(COMMUNE, "commune", "ubnd-xa", AREA, REORGANISED_FROM, connected=True),
    _agency(OTHER_COMMUNE, "commune", "ubnd-xa", "QNA.TK", REORGANISED_FROM, connected=False),
]
PLAN = {
    "plan": "hai-cap",
    "from": REORGANISED_FROM,
    "basis": "Nghị quyết 202/2025/QH15",
    "agencies": NEW,
    "competences": [],
    "processes": [],
    "changes": [
        {"change": "merge", "agencies": [LAND], "into": MERGED},
        {
            "change": "split",
            "agency": DISTRICT,
            "successors": [{"agency": COMMUNE, "areas": [AREA]}, {"agency": OTHER_COMMUNE}],
        },
        {"change": "abolish", "agency": OTHER_DESK, "successors": [{"agency": DESK}]},
    ],
}


def _leg(leg: str, agency: Any, term: tuple[str, str] | None, **more: Any) -> dict[str, Any]:
    amount = {"amount": term[0], "unit": term[1]} if term else None
    return {"id": leg, "name": {"vi": leg, "en": leg}, "agency": agency, "term": amount, **more}


def _consult(leg: str, agencies: list[str], term: tuple[str, str], **more: Any) -> dict[str, Any]:
    planned = _leg(leg, None, term, **more, consult=[{"id": agency} for agency in agencies])
    return {name: value for name, value in planned.items() if name != "agency"}


DAY, TWO_DAYS = ("1", "working_day"), ("2", "working_day")
_SIDE_BY_SIDE = [
    _leg("kiem-tra", {"id": BUILDING}, DAY, return_extends={"amount": "1", "unit": "working_day"}),
    _consult("y-kien", [LAND, MONEY, DISTRICT], TWO_DAYS, after=["kiem-tra"], at_term="consent"),
    _leg("thuc-dia", {"id": DISTRICT}, TWO_DAYS, after=["kiem-tra"]),
    _leg("tham-dinh", {"leg": "kiem-tra"}, DAY, after=["y-kien"], join=2),
    _leg("quyet-dinh", {"id": MONEY}, DAY, after=["tham-dinh", "thuc-dia"], join="any"),
    _leg("tra-ket-qua", "receiver", None),
]
_IN_PHASES = [
    _leg("tiep-nhan", "receiver", ("2", "working_hour")),
    _leg("dat-dai", {"id": LAND}, DAY, when={"fact": "services", "includes": "dat"}, after=["tiep-nhan"]),
    _leg("an-ninh", {"id": POLICE}, DAY, when={"fact": "services", "includes": "pccc"}, after=["tiep-nhan"]),
    _leg(
        "bo-sung",
        "receiver",
        None,
        when={"fact": "services", "includes": "dat"},
        after=["dat-dai"],
        pause="supplement",
    ),
    _leg(
        "niem-yet",
        {"id": DISTRICT},
        ("3", "calendar_day"),
        after=["an-ninh", "bo-sung"],
        at_term="elapse",
        pause="posting",
    ),
    _leg("nop-tien", "receiver", None, pause="payment"),
    _leg("tra-ket-qua", "receiver", DAY),
]


def _process(procedure: str, version: int, since: str, legs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "process": f"lien-thong.{procedure.lower()}",
        "version": version,
        "procedure": procedure,
        "valid_from": since,
        "facts": {"services": {"values": ["dat", "pccc"], "many": True}},
        "legs": legs,
    }


_CHANGED = [*_SIDE_BY_SIDE[:-2], _leg("them", {"id": POLICE}, DAY, after=["kiem-tra"]), *_SIDE_BY_SIDE[-2:]]
PROCESSES = [
    _process("SIDE", 1, _LONG_AGO, _SIDE_BY_SIDE),
    _process("SIDE", 2, "2025-03-04T00:00:00+07:00", _CHANGED),
    _process("PHASES", 1, _LONG_AGO, _IN_PHASES),
]


def _procedure(procedure: str) -> dict[str, Any]:
    return {
        "procedure": procedure,
        "name": {"vi": procedure, "en": procedure},
        "sector": "Xây dựng",
        "service_level": 3,
        "valid_from": _LONG_AGO,
        "limit": {"amount": "10", "unit": "working_day"},
        "facts": {"services": {"values": ["dat", "pccc"], "many": True}},
        "channels": ["direct", "online"],
        "components": [{"code": "to-khai", "copies": 1, "required": True}],
    }


FILINGS = tuple(
    Filing(procedure, desk, "citizen", 1, area, facts={"services": services})
    for procedure, desk, area, services in (
        ("SIDE", DESK, AREA, []),
        ("PHASES", OTHER_DESK, AREA, ["dat", "pccc"]),
        ("SIDE", OTHER_DESK, OTHER_AREA, []),
        ("PHASES", DESK, OTHER_AREA, ["dat"]),
        ("PHASES", DESK, AREA, []),
    )
)


def graphs(like: Scenario) -> Scenario:
    """Return the province as a scenario; what tells nothing of it here is taken from another one."""
    return replace(
        like,
        name="graphs",
        agencies=AGENCIES,
        procedures=[_procedure("SIDE"), _procedure("PHASES")],
        processes=PROCESSES,
        competences=[],
        mix=replace(like.mix, filings=FILINGS),
    )
