"""Signs of unauthorised access that single events, or a few of one user or address, show."""

from dayseal.audit.detections.acts import Act, act_of_entry, act_of_event, is_watched
from dayseal.audit.detections.bursts import BURSTS, Burst, BurstItem, burst_items
from dayseal.audit.detections.credentials import Mint, Secret, mint_of, pseudonym, secrets_of
from dayseal.audit.detections.table import DETECTIONS, Detection, Severity, Sign, find_detection, signs_of

__all__ = [
    "BURSTS",
    "DETECTIONS",
    "Act",
    "Burst",
    "BurstItem",
    "Detection",
    "Mint",
    "Secret",
    "Severity",
    "Sign",
    "act_of_entry",
    "act_of_event",
    "burst_items",
    "find_detection",
    "is_watched",
    "mint_of",
    "pseudonym",
    "secrets_of",
    "signs_of",
]
