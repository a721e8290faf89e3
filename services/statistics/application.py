"""statistics' use cases that leave events: setting up, rebuilding and swapping read models."""

from __future__ import annotations

from typing import cast

from services.statistics.domain.read_model import ReadModel, read_model_key
from services.statistics.problems import READ_MODEL_UNDEFINED
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Application


class Statistics(Application):
    """The history of the read models; the figures themselves come from the ledger."""

    name = "statistics"

    def is_defined(self, name: str) -> bool:
        """Say whether the read model was ever set up."""
        return self.find(read_model_key(name)) is not None

    def define(self, name: str, act: Act) -> None:
        """Set up a read model; nothing when it is there."""
        if not self.is_defined(name):
            self.add(ReadModel.define(name, act))

    def read_model(self, name: str) -> ReadModel:
        """Return a read model. Raises RefusedError with `read-model-undefined`."""
        found = cast("ReadModel | None", self.find(read_model_key(name)))
        if found is None:
            raise RefusedError(READ_MODEL_UNDEFINED, name=name)
        return found
