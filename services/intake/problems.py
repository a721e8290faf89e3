"""What intake refuses. Codes are durable: portals, offices and imports act on them."""

from __future__ import annotations

from shared.errors import Problem

UNKNOWN_PROCEDURE = Problem(
    "unknown-procedure",
    422,
    "Thủ tục {procedure} không có trong danh mục",
    "The procedure {procedure} is not in the catalogue",
)
PROCEDURE_NOT_IN_FORCE = Problem(
    "procedure-not-in-force",
    422,
    "Thủ tục {procedure} chưa có hiệu lực vào lúc {at}",
    "The procedure {procedure} is not in force at {at}",
)
UNKNOWN_DESK = Problem(
    "unknown-desk",
    422,
    "Không có cơ quan tiếp nhận {desk}",
    "There is no receiving desk {desk}",
)
UNKNOWN_AREA = Problem(
    "unknown-area",
    422,
    "Không có địa bàn {area}",
    "There is no area {area}",
)
CHANNEL_NOT_OFFERED = Problem(
    "channel-not-offered",
    422,
    "Thủ tục {procedure} không nhận hồ sơ qua kênh {channel}; kênh được nhận: {offered}",
    "The procedure {procedure} is not offered through the channel {channel}; offered: {offered}",
)
CHANNEL_NOT_FOR_ROLE = Problem(
    "channel-not-for-role",
    403,
    "Vai trò {role} không nộp hồ sơ qua kênh {channel}",
    "The role {role} does not file through the channel {channel}",
)
NOT_YOUR_DESK = Problem(
    "not-your-desk",
    403,
    "Cơ quan {agency} không được thao tác tại bộ phận một cửa {desk}",
    "The agency {agency} may not act at the desk {desk}",
)
EXTENSION_NOT_OFFERED = Problem(
    "extension-not-offered",
    409,
    "Thủ tục {procedure} không được gia hạn thời gian giải quyết",
    "The limit of the procedure {procedure} cannot be extended",
)
EXTENSION_TOO_LONG = Problem(
    "extension-too-long",
    422,
    "Chỉ được gia hạn tối đa {most}, cùng đơn vị tính; đề nghị {given}",
    "The limit can be extended by {most} at most, in that unit; asked for is {given}",
)
ALREADY_EXTENDED = Problem(
    "already-extended",
    409,
    "Hồ sơ đã được gia hạn một lần theo {notice}",
    "The dossier's limit was extended once already, by {notice}",
)
EXTENSION_TOO_LATE = Problem(
    "extension-too-late",
    409,
    "Hồ sơ đã quá hạn {due_at}: phải thông báo gia hạn trước khi đến hạn",
    "The dossier was due at {due_at}: an extension is told before that",
)
MISSING_COMPONENT = Problem(
    "missing-component",
    422,
    "Hồ sơ thiếu thành phần: {components}",
    "The dossier lacks components: {components}",
)
UNKNOWN_COMPONENT = Problem(
    "unknown-component",
    422,
    "Thành phần không thuộc thủ tục {procedure}: {components}",
    "Components that the procedure {procedure} does not have: {components}",
)
TOO_FEW_COPIES = Problem(
    "too-few-copies",
    422,
    "Thành phần {component} cần {needed} bản, mới có {given}",
    "The component {component} needs {needed} copies, there are {given}",
)
DUPLICATE_COMPONENT = Problem(
    "duplicate-component",
    422,
    "Thành phần bị khai hai lần trong thủ tục: {components}",
    "Components that the procedure lists twice: {components}",
)
DESK_CODE_INVALID = Problem(
    "desk-code-invalid",
    422,
    "Mã định danh {code} của cơ quan tiếp nhận không đúng cấu trúc nên không cấp được mã hồ sơ",
    "The identifier {code} of the desk is not well-formed, so no dossier code can be given",
)
DOSSIER_CODE_INVALID = Problem(
    "dossier-code-invalid",
    422,
    "Mã hồ sơ {code!r} không đúng cấu trúc (ví dụ đúng: H21.65-220914-0011)",
    "{code!r} is not a dossier code (right: H21.65-220914-0011)",
)
WRONG_STATUS = Problem(
    "wrong-status",
    409,
    "Hồ sơ đang ở trạng thái {status} nên không thực hiện được việc {action}",
    "The dossier's status is {status}, so it cannot take: {action}",
)
NOT_AT_DESK = Problem(
    "not-at-desk",
    409,
    "Hồ sơ không nằm ở bộ phận một cửa nên không thực hiện được việc {action}",
    "The dossier does not lie at the desk, so it cannot take: {action}",
)
NO_OPEN_PAUSE = Problem(
    "no-open-pause",
    409,
    "Hồ sơ không có yêu cầu bổ sung hoặc nghĩa vụ tài chính nào đang chờ",
    "No supplement and no payment of the dossier is being waited for",
)
PAUSE_NOT_NAMED = Problem(
    "pause-not-named",
    409,
    "Hồ sơ đang chờ nhiều yêu cầu, cần nêu rõ yêu cầu nào: {pauses}",
    "The dossier waits for several things; name the one: {pauses}",
)
DESK_ENDED = Problem(
    "desk-ended",
    422,
    "Cơ quan {desk} đã kết thúc hoạt động từ {ended_at}; nơi tiếp tục tiếp nhận: {successor}",
    "The agency {desk} ended at {ended_at}; dossiers are received by: {successor}",
)
APPLICANT_AGENCY_UNKNOWN = Problem(
    "applicant-agency-unknown",
    422,
    "Không có cơ quan {agency}",
    "There is no agency {agency}",
)
APPLICANT_NOT_AGENCY = Problem(
    "applicant-not-agency",
    422,
    "Chỉ khai cơ quan nộp hồ sơ khi người nộp là cơ quan, không phải {applicant_kind}",
    "An applicant agency is named only where an agency files, not a {applicant_kind}",
)
UNKNOWN_FACT = Problem(
    "unknown-fact",
    422,
    "Thủ tục {procedure} không hỏi thông tin {fact}",
    "The procedure {procedure} does not ask for the fact {fact}",
)
MISSING_FACT = Problem(
    "missing-fact",
    422,
    "Thủ tục {procedure} cần thông tin {fact}",
    "The procedure {procedure} needs the fact {fact}",
)
FACT_INVALID = Problem(
    "fact-invalid",
    422,
    "Giá trị của thông tin {fact} không hợp lệ; được nhận: {allowed}",
    "The value of the fact {fact} is not valid; allowed: {allowed}",
)
FACT_RESERVED = Problem(
    "fact-reserved",
    422,
    "Thông tin {fact} có sẵn ở mọi hồ sơ nên thủ tục không được khai lại",
    "Every dossier has the fact {fact}, so a procedure cannot declare it",
)
FACT_UNDECLARED = Problem(
    "fact-undeclared",
    422,
    "Điều kiện xét thông tin {fact} mà thủ tục không khai báo",
    "A condition looks at the fact {fact}, which the procedure does not declare",
)
CUTOFF_INVALID = Problem(
    "cutoff-invalid",
    422,
    "Giờ chốt nhận hồ sơ {cutoff!r} không hợp lệ (ví dụ đúng: 15:00)",
    "{cutoff!r} is no time of day (right: 15:00)",
)
TIME_BEFORE_PREVIOUS = Problem(
    "time-before-previous",
    422,
    "Thời điểm {at} trước việc liền trước của hồ sơ ({previous})",
    "The time {at} lies before what happened to the dossier last ({previous})",
)
PERSON_ERASED = Problem(
    "personal-data-erased",
    410,
    "Dữ liệu cá nhân của hồ sơ đã được xóa",
    "The personal data of the dossier was erased",
)
UNKNOWN_FIELD = Problem(
    "unknown-field",
    422,
    "Không có trường {field}",
    "There is no field {field}",
)
MISSING_FIELD = Problem(
    "missing-field",
    422,
    "Thiếu trường {field}",
    "The field {field} is missing",
)
BAD_TIME = Problem(
    "bad-time",
    422,
    "Trường {field} không phải là thời điểm RFC 3339 có múi giờ (ví dụ đúng: 2025-07-01T08:00:00+07:00)",
    "The field {field} is no RFC 3339 time with an offset (right: 2025-07-01T08:00:00+07:00)",
)
