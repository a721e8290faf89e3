"""Errors of messaging that waiting does not mend."""

from __future__ import annotations


class TopologyRefusedError(Exception):
    """The broker cannot hold this topology beside what it holds.

    An exchange or queue of that name is there and differs, a binding names what is not there, or
    the account may not create it. Someone has to look; trying again does not help.
    """
