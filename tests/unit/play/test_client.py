"""The HTTP client against a server that answers as it is told."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.play.client import Client, DoorError

PROBLEM = json.dumps(
    {
        "code": "wrong-status",
        "title": "The dossier's status is 4",
        "title_vi": "Hồ sơ đang ở trạng thái 4",
    }
)


class Server(ThreadingHTTPServer):
    """Answers with what is in `answers`, the last again and again; None: hangs up."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, str] | None] = []
        self.requests: list[tuple[str, str, str | None, bytes]] = []
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append((self.command, self.path, self.headers.get("Authorization"), body))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer is None:
            self.close_connection = True
            return
        status, text = answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_PUT = do_POST = answer  # noqa: N815


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(server.url, "secret", patience=5)
    yield client
    client.close()


def test_requests_share_one_connection_and_carry_the_token(server: Server, client: Client) -> None:
    server.answers = [(200, '{"works": []}')]

    assert client.get("/v1/worklist", agency="H47.06", limit=5) == {"works": []}
    assert client.get("/v1/worklist") == {"works": []}

    assert server.connections == 1
    assert server.requests[0] == ("GET", "/v1/worklist?agency=H47.06&limit=5", "Bearer secret", b"")


def test_a_batch_goes_out_and_comes_back_a_line_each(server: Server, client: Client) -> None:
    server.answers = [(200, '{"key":"a","status":200}\n{"key":"b","status":409}\n')]

    answers = client.lines("/v1/batches", [{"key": "a"}, {"key": "b"}])

    assert [answer["status"] for answer in answers] == [200, 409]
    assert server.requests[0][3] == b'{"key":"a"}\n{"key":"b"}\n'


def test_too_few_answers_are_an_error(server: Server, client: Client) -> None:
    server.answers = [(200, '{"key":"a","status":200}\n')]

    with pytest.raises(DoorError, match="1 answers to 2 lines"):
        client.lines("/v1/batches", [{"key": "a"}, {"key": "b"}])


@pytest.mark.parametrize("fault", [None, (503, "{}")])
def test_a_service_that_is_away_for_a_moment_is_asked_again(
    server: Server, client: Client, fault: tuple[int, str] | None
) -> None:
    server.answers = [fault, (200, '{"done": true}')]

    assert client.put("/v1/reference", {"agencies": []}, "key") == {"done": True}
    assert len(server.requests) == 2


def test_a_refusal_is_not_asked_again_and_says_its_code_in_both_languages(
    server: Server, client: Client
) -> None:
    server.answers = [(409, PROBLEM)]

    with pytest.raises(DoorError, match="The dossier's status is 4") as refused:
        client.get("/v1/dossiers/x")

    assert refused.value.code == "wrong-status"
    assert refused.value.vi == "Hồ sơ đang ở trạng thái 4"
    assert len(server.requests) == 1


def test_an_answer_that_is_no_problem_details_is_shown_as_it_is(server: Server, client: Client) -> None:
    server.answers = [(500, "<html>oops</html>")]

    with pytest.raises(DoorError, match="500 <html>oops") as refused:
        client.get("/v1/dossiers/x")

    assert refused.value.code == "unexpected"


def test_a_service_that_stays_away_is_given_up(server: Server) -> None:
    server.answers = [None]
    client = Client(server.url, "secret", patience=0.1)

    with pytest.raises(DoorError) as refused:
        client.get("/health")

    assert refused.value.code == "unreachable"
