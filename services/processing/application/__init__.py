"""What processing can be asked to do; everything runs inside the caller's unit of work."""

from services.processing.application.accounts import Accounts
from services.processing.application.entered import EnteredFigures
from services.processing.application.ladder import REMIND, Ladder
from services.processing.application.processing import HISTORIAN_SPEAKS_WITHIN, LEG_DUE, Processing
from services.processing.application.refusals import RefusedActs
from services.processing.application.replays import Replays
from services.processing.application.requests import COMMANDS as REQUEST_COMMANDS
from services.processing.application.requests import REQUEST_DUE, Requests
from services.processing.application.servings import Servings
from services.processing.application.targets import Targets
from services.processing.domain.work import hand_over_id
from services.processing.ports import Agency

__all__ = [
    "HISTORIAN_SPEAKS_WITHIN",
    "LEG_DUE",
    "REMIND",
    "REQUEST_COMMANDS",
    "REQUEST_DUE",
    "Accounts",
    "Agency",
    "EnteredFigures",
    "Ladder",
    "Processing",
    "RefusedActs",
    "Replays",
    "Requests",
    "Servings",
    "Targets",
    "hand_over_id",
]
