"""Makes the evidence bundles that the look-up API was asked for; invoked with `{"kind", "job"}`."""

import functools
from typing import Any

from dayseal.lookup.jobs import Kind
from dayseal.wiring.functions_lookup import open_evidence_work

work = functools.cache(open_evidence_work)


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Make one bundle, or find it made; a failure of storage is raised, so that Lambda tries again."""
    job = str(event["job"])
    return {"job": job, "state": work().run(Kind(event["kind"]), job)}
