#!/usr/bin/env python3
"""Kiểm tra ngoại tuyến bằng chứng về lịch sử một hồ sơ / check the proof of a dossier's history, offline.

    python3 verify_proof.py PROOF.json [--public-key KEY] [--checkpoint PUBLISHED.json] [--events]

One file, Python 3.9 or newer, its standard library alone: no package of ours, no server, no network.
Copy it from a source that you trust, not from whoever hands you the proof.

What it checks: that the signature (Ed25519, RFC 8032) is of the key that you name; that every event's
bytes, in their order, give the hashes that the signed ledger has (SHA-256, Merkle trees of RFC 6962);
and that nothing of this dossier is left out up to the signed moment.

Exit status: 0 proven, 1 not proven (it says what is wrong), 2 wrong use.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from datetime import datetime, timedelta, timezone
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from uuid import UUID

PROOF = "lienthong-proof/1"
CHECKPOINT = "lienthong-checkpoint/1"
LEDGER = b"lienthong/ledger/1"
GENESIS = bytes(32)
VIETNAM = timezone(timedelta(hours=7))
RECEIVED = "lienthong.intake.dossier-received"

Json = dict[str, Any]


class NotProvenError(Exception):
    """What is wrong, in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi, self.en = vi, en
        super().__init__(en)


# Ed25519, RFC 8032 section 5.1: verification only.

Point = tuple[int, int, int, int]
"""In extended homogeneous coordinates."""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
KEY_BYTES, SIGNATURE_BYTES = 32, 64


def _add(one: Point, other: Point) -> Point:
    """Add two points in extended coordinates."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


def _x_of(y: int, sign: int) -> int | None:
    """Return the x of a point with that y; None when there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(text: bytes) -> Point | None:
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _x_of(_BASE_Y, 0) or 0
BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the owner of the public key signed exactly this message."""
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key, nonce = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return _same(_times(scalar, BASE), _add(nonce, _times(challenge, key)))


# Merkle trees, RFC 6962 section 2.1 (the way to check a path: RFC 9162 section 2.1.3.2).


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Return the root that a leaf's data and its audit path lead to; None when the path cannot be one."""
    if not 0 <= index < size:
        return None
    found, place, last = hashlib.sha256(b"\x00" + leaf).digest(), index, size - 1
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = _node(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, step)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


# The proof.


def signed_bytes(document: Json) -> bytes:
    """Return the bytes of a checkpoint that are signed."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return CHECKPOINT.encode() + b"\n" + text.encode()


def check_signature(signed: Json, public: bytes | None) -> tuple[Json, bytes]:
    """Return the signed checkpoint and the key that signed it. Raises NotProvenError."""
    key, signature = bytes.fromhex(signed["public_key"]), bytes.fromhex(signed["signature"])
    if public is not None and key != public:
        raise NotProvenError(
            f"ký bằng khoá khác: {fingerprint(key)}", f"signed by another key: {fingerprint(key)}"
        )
    document = signed["checkpoint"]
    if document["format"] != CHECKPOINT or not is_signed(key, signature, signed_bytes(document)):
        raise NotProvenError(
            "chữ ký không đúng: mốc niêm phong đã bị sửa", "wrong signature: the checkpoint was changed"
        )
    return document, key


def check_entries(proof: Json, ledger: Json) -> tuple[list[Json], int, bytes]:
    """Return the messages, each found in the signed ledger, and the last entry. Raises NotProvenError."""
    size, root = ledger["sequence"], bytes.fromhex(ledger["root"])
    before, last, messages = GENESIS, 0, []
    for number, entry in enumerate(proof["entries"], 1):
        sequence, body = entry["sequence"], base64.b64decode(entry["body"], validate=True)
        if sequence <= last:
            raise NotProvenError(f"sự kiện {number} không theo thứ tự", f"event {number} is out of order")
        head = LEDGER + sequence.to_bytes(8, "big") + bytes.fromhex(entry["previous_hash"])
        sealed = hashlib.sha256(head + before + entry["entered_at"].encode() + body).digest()
        path = [bytes.fromhex(step) for step in entry["path"]]
        if root_from(sealed, sequence - 1, size, path) != root:
            raise NotProvenError(
                f"sự kiện {number} (mục {sequence} của sổ cái) đã bị sửa, hoặc một sự kiện trước nó bị bỏ hay thêm",
                f"event {number} (ledger entry {sequence}) was changed, or one before it was left out or added",
            )
        message = json.loads(body)
        if message.get("rootid") != proof["dossier"]:
            raise NotProvenError(
                f"sự kiện {number} thuộc hồ sơ khác", f"event {number} is of another dossier"
            )
        messages.append(message)
        before, last = sealed, sequence
    return messages, last, before


def check_head(proof: Json, dossiers: Json, last: int, sealed: bytes) -> None:
    """See that the last event is the dossier's last in the signed ledger. Raises NotProvenError."""
    leaf = UUID(proof["dossier"]).bytes + last.to_bytes(8, "big") + sealed
    path = [bytes.fromhex(step) for step in proof["head"]["path"]]
    if root_from(leaf, proof["head"]["index"], dossiers["count"], path) != bytes.fromhex(dossiers["root"]):
        raise NotProvenError(
            "sự kiện cuối không phải là sự kiện cuối của hồ sơ: có sự kiện bị bỏ sau nó",
            "the last event is not the dossier's last: something after it was left out",
        )


def fingerprint(public: bytes) -> str:
    """Return what people compare of a public key."""
    text = hashlib.sha256(public).hexdigest()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def clock(text: str) -> str:
    """Return a moment as clocks in Viet Nam show it."""
    moment = datetime.strptime(text[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


def read_key(given: str) -> bytes:
    """Return the public key that a text, or the file that it names, holds. Raises ValueError."""
    path = Path(given)
    text = path.read_text(encoding="ascii").strip() if path.is_file() else given.strip()
    is_hexadecimal = len(text) == 2 * KEY_BYTES
    public = bytes.fromhex(text) if is_hexadecimal else base64.b64decode(text, validate=True)
    if len(public) != KEY_BYTES:
        raise ValueError(f"{len(public)} bytes")
    return public


def read(path: str) -> Json:
    """Return the JSON of a file. Raises NotProvenError."""
    try:
        found: Json = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise NotProvenError(
            f"không đọc được {path}: tệp thiếu, bị cắt hoặc hỏng", f"{path} cannot be read: {error}"
        ) from None
    return found


def _see(is_so: bool, vi: str, en: str) -> None:  # noqa: FBT001
    if not is_so:
        raise NotProvenError(vi, en)


def check(path: str, public: bytes | None, published: str | None) -> tuple[Json, bytes, list[Json]]:
    """Return what a proof proves: checkpoint, key, messages. Raises NotProvenError."""
    proof = read(path)
    other = read(published) if published else None
    try:
        _see(proof["format"] == PROOF, "không phải là bằng chứng", "this is no proof of this format")
        _see(
            other is None or other["checkpoint"] == proof["signed"]["checkpoint"],
            "mốc niêm phong trong tệp khác mốc đã công bố",
            "the checkpoint in the proof is not the published one",
        )
        checkpoint, key = check_signature(proof["signed"], public)
        messages, last, sealed = check_entries(proof, checkpoint["ledger"])
        check_head(proof, checkpoint["dossiers"], last, sealed)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, IndexError) as error:
        raise NotProvenError(
            "tệp không phải là bằng chứng, hoặc đã bị hỏng", f"this is no proof, or it is damaged: {error!r}"
        ) from None
    return checkpoint, key, messages


def say(checkpoint: Json, key: bytes, messages: list[Json], *, events: bool, is_known: bool) -> None:
    """Say in both languages what is proven."""
    received: Json = next((one["data"] for one in messages if one["type"] == RECEIVED), {})
    dossier, sequence = messages[0]["rootid"], checkpoint["ledger"]["sequence"]
    times = sorted(one["time"] for one in messages)
    first, last, made = clock(times[0]), clock(times[-1]), clock(checkpoint["made_at"])
    about = " ".join(filter(None, (received.get("code"), received.get("procedure"), received.get("desk"))))
    print("ĐÚNG / PROVEN")
    print(f"Hồ sơ / dossier: {about or '-'} ({dossier})")
    print(f"{len(messages)} sự kiện, từ {first} đến {last}; đầy đủ đến {made} (mục {sequence} của sổ cái)")
    print(f"{len(messages)} events, from {first} to {last}; complete up to {made} (ledger entry {sequence})")
    print(f"Khoá ký / signed by key SHA-256: {fingerprint(key)}")
    if not is_known:
        print("So sánh mã khoá này với mã đã công bố / compare this with the published fingerprint.")
    for one in messages if events else ():
        who = " ".join(filter(None, (one.get("actorrole"), one.get("actorsubject"), one.get("actoragency"))))
        print(f"{clock(one['time'])}  {one['type'].removeprefix('lienthong.')}  {who}")


def main() -> int:
    """Check the proof that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proof", help="tệp chứng minh / the proof")
    parser.add_argument(
        "--public-key", help="khoá công khai đã công bố, hoặc tệp / the published key, or a file"
    )
    parser.add_argument("--checkpoint", help="mốc đã công bố / the published checkpoint")
    parser.add_argument("--events", action="store_true", help="kể từng sự kiện / list the events")
    asked = parser.parse_args()
    try:
        public = read_key(asked.public_key) if asked.public_key else None
    except (OSError, ValueError) as error:
        parser.error(f"--public-key: {error}")
    try:
        checkpoint, key, messages = check(asked.proof, public, asked.checkpoint)
    except NotProvenError as wrong:
        print(f"KHÔNG ĐÚNG: {wrong.vi}\nNOT PROVEN: {wrong.en}", file=sys.stderr)
        return 1
    say(checkpoint, key, messages, events=asked.events, is_known=public is not None)
    return 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever the terminal: Vietnamese needs UTF-8
            stream.reconfigure(encoding="utf-8")
    sys.exit(main())
