"""Why the reference data of routing are turned down. Codes are stable."""

from __future__ import annotations

from shared.errors import Problem

VALIDITY_OVERLAPS = Problem(
    "validity-overlaps",
    409,
    "{what}: hiệu lực từ {since} trùng với nội dung đã có từ {known}",
    "{what}: what holds from {since} overlaps what holds from {known}",
)
AGENCY_SUCCEEDS_ITSELF = Problem(
    "agency-succeeds-itself",
    409,
    "Cơ quan {agency} không thể kế thừa chính mình (trực tiếp hay qua {through})",
    "Agency {agency} cannot succeed itself (directly or through {through})",
)
SPLIT_WITHOUT_RULE = Problem(
    "split-without-rule",
    422,
    "Nhiều cơ quan kế thừa {agency} nhưng không nêu cơ quan nào nhận phần địa bàn còn lại của {area}",
    "Several agencies succeed {agency}, and none is named for the rest of {area}",
)
SPLIT_AMBIGUOUS = Problem(
    "split-ambiguous",
    422,
    "Nhiều cơ quan cùng kế thừa phần địa bàn {area} của {agency}",
    "Several agencies are named for the part {area} of {agency}",
)
ONE_SUCCESSOR_NEEDED = Problem(
    "one-successor-needed",
    422,
    "Sáp nhập hoặc đổi mã {agency} cần đúng một cơ quan kế thừa, đã nêu {given}",
    "To merge or rename {agency} needs exactly one successor, {given} were named",
)
AGENCY_ALREADY_ENDED = Problem(
    "agency-already-ended",
    409,
    "Cơ quan {agency} đã kết thúc hoạt động từ {ended_at}",
    "Agency {agency} has ended already, at {ended_at}",
)
UNKNOWN_SUCCESSOR = Problem(
    "unknown-successor",
    422,
    "Cơ quan kế thừa {successor} của {agency} chưa có trong danh mục, chưa hoạt động hoặc đã kết thúc trước đó",
    "The successor {successor} of {agency} is not in the register, has not begun, or has ended before",
)
AGENCY_UNKNOWN = Problem(
    "agency-unknown",
    422,
    "Chưa có cơ quan {agency} trong danh mục",
    "Agency {agency} is not in the register",
)
AGENCY_PARENT_UNKNOWN = Problem(
    "agency-parent-unknown",
    422,
    "Cơ quan cấp trên {parent} của {agency} chưa có trong danh mục",
    "The parent {parent} of agency {agency} is not in the register",
)
AGENCY_PARENT_CYCLE = Problem(
    "agency-parent-cycle",
    422,
    "Cơ quan {agency} không thể là cấp trên của chính mình (qua {parent})",
    "Agency {agency} cannot be above itself (through {parent})",
)
AGENCY_CODE_DIFFERS = Problem(
    "agency-code-differs",
    422,
    "Mã {code} thuộc tỉnh, bộ {of_code}, không khớp mã định danh {agency}",
    "The code {code} belongs to {of_code}, which the identifier {agency} does not",
)
PROCESS_IN_FORCE = Problem(
    "process-in-force",
    409,
    "Phiên bản {version} của quy trình {process} đang ở trạng thái {state}, chỉ sửa được khi dự thảo hoặc đang trình",
    "Version {version} of process {process} is {state}: it may be edited only while a draft or submitted",
)
PROCESS_STATE_NOT_NEXT = Problem(
    "process-state-not-next",
    409,
    "Phiên bản {version} của quy trình {process} không thể từ {state} sang {wanted}",
    "Version {version} of process {process} cannot go from {state} to {wanted}",
)
PROCESS_STATE_BACKDATED = Problem(
    "process-state-backdated",
    409,
    "Phiên bản {version} của quy trình {process} đã đổi trạng thái lúc {known}, sau {at}",
    "Version {version} of process {process} changed its state at {known}, after {at}",
)
PROCESS_STATE_AGENCIES = Problem(
    "process-state-for-everybody",
    422,
    "Trạng thái {state} áp dụng cho mọi cơ quan, không riêng cơ quan nào",
    "The state {state} holds for everybody, not for some agencies",
)
PROCEDURE_DIFFERS = Problem(
    "process-of-another-procedure",
    409,
    "Quy trình {process} đã thuộc thủ tục {procedure}",
    "Process {process} belongs to procedure {procedure} already",
)
PROCESS_UNKNOWN = Problem(
    "process-unknown",
    404,
    "Quy trình {process} không có phiên bản {version}",
    "The process {process} has no version {version}",
)
ROUTE_CYCLIC = Problem(
    "route-cyclic",
    422,
    "Quy trình {process}: công đoạn {leg} đi sau chính nó",
    "Process {process}: leg {leg} comes after itself",
)
LEG_UNKNOWN = Problem(
    "leg-unknown",
    422,
    "Quy trình {process}: công đoạn {leg} nhắc đến công đoạn không có: {unknown}",
    "Process {process}: leg {leg} names a leg that does not exist: {unknown}",
)
LEG_NOT_ABOVE = Problem(
    "leg-not-above",
    422,
    "Quy trình {process}: công đoạn {leg} chỉ được nhắc đến công đoạn đứng trước trong danh sách, không phải {other}",
    "Process {process}: leg {leg} may only name legs that stand above it in the list, not {other}",
)
LEG_ID_TWICE = Problem(
    "leg-id-twice",
    422,
    "Quy trình {process}: hai công đoạn cùng mang tên {leg}",
    "Process {process}: two legs are named {leg}",
)
QUORUM_TOO_LARGE = Problem(
    "quorum-too-large",
    422,
    "Quy trình {process}: công đoạn {leg} chờ {needed} công đoạn trong khi chỉ có {there}",
    "Process {process}: leg {leg} waits for {needed} legs where there are {there}",
)
PARENT_NOT_OPERATING = Problem(
    "agency-parent-not-operating",
    422,
    "Cơ quan cấp trên {parent} của {agency} chưa hoạt động hoặc đã kết thúc vào {since}",
    "The parent {parent} of agency {agency} has not begun, or has ended, by {since}",
)
