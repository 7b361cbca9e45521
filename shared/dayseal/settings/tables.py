"""The tables of `dayseal.toml` as frozen values."""

import datetime as dt
from pathlib import Path
from typing import Literal

from dayseal.codec import canonical_json, sha256_hex
from dayseal.model import ClusterId
from dayseal.settings.clouds import AwsSettings, AzureSettings, GcpSettings, Table


class IdentitySettings(Table, frozen=True, kw_only=True):
    """How another cloud reaches a ledger in S3: by its own identity token, which a role of AWS trusts; no secret.

    `provider` is the cloud that vouches, `audience` whom its token is for (in Azure the app registration's URI, like
    `api://dayseal-ledger`), `region` the buckets' Region.
    """

    role_arn: str
    region: str
    provider: Literal["gcp", "azure"] = "gcp"
    audience: str = "sts.amazonaws.com"


class LedgerSettings(Table, frozen=True, kw_only=True):
    """Where the ledger and what belongs to it lie: relative to the settings file, or in a bucket or container.

    Those are written `s3://bucket/prefix/`, `gs://bucket/prefix/` and `az://account/container/prefix/`. `checkpoint` is
    for a ledger in a store that lets nothing be replaced: where the published checkpoint lies; else with the ledger.
    """

    origin: str
    path: str = "ledger"
    inbox: str = "inbox"
    guard: str = "guard"
    checkpoint: str = ""
    details: str = "details"
    trust_policy: str = "trust.policy"
    identity: IdentitySettings | None = None


class KeySettings(Table, frozen=True, kw_only=True):
    """Where the private keys lie: a file relative to the settings file, a KMS key's ARN, or a Cloud KMS key version.

    In Azure Key Vault it is a key version's address, `https://vault.vault.azure.net/keys/name/version`. A key that is
    no file is used only with its public half pinned beside it (base64 DER SubjectPublicKeyInfo).
    """

    root: str = "keys/root.pem"
    log: str = "keys/log.pem"
    log_public: str = ""
    attestor: str = "keys/attestor.pem"
    attestor_public: str = ""


class SealSettings(Table, frozen=True, kw_only=True):
    """When a batch is frozen (hours after its day ends, UTC), and how many processes digest (0: one per core)."""

    cutoff_hours: int = 6
    workers: int = 0


class RetentionSettings(Table, frozen=True, kw_only=True):
    """How long logs must be kept: queryable at once, and in total (days)."""

    hot_days: int = 92
    total_days: int = 365


class ArrivalSettings(Table, frozen=True, kw_only=True):
    """How long a silence must last to be an outage, and how far clocks may differ (seconds)."""

    silence_seconds: int = 120
    skew_seconds: int = 60


class CoverageSettings(Table, frozen=True, kw_only=True):
    """The lowest grade of recording that passes, and how many events in 100 must name their credential (0: any)."""

    minimum: Literal["full", "writes-only"] = "full"
    identified_percent: int = 0


class LockSettings(Table, frozen=True, kw_only=True):
    """Whether the weaker lock mode GOVERNANCE passes."""

    accept_governance: bool = False


class ExportSettings(Table, frozen=True, kw_only=True):
    """How old the newest archived object may be while records come in (seconds)."""

    newest_object_seconds: int = 3600


class DeclaredSettings(Table, frozen=True, kw_only=True):
    """What lies behind a destination or watcher dayseal cannot look into: shown as declared, never as proven."""

    kind: Literal["destination", "watcher"]
    resource: str
    says: str


class ArchiveSettings(Table, frozen=True, kw_only=True):
    """One archive: a name for statements, and a folder relative to the settings file, `s3://bucket/prefix/`, `gs://`.

    In Azure it is `az://account/container/prefix/`, or all of `az://account/`, whose `layouts` are then containers,
    kube-audit's and kube-audit-admin's without any. Elsewhere `layouts` are the prefixes of the Firehose streams that
    write there, as DescribeDeliveryStream shows them, or the log ids that a sink of Google Cloud writes: with them a
    day is found by its folders, without any the whole prefix is walked through for each day. `audit_policy` is the
    file that clusters of your own record by: check audit-policy then compares with it, not with a provider's.
    """

    name: str
    path: str
    layouts: tuple[str, ...] = ()
    audit_policy: str = ""


class ClusterSettings(Table, frozen=True, kw_only=True):
    """One cluster in scope and the archive that holds its logs.

    `resource` is an AKS cluster's resource id. Its identity does not hold the resource group, without which Azure
    cannot be asked whether a cluster that it lists no more is gone.
    """

    provider: str
    account: str
    location: str
    name: str
    uid: str
    archive: str
    resource: str = ""

    @property
    def id(self) -> ClusterId:
        """The identity, checked."""
        return ClusterId(self.provider, self.account, self.location, self.name, self.uid)


class ExceptionSettings(Table, frozen=True, kw_only=True):
    """An accepted exception: shown beside the verdict until `expires` (a day), never instead of it."""

    cluster: str
    check: str
    owner: str
    reason: str
    expires: dt.date


class Settings(Table, frozen=True, kw_only=True):
    """Everything a workspace says; `base` is the settings file's folder."""

    ledger: LedgerSettings
    keys: KeySettings = KeySettings()
    seal: SealSettings = SealSettings()
    retention: RetentionSettings = RetentionSettings()
    arrival: ArrivalSettings = ArrivalSettings()
    coverage: CoverageSettings = CoverageSettings()
    lock: LockSettings = LockSettings()
    export: ExportSettings = ExportSettings()
    declared: tuple[DeclaredSettings, ...] = ()
    aws: AwsSettings | None = None
    gcp: GcpSettings | None = None
    azure: AzureSettings | None = None
    archives: tuple[ArchiveSettings, ...] = ()
    clusters: tuple[ClusterSettings, ...] = ()
    exceptions: tuple[ExceptionSettings, ...] = ()
    base: str = ""  # set by read_settings; a settings file that sets it is overruled

    def path(self, relative: str) -> Path:
        """Give a path from the settings, taken from the settings file's folder."""
        return Path(self.base) / relative

    @property
    def thresholds(self) -> dict[str, int]:
        """The numbers the checks judge by, as statements carry them."""
        return {
            "hotDays": self.retention.hot_days,
            "totalDays": self.retention.total_days,
            "silenceSeconds": self.arrival.silence_seconds,
            "skewSeconds": self.arrival.skew_seconds,
            "newestObjectSeconds": self.export.newest_object_seconds,
            **({"identifiedPercent": self.coverage.identified_percent} if self.coverage.identified_percent else {}),
        }

    @property
    def digest(self) -> str:
        """The hex SHA-256 of everything that can change a verdict; no path of this machine enters it."""
        judged = {
            "thresholds": self.thresholds,
            "cutoffHours": self.seal.cutoff_hours,
            "coverage": self.coverage.minimum,
            "acceptGovernance": self.lock.accept_governance,
            "declared": sorted(f"{d.kind} {d.resource} {d.says}" for d in self.declared),
            "clusters": sorted(f"{c.id.text} {c.archive}" for c in self.clusters),
            "exceptions": sorted(f"{e.cluster} {e.check} {e.owner} {e.reason} {e.expires}" for e in self.exceptions),
        }
        return sha256_hex(canonical_json(judged))
