"""Frames that py-amqp cannot decode: what of them is unreadable is left out.

An exception while a frame is read ends the connection, and the message comes again on the next one:
so one sender's strange header would keep everybody's messages from coming, for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import pack, unpack_from
from typing import Any

from amqp import spec
from amqp.method_framing import frame_handler
from amqp.serialization import loads

Frame = tuple[int, int, bytes]

_METHOD, _HEADER = 1, 2
_FLAGS_AT = 12
_PROPERTIES = tuple(zip(range(15, 1, -1), "ssFoossssTssss", strict=True))
"""Bit and type of each property of a message, in their order: AMQP 0-9-1, class basic."""


def tolerant_frame_handler(connection: Any, callback: Callable[..., Any]) -> Callable[[Frame], bool]:
    """Return what takes a connection's frames in; messages come without what is unreadable of them."""
    on_frame: Callable[[Frame], bool] = frame_handler(connection, callback)

    def on_any_frame(frame: Frame) -> bool:
        kind, channel, content = frame
        if kind == _METHOD and unpack_from(">HH", content) == spec.Basic.Deliver:
            return on_frame((kind, channel, _readable_delivery(content)))
        if kind != _HEADER:
            return on_frame(frame)
        try:
            return on_frame(frame)
        except Exception:  # noqa: BLE001 - whatever is wrong with the properties
            return on_frame((kind, channel, _readable_header(bytes(content))))

    return on_any_frame


def _readable_delivery(content: bytes) -> bytes:
    """Return a delivery whose routing key is UTF-8."""
    exchange_at = 4 + 1 + content[4] + 9  # behind the method, the consumer's tag, the delivery's, a flag
    key_at = exchange_at + 1 + content[exchange_at]
    key = bytes(content[key_at + 1 :])
    try:
        key.decode()
    except UnicodeDecodeError:
        key = key.decode(errors="replace").encode()[:255].decode(errors="ignore").encode()
        return bytes(content[:key_at]) + bytes([len(key)]) + key
    return content


def _readable_header(content: bytes) -> bytes:
    """Return a message's header with only those properties that can be read."""
    flags, at = unpack_from(">H", content, _FLAGS_AT)[0], _FLAGS_AT + 2
    kept, parts = 0, []
    for bit, kind in _PROPERTIES:
        if flags >> bit & 1:
            end = at + _length(kind, content, at)
            if _can_be_read(kind, content[at:end]):
                kept |= 1 << bit
                parts.append(content[at:end])
            at = end
    return content[:_FLAGS_AT] + pack(">H", kept) + b"".join(parts)


def _length(kind: str, content: bytes, at: int) -> int:
    match kind:
        case "s":
            return 1 + content[at]
        case "F":
            return 4 + int(unpack_from(">I", content, at)[0])
        case "T":
            return 8
        case _:
            return 1


def _can_be_read(kind: str, part: bytes) -> bool:
    try:
        loads(kind, part, 0)
    except Exception:  # noqa: BLE001 - py-amqp raises whatever its parts raise
        return False
    return True
