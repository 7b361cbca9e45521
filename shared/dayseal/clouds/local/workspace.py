"""The files of a new workspace: commented settings."""

import re
from typing import Final

from dayseal.settings import Settings

SETTINGS_TEMPLATE: Final = """\
# A dayseal workspace. Paths are relative to this file. Every name: docs/reference/settings.md

[ledger]
origin = "{origin}"            # the log's name; verifiers pin it in trust.policy
# path = "ledger"              # a bare C2SP tlog-tiles folder: publish it, copy it, back it up
# inbox = "inbox"              # envelopes wait here for the recorder
# guard = "guard"              # the head guard: keep it on other storage than the ledger
# details = "details"          # personal data, apart from the ledger; may be deleted

[keys]                         # demo trust level: all keys lie on this machine
# root = "keys/root.pem"       # move it offline after `init`
# log = "keys/log.pem"
# attestor = "keys/attestor.pem"

[seal]
# cutoff_hours = 6             # a day is frozen 6 hours after it ends (UTC)
# workers = 0                  # processes that digest; 0 = one per core

[retention]
# hot_days = 92
# total_days = 365

[arrival]
# silence_seconds = 120        # a longer silence is an outage
# skew_seconds = 60            # clocks may differ by this much

[coverage]
# minimum = "full"             # or "writes-only", where reads need not be recorded

[lock]
# accept_governance = false    # true: the weaker lock mode passes too

[export]
# newest_object_seconds = 3600 # an older newest object means the export is late

# Where EKS clusters are looked for.
# [aws]
# regions = ["eu-central-1"]
# role = "dayseal-reader"      # assumed in every account, read-only
# organization = false         # true: every account of the organisation

# Where GKE clusters are looked for.
# [gcp]
# organizations = ["123456789012"] # or folders = ["42"], or projects = ["shop-prod"]

# Where AKS clusters are looked for.
# [azure]
# management_groups = ["platform"] # or subscriptions = ["01234567-89ab-cdef-0123-456789abcdef"]

# What dayseal cannot look into: shown as declared, never as proven.
# [[declared]]
# kind = "watcher"             # or "destination"
# resource = "arn:aws:logs:eu-central-1:111122223333:destination:siem"
# says = "our SIEM subscribes to it"

# One table per archive. Without any, `dayseal seal --archive DIR` takes one from the command line.
# [[archives]]
# name = "central"
# path = "../logs"             # or "s3://bucket/prefix/", "gs://bucket/prefix/", "az://account/container/"

# One table per cluster in scope. Without any, clusters are taken from what the records say of themselves.
# [[clusters]]
# provider = "eks"             # eks, gke, aks or local
# account = "111122223333"     # account, project or subscription
# location = "eu-central-1"
# name = "prod"
# uid = "0123456789ABCDEF"     # eks: the OIDC issuer's id, gke: id, aks: resourceUID
# archive = "central"

# An accepted exception is shown beside a verdict, never instead of it.
# [[exceptions]]
# cluster = "prod"
# check = "arrival"
# owner = "platform team"
# reason = "planned control plane move"
# expires = 2026-12-31
"""


def settings_text(origin: str) -> str:
    """Give the commented settings of a new workspace."""
    return SETTINGS_TEMPLATE.format(origin=origin)


def bucket_settings_text(settings: Settings, region: str) -> str:
    """Give the settings of a new workspace whose ledger lies in buckets, and whose keys may lie in KMS.

    Without a `region` the buckets are none of AWS's.
    """
    text = settings_text(settings.ledger.origin)
    for name in ("path", "inbox", "guard", "details"):
        text = _set(text, name, f'{name} = "{getattr(settings.ledger, name)}"')
    if settings.ledger.checkpoint:
        text = text.replace("\nguard = ", f'\ncheckpoint = "{settings.ledger.checkpoint}"\nguard = ', 1)
    for name in ("log", "attestor"):
        where, public = getattr(settings.keys, name), getattr(settings.keys, f"{name}_public")
        if public:
            text = _set(text, name, f'{name} = "{where}"\n{name}_public = "{public}"')
    if not region:
        return text
    return text.replace("# [aws]", "[aws]").replace('# regions = ["eu-central-1"]', f'regions = ["{region}"]')


def _set(text: str, name: str, line: str) -> str:
    """Put a setting where its commented default stands, the first of that name."""
    return re.sub(rf'(?m)^# {name} = "[a-z./]+".*$', line.replace("\\", r"\\"), text, count=1)
