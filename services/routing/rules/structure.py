"""The structure of the state at a moment: which agencies there are, who is competent, who succeeds whom.

The register is effective-dated: the agencies of a dossier are those of its time, and an agency that
ended still has its facts, so that history can be told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from shared.clock import VIETNAM, from_text, to_text
from shared.errors import NotYetKnownError

Facts = Mapping[str, Any]
Reason = dict[str, str]


class Registry:
    """The register of agencies: every version of their facts, how they ended, who is competent for what.

    `agencies` holds the versions of each agency's facts by id, `ends` how an agency ended, both with
    moments as UTC text of fixed width.
    """

    def __init__(
        self,
        agencies: Mapping[str, Sequence[Facts]],
        ends: Mapping[str, Facts] | None = None,
        competences: Sequence[Facts] = (),
    ) -> None:
        self.agencies: dict[str, tuple[Facts, ...]] = {
            agency: tuple(sorted(versions, key=lambda facts: facts["valid_from"]))
            for agency, versions in agencies.items()
            if versions
        }
        self.ends: dict[str, Facts] = dict(ends or {})
        self.competences: tuple[Facts, ...] = tuple(competences)
        moments = {facts["valid_from"] for versions in self.agencies.values() for facts in versions}
        moments |= {end["ended_at"] for end in self.ends.values()}
        moments |= {
            row[edge] for row in self.competences for edge in ("valid_from", "valid_to") if row.get(edge)
        }
        self._boundaries: list[str] = sorted(moments)
        self._structures: dict[int, Structure] = {}

    @classmethod
    def of(
        cls, agencies: Iterable[Facts], ends: Iterable[Facts] = (), competences: Iterable[Facts] = ()
    ) -> Self:
        """Return the register that files describe: moments with any offset, each end naming its agency."""
        versions: dict[str, list[Facts]] = {}
        for facts in agencies:
            versions.setdefault(facts["agency"], []).append(_dated(facts))
        return cls(
            versions,
            {end["agency"]: _dated(end) for end in ends},
            [_dated(row) for row in competences],
        )

    def at(self, moment: str) -> Structure:
        """Return the structure in force at a moment (UTC text); the same object between two changes."""
        position = bisect_right(self._boundaries, moment)
        structure = self._structures.get(position)
        if structure is None:
            structure = self._structures[position] = Structure(self, moment)
        return structure


class Structure:
    """The agencies at a moment."""

    def __init__(self, registry: Registry, moment: str) -> None:
        self._facts = {agency: _version_at(v, moment) for agency, v in registry.agencies.items()}
        self._ends = {agency: end for agency, end in registry.ends.items() if end["ended_at"] <= moment}
        self._by_kind: dict[tuple[str, str], list[Facts]] = {}
        for agency, facts in self._facts.items():
            if agency not in self._ends and facts["valid_from"] <= moment:
                self._by_kind.setdefault((facts["kind"], facts["level"]), []).append(facts)
        self._by_area = {
            kind: {
                facts.get("area") or "": facts for facts in sorted(found, key=lambda it: str(it["agency"]))
            }
            for kind, found in self._by_kind.items()
        }
        self._moment = moment
        self._competences: dict[str, list[Facts]] = {}
        for row in registry.competences:
            if row["valid_from"] <= moment and not (row.get("valid_to") and row["valid_to"] <= moment):
                self._competences.setdefault(row["procedure"], []).append(row)

    def agency(self, agency: str) -> Facts:
        """Return an agency's facts, also of one that ended. Raises NotYetKnownError when it is unknown."""
        facts = self._facts.get(agency)
        if facts is None:
            raise NotYetKnownError(f"agency/{agency}")
        return facts

    def alive(self) -> list[Facts]:
        """Return the agencies that have begun and not ended, by id."""
        return sorted((f for found in self._by_kind.values() for f in found), key=lambda f: str(f["agency"]))

    def ended(self, agency: str) -> bool:
        """Return whether the agency has ended."""
        return agency in self._ends

    def begun(self, agency: str) -> bool:
        """Return whether the agency has begun. Raises NotYetKnownError when it is unknown."""
        return bool(self.agency(agency)["valid_from"] <= self._moment)

    def end_of(self, agency: str) -> Facts | None:
        """Return how an agency ended, or None while it has not."""
        return self._ends.get(agency)

    def responsible(self, kind: str, level: str, area: str | None) -> Facts:
        """Return the agency alive of a kind and level whose area holds `area`.

        Areas are written from the whole to the part, such as `QNA.TK.AX`; the longest area wins.
        Raises NotYetKnownError naming what is missing.
        """
        by_area = self._by_area.get((kind, level), {})
        found = next((by_area[one] for one in _upwards(area or "") if one in by_area), None)
        if found is None:
            raise NotYetKnownError(f"agency-of/{kind}/{level}")
        return found

    def competences(self, procedure: str) -> Sequence[Facts]:
        """Return the rows in force that say who is competent for a procedure."""
        return self._competences.get(procedure, ())

    def competent(self, procedure: str, area: str | None) -> tuple[Facts, Facts]:
        """Return the agency competent for a procedure in an area, and the row that says so.

        A row that names an agency which ended means its successor: competence goes with the work.
        Raises NotYetKnownError.
        """
        row = _narrowest(self.competences(procedure), area or "")
        if row is None:
            raise NotYetKnownError(f"competent-for/{procedure}")
        if row.get("agency"):
            return self.serving(row["agency"], area)[0], row
        return self.responsible(row["kind"], row["level"], area), row

    def current(self, agency: str, area: str | None) -> tuple[Facts, list[Reason]]:
        """Return who goes on with what the agency had, and why: one sentence for each succession.

        An agency that was split is succeeded by the one with the longest area that holds `area`, else by
        the one without areas, else by the one that takes the agency's own area: it had dossiers about
        other places too. Raises NotYetKnownError when nobody succeeds it.
        """
        reasons: list[Reason] = []
        seen = {agency}
        while (end := self._ends.get(agency)) is not None:
            successor = successor_of(end, area) or successor_of(end, self.agency(agency).get("area"))
            if successor is None or successor in seen:
                raise NotYetKnownError(f"successor-of/{agency}")
            reasons.append(_hop(self.agency(agency), self.agency(successor), end))
            seen.add(successor)
            agency = successor
        return self.agency(agency), reasons

    def serving(self, agency: str, area: str | None) -> tuple[Facts, list[Reason]]:
        """Return what `current` does, of agencies that have begun: before that one is as if it were unknown.

        Raises NotYetKnownError as `current` does.
        """
        facts, reasons = self.current(agency, area)
        if not self.begun(facts["agency"]):
            raise NotYetKnownError(f"agency/{facts['agency']}")
        return facts, reasons


def missing_in_words(reference: str) -> Reason:
    """Return for people what a NotYetKnownError of this module names for machines."""
    kind, _, which = reference.partition("/")
    if kind == "agency-of":
        which, _, level = which.rpartition("/")
        level_vi = LEVELS_VI.get(level, level)
        return {"vi": f"cơ quan {which} cấp {level_vi}", "en": f"an agency {which} at {level} level"}
    if reference == "agency/applicant":
        return {"vi": "cơ quan nộp hồ sơ", "en": "the agency that files"}
    said = _MISSING.get(kind)
    if said is None:
        return {"vi": reference, "en": reference}
    return {"vi": f"{said[0]} {which}", "en": f"{said[1]} {which}"}


def holds(whole: str | None, part: str) -> bool:
    """Return whether the area `part` lies in the area `whole`; no area means everywhere."""
    return not whole or part == whole or part.startswith(f"{whole}.")


def smallest_areas(known: Iterable[str], within: Iterable[str] = ()) -> list[str]:
    """Return the areas that no other one divides, those inside `within` if it names any: what dossiers are about."""
    wholes = list(within) or [""]
    inside = {area for area in known if any(holds(whole, area) for whole in wholes)}
    return sorted(
        area for area in inside if not any(other != area and holds(area, other) for other in inside)
    )


def _upwards(area: str) -> Iterator[str]:
    """Give an area, every whole that it lies in, and everywhere."""
    while area:
        yield area
        area = area.rpartition(".")[0]
    yield ""


def day_of(moment: str) -> str:
    """Return the day in Viet Nam of a moment: what a decision that takes effect at midnight says."""
    return from_text(moment).astimezone(VIETNAM).date().isoformat()


def successor_of(end: Facts, area: str | None) -> str | None:
    """Return which successor of an ended agency takes what lies in `area`."""
    best: tuple[int, str] | None = None
    for successor in end["successors"]:
        for one in successor.get("areas") or [""]:
            if holds(one, area or "") and (best is None or len(one) > best[0]):
                best = (len(one), successor["agency"])
    return best[1] if best else None


def _narrowest(candidates: Iterable[Facts], area: str) -> Facts | None:
    fitting = [facts for facts in candidates if holds(facts.get("area"), area)]
    return max(fitting, key=lambda it: (len(it.get("area") or ""), it.get("agency") or ""), default=None)


def _version_at(versions: Sequence[Facts], moment: str) -> Facts:
    """Return the version in force; of an agency that has not begun, the one it will begin with."""
    position = bisect_right([facts["valid_from"] for facts in versions], moment)
    return versions[max(0, position - 1)]


def _dated(facts: Facts) -> Facts:
    moments = {
        key: to_text(_moment(facts[key]))
        for key in ("valid_from", "valid_to", "ended_at")
        if facts.get(key) is not None
    }
    return {**facts, **moments}


def _moment(value: str | datetime) -> datetime:
    # YAML reads a bare timestamp as a time.
    return from_text(value) if isinstance(value, str) else value


LEVELS_VI = {"province": "tỉnh", "district": "huyện", "commune": "xã"}
_MISSING = {
    "agency": ("cơ quan", "the agency"),
    "competent-for": ("cơ quan có thẩm quyền giải quyết", "an agency competent for"),
    "successor-of": ("cơ quan kế thừa", "a successor of"),
}
_HOW = {
    "abolish": ("kết thúc hoạt động", "was dissolved"),
    "merge": ("được sáp nhập", "was merged"),
    "split": ("được chia tách", "was split"),
    "rename": ("đổi mã", "got a new identifier"),
}


def _hop(ended: Facts, successor: Facts, end: Facts) -> Reason:
    how_vi, how_en = _HOW.get(end["change"], _HOW["abolish"])
    day = day_of(end["ended_at"])
    vi = f"{ended['name']['vi']} {how_vi} ngày {day} ({end['basis']}), {successor['name']['vi']} kế thừa"
    en = f"{ended['name']['en']} {how_en} on {day} ({end['basis']}); {successor['name']['en']} goes on"
    return {"vi": vi, "en": en}
