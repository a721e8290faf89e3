"""Applicants who do not exist."""

from __future__ import annotations

from random import Random

_FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Đinh", "Trương", "Lương", "Alăng", "Bling",
)  # fmt: skip
_WOMEN = (
    "Thị Lan", "Thị Mai", "Thị Hồng Nhung", "Thu Hà", "Ngọc Ánh", "Thị Thanh Thảo", "Kim Chi", "Mỹ Linh",
    "Thị Bích Ngọc", "Thùy Dung", "Thị Xuân", "Minh Thư", "Thị Kim Oanh", "Phương Uyên",
)  # fmt: skip
_MEN = (
    "Văn Hùng", "Đức Anh", "Quốc Bảo", "Minh Tuấn", "Văn Thành", "Hữu Phước", "Công Vinh", "Thanh Sơn",
    "Ngọc Hải", "Đình Long", "Văn Tám", "Gia Khánh", "Xuân Trường", "Tấn Phát",
)  # fmt: skip
_TRADES = ("Thương mại", "Xây dựng", "Vận tải", "Du lịch", "Nông sản", "Dịch vụ")

NO_PROVINCE = 999
"""Identity numbers begin with a province's code, 001 to 096: none of these can belong to anybody."""


def identity_number(seed: int, number: int) -> str:
    """Return twelve digits that are nobody's, each dossier's its own."""
    return f"{NO_PROVINCE:03d}{(seed * 1_000_000 + number) % 10**9:09d}"


def person(seed: int, number: int, applicant: str) -> dict[str, str]:
    """Return who files dossier `number`: the same one for the same seed."""
    rng = Random(f"person/{seed}/{number}")  # noqa: S311
    name = f"{rng.choice(_FAMILY)} {rng.choice(_WOMEN + _MEN)}"
    if applicant == "organisation":
        name = f"Công ty TNHH {rng.choice(_TRADES)} Ví Dụ {number}"
    elif applicant == "agency":
        name = f"Đơn vị Ví Dụ {number}"
    return {
        "name": name,
        "identity_number": identity_number(seed, number),
        "address": f"{rng.randint(1, 300)} đường Ví Dụ {rng.randint(1, 40)}",
    }
