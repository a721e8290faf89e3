"""What each type of message says in a dossier's history: one line in each language.

`{agency}` is the name of the agency that the message is about; other words are fields of its data,
or made of them by `descriptions`.
"""

from __future__ import annotations

from collections.abc import Mapping

LINES: Mapping[str, tuple[str, str]] = {
    "lienthong.intake.dossier-submitted": (
        "Nộp hồ sơ tại {desk}, kênh {channel_vi}",
        "Filed at {desk}, channel {channel_en}",
    ),
    "lienthong.intake.dossier-received": (
        "Tiếp nhận hồ sơ {code}, hẹn trả {due}",
        "Received as {code}, result due {due}",
    ),
    "lienthong.intake.dossier-refused": ("Từ chối tiếp nhận: {reason}", "Not received: {reason}"),
    "lienthong.intake.dossier-resolved": (
        "Đã xử lý xong, {verdict_vi}; hẹn trả {due}",
        "Resolved, {verdict_en}; was due {due}",
    ),
    "lienthong.intake.dossier-stopped": ("Dừng xử lý: {reason}", "Stopped: {reason}"),
    "lienthong.intake.dossier-paused": (
        "Dừng tính thời gian, {kind_vi}: {reason}",
        "The clock stops, {kind_en}: {reason}",
    ),
    "lienthong.intake.dossier-resumed": (
        "Tính tiếp thời gian sau khi dừng, {kind_vi}; hẹn trả mới {due}",
        "The clock goes on after a stop, {kind_en}; result now due {due}",
    ),
    "lienthong.intake.dossier-extended": (
        "Thêm thời hạn {by_vi}: {reason}; hẹn trả mới {due}",
        "Given {by_en} more: {reason}; result now due {due}",
    ),
    "lienthong.intake.dossier-withdrawn": (
        "Người nộp rút hồ sơ: {reason}",
        "Withdrawn by the applicant: {reason}",
    ),
    "lienthong.intake.dossier-sent-on": ("Luân chuyển tiếp: {note}", "Sent on again: {note}"),
    "lienthong.intake.result-handed-back": (
        "Đã trả kết quả, hình thức {manner_vi}",
        "Result handed back, manner {manner_en}",
    ),
    "lienthong.intake.internal-event": ("Việc nội bộ của tiếp nhận", "An internal matter of intake"),
    "lienthong.routing.itinerary-planned": (
        "Lập lộ trình {legs} công đoạn theo quy trình {process}, phiên bản {version}{trial_vi}",
        "Way of {legs} legs planned after process {process}, version {version}{trial_en}",
    ),
    "lienthong.routing.itinerary-moved": (
        (
            "Chuyển từ phiên bản {from_version} sang phiên bản {version} của quy trình {process},"
            " {legs} công đoạn; căn cứ: {basis}"
        ),
        (
            "Moved from version {from_version} to version {version} of process {process},"
            " {legs} legs; basis: {basis}"
        ),
    ),
    "lienthong.routing.leg-opened": (
        "{direction_vi} {agency}: công đoạn {number}/{of} {name_vi}, lần {attempt}, hạn {due}{purpose_vi}",
        "{direction_en} {agency}: leg {number}/{of} {name_en}, attempt {attempt}, due {due}{purpose_en}",
    ),
    "lienthong.routing.leg-closed": (
        "Kết thúc công đoạn {number} tại {agency}: {outcome_vi}",
        "Leg {number} at {agency} ended: {outcome_en}",
    ),
    "lienthong.routing.leg-rehomed": (
        (
            "Công đoạn {number} chuyển từ {from_agency} sang {agency} do sắp xếp bộ máy ({plan}); giữ hạn {due};"
            " căn cứ: {basis}"
        ),
        (
            "Leg {number} went from {from_agency} to {agency} by reorganisation ({plan}); still due {due};"
            " basis: {basis}"
        ),
    ),
    "lienthong.routing.itinerary-paused": (
        "Công đoạn tại {agency} chờ, {kind_vi}: {reason}",
        "The leg at {agency} waits, {kind_en}: {reason}",
    ),
    "lienthong.routing.itinerary-resumed": (
        "Hết thời gian chờ, {kind_vi}; {agency} có hạn {due}",
        "The wait is over, {kind_en}; {agency} has until {due}",
    ),
    "lienthong.routing.itinerary-extended": (
        "Quy trình thêm thời hạn {by_vi}: {reason}",
        "The process gives {by_en} more: {reason}",
    ),
    "lienthong.routing.itinerary-withdrawn": (
        "Kết thúc lộ trình trước công đoạn cuối: {reason}",
        "The way ends before its last leg: {reason}",
    ),
    "lienthong.routing.itinerary-completed": (
        "Các cơ quan đã làm xong mọi công đoạn",
        "Every leg is done",
    ),
    "lienthong.routing.itinerary-returned": (
        "{agency} trả hồ sơ về bộ phận một cửa: {reason}",
        "{agency} sent it back to the desk: {reason}",
    ),
    "lienthong.routing.internal-event": ("Việc nội bộ của luân chuyển", "An internal matter of routing"),
    "lienthong.processing.leg-handed-over": (
        "Bàn giao cho {agency} qua {by_vi}",
        "Handed over to {agency} by {by_en}",
    ),
    "lienthong.processing.act-refused": (
        "Từ chối việc của {agency} ({command}): {code}",
        "Refused what {agency} tried ({command}): {code}",
    ),
    "lienthong.processing.leg-acknowledged": ("{agency} xác nhận đã nhận", "{agency} acknowledged it"),
    "lienthong.processing.leg-accepted": ("{agency} nhận xử lý", "{agency} took it on"),
    "lienthong.processing.work-recorded": ("{agency}: {step}", "{agency}: {step}"),
    "lienthong.processing.leg-completed": ("{agency} làm xong phần việc", "{agency} did its part"),
    "lienthong.processing.leg-returned": (
        "{agency} trả lại{target_vi}: {reason}",
        "{agency} returned it{target_en}: {reason}",
    ),
    "lienthong.processing.opinion-given": (
        "{agency} cho ý kiến: {opinion_vi}",
        "{agency} gave its opinion: {opinion_en}",
    ),
    "lienthong.processing.leg-transferred": (
        "{agency} không có thẩm quyền, chuyển đến {to}: {reason}",
        "{agency} is not competent and names {to}: {reason}",
    ),
    "lienthong.processing.leg-recalled": (
        "{by} thu hồi hồ sơ từ {agency}: {reason}",
        "{by} took it back from {agency}: {reason}",
    ),
    "lienthong.processing.supplement-requested": (
        "{agency} đề nghị bổ sung giấy tờ: {reason}",
        "{agency} asks for more papers: {reason}",
    ),
    "lienthong.processing.payment-requested": (
        "{agency} đề nghị nộp nghĩa vụ tài chính: {reason}",
        "{agency} asks for a payment: {reason}",
    ),
    "lienthong.processing.leg-resumed": (
        "{agency} tiếp tục xử lý, hạn {due}",
        "{agency} goes on, due {due}",
    ),
    "lienthong.processing.leg-lapsed": (
        "Hết hạn công đoạn tại {agency} (hạn {due}): {outcome_vi}",
        "The term of the leg at {agency} is over (due {due}): {outcome_en}",
    ),
    "lienthong.processing.leg-withdrawn": (
        "Không cần phần việc của {agency} nữa",
        "The part of {agency} is not needed any more",
    ),
    "lienthong.processing.work-rehomed": (
        "{agency} tiếp quản công việc của {from_agency} qua {by_vi}",
        "{agency} has the work of {from_agency} now, by {by_en}",
    ),
    "lienthong.processing.leg-overdue": (
        "{agency} quá hạn công đoạn (hạn {due})",
        "{agency} is overdue with its leg (due {due})",
    ),
    "lienthong.processing.leg-reminded": (
        "Nhắc {to} về công đoạn tại {agency}: {about_vi}",
        "{to} was reminded of the leg at {agency}: {about_en}",
    ),
    "lienthong.processing.target-set": (
        "Chỉ tiêu {indicator} năm {year}: {percent} % trước {reach_by}; căn cứ: {basis}",
        "Target for {indicator} in {year}: {percent} % by {reach_by}; basis: {basis}",
    ),
    "lienthong.processing.figure-entered": (
        "Số liệu {figure} của {agency} từ {first} đến {last}: {value} (lần {version}, {state}); căn cứ: {evidence}",
        "{figure} of {agency} from {first} to {last}: {value} (version {version}, {state}); evidence: {evidence}",
    ),
    "lienthong.processing.request-issued": (
        "Ban hành văn bản {reference}: {subject}; hạn trả lời {due_on}; căn cứ: {basis}",
        "Request {reference} issued: {subject}; to be answered by {due_on}; basis: {basis}",
    ),
    "lienthong.processing.request-received": ("{agency} đã nhận văn bản", "{agency} has the request"),
    "lienthong.processing.request-answered": (
        "{agency} đã trả lời văn bản, kèm {attachments} tài liệu",
        "{agency} answered the request, with {attachments} papers",
    ),
    "lienthong.processing.proposal-decided": (
        "Đề xuất điều chỉnh chỉ tiêu của {agency}: {decision_vi}; căn cứ: {basis}",
        "The target proposed by {agency}: {decision_en}; basis: {basis}",
    ),
    "lienthong.processing.request-passed-on": (
        "{agency} đã kết thúc hoạt động, {to} trả lời thay",
        "{agency} has ended, and {to} answers instead",
    ),
    "lienthong.processing.request-consolidated": ("Đã tổng hợp các trả lời", "The answers were put together"),
    "lienthong.processing.request-withdrawn": (
        "Thu hồi văn bản: {reason}",
        "The request was withdrawn: {reason}",
    ),
    "lienthong.processing.request-overdue": (
        "Đã hết hạn trả lời ({due}), còn đơn vị chưa trả lời",
        "The last day is over ({due}), and some have not answered",
    ),
    "lienthong.processing.internal-event": ("Việc nội bộ của xử lý", "An internal matter of processing"),
}

WORDS: Mapping[str, tuple[str, str]] = {
    "approved": ("được chấp thuận", "approved"),
    "declined": ("không được chấp thuận", "declined"),
    "uncollected": ("chưa nhận bàn giao", "the hand-over was not collected"),
    "due-soon": ("sắp đến hạn", "due soon"),
    "overdue": ("quá hạn", "overdue"),
    "direct": ("trực tiếp", "direct"),
    "online": ("trực tuyến", "online"),
    "post": ("bưu chính công ích", "public post"),
    "early": ("trước hạn", "early"),
    "on_time": ("đúng hạn", "on time"),
    "late": ("quá hạn", "late"),
    "none": ("không có hạn", "without a due time"),
    "completed": ("hoàn thành", "completed"),
    "returned": ("trả lại", "returned"),
    "transferred": ("chuyển cơ quan có thẩm quyền", "transferred to the competent agency"),
    "recalled": ("bị thu hồi", "taken back"),
    "consented": ("im lặng là đồng ý", "silence is consent"),
    "elapsed": ("đã hết thời gian", "its time is over"),
    "withdrawn": ("không cần nữa", "not needed any more"),
    "supplement": ("chờ bổ sung giấy tờ", "for papers to be completed"),
    "payment": ("chờ nộp nghĩa vụ tài chính", "for money to be paid"),
    "posting": ("niêm yết công khai", "for a public notice"),
    "agree": ("đồng ý", "it agrees"),
    "disagree": ("không đồng ý", "it disagrees"),
    "neither": ("ý kiến khác", "neither for nor against"),
    "up": ("Chuyển lên", "Up to"),
    "down": ("Chuyển xuống", "Down to"),
    "peer": ("Chuyển ngang cấp đến", "Across to"),
    "inside": ("Chuyển nội bộ đến", "Inside, to"),
    "queue": ("hàng đợi", "queue"),
    "worklist": ("danh sách công việc", "worklist"),
}
"""Words of fields that have a few fixed ones."""
