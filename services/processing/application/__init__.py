"""What processing can be asked to do; everything runs inside the caller's unit of work."""

from services.processing.application.accounts import Accounts
from services.processing.application.ladder import REMIND, Ladder
from services.processing.application.processing import HISTORIAN_SPEAKS_WITHIN, LEG_DUE, Processing
from services.processing.application.replays import Replays
from services.processing.application.servings import Servings
from services.processing.application.targets import Targets
from services.processing.domain.work import hand_over_id
from services.processing.ports import Agency

__all__ = [
    "HISTORIAN_SPEAKS_WITHIN",
    "LEG_DUE",
    "REMIND",
    "Accounts",
    "Agency",
    "Ladder",
    "Processing",
    "Replays",
    "Servings",
    "Targets",
    "hand_over_id",
]
