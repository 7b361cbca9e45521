"""`dayseal delegate`: root keys grant or revoke a key, on a machine without a network."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dayseal.attest.founding import make_delegation
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Delegation
from dayseal.cli.offline_guard import no_network
from dayseal.cli.options import ConfigOption, moment_of, settings_of, write_new
from dayseal.cli.output import print_line, say
from dayseal.codec import parse_sha256_hex
from dayseal.errors import AccessError, FormatError, UsageError
from dayseal.ledger.delegating import DelegationPlace
from dayseal.ledger.entry import parse_entry
from dayseal.model import Scope
from dayseal.offline import place_in_evidence
from dayseal.wiring import read_policy
from dayseal.wiring.delegate import place_in_ledger, read_public_key, read_roots, submit

Action = Literal["grant", "revoke"]
Role = Literal["attestor", "recorder"]
_PROVIDER_OF = {"aws": "eks", "gcp": "gke", "azure": "aks"}
_PROVIDERS = ("*", "aks", "eks", "gke", "local")


def delegate(  # noqa: PLR0913, PLR0917 - options, each given by its name
    grant: Annotated[Role | None, typer.Option("--grant", help="Let a key speak in this role.")] = None,
    revoke: Annotated[Role | None, typer.Option("--revoke", help="Let a key of this role speak no more.")] = None,
    key: Annotated[str, typer.Option("--key", help="The public key: PEM, DER or base64 file, or base64.")] = "",
    scope: Annotated[str, typer.Option("--scope", help="PROVIDER:ACCOUNT[,ACCOUNT...], `*` and `?` fit any.")] = "",
    name: Annotated[str, typer.Option("--name", help="What people call the key. [default: its id]")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever reads the ledger.")] = "",
    root: Annotated[list[Path] | None, typer.Option("--root", help="A root key; as many as the ledger wants.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write the signed delegation to.")] = None,
    bundle: Annotated[Path | None, typer.Option("--bundle", help="Evidence that shows the newest delegation.")] = None,
    trust: Annotated[Path | None, typer.Option("--trust", help="With --bundle: the trust policy.")] = None,
    number: Annotated[int | None, typer.Option("--number", min=0, help="Instead: the delegation's number,")] = None,
    previous: Annotated[str, typer.Option("--previous", help="and the envelope digest of the one before it.")] = "",
    from_index: Annotated[
        int | None,
        typer.Option("--from-index", min=0, help="The first entry it is about. [default: revoke from now on]"),
    ] = None,
    hand_in: Annotated[Path | None, typer.Option("--submit", help="Hand a signed delegation in, and stop.")] = None,
    config: ConfigOption = None,
) -> None:
    """Grant or revoke a key with root keys that stay offline; --submit hands it in from a machine with a network."""
    if hand_in is not None:
        if grant or revoke or root:
            raise UsageError("delegate: --submit hands in what is signed already, alone")
        _submit(hand_in, config)
        return
    if (grant is None) == (revoke is None) or not key or not root or out is None:
        raise UsageError("delegate: --grant or --revoke, --key, --root and --out promised", hint="or --submit FILE")
    action: Action = "grant" if grant else "revoke"
    role: Role = grant or revoke or "attestor"
    if bundle or number is not None:
        with no_network():
            place = _place_offline(bundle, trust, number, previous)
    else:
        place = place_in_ledger(settings_of(config))
    keys, spki = read_roots(root), read_public_key(key)
    place.check_roots(keys)
    envelope = make_delegation(
        roots=keys,
        previous=place.previous,
        action=action,
        role=role,
        name=name or keyid_of(spki)[:16],
        spki=spki,
        scope=_scope(scope, needed=action == "grant" and role == "attestor"),
        from_index=_from_index(action, from_index, place),
        reason=reason or f"{action} by dayseal delegate",
        at=moment_of(None),
    )
    write_new(out, envelope)
    _print(out, _said(envelope))
    say(f"next, where the ledger can be reached: dayseal delegate --submit {out}")


def _place_offline(bundle: Path | None, trust: Path | None, number: int | None, previous: str) -> DelegationPlace:
    if bundle is not None:
        if trust is None or number is not None or previous:
            raise UsageError("delegate: --bundle goes with --trust, and without --number and --previous")
        return place_in_evidence(_read(bundle), read_policy(trust), moment_of(None))
    try:
        if number:
            parse_sha256_hex(previous, subject="--previous")
    except FormatError as exc:
        raise UsageError(str(exc), hint="`dayseal ledger show` prints envelopeSha256 of every entry") from exc
    return DelegationPlace((number - 1, previous) if number else None, size=-1)


def _from_index(action: Action, given: int | None, place: DelegationPlace) -> int:
    """A grant holds from its own entry on anyway; a revocation says itself how far it reaches back."""
    if given is not None:
        return given
    if action == "revoke" and place.size < 0:
        raise UsageError("delegate: --from-index promised: from which entry on is the key revoked")
    return 0 if action == "grant" else place.size


def _scope(text: str, *, needed: bool) -> Scope:
    if not text:
        if needed:
            raise UsageError("delegate: --scope promised", hint="--scope 'eks:111122223333', or '*:*' for everything")
        return Scope(("*",), ("*",))
    provider, _, rest = text.partition(":")
    accounts = tuple(rest.removesuffix(":*").split(","))
    provider = _PROVIDER_OF.get(provider, provider)
    if provider not in _PROVIDERS or not all(accounts) or any(":" in one or " " in one for one in accounts):
        hint = "providers: eks (aws), gke (gcp), aks (azure), local, or *; a scope names accounts, not clusters"
        raise UsageError(f"--scope {text}: PROVIDER:ACCOUNT promised", hint=hint)
    return Scope((provider,), accounts)


def _submit(path: Path, config: Path | None) -> None:
    said = submit(settings_of(config), _read(path))
    _print(path, said)
    say("handed in: it is in the ledger after the recorder's next run")


def _said(envelope: bytes) -> Delegation:
    said = parse_entry(envelope, subject="delegation").statement.predicate
    if not isinstance(said, Delegation):
        raise FormatError(f"{type(said).__name__} given, a delegation promised")
    return said


def _print(path: Path, said: Delegation) -> None:
    scope = f"{','.join(said.scope.providers)}:{','.join(said.scope.accounts)}"
    print_line(f"{path}: delegation {said.number}: {said.action} {said.role} {said.name}")
    print_line(f"  key {said.keyid}")
    print_line(f"  scope {scope}, from entry {said.from_index}: {said.reason}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise AccessError(f"{path}: cannot be read ({exc.strerror})") from exc
