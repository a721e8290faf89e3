"""Which agencies a dossier passes, and why: same inputs, same itinerary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.routing.rules.structure import LEVELS_VI, Structure, day_of
from shared import conditions
from shared.errors import NotYetKnownError

RANK = {"province": 0, "district": 1, "commune": 2}
RECEIVER = "receiver"
APPLICANT = "applicant"
COMPETENT = "competent"

Facts = Mapping[str, Any]
Reason = dict[str, str]


def direction(from_agency: Facts, to_agency: Facts) -> str:
    """Return how a hand-over goes: up, down, to a peer, or inside one agency."""
    if from_agency["agency"] == to_agency["agency"]:
        return "inside"
    difference = RANK[to_agency["level"]] - RANK[from_agency["level"]]
    if difference == 0:
        return "peer"
    return "up" if difference < 0 else "down"


def plan(
    definition: Facts,
    desk: str,
    area: str | None,
    structure: Structure,
    facts: Facts,
) -> list[dict[str, Any]]:
    """Return the planned legs of a dossier received at `desk`, about `area` (else the desk's own).

    `facts` holds what conditions look at, and `applicant_agency` where an agency files. Raises
    NotYetKnownError when an agency that the process names is not in the register, or has not begun.
    """
    return _Planner(definition, desk, area, structure, facts).legs()


class _Planner:
    def __init__(
        self, definition: Facts, desk: str, area: str | None, structure: Structure, facts: Facts
    ) -> None:
        self._definition = definition
        self._structure = structure
        self._receiver = structure.current(desk, area)[0]
        self._area = area or structure.agency(desk).get("area") or ""
        self._facts = {**facts, "area": self._area, "procedure": definition["procedure"]}
        self._planned: list[dict[str, Any]] = []
        self._choices: list[Any] = []
        self._numbers: dict[str, list[int]] = {}

    def legs(self) -> list[dict[str, Any]]:
        """Return the legs in the order of the definition, numbered from 1."""
        before: str | None = None
        for position, leg in enumerate(self._definition["legs"], start=1):
            name = leg.get("id") or f"leg-{position}"
            after = leg.get("after")
            names = after if after is not None else ([before] if before else [])
            numbers = [number for one in names for number in self._numbers[one]]
            choices = leg.get("consult") or [leg["agency"]]
            self._numbers[name] = [self._add(name, leg, choice, numbers) for choice in choices]
            before = name
        return self._planned

    def _add(self, name: str, leg: Facts, choice: Any, after: list[int]) -> int:
        number = len(self._planned) + 1
        skipped = self._why_skipped(leg)
        agency, reason = self._choose(choice) if not skipped else self._choose_if_possible(choice)
        self._choices.append(choice)
        self._planned.append(
            {
                "number": number,
                "id": name,
                "name": leg["name"],
                "kind": "opinion" if leg.get("consult") else leg.get("kind") or "work",
                "choice": choice if leg.get("consult") else None,
                "agency": agency["agency"],
                "direction": direction(self._from(after), agency),
                "term": self._term(leg),
                "at_term": leg.get("at_term") or "overdue",
                "pause": leg.get("pause"),
                "after": after,
                "join": str(leg.get("join") or "all"),
                "reason": reason["en"],
                "reason_vi": reason["vi"],
                "skipped": skipped and skipped["en"],
                "skipped_vi": skipped and skipped["vi"],
                "return_extends": leg.get("return_extends"),
                "same_as": self._same_as(choice),
            },
        )
        return number

    def _from(self, after: list[int]) -> Facts:
        """Return who hands over: the last of the legs before that the dossier passes, else the desk."""
        for number in reversed(after):
            before = self._planned[number - 1]
            if not before["skipped"]:
                return self._structure.agency(before["agency"])
            if before["after"]:
                return self._from(before["after"])
        return self._receiver

    def _why_skipped(self, leg: Facts) -> Reason | None:
        condition = leg.get("when")
        if condition is None or conditions.holds(condition, self._facts):
            return None
        said = conditions.explain(condition)
        return {"vi": f"không áp dụng: chỉ khi {said['vi']}", "en": f"does not apply: only when {said['en']}"}

    def _term(self, leg: Facts) -> Any:
        for exception in leg.get("terms") or ():
            if conditions.holds(exception["when"], self._facts):
                return exception["term"]
        return leg["term"]

    def _same_as(self, choice: Any) -> int | None:
        if not isinstance(choice, dict) or "leg" not in choice:
            return None
        earlier = self._planned[self._numbers[choice["leg"]][0] - 1]
        same_as: int | None = earlier["same_as"] if earlier["skipped"] else earlier["number"]
        return same_as

    def _choose(self, choice: Any) -> tuple[Facts, Reason]:
        if isinstance(choice, str):
            return self._by_word(choice)
        if "leg" in choice:
            earlier = self._planned[self._numbers[choice["leg"]][0] - 1]
            if earlier["skipped"]:  # nobody did it: its agency is found as it would have been for it
                return self._choose(self._choices[earlier["number"] - 1])
            name = earlier["name"]
            return self._structure.agency(earlier["agency"]), {
                "vi": f"cơ quan đã thực hiện “{name['vi']}”",
                "en": f"the agency of “{name['en']}”",
            }
        if "id" in choice:
            return self._alive(choice["id"], {"vi": "quy trình chỉ định", "en": "named by the process"})
        kind, level = choice["kind"], choice["level"]
        agency = self._structure.responsible(kind, level, self._area)
        return agency, {
            "vi": f"{kind} cấp {LEVELS_VI[level]} phụ trách {self._area or 'mọi địa bàn'}",
            "en": f"{kind} at {level} level for {self._area or 'everywhere'}",
        }

    def _choose_if_possible(self, choice: Any) -> tuple[Facts, Reason]:
        # No dossier is to wait for the agency of a leg that it does not pass.
        try:
            return self._choose(choice)
        except NotYetKnownError:
            return self._receiver, {"vi": "chưa có cơ quan nào", "en": "no agency is known"}

    def _by_word(self, word: str) -> tuple[Facts, Reason]:
        if word == RECEIVER:
            return self._receiver, {"vi": "bộ phận tiếp nhận hồ sơ", "en": "the receiving desk"}
        if word == APPLICANT:
            agency = self._facts.get("applicant_agency")
            if not agency:
                raise NotYetKnownError("agency/applicant")
            return self._alive(agency, {"vi": "cơ quan nộp hồ sơ", "en": "the agency that files"})
        procedure = self._definition["procedure"]
        agency, row = self._structure.competent(procedure, self._area)
        place_vi, place_en = row.get("area") or "mọi địa bàn", row.get("area") or "everywhere"
        since, basis = day_of(row["valid_from"]), row["basis"]
        reason = {
            "vi": f"có thẩm quyền giải quyết {procedure} tại {place_vi} từ {since} ({basis})",
            "en": f"competent for {procedure} in {place_en} since {since} ({basis})",
        }
        return self._alive(row["agency"], reason) if row.get("agency") else (agency, reason)

    def _alive(self, agency: str, reason: Reason) -> tuple[Facts, Reason]:
        facts, hops = self._structure.serving(agency, self._area)
        return facts, {
            "vi": "; ".join([reason["vi"], *(hop["vi"] for hop in hops)]),
            "en": "; ".join([reason["en"], *(hop["en"] for hop in hops)]),
        }
