"""What is wrong with a field, in Vietnamese: checks say it in English, people are told in both languages."""

from __future__ import annotations

import re

_PHRASES: tuple[tuple[str, str], ...] = (
    # As marshmallow says it.
    (r"Missing data for required field\.", "Thiếu thông tin bắt buộc."),
    (r"Field may not be null\.", "Không được để trống."),
    (r"Unknown field\.", "Không có trường này."),
    (r"Not a valid string\.", "Phải là chuỗi ký tự."),
    (r"Not a valid integer\.", "Phải là số nguyên."),
    (r"Not a valid number\.", "Phải là số."),
    (r"Not a valid boolean\.", "Phải là đúng hoặc sai (true, false)."),
    (r"Not a valid list\.", "Phải là danh sách."),
    (r"Not a valid mapping type\.", "Phải là đối tượng có tên trường."),
    (r"Not a valid date\.", "Phải là ngày, dạng YYYY-MM-DD."),
    (r"Not a valid datetime\.", "Phải là thời điểm theo RFC 3339."),
    (r"Not a valid UUID\.", "Phải là mã định danh UUID."),
    (r"Invalid input type\.", "Sai kiểu dữ liệu."),
    (r"Invalid type\.", "Sai kiểu dữ liệu."),
    (r"Invalid value\.", "Giá trị không hợp lệ."),
    (r"Number too large\.", "Số quá lớn."),
    (r"Must be one of: (.*?)\.(?=$|')", r"Phải là một trong: \1."),
    (r"Must be equal to (.*?)\.(?=$|')", r"Phải bằng \1."),
    (
        r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.",
        r"Phải từ \1 đến \2.",
    ),
    (r"Must be greater than or equal to (\S+)\.", r"Phải từ \1 trở lên."),
    (r"Must be less than or equal to (\S+)\.", r"Phải không quá \1."),
    (r"Length must be between (\d+) and (\d+)\.", r"Phải dài từ \1 đến \2."),
    (r"Length must be (\d+)\.", r"Phải dài \1."),
    (r"Shorter than minimum length (\d+)\.", r"Phải dài ít nhất \1."),
    (r"Longer than maximum length (\d+)\.", r"Không được dài quá \1."),
    (r"String does not match expected pattern\.", "Không đúng dạng quy định."),
    # As our own checks say it.
    ("not an RFC 3339 time with an offset", "không phải thời điểm RFC 3339 có múi giờ"),
    ("control characters are not allowed", "không được có ký tự điều khiển"),
    ("either agency, or kind and level", "hoặc agency, hoặc kind và level"),
    ("either agency or consult, not both", "hoặc agency hoặc consult, không cả hai"),
    ("what agencies are consulted for is an opinion", "hỏi ý kiến thì kind phải là opinion"),
    ("ends before it begins", "kết thúc trước khi bắt đầu"),
    (r"neither \{id\} nor \{kind, level\}", "không phải {id} cũng không phải {kind, level}"),
    (r"neither one of (.*), nor (\{.*\})", r"không phải một trong \1, cũng không phải \2"),
    ("neither all, nor any, nor a number from 1 on", "không phải all, any hay một số từ 1 trở lên"),
    (r"(\S+) needs exactly (.*)", r"\1 cần đúng các trường \2"),
    (
        "must name the level or the agency, and nobody for the province",
        "phải nêu cấp hoặc cơ quan; toàn tỉnh thì không",
    ),
    (r"must be one of (.*)", r"phải là một trong \1"),
    ("several are chosen among values", "chọn nhiều thì phải nêu values"),
    (r"unknown command (.*)", r"không có lệnh \1"),
    ("name the agency", "cần nêu cơ quan"),
    ("a leg's id", "phải là mã công đoạn"),
    (r"(\d+) to (\d+) characters", r"dài từ \1 đến \2 ký tự"),
    ("it must come after 'from'", "phải sau 'from'"),
    (r"a number from (\d+) to (\d+)", r"phải là số từ \1 đến \2"),
    (r"^a number$", "phải là số"),
    (r"^one of (.*)", r"phải là một trong \1"),
    (r"unknown columns? (.*); there are (.*)", r"không có cột \1; các cột là \2"),
)
_RULES = tuple((re.compile(pattern), vi) for pattern, vi in _PHRASES)


def in_vietnamese(reason: str) -> str:
    """Return why a field was refused, in Vietnamese as far as it is said in words that are known here."""
    for pattern, vi in _RULES:
        reason = pattern.sub(vi, reason)
    return reason
