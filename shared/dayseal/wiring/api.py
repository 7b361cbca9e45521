"""A ledger behind a look-up API, opened with the ordinary cloud credentials."""

import dataclasses

from dayseal.errors import UsageError
from dayseal.ledger.reader import LedgerReader
from dayseal.lookup.asking import Api
from dayseal.lookup.remote import RemoteStore
from dayseal.notes import TrustPolicy


@dataclasses.dataclass(frozen=True, slots=True)
class ApiLedger:
    """A ledger that is reached through an API; what is read is proved against `policy`, the API is not believed."""

    api: Api
    policy: TrustPolicy

    def reader(self) -> LedgerReader:
        """Open the ledger as it is now."""
        return LedgerReader(RemoteStore(self.api), self.policy)


def open_api(address: str, policy: TrustPolicy) -> ApiLedger:
    """Reach a ledger through the look-up API at `address` (`https://...`); nothing is asked yet.

    Raises:
        UsageError: no https address, no Region, or the extra `aws` is not installed.
    """
    try:
        from dayseal.clouds.aws.api import LookupApi  # noqa: PLC0415 - not every installation has botocore
    except ModuleNotFoundError as exc:
        hint = "pip install 'dayseal[aws]'"
        raise UsageError(f"--api: package {exc.name} is not installed", hint=hint) from exc
    return ApiLedger(LookupApi(address), policy)
