"""`dayseal.toml` and the environment, read strictly into frozen settings."""

from dayseal.settings.read import CONFIG_NAME, find_settings, read_days, read_settings
from dayseal.settings.tables import (
    ArchiveSettings,
    ArrivalSettings,
    AwsSettings,
    ClusterSettings,
    CoverageSettings,
    DeclaredSettings,
    ExceptionSettings,
    ExportSettings,
    KeySettings,
    LedgerSettings,
    LockSettings,
    RetentionSettings,
    SealSettings,
    Settings,
)

__all__ = [
    "CONFIG_NAME",
    "ArchiveSettings",
    "ArrivalSettings",
    "AwsSettings",
    "ClusterSettings",
    "CoverageSettings",
    "DeclaredSettings",
    "ExceptionSettings",
    "ExportSettings",
    "KeySettings",
    "LedgerSettings",
    "LockSettings",
    "RetentionSettings",
    "SealSettings",
    "Settings",
    "find_settings",
    "read_days",
    "read_settings",
]
