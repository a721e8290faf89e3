"""Where a dossier stands, in the codes of the National Public Service Portal."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Status codes of the national portal; those that intake gives. They are durable."""

    NEW = 1
    """Mới đăng ký"""
    RECEIVED = 2
    """Được tiếp nhận"""
    REFUSED = 3
    """Không được tiếp nhận"""
    PROCESSING = 4
    """Đang xử lý"""
    SUPPLEMENT = 5
    """Yêu cầu bổ sung giấy tờ"""
    PAYMENT = 6
    """Yêu cầu thực hiện nghĩa vụ tài chính"""
    WITHDRAWN = 7
    """Công dân yêu cầu rút hồ sơ"""
    STOPPED = 8
    """Dừng xử lý"""
    RESOLVED = 9
    """Đã xử lý xong"""
    HANDED_BACK = 10
    """Đã trả kết quả"""


RUNNING = frozenset({Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.PAYMENT})
"""Received, and not at an end yet."""
OVER = frozenset({Status.WITHDRAWN, Status.STOPPED, Status.RESOLVED, Status.HANDED_BACK})
"""Whatever routing says of it now is too late."""
WITHOUT_RESULT = frozenset({Status.WITHDRAWN, Status.STOPPED})
"""Ended at the desk while agencies may still have been at work."""
