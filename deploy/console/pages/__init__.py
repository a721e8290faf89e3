"""The pages: each asks the services and shows what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Response

from deploy.console.pages import looking, parked, replays

PAGES: Mapping[str, Callable[..., Response]] = {
    "/": looking.overview,
    "/dossiers": looking.dossier,
    "/agencies": looking.agencies,
    "/agencies/<name>": looking.agency,
    "/agencies/<name>/resume": parked.resume,
    "/parked": parked.lot,
    "/parked/<message>/retry": parked.retry,
    "/parked/<message>/set-aside": parked.set_aside,
    "/unhandled/<service>": parked.unhandled,
    "/unhandled/<service>/<number>/retry": parked.retry_unhandled,
    "/replays": replays.listed,
    "/replays/preview": replays.preview,
    "/replays/begin": replays.begin,
    "/replays/<replay>": replays.one,
    "/replays/<replay>/pause": replays.pause,
    "/replays/<replay>/resume": replays.resume,
    "/replays/<replay>/cancel": replays.cancel,
}
"""By address; those that change something are named in `app`."""
