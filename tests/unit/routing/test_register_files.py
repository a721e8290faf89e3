"""The register as CSV: read as it was written, and columns that are none refused."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.cli.routing.agencies import as_csv, from_csv
from shared.errors import RefusedError

AGENCY: dict[str, Any] = {
    "agency": "H47.11",
    "name": {"vi": "Sở Tư pháp", "en": "Department of Justice"},
    "level": "province",
    "kind": "so-ban-nganh",
    "area": "QNA",
    "code": "000.00.11.H47",
    "connected": False,
    "vertical": False,
    "valid_from": "2020-01-01T00:00:00+07:00",
    "hours": [["07:30", "11:30"], ["13:00", "17:00"]],
    "contact": "Văn phòng, 0235 3852 739, vanphong@sotuphap.example",
}


def test_what_is_written_is_read_again() -> None:
    assert from_csv(as_csv([AGENCY])) == [AGENCY]


@pytest.mark.parametrize("column", ["parnet", "", "name"])
def test_a_column_that_is_none_is_refused_by_its_name(column: str) -> None:
    text = as_csv([AGENCY]).replace("parent", column)
    with pytest.raises(RefusedError) as refused:
        from_csv(text)
    assert refused.value.code == "invalid"
    assert "không có cột" in refused.value.details()["title_vi"]
