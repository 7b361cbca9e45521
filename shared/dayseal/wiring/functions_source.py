"""Functions whose settings and trust policy lie beside their source, as they are deployed with it."""

from dayseal.settings import find_settings, read_settings
from dayseal.wiring.functions import Station
from dayseal.wiring.overruled import overruled
from dayseal.wiring.workspace import read_policy, this_machine


def open_station() -> Station:
    """Read the settings and the trust policy beside the source; what the environment sets overrules the settings.

    Raises:
        UsageError: there are no settings, or they make no sense.
        AccessError: the trust policy cannot be read.
    """
    settings = overruled(read_settings(find_settings(None)))
    return Station(settings, read_policy(settings.path(settings.ledger.trust_policy)), this_machine())
