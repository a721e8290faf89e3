"""What clients do to a web server: break off, dawdle, shout, knock at walls."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from shared.entrypoints.http import Door
from shared.persistence.database import DatabaseUnavailableError
from tests.builders.doors import submission
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

PATH = "/v1/submissions"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@contextmanager
def connected(system: System, service: str = "intake") -> Iterator[socket.socket]:
    address = urlsplit(system.urls[service])
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        yield connection


def head(caller: Caller, method: str = "POST", path: str = PATH, **headers: str) -> bytes:
    """Return the head of a request, without the empty line that ends it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {caller.token}"]
    lines += [f"Idempotency-Key: {fresh_key()}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n"


def read_all(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said


def status_of(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


class TestWalls:
    @pytest.mark.parametrize("service", ["intake", "routing", "processing", "statistics"])
    @pytest.mark.parametrize("path", ["/", "/v1", "/v2/submissions", "/health/", "/../etc/passwd"])
    def test_where_there_is_no_door_a_problem_says_so(
        self, system: System, officer: Caller, service: str, path: str
    ) -> None:
        refused(officer.get(service, path), 404, "no-such-door")

    @pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT", "OPTIONS", "GET", "BREW"])
    def test_a_door_says_which_methods_it_takes(self, officer: Caller, method: str) -> None:
        response = officer.send(method, "intake", PATH)
        refused(response, 405, "method-not-allowed")
        assert response.headers["Allow"] == "POST"

    def test_a_head_is_an_answer_without_its_body(self, officer: Caller, dossier: str) -> None:
        path = f"/v1/dossiers/{dossier}"
        short, long = officer.send("HEAD", "intake", path), officer.get("intake", path)
        assert (short.status_code, short.content) == (200, b"")
        assert short.headers["Content-Length"] == str(len(long.content))

    @pytest.mark.parametrize("path", ["/v1/worklist?agency=H47.11%00", "/v1/worklist?limit=%00"])
    def test_a_zero_byte_in_an_address_is_malformed(self, first: Caller, path: str) -> None:
        refused(first.get("processing", path), 400, "malformed")


BREAKS = [
    b"",
    b"P",
    b"POST /v1/submissions HTTP/1.1\r\n",
    b"POST /v1/submissions HTTP/1.1\r\nHost: x\r\nAuthoriz",
    b"\r\n\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
    b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"a" * 10_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 1000 + b"\r\n",
    b"POST /v1/submissions HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST /v1/submissions HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/submissions HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
]


class TestBrokenOff:
    @pytest.mark.parametrize("said", BREAKS)
    @pytest.mark.parametrize("rudely", [False, True])
    def test_a_client_that_talks_nonsense_or_breaks_off_harms_nobody(
        self, system: System, officer: Caller, said: bytes, *, rudely: bool
    ) -> None:
        with system.nothing_recorded(), connected(system) as connection:
            connection.sendall(said)
            if rudely:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            else:
                with suppress(OSError):  # the service may have closed it already
                    connection.shutdown(socket.SHUT_WR)
                answer = read_all(connection)
                assert not answer or status_of(answer) in {400, 401, 404, 414, 431, 505}
                assert b"Traceback" not in answer
        assert taken(officer.post("intake", PATH, submission()))["code"]

    @pytest.mark.parametrize(
        ("headers", "said"),
        [
            ({"Content_Length": "5000"}, b'{"procedure"'),
            ({"Transfer_Encoding": "chunked"}, b"ff\r\n{"),
            ({"Transfer_Encoding": "chunked"}, b"zz\r\n{}\r\n0\r\n\r\n"),
            ({"Transfer_Encoding": "chunked"}, b"-1\r\n{}\r\n0\r\n\r\n"),
            ({"Transfer_Encoding": "gzip"}, b"{}"),
        ],
    )
    @pytest.mark.parametrize("rudely", [False, True])
    def test_a_body_that_does_not_come_whole_is_malformed(
        self, system: System, officer: Caller, headers: dict[str, str], said: bytes, *, rudely: bool
    ) -> None:
        with system.nothing_recorded(), connected(system) as connection:
            connection.sendall(head(officer, **headers) + b"\r\n" + said)
            if rudely:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            else:
                connection.shutdown(socket.SHUT_WR)
                assert status_of(read_all(connection)) == 400
        assert taken(officer.post("intake", PATH, submission()))["code"]

    def test_a_client_that_does_not_wait_for_its_answer_is_served_all_the_same(
        self, system: System, officer: Caller
    ) -> None:
        key, body = fresh_key(), json.dumps(submission()).encode()
        lines = head(officer, Content_Length=str(len(body))).splitlines()
        lines[3] = f"Idempotency-Key: {key}".encode()
        with connected(system) as connection:
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        once = taken(officer.post("intake", PATH, submission(), key))
        assert once == taken(officer.post("intake", PATH, submission(), key))


def test_a_fault_of_ours_is_written_down_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    response = Door("GET", "/x").response_from_exception(ZeroDivisionError("bí mật"))
    assert (response.status_code, response.get_json(force=True)["code"]) == (500, "unexpected")
    assert "ZeroDivision" not in response.get_data(as_text=True)
    assert "bí mật" not in response.get_data(as_text=True)
    assert "ZeroDivisionError" in caplog.text


def test_a_server_that_is_away_is_said_to_be_so() -> None:
    response = Door("GET", "/x").response_from_exception(DatabaseUnavailableError("password wrong"))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "password" not in response.get_data(as_text=True)


class TestManyAndSlow:
    def test_those_who_never_finish_a_request_keep_nobody_waiting(
        self, system: System, officer: Caller
    ) -> None:
        """More of them than a service has workers (500), all with a good token."""
        ends = [b"", b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]
        with ExitStack() as stack:
            for number in range(780):
                dawdler = stack.enter_context(connected(system))
                dawdler.sendall(head(officer) + ends[number % 3])
            dossier = taken(officer.post("intake", PATH, submission()))["dossier"]
            assert taken(officer.get("intake", f"/v1/dossiers/{dossier}"))["code"]
            system.settle()

    def test_two_hundred_at_once_are_all_served(self, system: System, officer: Caller) -> None:
        with ExitStack() as stack:
            everyone = [stack.enter_context(connected(system)) for _ in range(200)]
            for number, one in enumerate(everyone):
                body = json.dumps(submission() if number % 4 else {}).encode()
                one.sendall(head(officer, Content_Length=str(len(body)), Connection="close") + b"\r\n" + body)
            statuses = [status_of(read_all(one)) for one in everyone]
        assert statuses == [201 if number % 4 else 422 for number in range(200)]

    def test_a_connection_serves_one_request_after_the_other(self, system: System, officer: Caller) -> None:
        good, bad = json.dumps(submission()).encode(), b"[]"
        bodies = [good, bad, b" " * 20_000_001, good]
        with connected(system) as connection:
            statuses = []
            for number, body in enumerate(bodies):
                last = {"Connection": "close"} if number == len(bodies) - 1 else {}
                connection.sendall(head(officer, Content_Length=str(len(body)), **last) + b"\r\n" + body)
                statuses.append(status_of(connection.recv(65536)))
        assert statuses == [201, 400, 413, 201]

    def test_requests_sent_ahead_are_answered_in_order(self, system: System, officer: Caller) -> None:
        body = json.dumps(submission()).encode()
        good = head(officer, Content_Length=str(len(body))) + b"\r\n" + body
        bad = head(officer, Content_Length="2", Connection="close") + b"\r\n[]"
        with connected(system) as connection:
            connection.sendall(good + bad)
            said = read_all(connection)
        assert [part[:3] for part in said.split(b"HTTP/1.1 ")[1:]] == [b"201", b"400"]
