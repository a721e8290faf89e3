"""What is wrong, or looks wrong, with a process definition before any dossier follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.routing.rules.cases import BUILT_IN, cases_of, conditions_of
from services.routing.rules.duration import HOURS_A_DAY, Lengths, length_of, longest
from services.routing.rules.route import faults_of, named_legs
from services.routing.rules.structure import Structure, missing_in_words
from shared.conditions import facts_in, holds
from shared.errors import NotYetKnownError, RefusedError
from shared.working_time.terms import Term

ERROR, WARNING = "error", "warning"

Definition = Mapping[str, Any]
Limits = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, with a stable code and a sentence in both languages."""

    code: str
    level: str
    leg: str | None
    vi: str
    en: str

    def state(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def lint(
    definition: Definition, limit: Mapping[str, Any] | None = None, limits: Limits = ()
) -> list[Finding]:
    """Return what is found in a definition, worst first.

    `limit` is the procedure's statutory limit (else the definition's own), `limits` its exceptions
    `{when, term}`. A definition that is no route at all is not looked at further.
    """
    faults = [_refused(error, error.facts.get("leg")) for error in faults_of(definition)]
    if faults:
        return faults
    found = [*_terms(definition), *_facts(definition), *_consents(definition)]
    found += _unreachable(definition)
    found += _against_limit(definition, limit or definition.get("limit"), limits)
    return sorted(found, key=lambda finding: finding.level)


def lint_areas(definition: Definition, structure: Structure, areas: Sequence[str]) -> list[Finding]:
    """Return the legs for which some area has no agency in a structure."""
    return [_no_agency(*gap) for gap in gaps(definition, structure, areas)]


def gaps(definition: Definition, structure: Structure, areas: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return legs, what the structure does not have for them, and the area for which it lacks it."""
    return [
        (leg.id, missing, area)
        for leg in named_legs(definition)
        for area in areas
        for choice in leg.choices
        if (missing := _missing(choice, definition["procedure"], structure, area))
    ]


def _missing(choice: Any, procedure: str, structure: Structure, area: str) -> str | None:
    try:
        if choice == "competent":
            structure.competent(procedure, area)
        elif isinstance(choice, Mapping) and "id" in choice:
            structure.serving(choice["id"], area)
        elif isinstance(choice, Mapping) and "kind" in choice:
            structure.responsible(choice["kind"], choice["level"], area)
    except NotYetKnownError as error:
        return error.reference
    return None


def _terms(definition: Definition) -> list[Finding]:
    return [
        finding
        for leg in named_legs(definition)
        for term in [leg.leg.get("term"), *(one["term"] for one in leg.leg.get("terms") or ())]
        if term is not None and (finding := _unclear(term, leg.id))
    ]


def _unclear(term: Mapping[str, Any], leg: str | None) -> Finding | None:
    try:
        Term.parse(term)
    except RefusedError as error:
        return _refused(error, leg)
    return None


def _facts(definition: Definition) -> list[Finding]:
    declared = {*BUILT_IN, *(definition.get("facts") or {})}
    legs = named_legs(definition)
    found = {
        (legs[position].id, name)
        for position, condition in conditions_of(definition)
        for name in facts_in(condition) - declared
    }
    return [
        Finding(
            "fact-undeclared",
            ERROR,
            leg,
            f"Điều kiện của công đoạn {leg} dựa trên thông tin {name} chưa được khai báo",
            f"The condition of leg {leg} looks at {name}, which is not declared",
        )
        for leg, name in sorted(found)
    ]


def _consents(definition: Definition) -> list[Finding]:
    return [
        Finding(
            "consult-without-term",
            ERROR,
            leg.id,
            f"Công đoạn {leg.id} coi im lặng là đồng ý hoặc tự kết thúc nhưng không có thời hạn",
            f"Leg {leg.id} takes silence for consent, or ends by itself, but has no term",
        )
        for leg in named_legs(definition)
        if leg.leg.get("at_term") in {"consent", "elapse"} and not leg.leg.get("term")
    ]


def _unreachable(definition: Definition) -> list[Finding]:
    cases = cases_of(definition)
    return [
        Finding(
            "leg-unreachable",
            WARNING,
            leg.id,
            f"Không hồ sơ nào đi qua công đoạn {leg.id}: điều kiện không bao giờ đúng",
            f"No dossier passes leg {leg.id}: its condition never holds",
        )
        for leg in named_legs(definition)
        if cases is not None and not any(holds(leg.leg.get("when"), case) for case in cases)
    ]


def _against_limit(definition: Definition, limit: Mapping[str, Any] | None, limits: Limits) -> list[Finding]:
    """Hold the longest way of every case against the limit of that case."""
    stated = [one["term"] for one in limits] + ([limit] if limit else [])
    unclear = [finding for term in stated if (finding := _unclear(term, None))]
    if unclear:
        return unclear
    found: dict[str, Finding] = {}
    worst: tuple[Any, Finding] | None = None
    for case in cases_of(definition, *(one["when"] for one in limits)) or [{}]:
        allowed = next((one["term"] for one in limits if holds(one["when"], case)), limit)
        if allowed is None:
            continue
        term = Term.parse(allowed)
        lengths = longest(definition, case, length_of(term).unit)
        found |= {leg: _not_comparable(leg, term) for leg in lengths.incomparable}
        excess = lengths.total - (length_of(term).amount or HOURS_A_DAY)  # none at all: within the day
        if excess > 0 and (worst is None or excess > worst[0]):
            worst = (excess, _exceeds(lengths, term, case))
    return [*([worst[1]] if worst else []), *found.values()]


def _exceeds(lengths: Lengths, limit: Term, case: Mapping[str, Any]) -> Finding:
    days_vi, days_en = lengths.in_words()
    when = ", ".join(f"{name}={value}" for name, value in sorted(case.items()))
    vi = f"Các công đoạn nối tiếp dài nhất mất {days_vi}, quá thời hạn {limit.vi}"
    en = f"The longest sequence of legs takes {days_en}, more than the limit of {limit.en}"
    if when:
        vi, en = f"{vi} (khi {when})", f"{en} (when {when})"
    return Finding("legs-exceed-limit", ERROR, None, vi, en)


def _not_comparable(leg: str, limit: Term) -> Finding:
    return Finding(
        "term-not-comparable",
        WARNING,
        leg,
        f"Thời hạn công đoạn {leg} không cùng đơn vị với thời hạn {limit.vi}, không cộng được",
        f"The term of leg {leg} has another unit than the limit of {limit.en}: it is left out of the sum",
    )


def _no_agency(leg: str, missing: str, area: str) -> Finding:
    said = missing_in_words(missing)
    return Finding(
        "no-agency-for-area",
        ERROR,
        leg,
        f"Công đoạn {leg} không có cơ quan nào cho địa bàn {area}: thiếu {said['vi']}",
        f"Leg {leg} has no agency for the area {area}: {said['en']} is missing",
    )


def _refused(error: RefusedError, leg: str | None) -> Finding:
    details = error.details()
    return Finding(error.code, ERROR, leg, details["title_vi"], details["title"])
