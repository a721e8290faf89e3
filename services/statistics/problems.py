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
UNKNOWN_FIGURE = Problem(
    "unknown-figure",
    422,
    "Không có số liệu {figure}; các số liệu hiện có: {known}",
    "There is no figure {figure}; there are: {known}",
)
NOT_A_LIST = Problem(
    "not-a-list",
    422,
    "Báo cáo {name}, hỏi như vậy, không nhận: {words}",
    "The report {name}, asked like that, takes none of: {words}",
)
TOO_MANY_LATE = Problem(
    "too-many-late",
    422,
    "Có hơn {most} hồ sơ quá hạn; hãy hỏi theo đơn vị, cơ quan hoặc thủ tục",
    "More than {most} dossiers are late: ask by unit, agency or procedure",
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
PERIOD_UNKNOWN = Problem(
    "period-unknown",
    422,
    "Không hiểu kỳ {period}; hãy viết 2023, 2023-H1, 2023-Q4 hoặc 2023-11",
    "The period {period} is not understood: write 2023, 2023-H1, 2023-Q4 or 2023-11",
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
UNKNOWN_PUBLICATION = Problem(
    "unknown-publication",
    404,
    "Không có báo cáo nào đã công bố với số {number}",
    "No report was published under the number {number}",
)
PUBLICATION_EXISTS = Problem(
    "publication-exists",
    409,
    "Báo cáo số {number} đã được công bố; muốn đính chính phải công bố số khác",
    "There is a published report {number} already: to correct it, publish one under another number",
)
PUBLICATION_UNSUITABLE = Problem(
    "publication-unsuitable",
    422,
    "Chỉ công bố được số liệu hiện hành; không công bố bảng số liệu tạm, số liệu từng công bố, danh sách hồ sơ hay cán bộ",
    "Only sums known now can be published: no scratch state, nothing known once, no list of dossiers or officers",
)
PUBLICATION_TOO_LONG = Problem(
    "publication-too-long",
    422,
    "Báo cáo có {rows} dòng, dài quá {most} KiB nên không công bố được",
    "The report has {rows} rows and exceeds {most} KiB: it cannot be published",
)
EXPRESSION_INVALID = Problem(
    "expression-invalid",
    422,
    "Biểu thức {expression} không hợp lệ: {reason}",
    "The expression {expression} is invalid: {reason}",
)
RULE_SET_INVALID = Problem(
    "rule-set-invalid",
    422,
    "Bộ tiêu chí không hợp lệ: {reason}",
    "The set of rules is invalid: {reason}",
)
RULE_SET_EXISTS = Problem(
    "rule-set-exists",
    409,
    "Bộ tiêu chí {name} phiên bản {version} đã được ban hành với nội dung khác; hãy ban hành phiên bản khác",
    "Version {version} of the rules {name} was adopted with another content: adopt another version",
)
NO_RULE_SET = Problem(
    "no-rule-set",
    404,
    "Không có bộ tiêu chí nào có hiệu lực ngày {day}; các bộ tiêu chí đã ban hành: {known}",
    "No set of rules is in force on {day}; adopted are: {known}",
)
