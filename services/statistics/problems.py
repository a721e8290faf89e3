"""What statistics refuses."""

from __future__ import annotations

from shared.errors import Problem

REBUILD_UNDER_WAY = Problem(
    "rebuild-under-way",
    409,
    "Một tiến trình khác đang dựng lại bảng số liệu {name}",
    "Another process is rebuilding the read model {name}",
)
READ_MODEL_UNDEFINED = Problem(
    "read-model-undefined",
    409,
    "Bảng số liệu {name} chưa được khởi tạo",
    "The read model {name} has not been set up",
)
READ_MODEL_OUTDATED = Problem(
    "read-model-outdated",
    409,
    "Bảng số liệu {name} thuộc phiên bản phần mềm khác; cần dựng lại (lienthong replay --to statistics --rebuild)",
    "The read model {name} was made by another release; it has to be rebuilt first",
)
UNKNOWN_REPORT = Problem(
    "unknown-report",
    404,
    "Không có báo cáo {name}; các báo cáo hiện có: {known}",
    "There is no report {name}; there are: {known}",
)
UNKNOWN_DIMENSION = Problem(
    "unknown-dimension",
    422,
    "Không thể chia số liệu theo {dimension}; có thể chia theo: {known}",
    "Figures cannot be divided by {dimension}; they can by: {known}",
)
UNKNOWN_FORMAT = Problem(
    "unknown-format",
    422,
    "Không có định dạng {format}; các định dạng hiện có: {known}",
    "There is no format {format}; there are: {known}",
)
REPORT_TOO_LONG = Problem(
    "report-too-long",
    422,
    "Báo cáo có {rows} dòng, văn bản chỉ chứa được {most}; hãy dùng định dạng csv hoặc xlsx",
    "The report has {rows} rows, and a paper holds {most}: ask for it as csv or xlsx",
)
PERIOD_INVALID = Problem(
    "period-invalid",
    422,
    "Kỳ báo cáo từ {first} đến {last} không hợp lệ: phải đúng thứ tự và không dài quá {most} tháng",
    "The period from {first} to {last} is invalid: it ends before it begins or exceeds {most} months",
)
PERIOD_NOT_BEGUN = Problem(
    "period-not-begun",
    422,
    "Kỳ báo cáo từ {first} chưa bắt đầu tại thời điểm {as_of}",
    "The period from {first} had not begun at {as_of}",
)
UNKNOWN_SCRATCH = Problem(
    "unknown-scratch",
    404,
    "Không có bảng số liệu tạm {name}",
    "There is no scratch state {name}",
)
SCRATCH_EXISTS = Problem(
    "scratch-exists",
    409,
    "Đã có bảng số liệu tạm {name}; hãy xoá trước hoặc dùng tên khác",
    "There is a scratch state {name} already: drop it first, or take another name",
)
