"""The providers' audit policies: rules as they published them, and what is known to differ."""

import importlib.resources
from typing import Final

import msgspec

from dayseal.audit.policy.reading import load_policy
from dayseal.audit.policy.rules import Policy
from dayseal.errors import FormatError, UsageError

PROFILES: Final = ("eks", "gke", "aks")


class Drift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One public event that contradicts the published rules. `seen` is a day or a year."""

    seen: str
    request: str
    published: str
    observed: str


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a provider's rules come from and how far they are to be trusted.

    `confidence` is that the text is what the provider published; `live` that it is what runs. `behind` says which
    filters stand between the policy and the archive, `unobservable` what no audit policy could show.
    """

    name: str
    title: str
    source: str
    commit: str
    source_day: str
    published_since: str
    read_day: str
    confidence: str
    live: str
    drift: tuple[Drift, ...] = ()
    behind: tuple[str, ...] = ()
    unobservable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def profile_of(name: str) -> Profile:
    """Give what is known about a provider's policy: `eks`, `gke` or `aks`.

    Raises:
        UsageError: there is no such profile.
    """
    try:
        return msgspec.toml.decode(_read(name, "toml"), type=Profile)
    except msgspec.DecodeError as exc:
        raise FormatError(f"profile {name}: {exc}") from exc


def profile_policy(name: str) -> Policy:
    """Give a provider's policy as published.

    Raises:
        UsageError: there is no such profile.
    """
    return load_policy(profile_text(name), subject=f"profile {name}")


def profile_text(name: str) -> bytes:
    """Give a provider's policy as a file kube-apiserver accepts.

    Raises:
        UsageError: there is no such profile.
    """
    return _read(name, "yaml")


def _read(name: str, kind: str) -> bytes:
    if name not in PROFILES:
        raise UsageError(f"profile {name}: unknown, one of {', '.join(PROFILES)} promised")
    return (importlib.resources.files("dayseal.audit.policy") / "profiles" / f"{name}.{kind}").read_bytes()
