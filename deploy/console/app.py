"""The console as a WSGI application: who may see what, and what every page has in common."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from deploy.console.asking import PATIENCE_SECONDS, Asking
from deploy.console.pages import FOR_EVERYBODY, PAGES
from deploy.console.sessions import Session, Sessions
from deploy.console.words import WORDS, ago
from deploy.play.client import Client, DoorError
from services.statistics.papers.numbers import day, number, per_cent
from services.statistics.reports.durations import in_words
from shared.clock import local_text

HERE = Path(__file__).parent
COOKIE, LANGUAGE = "lienthong-console", "lienthong-language"
OPERATIONS = ("administrator", "auditor")
"""Administrators act; auditors look."""
ROLES = (*OPERATIONS, "agency", "desk_head", "receiving_officer")
"""Who signs in; those who are not of operations see figures, and dossiers as far as the doors let them."""
LARGEST_FORM = 64_000

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_LIVE = "; script-src 'self'; connect-src 'self'"
"""What pages that keep themselves up to date may do besides: run our own script, and ask us."""


class Console:
    """Answers requests; `urls` says where each service is, `secure` that it is reached over TLS."""

    def __init__(
        self, urls: Mapping[str, str], *, secure: bool = False, now: Callable[[], float] = monotonic
    ) -> None:
        self._urls = urls
        self._secure = secure
        self._sessions = Sessions(now)
        self._map = Map([Rule(rule, endpoint=rule, methods=methods) for rule, methods in rules()])
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "local": local_text,
            "number": number,
            "day": day,
            "per_cent": lambda ratio: per_cent(Decimal(ratio)).replace(" ", "\N{NO-BREAK SPACE}"),
            "worked": lambda minutes, language: in_words(minutes)[language],
        }
        self._serve = SharedDataMiddleware(self._answer, {"/static": str(HERE / "static")}, cache=False)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._serve(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_FORM
        try:
            response = self._dispatch(request)
        except DoorError as error:
            session = self._sessions.find(request.cookies.get(COOKIE))
            status = 503 if error.code == "unreachable" else 502
            response = self._page(request, session, "error.html", status, error=error, missing=False)
        except NotFound:
            session = self._sessions.find(request.cookies.get(COOKIE))
            response = self._page(request, session, "error.html", 404, error=None, missing=True)
        except HTTPException as error:
            response = Response(
                error.description, error.code or 500, content_type="text/plain; charset=utf-8"
            )
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response(environ, start_response)

    def _dispatch(self, request: Request) -> Response:
        rule, variables = self._map.bind_to_environ(request.environ).match()
        if rule == "/language/<language>":
            return self._choose_language(request, variables["language"])
        if rule == "/sign-in":
            return self._sign_in(request)
        session = self._sessions.find(request.cookies.get(COOKIE))
        if session is None:
            return redirect("/sign-in", 303)
        if request.method == "POST" and not session.allows(request.form.get("csrf")):
            return self._page(request, session, "forged.html", 403)
        if rule == "/sign-out":
            self._sessions.end(request.cookies.get(COOKIE))
            response = redirect("/sign-in", 303)
            response.delete_cookie(COOKIE)
            return response

        return self._show(request, session, rule, variables)

    def _show(self, request: Request, session: Session, rule: str, variables: Mapping[str, Any]) -> Response:
        """Show a page to somebody who is signed in; who is not of operations is led to the figures."""
        if session.role not in OPERATIONS and rule not in FOR_EVERYBODY:
            return redirect("/figures", 303)

        def render(template: str, status: int = 200, **facts: Any) -> Response:
            return self._page(request, session, template, status, **facts)

        def lasts() -> bool:
            return self._sessions.lasts(request.cookies.get(COOKIE))

        return PAGES[rule](Asking(request, session, self._urls, render, lasts), **variables)

    def _sign_in(self, request: Request) -> Response:
        if request.method == "GET":
            return self._page(request, None, "sign-in.html", 200, wrong=None)
        address = request.remote_addr or "?"
        if not self._sessions.may_try(address):
            return self._page(request, None, "sign-in.html", 429, wrong="too-many")
        token = request.form.get("token", "").strip()
        try:
            who = self._who_holds(token)
        except DoorError as error:
            if error.code == "unreachable":
                return self._page(request, None, "sign-in.html", 503, wrong="away")
            who = {}
        if who.get("role") not in ROLES:
            self._sessions.note_wrong(address)
            return self._page(request, None, "sign-in.html", 403, wrong="role" if who else "token")
        cookie = self._sessions.begin(token, who["role"], who["subject"], who["agency"])
        response = redirect("/", 303)
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="Strict", secure=self._secure)
        return response

    def _who_holds(self, token: str) -> dict[str, Any]:
        """Return whose token it is. Raises DoorError."""
        client = Client(self._urls["processing"], _header_safe(token), PATIENCE_SECONDS)
        with closing(client):
            who: dict[str, Any] = client.get("/v1/caller")
        return who

    def _choose_language(self, request: Request, language: str) -> Response:
        if language not in {"vi", "en"}:
            raise NotFound
        back = request.args.get("back", "/")
        plain = back.isprintable() and "\\" not in back
        safe = back if plain and back.startswith("/") and not back.startswith("//") else "/"
        response = redirect(safe, 303)
        response.set_cookie(LANGUAGE, language, samesite="Strict", secure=self._secure, max_age=365 * 86400)
        return response

    def _page(
        self, request: Request, session: Session | None, template: str, status: int, **facts: Any
    ) -> Response:
        language = "en" if request.cookies.get(LANGUAGE) == "en" else "vi"

        def say(vi: str, en: str) -> str:
            return vi if language == "vi" else en

        def word(code: object) -> str:
            return say(*WORDS[str(code)]) if str(code) in WORDS else str(code)

        said = [session.said.popleft() for _ in range(len(session.said))] if session else []
        text = self._templates.get_template(template).render(
            **facts,
            t=say,
            word=word,
            ago=lambda seconds: say(*ago(seconds)),
            language=language,
            path=request.full_path.rstrip("?"),
            here=request.path,
            reloads="live" in request.args,
            session=session,
            said=said,
            operates=session is not None and session.role in OPERATIONS,
            acts=session is not None and session.role == "administrator",
            key=secrets.token_urlsafe(16),
        )
        response = Response(text, status, content_type="text/html; charset=utf-8")
        if facts.get("feed"):
            response.headers["Content-Security-Policy"] = _HEADERS["Content-Security-Policy"] + _LIVE
        return response


def _header_safe(token: str) -> str:
    """Return a token as a header can carry it; what no token holds becomes a wrong one."""
    return token if token.isascii() and token.isprintable() and token else "-"


def rules() -> list[tuple[str, list[str]]]:
    """Return every address with the methods that it takes."""
    own = [("/sign-in", ["GET", "POST"]), ("/sign-out", ["POST"]), ("/language/<language>", ["GET"])]
    return own + [(rule, ["POST"] if rule.rpartition("/")[2] in _POSTED else ["GET"]) for rule in PAGES]


_POSTED = frozenset({"begin", "cancel", "pause", "resume", "retry", "set-aside"})
"""The last words of addresses that change something."""
