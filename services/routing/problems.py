"""Why routing turns something down. Codes are stable."""

from __future__ import annotations

from shared.errors import Problem

NOT_THE_OPEN_LEG = Problem(
    "not-the-open-leg",
    409,
    "Công đoạn {leg} không phải là công đoạn đang mở của hồ sơ {dossier}",
    "Leg {leg} is not an open leg of dossier {dossier}",
)
NOT_AT_THE_DESK = Problem(
    "not-at-the-desk",
    409,
    "Hồ sơ {dossier} không ở bộ phận một cửa để luân chuyển tiếp",
    "Dossier {dossier} does not lie at the desk to be sent on",
)
LEG_NOT_IN_VERSION = Problem(
    "leg-not-in-version",
    409,
    "Hồ sơ {dossier} đang ở công đoạn {leg}, không có trong phiên bản {version} của quy trình {process}",
    "Dossier {dossier} is at leg {leg}, which version {version} of process {process} does not have",
)
NO_PROCESS = Problem(
    "no-process",
    422,
    "Không có quy trình điện tử nào có hiệu lực cho {procedure} tại {desk} lúc {at} (đã có: {known})",
    "No electronic process is in force for {procedure} at {desk} at {at} (known: {known})",
)
PLAN_ALREADY_APPLIED = Problem(
    "plan-already-applied",
    409,
    "Phương án {plan} đã được thực hiện xong",
    "The plan {plan} has been carried out already",
)
PLAN_DIFFERS = Problem(
    "plan-differs",
    409,
    "Phương án {plan} đã bắt đầu với nội dung khác",
    "The plan {plan} was begun with other content",
)
PLAN_UNKNOWN = Problem(
    "plan-unknown",
    404,
    "Chưa có phương án {plan}",
    "There is no plan {plan}",
)
PLAN_NOT_YET_EFFECTIVE = Problem(
    "plan-not-yet-effective",
    409,
    "Phương án {plan} có hiệu lực từ {effective}",
    "The plan {plan} takes effect at {effective}",
)
PLAN_NOT_FINISHED = Problem(
    "plan-not-finished",
    409,
    "Phương án {plan}: còn {left} công đoạn mở tại cơ quan đã kết thúc",
    "The plan {plan}: {left} open legs lie at agencies that have ended",
)
VERSION_UNKNOWN = Problem(
    "version-unknown",
    404,
    "Quy trình {process} không có phiên bản {version}",
    "The process {process} has no version {version}",
)
VERSION_NOT_IN_FORCE = Problem(
    "version-not-in-force",
    409,
    "Phiên bản {version} của quy trình {process} chưa hoặc không còn áp dụng tại {desk}",
    "Version {version} of process {process} is not, or no longer, on trial or in force for {desk}",
)
NOT_IN_REGISTER = Problem(
    "not-in-register",
    422,
    "Danh mục không có {vi}, hoặc chưa có vào lúc đó",
    "The register does not have {en}, or not yet at that time",
)
