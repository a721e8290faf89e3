"""The pages: each asks the services and shows what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Response

from deploy.console.pages import (
    figures,
    legs,
    live,
    looking,
    parked,
    pictures,
    rebuilds,
    replays,
    reports,
    units,
)

PAGES: Mapping[str, Callable[..., Response]] = {
    "/": looking.overview,
    "/dossiers": looking.dossier,
    "/figures": figures.province,
    "/figures/choose": figures.choose,
    "/figures/levels/<level>": figures.level,
    "/figures/units/<name>": units.unit,
    "/figures/procedures": units.procedures,
    "/figures/dossiers": units.dossiers,
    "/figures/legs": legs.legs,
    "/figures/months.svg": pictures.months,
    "/figures/flows.svg": pictures.flows,
    "/figures/feeds/<name>": live.feed,
    "/figures/reports": reports.reports,
    "/figures/reports/<name>": reports.report,
    "/figures/reports/<name>/<kind>": reports.paper,
    "/agencies": looking.agencies,
    "/agencies/<name>": looking.agency,
    "/agencies/<name>/resume": parked.resume,
    "/parked": parked.lot,
    "/parked/<message>/retry": parked.retry,
    "/parked/<message>/set-aside": parked.set_aside,
    "/unhandled/<service>": parked.unhandled,
    "/unhandled/<service>/<number>/retry": parked.retry_unhandled,
    "/rebuild": rebuilds.shown,
    "/rebuild/begin": rebuilds.begin,
    "/replays": replays.listed,
    "/replays/preview": replays.preview,
    "/replays/begin": replays.begin,
    "/replays/<replay>": replays.one,
    "/replays/<replay>/pause": replays.pause,
    "/replays/<replay>/resume": replays.resume,
    "/replays/<replay>/cancel": replays.cancel,
}
"""By address; those that change something are named in `app`."""

FOR_EVERYBODY = ("/dossiers", *(rule for rule in PAGES if rule.startswith("/figures")))
"""What people see who are not of operations: figures, and the dossiers behind them as far as the doors let them."""
