"""The tables of `dayseal.toml` that say where clusters are looked for, one for each cloud."""

import msgspec


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table: names it does not know are refused."""


class AwsSettings(Table, frozen=True, kw_only=True):
    """Where EKS clusters are looked for, and the role that is assumed in each account to read.

    Without `accounts`: all accounts of the organisation when `organization` is true, else only this one. `trail` is
    where an organisation's trail writes, up to the accounts, like `s3://trail-bucket/AWSLogs/o-exampleorg/`, and
    `trail_account` whose bucket that is: changes are then read from its log files, not looked up in CloudTrail.
    """

    regions: tuple[str, ...]
    accounts: tuple[str, ...] = ()
    organization: bool = False
    role: str = "dayseal-reader"
    external_id: str = ""
    archive_account: str = ""
    trail: str = ""
    trail_account: str = ""


class GcpSettings(Table, frozen=True, kw_only=True):
    """Where GKE clusters are looked for: in these projects (ids), and in all below these folders and organisations.

    `quota_project` is whom requests are counted against, without it the credentials' own. `endpoint` and
    `entries_endpoint` (Logging's gRPC, `host:port`) name another host that speaks Google's APIs.
    """

    projects: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    quota_project: str = ""
    endpoint: str = ""
    entries_endpoint: str = ""


class AzureSettings(Table, frozen=True, kw_only=True):
    """Where AKS clusters are looked for: in these subscriptions (ids), and in all below these management groups.

    `tenants` are directories beside the credentials' own that they may answer for. `client_id` names the
    user-assigned identity this process runs as, without it the machine's only one. `activity_workspaces` are the
    Log Analytics workspaces (ids) that keep the Activity Log. `endpoint` (Resource Manager) and `logs_endpoint` name
    other hosts than the public cloud's; in `blob_endpoint` the account's name takes the place of `{account}`.
    """

    subscriptions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    client_id: str = ""
    activity_workspaces: tuple[str, ...] = ()
    endpoint: str = ""
    logs_endpoint: str = ""
    blob_endpoint: str = ""
