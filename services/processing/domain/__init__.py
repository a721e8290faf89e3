"""The work of one agency on one leg of a dossier's way: what may be done in which turn, and its events."""

from services.processing.domain.work import BY_QUEUE as BY_QUEUE
from services.processing.domain.work import BY_WORKLIST as BY_WORKLIST
from services.processing.domain.work import Work as Work
