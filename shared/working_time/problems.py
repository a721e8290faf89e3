"""What this package refuses. Codes are durable: clients and imports act on them."""

from __future__ import annotations

from shared.errors import Problem

TERM_MALFORMED = Problem(
    "term-malformed",
    422,
    "Thời hạn phải gồm đúng hai trường amount và unit: {value!r}",
    "A term has exactly the fields amount and unit: {value!r}",
)
TERM_UNIT_UNKNOWN = Problem(
    "term-unit-unknown",
    422,
    "Đơn vị thời hạn {value!r} không có trong danh mục: {known}",
    "{value!r} is no unit of a term; known units: {known}",
)
TERM_NOT_NUMERIC = Problem(
    "term-not-numeric",
    422,
    "Thời hạn {value!r} không phải là số (ví dụ đúng: '15', '0.5')",
    "The amount {value!r} of a term is not a number (right: '15', '0.5')",
)
TERM_NOT_POSITIVE = Problem(
    "term-not-positive",
    422,
    "Thời hạn phải lớn hơn 0, riêng số ngày làm việc có thể là 0 (trong ngày): {value}",
    "The amount of a term must be greater than 0; working days alone may be 0 (the same day): {value}",
)
TERM_TOO_LARGE = Problem(
    "term-too-large",
    422,
    "Thời hạn {value} lớn hơn mức cho phép {limit}",
    "The amount {value} of a term is larger than {limit}",
)
TERM_TOO_PRECISE = Problem(
    "term-too-precise",
    422,
    "Thời hạn {value} có nhiều hơn {limit} chữ số thập phân",
    "The amount {value} of a term has more than {limit} decimal places",
)
TERM_NOT_WHOLE = Problem(
    "term-not-whole",
    422,
    "Thời hạn tính bằng {unit} phải là số nguyên: {value}",
    "A term in {unit} needs a whole number: {value}",
)
TIME_WITHOUT_OFFSET = Problem(
    "time-without-offset",
    422,
    "Thời điểm {value} thiếu múi giờ",
    "The time {value} has no UTC offset",
)
YEAR_UNKNOWN = Problem(
    "calendar-year-unknown",
    422,
    "Không có lịch làm việc cho năm {year}; lịch có từ năm {first} đến năm {last}",
    "There is no working calendar for the year {year}; it covers {first} to {last}",
)
HOURS_INVALID = Problem(
    "office-hours-invalid",
    422,
    "Giờ làm việc không hợp lệ: {value} (đúng: các buổi HH:MM-HH:MM nối tiếp nhau, tổng cộng 8 giờ)",
    "Invalid office hours: {value} (right: intervals HH:MM-HH:MM in order, 8 hours altogether)",
)
OVERRIDES_INVALID = Problem(
    "calendar-overrides-invalid",
    422,
    "Bảng ngày nghỉ, ngày làm bù không hợp lệ ở dòng thứ {row}: {value!r}",
    "The table of swapped days is invalid at row {row}: {value!r}",
)
