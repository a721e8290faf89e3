"""Log lines as JSON, one object a line, for whoever collects the logs of many machines."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

OTHER = "other"
"""The event of lines that libraries write."""

_EXCEPTION = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonLines(JsonFormatter):
    """Each line says when, how grave, which service, what happened, and what it is about.

    Of an exception it tells the class and the places, not the words: these may quote what a person wrote.
    """

    def __init__(self, service: str) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "event", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "stack"},
            static_fields={"service": service},
            exc_info_as_array=True,
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Name what happened, also where a library wrote the line."""
        log_data["event"] = log_data["event"] or OTHER
        return log_data

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002
        """Return when it was, in UTC."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatException(self, ei: _EXCEPTION) -> list[str]:  # type: ignore[override]  # noqa: N802
        """Return the class of an exception and where it came from, the innermost place last."""
        kind, _error, at = ei
        places = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(at)]
        return [f"{kind.__module__}.{kind.__qualname__}" if kind else "", *places]


def log_as_json(service: str, level: int) -> None:
    """Write all that this process says to standard error as lines of JSON, libraries and warnings too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed


def _crashed(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> Any:
    logging.getLogger(__name__).critical(
        "the process ends", exc_info=(kind, error, at), extra={"event": "crashed"}
    )
