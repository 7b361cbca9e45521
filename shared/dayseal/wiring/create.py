"""Make a new workspace: keys, trust policy, settings, and a ledger with its genesis."""

import dataclasses
from pathlib import Path
from typing import Literal

import msgspec

from dayseal.attest.founding import make_delegation, make_genesis
from dayseal.clouds.local.signer import new_key, write_key
from dayseal.clouds.local.workspace import bucket_settings_text, settings_text
from dayseal.codec import encode_base64, sha256_hex
from dayseal.errors import UsageError
from dayseal.ledger.setup import create_ledger
from dayseal.model import Scope
from dayseal.notes import TrustPolicy, vkey_of_spki
from dayseal.settings import CONFIG_NAME, AwsSettings, LedgerSettings, Settings
from dayseal.wiring.places import is_kms_key, open_guard, open_signer, open_store, read_public_key
from dayseal.wiring.workspace import Surroundings


@dataclasses.dataclass(frozen=True, slots=True)
class BucketPlaces:
    """Where a ledger in buckets lies: four `s3://bucket/prefix/`, `gs://` or `az://` places, the guard's apart.

    `checkpoint_at` is a fifth where the ledger's own lets nothing be replaced, else `""`.
    `region` is that of S3, `""` for the others. `log_key` and `attestor_key` are keys of AWS KMS (an ARN), Cloud KMS
    (a key version's resource name) or Key Vault (a key version's address); without them the keys are files.
    """

    region: str
    ledger_at: str
    inbox_at: str
    guard_at: str
    details_at: str
    checkpoint_at: str = ""
    log_key: str = ""
    attestor_key: str = ""

    def ledger(self, origin: str) -> LedgerSettings:
        """Give them as settings."""
        return LedgerSettings(
            origin=origin,
            path=self.ledger_at,
            inbox=self.inbox_at,
            guard=self.guard_at,
            checkpoint=self.checkpoint_at,
            details=self.details_at,
        )


_EVERYTHING = Scope(providers=("*",), accounts=("*",))


def create_workspace(
    folder: Path, *, origin: str | None, surroundings: Surroundings, bucket: BucketPlaces | None = None
) -> str:
    """Make a workspace: settings, keys (mode 0600), trust policy, an empty ledger with genesis and delegations.

    Gives the log's origin. With `bucket` the ledger and what belongs to it lie in buckets; a store that overwrites,
    or a guard that swaps under a stale tag, is refused. The settings are written last: a crash before that leaves
    a folder that the next `init` refuses with a hint.

    Raises:
        UsageError: the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: not empty, a new folder promised", hint="choose another folder, or remove it")
    chosen = origin or f"dayseal.local/{surroundings.entropy(4).hex()}"
    (folder / "keys").mkdir(parents=True, mode=0o700)
    settings = _pin_keys(_settings(folder, chosen, bucket), bucket)
    for where in (settings.keys.root, settings.keys.log, settings.keys.attestor):
        if not is_kms_key(where):
            kind: Literal["ed25519", "p256"] = "p256" if where == settings.keys.attestor else "ed25519"
            write_key(settings.path(where), new_key(kind, surroundings.entropy(32)))
    _found_ledger(settings, surroundings)
    text = settings_text(chosen) if bucket is None else bucket_settings_text(settings, bucket.region)
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    return chosen


def _pin_keys(settings: Settings, bucket: BucketPlaces | None) -> Settings:
    """Pin the public halves of KMS keys: what KMS says now is what is trusted from here on."""
    keys = settings.keys
    if bucket is not None and bucket.log_key:
        public = encode_base64(read_public_key(settings, bucket.log_key))
        keys = msgspec.structs.replace(keys, log=bucket.log_key, log_public=public)
    if bucket is not None and bucket.attestor_key:
        public = encode_base64(read_public_key(settings, bucket.attestor_key))
        keys = msgspec.structs.replace(keys, attestor=bucket.attestor_key, attestor_public=public)
    return msgspec.structs.replace(settings, keys=keys)


def _settings(folder: Path, origin: str, bucket: BucketPlaces | None) -> Settings:
    if bucket is not None:
        aws = AwsSettings(regions=(bucket.region,)) if bucket.region else None
        return Settings(ledger=bucket.ledger(origin), aws=aws, base=str(folder))
    for name in ("ledger", "inbox", "guard", "details"):
        (folder / name).mkdir()
    return Settings(ledger=LedgerSettings(origin=origin), base=str(folder))


def _found_ledger(settings: Settings, surroundings: Surroundings) -> None:
    now, origin, keys = surroundings.clock.now(), settings.ledger.origin, settings.keys
    root = open_signer(settings, keys.root, "")
    log = open_signer(settings, keys.log, keys.log_public)
    attestor = open_signer(settings, keys.attestor, keys.attestor_public)
    vkey = vkey_of_spki(origin, log.spki)
    policy = TrustPolicy(logs=(vkey,), witnesses=(), groups=(), quorum="none", roots=(("root", root.spki),))
    settings.path(settings.ledger.trust_policy).write_text(policy.text(), encoding="utf-8")
    genesis = make_genesis(origin=origin, log_key=vkey.text, roots=[("root", root)], threshold=1, at=now)
    first = make_delegation(
        roots=[root], previous=None, action="grant", role="attestor", name="attestor",
        spki=attestor.spki, scope=_EVERYTHING, from_index=0, reason="workspace made by init", at=now,
    )  # fmt: skip
    second = make_delegation(
        roots=[root], previous=(0, sha256_hex(first)), action="grant", role="recorder", name="recorder",
        spki=log.spki, scope=_EVERYTHING, from_index=0, reason="workspace made by init", at=now,
    )  # fmt: skip
    store = open_store(settings, settings.ledger.path, versioned=True)
    guard = open_guard(settings, settings.ledger.guard)
    create_ledger(store, guard, origin=origin, genesis=genesis, delegations=[first, second], log=log)
