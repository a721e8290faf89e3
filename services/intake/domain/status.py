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
    STOPPED = 8
    """Dừng xử lý"""
    RESOLVED = 9
    """Đã xử lý xong"""
    HANDED_BACK = 10
    """Đã trả kết quả"""
