"""Words for codes of the services, and spans of time, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "level-province": ("Cấp tỉnh", "Province"),
    "level-district": ("Cấp huyện", "District"),
    "level-commune": ("Cấp xã", "Commune"),
    "level-": ("Chưa rõ cấp", "Level not known"),
    "level-vertical": ("Cơ quan ngành dọc", "Vertical sectors"),
    "by-unit": ("đơn vị", "unit"),
    "by-agency": ("cơ quan", "agency"),
    "by-level": ("cấp", "level"),
    "by-procedure": ("thủ tục", "procedure"),
    "by-channel": ("kênh", "channel"),
    "by-month": ("tháng", "month"),
    "by-quarter": ("quý", "quarter"),
    "by-half": ("sáu tháng", "half-year"),
    "by-year": ("năm", "year"),
    "by-model": ("mô hình", "model"),
    "by-group": ("nhóm trạng thái", "status group"),
    "by-officer": ("người làm", "officer"),
    "by-request": ("văn bản", "request"),
    "by-kind": ("loại", "kind"),
    "by-issuer": ("nơi ban hành", "issuer"),
    "loop-take": ("nhận tin", "taking messages"),
    "loop-take_commands": ("nhận lệnh", "taking commands"),
    "loop-publish": ("phát sự kiện", "publishing"),
    "loop-deliver": ("bàn giao", "delivering"),
    "loop-replay": ("gửi lại", "replaying"),
    "loop-ring": ("nhắc việc", "reminding"),
    "loop-begin": ("bắt đầu đúng ngày", "beginning on the day"),
    "ok": ("tốt", "well"),
    "stalled": ("đứng lại", "stalled"),
    "down": ("ngừng", "down"),
    "unreachable": ("không liên lạc được", "cannot be reached"),
    "intake": ("Tiếp nhận", "Intake"),
    "routing": ("Luân chuyển", "Routing"),
    "processing": ("Xử lý", "Processing"),
    "statistics": ("Thống kê", "Statistics"),
    "queue": ("hàng đợi", "queue"),
    "pull": ("kéo qua HTTP", "pulls over HTTP"),
    "worklist": ("danh sách việc", "worklist"),
    "administrator": ("quản trị", "administrator"),
    "auditor": ("kiểm tra", "auditor"),
    "historian": ("nhập lịch sử", "historian"),
    "system": ("hệ thống", "system"),
    "agency": ("cơ quan", "agency"),
    "agency-system": ("hệ thống của cơ quan", "an agency's system"),
    "receiving_officer": ("cán bộ tiếp nhận", "receiving officer"),
    "result_officer": ("cán bộ trả kết quả", "result officer"),
    "desk_head": ("phụ trách Một cửa", "head of the desk"),
    "postal_employee": ("nhân viên bưu chính", "postal employee"),
    "procedure_control": ("kiểm soát thủ tục", "procedure control"),
    "applicant": ("người nộp", "applicant"),
    "ministry": ("trung ương", "central"),
    "province": ("tỉnh", "province"),
    "district": ("huyện", "district"),
    "commune": ("xã", "commune"),
    "uncollected": ("chưa nhận bàn giao", "the hand-over was not collected"),
    "due-soon": ("sắp đến hạn", "due soon"),
    "overdue": ("quá hạn", "overdue"),
    "handed-over": ("đã bàn giao", "handed over"),
    "acknowledged": ("đã nhận tin", "acknowledged"),
    "accepted": ("đã tiếp nhận", "accepted"),
    "poison": ("không xử lý được", "cannot be handled"),
    "held": ("chờ sau thông điệp hỏng", "held behind a broken one"),
    "waiting": ("chờ dữ liệu danh mục", "waits for reference data"),
    "unroutable": ("không có hàng đợi", "it has no queue"),
    "unheeded": ("không trả lời", "left unanswered"),
    "refused": ("hàng đợi đầy", "its queue is full"),
    "parked": ("để riêng", "parked"),
    "rebuild-running": ("đang dựng lại", "running"),
    "rebuild-finished": ("đã thay", "swapped"),
    "rebuild-differs": ("khác, chưa thay", "differs, not swapped"),
    "rebuild-failed": ("không thành", "ended early"),
    "begun": ("đang chạy", "running"),
    "running": ("đang chạy", "running"),
    "paused": ("tạm dừng", "paused"),
    "finished": ("xong", "finished"),
    "cancelled": ("đã huỷ", "cancelled"),
}
"""By code: Vietnamese, English."""

_NOW, _MINUTE, _HOUR, _DAY = 5, 60, 3600, 86400


def ago(seconds: float) -> tuple[str, str]:
    """Return how long ago something was, roughly, in both languages."""
    if seconds < _NOW:
        return "vừa xong", "just now"
    if seconds < _MINUTE:
        return f"{seconds:.0f} giây trước", f"{seconds:.0f} s ago"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} phút trước", f"{seconds / _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds / _HOUR:.0f} giờ trước", f"{seconds / _HOUR:.0f} h ago"
    return f"{seconds / _DAY:.0f} ngày trước", f"{seconds / _DAY:.0f} days ago"
