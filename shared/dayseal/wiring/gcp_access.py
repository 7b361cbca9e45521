"""How to get into Google Cloud, as the settings say: for what asks little and imports little."""

from dayseal.clouds.gcp.session import Access
from dayseal.settings import GcpSettings, Settings


def gcp_access(settings: Settings) -> Access:
    """Say how to get into Google Cloud: ordinary credentials; where there is no [gcp] table, with nothing special."""
    told = settings.gcp or GcpSettings()
    return Access(endpoint=told.endpoint, entries_endpoint=told.entries_endpoint, quota_project=told.quota_project)
