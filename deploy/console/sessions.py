"""Who is signed in: sessions in this process's memory, found by a cookie that scripts cannot read."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE_SECONDS = 30 * 60.0
"""How long nobody need be at the screen until the session is over."""
WHOLE_SECONDS = 10 * 3600.0
"""A working day: then one signs in anew, idle or not."""
TRIES, TRIES_SECONDS = 10, 300.0
"""How many wrong tokens an address may try, within how long."""


@dataclass(slots=True)
class Session:
    """A person at the console."""

    token: str = field(repr=False)
    role: str
    subject: str
    agency: str | None
    began: float
    seen: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    said: deque[tuple[str, str, str]] = field(default_factory=deque)
    """What to tell the person on the next page: kind, Vietnamese, English."""

    def allows(self, csrf: str | None) -> bool:
        """Return whether a form was made for this session."""
        return csrf is not None and hmac.compare_digest(self.csrf.encode(), csrf.encode())


class Sessions:
    """The sessions of a console; `now` is a monotonic clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._tries: dict[str, deque[float]] = {}

    def may_try(self, address: str) -> bool:
        """Return whether an address may try a token now."""
        with self._lock:
            tries = self._tries.get(address, deque())
            self._drop_old(tries)
            return len(tries) < TRIES

    def note_wrong(self, address: str) -> None:
        """Remember that an address tried a token in vain."""
        with self._lock:
            for other in [one for one, tries in self._tries.items() if self._drop_old(tries)]:
                del self._tries[other]
            self._tries.setdefault(address, deque()).append(self._now())

    def begin(self, token: str, role: str, subject: str, agency: str | None) -> str:
        """Begin a session and return its cookie."""
        cookie, now = secrets.token_urlsafe(32), self._now()
        with self._lock:
            for other in [one for one, session in self._sessions.items() if self._is_over(session)]:
                del self._sessions[other]
            self._sessions[cookie] = Session(token, role, subject, agency, now, now)
        return cookie

    def find(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie unless it is over; it was seen now."""
        with self._lock:
            session = self._sessions.get(cookie or "")
            if session is None:
                return None
            if self._is_over(session):
                del self._sessions[cookie or ""]
                return None
            session.seen = self._now()
            return session

    def lasts(self, cookie: str | None) -> bool:
        """Return whether a cookie's session goes on; it is not seen by that."""
        with self._lock:
            session = self._sessions.get(cookie or "")
            return session is not None and not self._is_over(session)

    def end(self, cookie: str | None) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(cookie or "", None)

    def _is_over(self, session: Session) -> bool:
        now = self._now()
        return now - session.seen > IDLE_SECONDS or now - session.began > WHOLE_SECONDS

    def _drop_old(self, tries: deque[float]) -> bool:
        while tries and self._now() - tries[0] > TRIES_SECONDS:
            tries.popleft()
        return not tries
