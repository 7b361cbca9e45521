"""The look-up API in each cloud that has one: the same ledger behind it, the same questions asked."""

from support.azure_lookup_api import AzureApi
from support.gcp_lookup_api import GcpApi
from support.lookup_api import Api

AnyApi = Api | GcpApi | AzureApi
