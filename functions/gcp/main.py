"""Google Cloud's functions, each an entry point; it looks for them here. Cloud Run lets in who has `run.invoker`."""

from gcp_clock import attest, extend, pulse, record, reverify
from gcp_lookup import events, evidence, lookup

__all__ = ["attest", "events", "evidence", "extend", "lookup", "pulse", "record", "reverify"]
