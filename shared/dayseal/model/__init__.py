"""Frozen values every layer shares: clusters, days, archive objects, verdicts."""

from dayseal.model.archive import ArchiveObject, Listing, ObjectDescriptor, ObjectVersion
from dayseal.model.batch_days import batch_day_of_key
from dayseal.model.clusters import ClusterHint, ClusterId, Scope
from dayseal.model.day_folders import DayLayout, day_folders
from dayseal.model.findings import Fact, Finding, Verdict
from dayseal.model.heads import GuardState, TreeHead
from dayseal.model.notices import About, FindingLine, Notice
from dayseal.model.times import Window, day_window

__all__ = [
    "About",
    "ArchiveObject",
    "ClusterHint",
    "ClusterId",
    "DayLayout",
    "Fact",
    "Finding",
    "FindingLine",
    "GuardState",
    "Listing",
    "Notice",
    "ObjectDescriptor",
    "ObjectVersion",
    "Scope",
    "TreeHead",
    "Verdict",
    "Window",
    "batch_day_of_key",
    "day_folders",
    "day_window",
]
