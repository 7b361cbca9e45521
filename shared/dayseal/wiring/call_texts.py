"""The calls that facts name, with the parameters they are made with, whichever cloud they are of."""

from typing import Final

from dayseal.clouds.aws.api_calls import API_CALLS as AWS_CALLS
from dayseal.clouds.azure.api_calls import API_CALLS as AZURE_CALLS
from dayseal.clouds.gcp.api_calls import API_CALLS as GCP_CALLS

_CALLS: Final = (*AWS_CALLS, *AZURE_CALLS, *GCP_CALLS)


def call_text(name: str) -> str:
    """Give a call with its parameters; one that no table has stays as it is."""
    return next((call.text for call in _CALLS if call.name == name), name)
