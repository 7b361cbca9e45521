"""Findings as OCSF Compliance Findings, for systems that collect them.

Source: OCSF schema 1.3.0, class Compliance Finding (2003).
"""

import datetime as dt
from typing import Any, Final

from dayseal import __version__
from dayseal.checks.catalogue import SUPPORT_PHRASE, find_check
from dayseal.model import ClusterId, Finding, Verdict

SCHEMA_VERSION: Final = "1.3.0"
_CLASS_UID: Final = 2003
_CREATE: Final = 1
_CLOUDS: Final = {"eks": "AWS", "gke": "GCP", "aks": "Azure"}
_PRODUCT: Final = {"name": "dayseal", "vendor_name": "dayseal", "version": __version__}
# (compliance status, severity) of each verdict; not knowing is a warning, never a pass.
_STATUS: Final = {
    Verdict.PASS: (1, "Pass", 1, "Informational"),
    Verdict.UNKNOWN: (2, "Warning", 3, "Medium"),
    Verdict.FAIL: (3, "Fail", 4, "High"),
    Verdict.NOT_APPLICABLE: (99, "Other", 1, "Informational"),
}


def ocsf_finding(cluster: ClusterId, finding: Finding, at: dt.datetime) -> dict[str, Any]:
    """Give one finding as an OCSF document; times are milliseconds since 1970.

    The standards' requirements it names are those it supports evidence for: it satisfies none by itself.
    """
    status_id, status, severity_id, severity = _STATUS[finding.verdict]
    check = find_check(finding.check)
    moment = int(at.timestamp() * 1000)
    return {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS_UID,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS_UID * 100 + _CREATE,
        "time": moment,
        "severity_id": severity_id,
        "severity": severity,
        "message": finding.summary,
        "metadata": {"version": SCHEMA_VERSION, "product": _PRODUCT},
        "cloud": _cloud(cluster),
        "compliance": {
            "control": finding.check,
            "requirements": list(check.controls),
            "standards": sorted({control.partition(": ")[0] for control in check.controls}),
            "status_id": status_id,
            "status": status,
            "status_detail": f"{finding.verdict}: {SUPPORT_PHRASE}",
        },
        "finding_info": {
            "uid": f"{cluster.text}/{finding.check}",
            "title": check.title,
            "desc": finding.summary,
            "created_time": moment,
        },
        "remediation": {"desc": finding.fix or "nothing to do"},
        "resources": [{"uid": cluster.text, "name": cluster.name, "type": "Kubernetes cluster"}],
    }


def _cloud(cluster: ClusterId) -> dict[str, Any]:
    provider = _CLOUDS.get(cluster.provider, cluster.provider)
    return {"provider": provider, "region": cluster.location, "account": {"uid": cluster.account}}
