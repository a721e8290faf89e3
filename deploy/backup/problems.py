"""Why a backup is not made, or not restored. Codes are stable."""

from __future__ import annotations

from shared.errors import Problem

BACKUP_EXISTS = Problem(
    "backup-exists",
    409,
    "{folder} đã có: bản sao lưu không ghi đè lên gì",
    "{folder} is there already: a backup overwrites nothing",
)
NOTHING_TO_BACK_UP = Problem(
    "nothing-to-back-up",
    409,
    "không có hệ thống nào đang chạy ở {folder}",
    "no system runs in {folder}: what is to be backed up must be up",
)
BACKUP_FAILED = Problem(
    "backup-failed",
    500,
    "không sao lưu được: {reason}",
    "the backup was not made: {reason}",
)
NO_BACKUP = Problem(
    "no-backup",
    404,
    "{folder} không phải là một bản sao lưu đầy đủ: {reason}",
    "{folder} is no complete backup: {reason}",
)
BACKUP_DAMAGED = Problem(
    "backup-damaged",
    422,
    "bản sao lưu bị hỏng: {file} {vi}",
    "the backup is damaged: {file} {en}",
)
BACKUP_OF_ANOTHER_VERSION = Problem(
    "backup-of-another-version",
    409,
    "bản sao lưu do phiên bản khác tạo ra ({made_by}; khác ở {difference}): khôi phục bằng phiên bản đó, rồi nâng cấp",
    "the backup is another version's ({made_by}; it differs in {difference}): restore it with that one, then upgrade",
)
TARGET_NOT_EMPTY = Problem(
    "target-not-empty",
    409,
    "{folder} không trống: chỉ khôi phục vào một thư mục mới",
    "{folder} is not empty: a backup is restored into a new folder",
)
TARGET_RUNNING = Problem(
    "target-running",
    409,
    "một hệ thống đang chạy ở {folder}: không khôi phục đè lên",
    "a system runs in {folder}: nothing is restored over it",
)
KEYS_ELSEWHERE = Problem(
    "keys-elsewhere",
    404,
    "khoá không nằm trong bản sao lưu này: chỉ chúng bằng --keys",
    "the keys are not in this backup: say with --keys where they are",
)
ERASURES_UNREADABLE = Problem(
    "erasures-unreadable",
    422,
    "không đọc được danh sách xoá {file}, dòng {line}",
    "the list of erasures {file} cannot be read, line {line}",
)
RESTORE_FAILED = Problem(
    "restore-failed",
    500,
    "khôi phục thất bại: {reason}; xoá {folder} rồi làm lại",
    "the restore failed: {reason}; delete {folder} and begin again",
)
