"""Make a new workspace: keys, trust policy, settings, and a ledger with its genesis."""

from pathlib import Path

from dayseal.attest.founding import make_delegation, make_genesis
from dayseal.clouds.local.guard import FolderGuard
from dayseal.clouds.local.signer import LocalSigner, new_key, write_key
from dayseal.clouds.local.store import FolderStore
from dayseal.clouds.local.workspace import settings_text
from dayseal.codec import sha256_hex
from dayseal.errors import UsageError
from dayseal.ledger.setup import create_ledger
from dayseal.model import Scope
from dayseal.notes import TrustPolicy, ed25519_vkey
from dayseal.ports import Clock
from dayseal.settings import CONFIG_NAME, LedgerSettings
from dayseal.wiring.assemble import Surroundings

_EVERYTHING = Scope(providers=("*",), accounts=("*",))


def create_workspace(folder: Path, *, origin: str | None, surroundings: Surroundings) -> str:
    """Make a workspace: settings, keys (mode 0600), trust policy, an empty ledger with genesis and delegations.

    Gives the log's origin. The settings are written last: a crash before that leaves a folder that the next
    `init` refuses with a hint.

    Raises:
        UsageError: the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: not empty, a new folder promised", hint="choose another folder, or remove it")
    chosen = origin or f"dayseal.local/{surroundings.entropy(4).hex()}"
    (folder / "keys").mkdir(parents=True, mode=0o700)
    root, log, attestor = (
        new_key("ed25519", surroundings.entropy(32)),
        new_key("ed25519", surroundings.entropy(32)),
        new_key("p256", surroundings.entropy(32)),
    )
    for name, key in (("root", root), ("log", log), ("attestor", attestor)):
        write_key(folder / "keys" / f"{name}.pem", key)
    for name in ("ledger", "inbox", "guard", "details"):
        (folder / name).mkdir()
    _found_ledger(folder, chosen, root=root, log=log, attestor=attestor, clock=surroundings.clock)
    (folder / CONFIG_NAME).write_text(settings_text(chosen), encoding="utf-8")
    return chosen


def _found_ledger(
    folder: Path, origin: str, *, root: LocalSigner, log: LocalSigner, attestor: LocalSigner, clock: Clock
) -> None:
    now = clock.now()
    vkey = ed25519_vkey(origin, log.public)
    policy = TrustPolicy(logs=(vkey,), witnesses=(), groups=(), quorum="none", roots=(("root", root.spki),))
    (folder / "trust.policy").write_text(policy.text(), encoding="utf-8")
    genesis = make_genesis(origin=origin, log_key=vkey.text, roots=[("root", root)], threshold=1, at=now)
    first = make_delegation(
        roots=[root], previous=None, action="grant", role="attestor", name="attestor",
        spki=attestor.spki, scope=_EVERYTHING, from_index=0, reason="workspace made by init", at=now,
    )  # fmt: skip
    second = make_delegation(
        roots=[root], previous=(0, sha256_hex(first)), action="grant", role="recorder", name="recorder",
        spki=log.spki, scope=_EVERYTHING, from_index=0, reason="workspace made by init", at=now,
    )  # fmt: skip
    settings = LedgerSettings(origin=origin)
    create_ledger(
        FolderStore(folder / settings.path),
        FolderGuard(folder / settings.guard),
        origin=origin,
        genesis=genesis,
        delegations=[first, second],
        log=log,
    )
