"""Agency identifiers in the two schemes in use, and the way from one to the other.

* QCVN 102:2016/BTTTT: `000.17.22.H56`, the part first. Four groups: three digits for level 4, two for
  level 3, two for level 2, a letter and two digits for level 1; zeros say "none".
* Decision 20/2020/QĐ-TTg (amended by 09/2025/QĐ-TTg): `H56.22.17`, the whole first. A letter and two
  digits, then any number of groups of two or more digits such as `H55.242`; at most 35 characters.

One agency has one meaning in both: the groups from the whole to the part. `000.00.53.H48` is `H48.53`.

A unit that hangs directly under a higher level than the one above its own, such as `000.17.00.H56`, is
read and written in the QCVN: it keeps its level 3 and has the province as its parent. In the Decision's
scheme there is no such gap: closing it would give the code of another agency, `000.00.17.H56`, so it is
refused rather than guessed. For the same reason a group of zeros is no group of the Decision's, and a
level 4 of other than three digits does not fit the QCVN. So every conversion that is done can be undone.

Both texts are quoted second-hand, not checked against the gazette.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.errors import Problem, RefusedError

AGENCY_CODE_INVALID = Problem(
    "agency-code-invalid",
    422,
    "{value!r} không phải là mã định danh cơ quan (đúng: 000.17.22.H56 hoặc H56.22.17)",
    "{value!r} is no agency code (right: 000.17.22.H56 or H56.22.17)",
)
AGENCY_CODE_NOT_CONVERTIBLE = Problem(
    "agency-code-not-convertible",
    422,
    "Mã định danh có các nhóm {groups} không viết được theo {scheme}",
    "The agency code with the groups {groups} cannot be written by {scheme}",
)

LONGEST = 35

_QCVN = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Z][0-9]{2})")
_DECISION = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9]{2,})*")
_WIDTHS = (3, 2, 2, 3)
"""Of the QCVN's groups, the whole first."""


@dataclass(frozen=True, slots=True)
class AgencyCode:
    """An agency's place: its groups from level 1 on, zeros where a level is left out. Made by `parse`."""

    groups: tuple[str, ...]

    @classmethod
    def parse(cls, text: object) -> AgencyCode:
        """Read a code of either scheme; anything else is refused (`agency-code-invalid`)."""
        if not isinstance(text, str) or len(text) > LONGEST:
            raise RefusedError(AGENCY_CODE_INVALID, value=text)
        if qcvn := _QCVN.fullmatch(text):
            return cls(_without_trailing_zeros(qcvn.groups()[::-1]))
        groups = tuple(text.split("."))
        if not _DECISION.fullmatch(text) or any(map(_is_none, groups)):
            raise RefusedError(AGENCY_CODE_INVALID, value=text)
        return cls(groups)

    @property
    def level(self) -> int:
        """The agency's level, 1 being a province or a ministry."""
        return len(self.groups)

    @property
    def parent(self) -> AgencyCode | None:
        """The agency above it; None for level 1."""
        above = self.groups[:-1]
        return AgencyCode(_without_trailing_zeros(above)) if above else None

    @property
    def qcvn(self) -> str:
        """The code as QCVN 102:2016 writes it; refused (`agency-code-not-convertible`) where it cannot."""
        widths = tuple(map(len, self.groups))
        if widths != _WIDTHS[: self.level]:
            raise self._not_convertible("QCVN 102:2016/BTTTT")
        none = ["0" * width for width in _WIDTHS[self.level :]]
        return ".".join([*self.groups, *none][::-1])

    @property
    def decision20(self) -> str:
        """The code as Decision 20/2020 writes it; refused (`agency-code-not-convertible`) where it cannot."""
        if any(map(_is_none, self.groups)):
            raise self._not_convertible("20/2020/QĐ-TTg")
        return ".".join(self.groups)

    def _not_convertible(self, scheme: str) -> RefusedError:
        return RefusedError(AGENCY_CODE_NOT_CONVERTIBLE, groups=", ".join(self.groups), scheme=scheme)


def _without_trailing_zeros(groups: tuple[str, ...]) -> tuple[str, ...]:
    while _is_none(groups[-1]):
        groups = groups[:-1]
    return groups


def _is_none(group: str) -> bool:
    return not group.strip("0")
